import { type CdaHeader, hasQualifier, type PatientName } from "../cda/index.js";
import { MedimailError } from "../errors.js";
import { documentTypeLabel } from "../terminology/index.js";
import { headerText } from "./border.js";

const LABEL_MAX = 40;
/** What file systems allow for a name, with room for the `-2` of a second one. */
const MAX_NAME_BYTES = 250;
/** Characters of each name where the whole is longer (ours: the rule says nothing of it). */
const NAME_PART_MAX = 50;
/** Automatic software recognises a mail with documents by this beginning of its subject (in-detect). */
export const XDM_MARKER = "XDM/1.0/DDM+";
/** The mention of a new version (AMBU.MSS/va1.02): directly after the marker, never before it. */
export const REPLACEMENT_MENTION = "[Annule et remplace]";

const LIGATURES: Readonly<Record<string, string>> = { œ: "oe", Œ: "OE", æ: "ae", Æ: "AE" };

/** Without accents; spaces, hyphens and apostrophes stay. */
export function withoutAccents(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text
    .replace(/[œŒæÆ]/g, (found) => LIGATURES[found] ?? found)
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .normalize("NFC");
}

/** Characters, where a string counts halves of some. */
const cutAt = (max: number, text: string): string =>
  (text.length <= max ? text : [...text].slice(0, max).join("")).trimEnd();

/** The label of a document in a subject or a file name, with whether it was known. */
export interface TypeLabel {
  text: string;
  /** False where neither the document nor the terminology names the type: the text is then a general word. */
  known: boolean;
}

/** `code/@displayName`, else the terminology's label, cut at 40 characters (ECO.2.1.3, ECO.2.1.6). */
export function typeLabel(header: CdaHeader, path = "documents[0].code.displayName"): TypeLabel {
  const own = header.code.displayName?.trim() ?? "";
  const label = own === "" ? documentTypeLabel(header.code.code, header.code.codeSystem) : own;
  if (label === undefined) return { text: "Document", known: false };
  return { text: cutAt(LABEL_MAX, headerText(label, path)), known: true };
}

const qualified = (names: readonly PatientName[], qualifier: string) =>
  names.find((name) => hasQualifier(name, qualifier) && name.value.trim() !== "")?.value.trim();
const unqualified = (names: readonly PatientName[]) =>
  names.find((name) => (name.qualifier ?? "").trim() === "" && name.value.trim() !== "")?.value.trim();

/** The registered name: family with qualifier BR, else without qualifier. */
export function birthNameOf(header: CdaHeader): string | undefined {
  const names = header.patient.familyNames;
  return qualified(names, "BR") ?? unqualified(names);
}

/**
 * The name of the subject by the rule: family with qualifier BR, else without qualifier, else CL (SP in older documents). Of
 * a patient who has none of these the first name there is, whatever its kind.
 */
export function familyOf(header: CdaHeader): string | undefined {
  const names = header.patient.familyNames;
  const known = birthNameOf(header) ?? qualified(names, "CL") ?? qualified(names, "SP");
  return known ?? names.find(({ value }) => value.trim() !== "")?.value.trim();
}

/** The first given name by the rule: given with qualifier BR, else the first word of the unqualified given. */
export function givenOf(header: CdaHeader): string | undefined {
  const names = header.patient.givenNames;
  return qualified(names, "BR") ?? unqualified(names)?.split(/\s+/)[0];
}

/** Names as the subject and the file names write them. */
export interface WrittenNames {
  family: string;
  given: string;
}

/** NOM in upper case and prénom, both without accents. @throws MedimailError `cda_header_invalid`, `header_injection` */
export function writtenNames(header: CdaHeader, path = "documents[0].patient"): WrittenNames {
  const family = familyOf(header);
  const given = givenOf(header);
  if (family === undefined || given === undefined)
    throw new MedimailError("cda_header_invalid", "the patient has no birth name or no first given name", {
      requirement: "ECO.2.1.3",
      path,
    });
  return {
    family: withoutAccents(headerText(family, `${path}.familyNames`)).toUpperCase(),
    given: withoutAccents(headerText(given, `${path}.givenNames`)),
  };
}

