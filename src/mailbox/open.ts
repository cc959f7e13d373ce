import { createHash } from "node:crypto";
import { field, headerFields } from "../message/index.js";
import type { InboxRecord, InboxScope, InboxSighting, InboxStore } from "../seams/index.js";
import type { ImapMailbox, ImapSummary } from "../transport/imap/index.js";
import { collect, digest } from "./collect.js";
import { matchPdfs } from "./match-pdf.js";
import type { HealthDocument, MailPatient, OpenedMail, OpenOptions } from "./open-types.js";
import { agreementOf, type MailIdentity, patientAddressIns } from "./patient.js";
import { type ReadDocument, readDocuments } from "./read-documents.js";
import { type Compared, seenOf } from "./seen.js";
import { shownBy } from "./show-document.js";
import { withPatientName } from "./show-names.js";
import { mailSummary } from "./summary.js";

const MAX_ATTACHMENT = 64 * 1024 * 1024;
/** Of all attachments that are held at a time. */
const MAX_HELD = 128 * 1024 * 1024;
const MAX_PROBLEMS = 200;

export interface OpenContext {
  imap: Pick<ImapMailbox, "part">;
  inbox: InboxStore;
  scope: InboxScope;
  now: number;
}

/** The health documents of a mail, and what the registry knows of each. */
export async function openMail(
  context: OpenContext,
  mail: ImapSummary,
  options: OpenOptions = {},
): Promise<OpenedMail> {
  const { maxBytes = MAX_ATTACHMENT, limits, remember = false, signal } = options;
  const { imap, inbox, scope, now } = context;
  const summary = mailSummary(mail);
  const collected = await collect(imap, mail, { maxBytes, maxTotal: Math.max(maxBytes, MAX_HELD) }, signal);
  const { problems } = collected;
  const read = await readDocuments(collected.files, identityOf(mail), limits, problems);
  const pdfs = [...read.pdfs, ...(read.documents.length > 0 ? await collected.pdfs() : [])];
  const matches = matchPdfs(
    read.documents.map(({ document, sha256 }) => ({ header: document.cda?.header, sha256 })),
    pdfs,
  );
  const compared = new Map<ReadDocument, Compared>();
  for (const one of read.documents) {
    const sighting = comparedOf(one.document, mail);
    if (sighting) compared.set(one, sighting);
  }
  const sightings = [...compared.values()];
  const records = await relatedRecords(inbox, scope, sightings);
  const documents = read.documents.map((one, index): HealthDocument => {
    const match = matches[index];
    const sighting = compared.get(one);
    const verdict = sighting ? seenOf(sighting, records, sightings) : undefined;
    if (verdict?.conflict)
      problems.push({
        severity: "warning",
        code: "document_version_conflict",
        message: "Another document of the same series has the same version.",
        path: one.document.path,
      });
    if (verdict?.reused)
      problems.push({
        severity: "warning",
        code: "document_id_reused",
        message: "Another document came under the same id.",
        path: one.document.path,
      });
    if (verdict?.disputed)
      problems.push({
        severity: "warning",
        code: "document_disputed",
        message: "A document is deleted, replaced or versioned by another sender or organisation than the first.",
        path: one.document.path,
      });
    const document = {
      ...one.document,
      ...(match ? { pdfBeside: pdfOf(match) } : {}),
      seen: verdict?.seen ?? ("new" as const),
      ...(verdict?.disputed ? { disputed: true as const } : {}),
      ...integration(sighting, records),
    };
    // Anew: what is shown says what is known by now.
    return { ...document, ...shownBy(document) };
  });
  if (remember)
    await inbox.remember(
      scope,
      sightings.map((sighting) => noted(sighting, now)),
    );
  const patient = patientOfMail(documents, problems);
  return {
    mail: withPatientName(summary, patient),
    patient,
    documents,
    submissionSets: read.submissionSets,
    problems: problems.slice(0, MAX_PROBLEMS),
  };
}

function pdfOf({
  file,
  matchedBy,
}: NonNullable<ReturnType<typeof matchPdfs>[number]>): NonNullable<HealthDocument["pdfBeside"]> {
  return { part: file.part, path: file.path, name: file.name, matchedBy };
}

