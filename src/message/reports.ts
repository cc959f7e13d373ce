import { MedimailError } from "../errors.js";
import { integrationErrorLabel } from "../terminology/index.js";
import { asciiText, dateText, headerAddress, headerText, messageIdText } from "./border.js";
import { addresses, fold, messageIds, unstructured } from "./fields.js";
import type { Entity } from "./mime.js";
import { boundaryFor, closing, delimited, fileEntity, multipartEntity, streamedEntity, textEntity } from "./mime.js";
import { XDM_MARKER } from "./naming.js";
import { headerBlock, originalMessageId, originalSubject } from "./original.js";
import type { DsnInput, KoInput, MailFile, MdnInput, Pieces, ReportInput, StreamedFile } from "./types.js";

const KO_MARK = "[KO Intégration système !]";

function envelope(input: Framed<ReportInput> | ReportInput, original: string | undefined, subject: string): string {
  const { address, label } = input.from;
  const from = {
    address: headerAddress(address, "from.address"),
    ...(label === undefined ? {} : { name: headerText(label, "from.label") }),
  };
  const fields = [
    fold("Date", [dateText(input.date)]),
    addresses("From", [from]),
    addresses("To", [{ address: headerAddress(input.to, "to") }]),
    unstructured("Subject", subject),
    messageIds("Message-ID", [messageIdText(input.messageId, "messageId")]),
  ];
  if (original !== undefined) fields.push(messageIds("In-Reply-To", [original]), messageIds("References", [original]));
  if (input.nil !== undefined) fields.push(fold("X-MSS-NIL", [asciiText(input.nil, "nil")]));
  return fields.join("");
}

function originalId(given: string | undefined, original: Uint8Array): string | undefined {
  return given === undefined ? originalMessageId(original) : messageIdText(given, "originalMessageId");
}

/** The original as it is but for bare CR or LF, which no SMTP server takes. */
function originalBytes(bytes: Uint8Array): Buffer {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = raw.toString("latin1");
  return BARE.test(text) ? Buffer.from(text.replace(LINE_END, "\r\n"), "latin1") : raw;
}

const BARE = /(?<!\r)\n|\r(?!\n)/;
const LINE_END = /\r\n?|\n/g;

/** The same of an original that comes in pieces; `eightBit` is known at the end. */
export function originalPieces(pieces: Pieces): { pieces: Pieces; eightBit: () => boolean } {
  let eightBit = false;
  async function* read(): AsyncGenerator<Uint8Array> {
    let held = "";
    for await (const piece of pieces()) {
      const text = held + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
      eightBit ||= EIGHT_BIT.test(text);
      // Its line feed may come with the next piece.
      const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
      held = text.slice(whole.length);
      yield Buffer.from(BARE.test(whole) ? whole.replace(LINE_END, "\r\n") : whole, "latin1");
    }
    if (held !== "") yield Buffer.from("\r\n", "latin1");
  }
  return { pieces: read, eightBit: () => eightBit };
}

const EIGHT_BIT = /[\x80-\xff]/;

/** Of a message part: never base64 (RFC 2046 §5.2.1), so 8bit where the original is. */
const messageFields = (type: string, eightBit: boolean): string =>
  `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${eightBit ? "8bit" : "7bit"}\r\n`;

const isEightBit = (content: Buffer): boolean => content.some((byte) => byte > 127);

const messageEntity = (type: string, content: Buffer): Entity => ({
  fields: messageFields(type, isEightBit(content)),
  content,
});

/** A report but for the original that it returns whole: a long one is read while the report is stored. */
export interface ReportFrame {
  /** Its own header, with the empty line. */
  head: Uint8Array;
  /** Up to the original. */
  opening(eightBit: boolean): Uint8Array;
  /** From the end of the original. */
  after: (Uint8Array | Pieces)[];
}

/** Of the original only the header is needed. */
export type Framed<Input extends ReportInput> = Omit<Input, "original"> & {
  header: Uint8Array;
};

interface FrameParts {
  head: string;
  subtype: string;
  parameters?: string;
  boundary: string;
  before: readonly Entity[];
  files?: readonly Entity<Buffer | Pieces>[];
}

function frameOf({ head, subtype, parameters = "", boundary, before, files = [] }: FrameParts): ReportFrame {
  const type = `Content-Type: multipart/${subtype};\r\n boundary="${boundary}"${parameters}\r\n`;
  return {
    head: Buffer.from(`${head}MIME-Version: 1.0\r\n${type}\r\n`, "latin1"),
    opening: (eightBit) =>
      Buffer.concat([
        ...delimited(boundary, before),
        Buffer.from(`--${boundary}\r\n${messageFields("message/rfc822", eightBit)}\r\n`, "latin1"),
      ]),
    after: [Buffer.from("\r\n"), ...delimited(boundary, files), closing(boundary)],
  };
}