/** The local date written in a CDA time, `YYYYMMDD`; undefined where it is not whole. Never converted to UTC. */
export function dateOf(time: string | undefined): string | undefined {
  return time === undefined ? undefined : /^\d{8}/.exec(time)?.[0];
}

export interface XdmSubjectInput {
  /** Headers of the documents of the mail, all of one patient. */
  documents: readonly CdaHeader[];
  action?: "create" | "replace" | "delete";
  /** Text after what the rule makes. */
  extra?: string;
}

/**
 * The subject of a mail with documents (ECO.2.1.3): `XDM/1.0/DDM+<label> <NOM> <prénom> <JJ/MM/AAAA>`, the label of the one
 * document or `N documents`, the birth date left out where the document has none.
 *
 * A replacement has `[Annule et remplace] ` directly after the marker (AMBU.MSS/va1.02). A deletion leaves the subject as the
 * rule makes it, since no text gives a mention for it: the body asks for it in plain words.
 *
 * @throws MedimailError `cda_header_invalid` (no name), `header_injection`
 */
export function xdmSubject(input: XdmSubjectInput): string {
  const [first] = input.documents;
  if (first === undefined)
    throw new MedimailError("invalid_argument", "a subject of documents needs one document", { path: "documents" });
  const label = input.documents.length === 1 ? typeLabel(first).text : `${input.documents.length} documents`;
  const { family, given } = writtenNames(first);
  const birth = dateOf(first.patient.birthTime);
  const words = [label, family, given];
  if (input.action === "replace") words.unshift(REPLACEMENT_MENTION);
  if (birth !== undefined) words.push(`${birth.slice(6, 8)}/${birth.slice(4, 6)}/${birth.slice(0, 4)}`);
  const extra = headerText(input.extra ?? "", "subjectExtra").trim();
  if (extra !== "") words.push(extra);
  return XDM_MARKER + words.join(" ");
}

/** A name as a file name has room for. */
const cut = (name: string): string => cutAt(NAME_PART_MAX, name);

/**
 * The name of the PDF of a document (ECO.2.1.6): `<AAAAMMJJ>_<type>_<NOM>_<prénom>[_<dossier>].pdf`; the date is that of the
 * first service event, else of the document. What a file name may not hold becomes `-`. Only where the whole would pass the 250
 * bytes that a disk has room for, each name is cut at 50 characters; a dossier number never.
 *
 * @throws MedimailError `cda_header_invalid` (no name, no date), `header_injection`, `mail_invalid` (dossier too long)
 */
export function pdfName(header: CdaHeader, options: { dossier?: string; path?: string } = {}): string {
  const path = options.path ?? "documents[0]";
  const date = dateOf(header.serviceEvents[0]?.low) ?? dateOf(header.effectiveTime);
  if (date === undefined)
    throw new MedimailError("cda_header_invalid", "the document has no whole date", { requirement: "ECO.2.1.6", path });
  const { family, given } = writtenNames(header, `${path}.patient`);
  const type = typeLabel(header, `${path}.code.displayName`).text;
  const dossier = headerText(options.dossier ?? "", "dossier").trim();
  const named = (...names: string[]) =>
    `${[date, type, ...names, ...(dossier === "" ? [] : [dossier])].map((part) => part.replace(/[/\\:*?"<>|\u0000-\u001f]/g, "-")).join("_")}.pdf`;
  const whole = named(family, given);
  if (Buffer.byteLength(whole) <= MAX_NAME_BYTES) return whole;
  const shorter = named(cut(family), cut(given));
  if (Buffer.byteLength(shorter) > MAX_NAME_BYTES)
    throw new MedimailError("mail_invalid", "the dossier number makes the name of the PDF too long for a file", {
      path: "dossier",
      requirement: "ECO.2.1.6",
    });
  return shorter;
}
