import type { CdaHeader } from "../cda/types.js";
import { MedimailError } from "../errors.js";
import { attachmentsOf, checkedType, placed } from "./attachments.js";
import { asciiText, dateText, headerAddress, headerText, messageIdText } from "./border.js";
import { addresses, fold, messageIds, unstructured } from "./fields.js";
import type { Entity } from "./mime.js";
import { boundaryFor, delimited, fileEntity, multipartEntity, textEntity } from "./mime.js";
import { birthNameOf, dateOf, givenOf, writtenNames, xdmSubject } from "./naming.js";
import type { Composed, ComposedMail, ComposeInput, MailFile, MailRecipient } from "./types.js";
import { bodyFor } from "./wording.js";

/** Bytes of a whole mail to a patient (Mon espace santé, mes-25mb). */
export const PATIENT_MAX_SIZE = 25_000_000;

/** Characters of codes on one line. */
const MAX_CODES = 900;

type Kind = MailRecipient["kind"];

/** `O` when every document has a matricule with an INS authority and the four traits (ECO.2.4.2). */
function insFlag(headers: readonly CdaHeader[]): "O" | "N" {
  const complete = headers.every(
    (header) =>
      header.patient.ins !== null &&
      birthNameOf(header) !== undefined &&
      givenOf(header) !== undefined &&
      dateOf(header.patient.birthTime) !== undefined &&
      (header.patient.gender ?? "") !== "",
  );
  return complete ? "O" : "N";
}

function checkOnePatient(headers: readonly CdaHeader[]): void {
  const [first, ...others] = headers;
  if (first === undefined) return;
  const names = writtenNames(first);
  others.forEach((header, index) => {
    const path = `documents[${index + 1}]`;
    const other = writtenNames(header, `${path}.patient`);
    const a = first.patient.ins;
    const b = header.patient.ins;
    const same =
      a && b
        ? a.value === b.value && a.oid === b.oid
        : names.family === other.family && dateOf(first.patient.birthTime) === dateOf(header.patient.birthTime);
    if (!same) throw new MedimailError("xdm_several_patients", "the documents are of two patients", { path });
  });
}

function checkRecipients(input: ComposeInput): void {
  const ids = new Set(input.messageIds);
  if (input.messageIds.length !== input.recipients.length || ids.size !== input.messageIds.length)
    throw new MedimailError("invalid_argument", "each mail needs a Message-ID of its own", { path: "messageIds" });
  input.recipients.forEach((entry, index) => {
    const path = `recipients[${index}]`;
    if (entry.length === 0) throw new MedimailError("invalid_argument", "a mail needs a recipient", { path });
    if (entry.length > 1 && entry.some((recipient) => recipient.kind === "patient"))
      throw new MedimailError("invalid_argument", "a patient's mail has no other recipient", { path });
    checkPeople(entry, path);
  });
}

function checkPeople(people: readonly MailRecipient[], path: string): void {
  people.forEach(({ address, name }, rank) => {
    headerAddress(address, `${path}[${rank}].address`, "recipient_invalid");
    if (name !== undefined) headerText(name, `${path}[${rank}].name`);
  });
}

/** To and Cc, each where somebody stands in it. */
function peopleFields(recipients: readonly MailRecipient[]): string {
  const field = (name: string, people: readonly MailRecipient[]): string =>
    people.length === 0 ? "" : addresses(name, people);
  return (
    field(
      "To",
      recipients.filter(({ copy }) => copy !== true),
    ) +
    field(
      "Cc",
      recipients.filter(({ copy }) => copy === true),
    )
  );
}

/** The text of the mail: text/plain, or multipart/alternative where there is HTML (ECO.2.2.4). */
function textOf(kind: Kind, input: ComposeInput, seed: string): Entity {
  const body = bodyFor(kind, input);
  const plain = textEntity("plain", body.text);
  if (body.html === undefined) return plain;
  return multipartEntity("alternative", boundaryFor(`alternative ${seed}`), [plain, textEntity("html", body.html)]);
}

/**
 * Fields that every mail of the composition has alike, but for those of one mail and of one kind: From and no Sender
 * (out-from), Reply-To, the patient's mail included (ECO.2.2.5, mes-replyto), In-Reply-To and References (ECO.2.2.2).
 */
