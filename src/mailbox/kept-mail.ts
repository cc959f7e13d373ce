import { plainName } from "../identity/index.js";
import type { ImapSummary } from "../transport/imap/index.js";
import type { OpenedMail } from "./open-types.js";

/** What a summary is kept as: all that the server said, without its place and its flags, which are kept apart. */
export function keptBytes({
  uid: _uid,
  path: _path,
  uidValidity: _validity,
  flags: _flags,
  header,
  ...mail
}: ImapSummary): Buffer {
  return Buffer.from(JSON.stringify({ ...mail, header: header.toString("latin1") }), "utf8");
}

/** The summary again. What it shows is worked out anew, so that a later version of the package shows it as it would a new one. */
export function keptSummary(
  data: Uint8Array,
  place: { uid: number; path: string; uidValidity: string; flags: string[] },
): ImapSummary {
  const { header, received, date, ...mail } = JSON.parse(Buffer.from(data).toString("utf8")) as Omit<
    ImapSummary,
    "header" | "received" | "date"
  > & { header: string; received?: string; date?: string };
  return {
    ...mail,
    ...place,
    header: Buffer.from(header, "latin1"),
    ...(received === undefined ? {} : { received: new Date(received) }),
    ...(date === undefined ? {} : { date: new Date(date) }),
  };
}

/** What was found in the documents of a mail when it was opened. */
export interface OpenedDocuments {
  /** Names of the patient, as the documents have them. */
  patient?: readonly string[];
  ins?: readonly string[];
  /** typeCode of each document (JDV_J07): `11502-2`. */
  typeCodes?: readonly string[];
}

/** What a search finds an opened mail by. */
export function searchable({ patient, documents }: OpenedMail): OpenedDocuments {
  const patients = [...(patient ? [patient] : []), ...documents.map((document) => document.patient)];
  const names = patients.flatMap(({ name, metadata, cda }) => [
    name,
    ...[metadata, cda].flatMap((traits) => [traits?.birthName, traits?.usedName, traits?.givenName]),
  ]);
  const ins = patients.flatMap((one) => [one.ins?.value, one.metadata?.ins?.value, one.cda?.ins?.value]);
  return {
    patient: given(names),
    ins: given(ins),
    typeCodes: given(documents.map(({ typeCode }) => typeCode)),
  };
}

const given = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value): value is string => value !== undefined && value !== "")),
];

/** What of a search only this machine can answer. */
export interface DocumentSearch {
  /** Words of the patient's names, accents and case aside. Like the next two it finds mails that were opened, and wants the cache. */
  patient?: string;
  /** The INS (matricule), 15 digits. */
  ins?: string;
  /** typeCode of a document (JDV_J07): `11502-2`. */
  documentType?: string;
}

export function documentsFit(kept: Uint8Array, { patient, ins, documentType }: DocumentSearch): boolean {
  const found = JSON.parse(Buffer.from(kept).toString("utf8")) as OpenedDocuments;
  const names = plainName((found.patient ?? []).join(" "));
  return (
    (patient === undefined ||
      plainName(patient)
        .split(" ")
        .every((word) => names.includes(word))) &&
    (ins === undefined || (found.ins ?? []).includes(ins)) &&
    (documentType === undefined || (found.typeCodes ?? []).includes(documentType))
  );
}