function identityOf(mail: ImapSummary): MailIdentity {
  const addressIns = patientAddressIns([...mail.from, ...mail.to, ...mail.cc].map(({ address }) => address));
  const flag = (field(headerFields(mail.header), "x-mss-ins") ?? "").trim().toUpperCase();
  return {
    ...(addressIns === undefined ? {} : { addressIns }),
    ...(flag === "O" || flag === "N" ? { header: flag } : {}),
  };
}

export function noted({ replaces: _replaces, ...sighting }: Compared, seenAt: number): InboxSighting {
  return { ...sighting, seenAt };
}

/** What a document is compared by; its bytes stand for an id that it has not. */
export function comparedOf(document: HealthDocument, mail: ImapSummary): Compared | undefined {
  const { setId, versionNumber, action, replaces, content } = document;
  const sha256 = content && digest(content);
  const uniqueId = document.uniqueId ?? (sha256 && `without-id:${sha256}`);
  if (uniqueId === undefined) return undefined;
  return {
    uniqueId,
    ...(setId === undefined ? {} : { setId }),
    ...(versionNumber === undefined ? {} : { versionNumber }),
    action,
    ...(sha256 === undefined ? {} : { sha256 }),
    replaces,
    ...senderOf(document, mail),
    mailId: mailIdOf(mail),
    receivedAt: (mail.received ?? mail.date)?.getTime() ?? 0,
  };
}

/** Who is behind a document: the domain that the mail came from, and the organisation of its author. */
function senderOf({ cda, metadata }: HealthDocument, { from }: ImapSummary): Pick<Compared, "sender" | "organisation"> {
  const address = from[0]?.address ?? "";
  const sender = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  // XON: the number is its tenth component.
  const stated = metadata?.authors[0]?.institutions[0]?.split("^")[9];
  const organisation = (cda?.header.authors[0]?.organization?.id?.split("^").at(-1) ?? stated ?? "").trim();
  return {
    ...(sender === "" ? {} : { sender: sender.slice(0, 255) }),
    ...(organisation === "" ? {} : { organisation: organisation.slice(0, 64) }),
  };
}

/** The same for a mail and its copy in another folder, with or without a Message-ID. */
export function mailIdOf(mail: ImapSummary): string {
  const id = mail.messageId?.trim().replace(/^<|>$/g, "");
  if (id) return id.slice(0, 998);
  const said = [mail.date?.getTime() ?? "", mail.from.map(({ address }) => address).join(), mail.subject, mail.size];
  return `without-id:${createHash("sha256").update(JSON.stringify(said)).digest("hex")}`;
}

async function relatedRecords(
  inbox: InboxStore,
  scope: InboxScope,
  sightings: readonly Compared[],
): Promise<InboxRecord[]> {
  if (sightings.length === 0) return [];
  return inbox.related(scope, {
    uniqueIds: sightings.flatMap(({ uniqueId, replaces }) => [uniqueId, ...replaces]),
    setIds: sightings.flatMap(({ setId }) => (setId === undefined ? [] : [setId])),
  });
}

/** By whatever mail it came, and also where this very mail brought it. */
function integration(
  sighting: Compared | undefined,
  records: readonly InboxRecord[],
): Pick<HealthDocument, "integrated" | "integratedAt"> {
  const found = records.find(
    ({ uniqueId, action, state }) =>
      state === "integrated" &&
      uniqueId === sighting?.uniqueId &&
      (action === "delete") === (sighting.action === "delete"),
  );
  if (!found) return { integrated: false };
  return {
    integrated: true,
    ...(found.integratedAt === undefined ? {} : { integratedAt: new Date(found.integratedAt) }),
  };
}

/** The one patient of the mail (ECO.2.1.1 (b)); where documents name several, the first, said to differ. */
function patientOfMail(documents: readonly HealthDocument[], problems: OpenedMail["problems"]): MailPatient | null {
  const [first] = documents;
  if (!first) return null;
  const named = new Set(documents.map(({ patient }) => patient.ins?.value).filter((value) => value !== undefined));
  if (named.size > 1)
    problems.push({
      severity: "error",
      code: "patients_differ",
      message: "The documents of the mail are about several patients (ECO.2.1.1 (b) allows one).",
    });
  const all = documents.flatMap(({ patient: { metadata, cda, addressIns } }) => [
    metadata?.ins?.value,
    cda?.ins?.value,
    addressIns,
  ]);
  return { ...first.patient, agreement: agreementOf(all) };
}