function sharedFields(input: ComposeInput, headers: readonly CdaHeader[]): { top: string; bottom: string } {
  const from = {
    address: headerAddress(input.from.address, "from.address"),
    name: headerText(input.from.label, "from.label"),
  };
  const top = [fold("Date", [dateText(input.date)]), addresses("From", [from])];
  if (input.replyTo !== undefined)
    top.push(addresses("Reply-To", [{ address: headerAddress(input.replyTo, "replyTo") }]));
  const bottom: string[] = [];
  const references = (input.references ?? []).map((id, index) => messageIdText(id, `references[${index}]`));
  if (input.inReplyTo !== undefined) {
    const parent = messageIdText(input.inReplyTo, "inReplyTo");
    bottom.push(messageIds("In-Reply-To", [parent]));
    if (!references.includes(parent)) references.push(parent);
  }
  if (references.length > 0) bottom.push(messageIds("References", references.slice(-50)));
  if (input.requestRead) bottom.push(addresses("Disposition-Notification-To", [{ address: from.address }]));
  if (headers.length > 0) {
    bottom.push(fold("X-MSS-INS", [insFlag(headers)]));
    const codes = headers.map((header, index) => {
      const code = asciiText(header.code.code, `documents[${index}].code`);
      if (/[\s,]/.test(code))
        throw new MedimailError("cda_header_invalid", "the type code cannot be listed", { requirement: "ECO.2.4.1" });
      return code;
    });
    bottom.push(fold("X-MSS-CODECDA", listed(codes)));
  }
  if (headers.length === 0 && input.forwarded) {
    const codes = input.forwarded.codes.map((code, index) => asciiText(code, `forwarded.codes[${index}]`));
    bottom.push(fold("X-MSS-INS", [input.forwarded.ins]));
    if (codes.length > 0) bottom.push(fold("X-MSS-CODECDA", listed(codes)));
  }
  bottom.push(fold("X-MSS-NIL", [asciiText(input.nil, "nil")]));
  const software = `${headerText(input.software.name, "software.name")}/${headerText(input.software.version, "software.version")}`;
  return { top: top.join(""), bottom: bottom.join("") + unstructured("User-Agent", software.trim()) };
}

/** The codes, commas without spaces; on several lines only where one could not hold them (RFC 5322 §2.1.1). */
function listed(codes: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [index, code] of codes.entries()) {
    const next = index < codes.length - 1 ? `${code},` : code;
    if (line !== "" && line.length + next.length > MAX_CODES) {
      lines.push(line);
      line = "";
    }
    line += next;
  }
  return [...lines, line];
}

/**
 * A mail that is not sent yet, as one that a person left: whoever it is for, if anyone, and nothing of the footer and the banner, which
 * come with the sending. Same input, same bytes.
 *
 * @throws MedimailError `header_injection`, `mss_address_invalid`, `mail_invalid`, `invalid_argument`, `mail_too_large`
 */
export function composeDraft(
  input: Omit<
    ComposeInput,
    "documents" | "archive" | "files" | "action" | "recipients" | "messageIds" | "footer" | "banner"
  > & {
    recipients: readonly MailRecipient[];
    messageId: string;
    files?: readonly MailFile[];
  },
): Uint8Array {
  const { recipients, messageId, files: given = [], ...rest } = input;
  const whole: ComposeInput = { ...rest, documents: [], action: "create", recipients: [], messageIds: [messageId] };
  const id = messageIdText(messageId, "messageId");
  checkPeople(recipients, "recipients");
  const { top, bottom } = sharedFields(whole, []);
  const fields = [top, peopleFields(recipients)];
  const subject = subjectOf(whole, []);
  if (subject !== "") fields.push(unstructured("Subject", subject));
  fields.push(messageIds("Message-ID", [id]), bottom, "MIME-Version: 1.0\r\n");
  const text = textOf("professional", whole, id);
  const files = given.map((file, index) => fileEntity(checkedType(file, index), file.name, file.content));
  const body = files.length === 0 ? text : multipartEntity("mixed", boundaryFor(`mixed ${id}`), [text, ...files]);
  const draft = Buffer.concat([Buffer.from(`${fields.join("")}${body.fields}\r\n`, "latin1"), body.content]);
  checkMailSize(draft.length, "professional", whole.maxSize);
  return draft;
}