function assembled({ head, opening, after }: ReportFrame, original: Buffer): Uint8Array {
  return Buffer.concat([head, opening(isEightBit(original)), original, ...(after as Buffer[])]);
}

/** Fields of a machine-readable part, in groups; what is not ASCII stands in encoded words (RFC 3464 §2.1). */
type Fields = [name: string, value: string][];

function statusEntity(type: string, groups: readonly Fields[]): Entity {
  const text = groups.map((fields) => fields.map(([name, value]) => unstructured(name, value)).join("")).join("\r\n");
  return {
    fields: `Content-Type: ${type}\r\nContent-Transfer-Encoding: 7bit\r\n`,
    content: Buffer.from(text, "latin1"),
  };
}

/** A boundary that the returned original does not hold. */
function freeBoundary(seed: string, original: Buffer): string {
  for (let turn = 0; ; turn += 1) {
    const boundary = boundaryFor(`${turn} ${seed}`);
    if (!original.includes(boundary)) return boundary;
  }
}

function assemble(head: string, body: Entity): Uint8Array {
  return Buffer.concat([Buffer.from(`${head}MIME-Version: 1.0\r\n${body.fields}\r\n`, "latin1"), body.content]);
}

function checkedError(error: { code: string; label?: string }): { code: string; label: string } {
  if (!/^\d{3}$/.test(error.code))
    throw new MedimailError("invalid_argument", "an application code has 3 digits", { path: "error.code" });
  const label = error.label ?? integrationErrorLabel(error.code) ?? "";
  return { code: error.code, label: headerText(label, "error.label") };
}

/**
 * Of documents that were filed, the subject is theirs (in-mdn: ANS's guide of reception wants it of the success too). A receipt of reading, and that of
 * any other mail, says what it is and nothing of the patient.
 */
function successSubject(disposition: MdnInput["disposition"], original: Uint8Array): string {
  const subject = disposition === "processed" ? originalSubject(original) : "";
  return subject.startsWith(XDM_MARKER) ? subject : "Accusé de lecture";
}

/** `[KO Intégration système !][code] <subject of the original>` (in-mdn-ko, in-std). */
function koSubject(code: string, original: Uint8Array): string {
  return `${KO_MARK}[${code}] ${originalSubject(original)}`.trim();
}

const MDN_TEXT: Readonly<Record<MdnInput["disposition"], string>> = {
  displayed: "Votre message a été affiché par son destinataire.",
  processed: "Votre message a été traité par le logiciel du destinataire.",
  dispatched: "Votre message a été transmis par son destinataire.",
  deleted: "Votre message a été supprimé, sans garantie qu'il ait été lu.",
  denied: "Le destinataire ne souhaite pas que la lecture de votre message soit notifiée.",
  failed: "Votre message n'a pas pu être traité.",
};

/**
 * A disposition notification (RFC 8098, in-mdn, in-mdn-ko): text, `message/disposition-notification`, and the whole original
 * in one `message/rfc822`. Send it with the null envelope path, and never in answer to a report.
 *
 * @throws MedimailError `header_injection`, `mss_address_invalid`, `mail_invalid`, `invalid_argument`
 */
export function composeMdn({ original: given, ...input }: MdnInput): Uint8Array {
  const original = originalBytes(given);
  return assembled(mdnFrame({ ...input, header: given }, freeBoundary(input.messageId, original)), original);
}

/**
 * The same around an original that is not held.
 *
 * @param boundary one that the original cannot hold: left out, it comes of the Message-ID, which its sender could not know.
 */
export function mdnFrame(input: Framed<MdnInput>, boundary = boundaryFor(input.messageId)): ReportFrame {
  const id = originalId(input.originalMessageId, input.header);
  const error = input.error && checkedError(input.error);
  const mode = input.automatic ? "automatic-action/MDN-sent-automatically" : "manual-action/MDN-sent-manually";
  const detail = error && (error.label === "" ? error.code : `${error.code}^${error.label}`);
  const modifier = error === undefined ? "" : input.legacyError ? `/Error: ${detail}` : "/error";
  const fields: Fields = [];
  if (input.software) {
    const { name, version } = input.software;
    fields.push(["Reporting-UA", `${headerText(name, "software.name")}; ${headerText(version, "software.version")}`]);
  }
  if (input.originalRecipient !== undefined)
    fields.push(["Original-Recipient", `rfc822;${headerAddress(input.originalRecipient, "originalRecipient")}`]);
  fields.push(["Final-Recipient", `rfc822;${headerAddress(input.finalRecipient, "finalRecipient")}`]);
  if (id !== undefined) fields.push(["Original-Message-ID", `<${id}>`]);
  fields.push(["Disposition", `${mode}; ${input.disposition}${modifier}`]);
  if (detail !== undefined && !input.legacyError) fields.push(["Error", detail]);

  const subject = error ? koSubject(error.code, input.header) : successSubject(input.disposition, input.header);
  const text = error
    ? `L'intégration du document a échoué : ${error.code} ${error.label}`
    : MDN_TEXT[input.disposition];
  return frameOf({
    head: envelope(input, id, subject),
    subtype: "report",
    parameters: ";\r\n report-type=disposition-notification",
    boundary,
    before: [textEntity("plain", input.text ?? text), statusEntity("message/disposition-notification", [fields])],
  });
}

