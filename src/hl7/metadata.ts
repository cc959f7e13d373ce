import type { Problem } from "../errors.js";
import { decode, type Hl7Charset } from "./charset.js";
import type { Segment } from "./er7.js";
import { refusal } from "./refusal.js";

/** Table MetaDMPMSS. */
const FLAGS = [
  "MASQUE_PS",
  "INVISIBLE_PATIENT",
  "INVISIBLE_REP_LEGAUX",
  "CONNEXION_SECRETE",
  "MODIF_CONF_CODE",
  "DESTDMP",
  "DESTMSSANTEPS",
  "DESTMSSANTEPAT",
  "ACK_RECEPTION",
  "ACK_LECTURE_MSS",
] as const;

export type Hl7Flag = (typeof FLAGS)[number];
export type Hl7Flags = Readonly<Record<Hl7Flag, boolean>>;

export interface Metadata {
  flags: Hl7Flags;
  /** NTE-4 of DESTMSSANTEPAT: the patient is not to answer. */
  fin: boolean;
  /** CORPSMAIL_PS and CORPSMAIL_PATIENT. */
  bodies: { professional?: string; patient?: string };
  problems: Problem[];
}

/** One sample of ANS writes it so. */
const OTHER_NAMES: Readonly<Record<string, Hl7Flag>> = { ACK_LECTURE: "ACK_LECTURE_MSS" };

/** Those that decide who gets the document: guessed by nobody. The others are N where they are not written. */
const NEEDED: ReadonlySet<Hl7Flag> = new Set<Hl7Flag>([
  "MASQUE_PS",
  "INVISIBLE_PATIENT",
  "INVISIBLE_REP_LEGAUX",
  "DESTMSSANTEPS",
  "DESTMSSANTEPAT",
]);

/** The OBX after the documents, each with the NTE that follow it. */
export function metadataOf(segments: readonly Segment[], charset: Hl7Charset): Metadata {
  const found = new Map<Hl7Flag, boolean>();
  const bodies: Metadata["bodies"] = {};
  const problems: Problem[] = [];
  let fin = false;
  let last: string | undefined;
  for (const segment of segments) {
    if (segment.name === "NTE") {
      if (last === "DESTMSSANTEPAT" && segment.text(4).toUpperCase() === "FIN") fin = true;
      continue;
    }
    if (segment.name !== "OBX") continue;
    const code = segment.text(3).toUpperCase();
    last = code;
    const flag = OTHER_NAMES[code] ?? FLAGS.find((name) => name === code);
    if (flag) {
      if (found.has(flag)) throw refusal(198, `OBX(${flag})`, "is written twice");
      found.set(flag, yesOrNo(segment, flag));
    } else if (code === "CORPSMAIL_PS" || code === "CORPSMAIL_PATIENT") {
      const whose = code === "CORPSMAIL_PS" ? "professional" : "patient";
      if (bodies[whose] !== undefined) throw refusal(198, `OBX(${code})`, "is written twice");
      bodies[whose] = bodyOf(segment, code, charset, problems);
    } else if (segment.text(3, 3) === "MetaDMPMSS")
      throw refusal(103, "OBX-3", "a code of MetaDMPMSS that is not known");
  }
  const missing = FLAGS.filter((flag) => !found.has(flag));
  const needed = missing.filter((flag) => NEEDED.has(flag));
  if (needed.length > 0) throw refusal(101, "OBX", `${needed.join(", ")} is missing`);
  if (missing.length > 0)
    problems.push({
      severity: "warning",
      code: "hl7_metadata_missing",
      message: `${missing.join(", ")} is required by the CI-SIS and missing: taken as N.`,
      path: "OBX",
    });
  const flags = Object.fromEntries(FLAGS.map((flag) => [flag, found.get(flag) ?? false])) as Record<Hl7Flag, boolean>;
  return { flags, fin, bodies, problems };
}

function yesOrNo(segment: Segment, flag: Hl7Flag): boolean {
  const value = segment.text(5).toUpperCase();
  if (value === "Y") return true;
  if (value === "N") return false;
  throw refusal(value === "" ? 101 : 103, `OBX(${flag})-5`, "is neither Y nor N");
}

function bodyOf(segment: Segment, code: string, charset: Hl7Charset, problems: Problem[]): string {
  const place = `OBX(${code})-5`;
  const written = segment.bulk(5, 5).replace(/\s+/g, "");
  const bytes = Buffer.from(written, "base64");
  // The text beside a document is no reason to refuse it: samples of ANS have one that is cut.
  if (!isWhole(written, bytes)) {
    const message = "The text of the mail is not whole base64: what could be read of it is sent.";
    problems.push({ severity: "warning", code: "hl7_body_damaged", message, path: place });
  }
  // Its own character set is written nowhere: most are UTF-8, the others that of the message.
  const text = decode(bytes, "UNICODE UTF-8") ?? decode(bytes, charset === "UNICODE UTF-8" ? "8859/15" : charset);
  return (text ?? "").replace(/\r\n?/g, "\n");
}

/** Without its padding too, and cut into lines: so engines write it. @throws MedimailError `hl7_invalid` */
export function base64Of(written: string, place: string): Uint8Array {
  const text = /\s/.test(written) ? written.replace(/\s+/g, "") : written;
  if (text === "") throw refusal(101, place, "is empty");
  const bytes = Buffer.from(text, "base64");
  if (!isWhole(text, bytes)) throw refusal(102, place, "is not base64");
  return bytes;
}

/** Node passes over what is no base64: then there is less than the text has. */
function isWhole(text: string, bytes: Uint8Array): boolean {
  const length = text.replace(/=+$/, "").length;
  return bytes.length === Math.floor((length * 3) / 4) && length % 4 !== 1;
}