function subjectOf(input: ComposeInput, headers: readonly CdaHeader[]): string {
  if (headers.length > 0) {
    const extra = input.subjectExtra === undefined ? {} : { extra: input.subjectExtra };
    return xdmSubject({ documents: headers, action: input.action, ...extra });
  }
  const subject = headerText(input.subject ?? "", "subject").trim();
  const extra = headerText(input.subjectExtra ?? "", "subjectExtra").trim();
  return [subject, extra].filter((part) => part !== "").join(" ");
}

/**
 * @param maxSize the operator's, where it is known
 * @throws `mail_too_large`
 */
export function checkMailSize(size: number, kind: Kind, maxSize: number | undefined): void {
  const operator = maxSize !== undefined && maxSize > 0 ? maxSize : Number.POSITIVE_INFINITY;
  const limit = kind === "patient" ? Math.min(operator, PATIENT_MAX_SIZE) : operator;
  if (size <= limit) return;
  throw new MedimailError("mail_too_large", `the mail has ${size} bytes where ${limit} are allowed`, {
    requirement: limit === operator ? "MSS/va1.13" : "mes-25mb",
    path: "documents",
    hint: "send fewer or smaller documents in one mail",
  });
}

/**
 * The mails of a submission: one for each entry of `recipients`, with one body for professionals and one for patients
 * (ECO.2.1.1, 2.1.3, 2.1.5, 2.1.6, 2.2.1-2.2.8, 2.3.2, 2.4.1-2.4.3). Same input, same bytes.
 *
 * @throws MedimailError `header_injection` (with the path of the field), `pdf_missing`, `pdf_invalid`, `mail_too_large`,
 * `xdm_several_patients`, `cda_header_invalid`, `recipient_invalid`, `mss_address_invalid`, `mail_invalid`, `invalid_argument`
 */
export function composeMails(input: ComposeInput): Composed {
  const headers = input.documents.map((document) => document.cda.header);
  const ids = input.messageIds.map((id, index) => messageIdText(id, `messageIds[${index}]`));
  checkRecipients(input);
  checkOnePatient(headers);
  const subject = subjectOf(input, headers);
  const shared = sharedFields(input, headers);
  const { entities, pdfNames, problems } = attachmentsOf(input);
  const seed = ids.join(" ");
  const boundary = boundaryFor(`mixed ${seed}`);
  const { attached, tail, tailSize } = placed(boundary, entities);

  const bodies: Uint8Array[] = [];
  const types = new Map<Kind, { index: number; fields: string }>();
  const bodyOf = (kind: Kind) => {
    const before = types.get(kind);
    if (before) return before;
    const text = textOf(kind, input, seed);
    const made = { index: bodies.length, fields: text.fields };
    if (entities.length === 0) bodies.push(text.content);
    else {
      made.fields = `Content-Type: multipart/mixed;\r\n boundary="${boundary}"\r\n`;
      bodies.push(Buffer.concat([...delimited(boundary, [text]), ...attached]));
    }
    types.set(kind, made);
    return made;
  };

  const mails = input.recipients.map((recipients, index): ComposedMail => {
    const kind = recipients[0]?.kind ?? "professional";
    const messageId = ids[index] ?? "";
    const body = bodyOf(kind);
    const fields = [shared.top, peopleFields(recipients)];
    if (subject !== "") fields.push(unstructured("Subject", subject));
    fields.push(messageIds("Message-ID", [messageId]), shared.bottom);
    // ECO.2.2.8: the only header that a professional's mail must not have.
    // mes-fin: this header, not the mail whose subject is `[FIN]`.
    if (kind === "patient" && input.fin) fields.push(fold("X-MSS-MES", ["FIN"]));
    fields.push("MIME-Version: 1.0\r\n", body.fields, "\r\n");
    const head = Buffer.from(fields.join(""), "latin1");
    const size = head.length + (bodies[body.index]?.length ?? 0) + tailSize;
    checkMailSize(size, kind, input.maxSize);
    return { recipients, messageId, head, body: body.index, size };
  });
  return { subject, mails, bodies, tail, pdfNames, problems };
}