/** A delivery report of an operator (RFC 3464, 6522). @throws MedimailError as {@link composeMdn} */
export function composeDsn(input: DsnInput): Uint8Array {
  const original = originalBytes(input.original);
  const first: Fields = [["Reporting-MTA", `dns; ${asciiText(input.reportingMta, "reportingMta")}`]];
  if (input.envelopeId !== undefined)
    first.unshift(["Original-Envelope-Id", asciiText(input.envelopeId, "envelopeId")]);
  const groups = input.recipients.map((recipient, index): Fields => {
    const path = `recipients[${index}]`;
    const { address, originalRecipient, action, status, diagnostic } = recipient;
    const fields: Fields = [["Final-Recipient", `rfc822; ${headerAddress(address, `${path}.address`)}`]];
    if (originalRecipient !== undefined)
      fields.unshift([
        "Original-Recipient",
        `rfc822; ${headerAddress(originalRecipient, `${path}.originalRecipient`)}`,
      ]);
    fields.push(["Action", action], ["Status", asciiText(status, `${path}.status`)]);
    if (diagnostic !== undefined)
      fields.push(["Diagnostic-Code", `smtp; ${headerText(diagnostic, `${path}.diagnostic`)}`]);
    return fields;
  });
  const failed = input.recipients.some((recipient) => recipient.action === "failed");
  const delayed = input.recipients.some((recipient) => recipient.action === "delayed");
  const text = failed
    ? "Votre message n'a pas pu être remis à tous ses destinataires."
    : delayed
      ? "La remise de votre message est retardée ; elle sera tentée de nouveau."
      : "Votre message a été remis.";
  const returned =
    input.ret === "FULL"
      ? messageEntity("message/rfc822", original)
      : messageEntity(
          "text/rfc822-headers",
          Buffer.concat([original.subarray(0, headerBlock(original).length), Buffer.from("\r\n")]),
        );
  const subject = failed ? "Échec de remise" : delayed ? "Remise retardée" : "Accusé de remise";
  const body = multipartEntity(
    "report",
    freeBoundary(input.messageId, original),
    [textEntity("plain", input.text ?? text), statusEntity("message/delivery-status", [first, ...groups]), returned],
    ";\r\n report-type=delivery-status",
  );
  return assemble(envelope(input, originalId(input.originalMessageId, input.original), subject), body);
}

/**
 * The failure mail of a recipient that was not asked for a MDN (in-std): same subject as a negative MDN, the original in
 * `message/rfc822`, its attachments repeated.
 *
 * @throws MedimailError as {@link composeMdn}
 */
export function composeKo({ original: given, ...input }: KoInput): Uint8Array {
  const original = originalBytes(given);
  return assembled(koFrame({ ...input, header: given }, freeBoundary(input.messageId, original)), original);
}

/** The same around an original, and with files, that are not held. */
export function koFrame(
  input: Omit<Framed<KoInput>, "attachments"> & { attachments?: readonly (MailFile | StreamedFile)[] },
  boundary = boundaryFor(input.messageId),
): ReportFrame {
  const error = checkedError(input.error);
  const text = `L'intégration du document a échoué : ${error.code} ${error.label}`;
  const files = (input.attachments ?? []).map((file, index): Entity<Buffer | Pieces> => {
    const type = asciiText(file.mimeType, `attachments[${index}].mimeType`);
    const name = headerText(file.name, `attachments[${index}].name`);
    return "pieces" in file ? streamedEntity(type, name, file.pieces) : fileEntity(type, name, file.content);
  });
  const head = envelope(input, originalId(input.originalMessageId, input.header), koSubject(error.code, input.header));
  return frameOf({ head, subtype: "mixed", boundary, before: [textEntity("plain", input.text ?? text)], files });
}
