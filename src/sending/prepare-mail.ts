import { createHash } from "node:crypto";
import { defined } from "../defined.js";
import { MedimailError, type Problem } from "../errors.js";
import { parseIns, patientAddress } from "../identity/index.js";
import { composeMails, type MailFile, messageIdFor } from "../message/index.js";
import type { NewSubmission } from "../seams/index.js";
import { hashOf, type SenderProfile } from "./prepare.js";
import { type AllowedRecipient, checkedRecipient, PATIENT_TEST_BOX } from "./rules.js";
import type { RecipientInput } from "./types.js";

/** A mail that a person writes: no documents of ours, so no archive is made and the subject is his. */
export interface MailToSend {
  to: readonly (string | RecipientInput)[];
  cc?: readonly (string | RecipientInput)[];
  subject: string;
  text: string;
  html?: string;
  files?: readonly MailFile[];
  inReplyTo?: string;
  references?: readonly string[];
  forwarded?: { ins: "O" | "N"; codes: string[] };
  replyTo?: string;
  requestRead?: boolean;
  requestDelivery?: boolean;
  /** `X-MSS-MES: FIN` on the patient's mail (ECO.2.2.8). */
  fin?: boolean;
  /** Qualified INS of a patient who is written to (ECO.2.2.6). */
  patient?: { value: string; oid: string };
  /** Patients' addresses that stand in the mail answered: they may be written to. */
  knownPatients?: readonly string[];
  actor?: string;
  idempotencyKey?: string;
  reference?: string;
  /** A copy goes into Sent once the operator has accepted it. */
  sentCopy?: boolean;
  /** What is doubtful about it already, for the submission to say. */
  problems?: readonly Problem[];
}

/** A report composed whole (MDN or failure mail), about a mail received. */
export interface ReportToSend {
  to: string;
  content: Uint8Array;
  messageId: string;
  /** `receipt`: from the null path, and no report about it (RFC 8098 §3). */
  kind: "receipt" | "failure";
  /** One for each mail received, whatever the disposition. */
  key: string;
  /** Of what is said: the same key with another is `idempotency_conflict`. */
  said: readonly string[];
  actor?: string;
  sentCopy?: boolean;
}

/**
 * Checks and composes a free mail: professionals together in one mail, so that an answer to all looks right; each patient in one
 * of his own. Nothing is stored.
 *
 * @throws `recipient_invalid`, `patient_address_refused`, `invalid_argument`, and what {@link composeMails} throws
 */
export function prepareMail(
  mail: MailToSend,
  profile: SenderProfile,
): { submission: NewSubmission; problems: Problem[] } {
  const recipients = recipientsOf(mail, profile);
  if (mail.fin && !recipients.some(({ kind }) => kind === "patient"))
    throw new MedimailError("invalid_argument", "`fin` closes an exchange with a patient, and no recipient is one.", {
      path: "fin",
      requirement: "ECO.2.2.8",
    });
  const professionals = recipients.filter(({ kind }) => kind === "professional");
  const patients = recipients.filter(({ kind }) => kind === "patient").map((one) => [{ ...one, copy: false }]);
  const groups = professionals.length > 0 ? [professionals, ...patients] : patients;
  const id = profile.random.uuid();
  const now = profile.clock.now();
  const domain = profile.mailbox.slice(profile.mailbox.lastIndexOf("@") + 1);
  const body = defined({ text: mail.text, html: mail.html });
  const composed = composeMails(
    defined({
      from: { address: profile.mailbox, label: profile.sender.label },
      recipients: groups,
      documents: [],
      files: [...(mail.files ?? [])],
      forwarded: mail.forwarded,
      action: "create" as const,
      nil: profile.software.nil,
      software: profile.software,
      messageIds: groups.map((group) =>
        messageIdFor({ submission: id, recipientKey: group.map(({ address }) => address).join(","), domain }),
      ),
      date: new Date(now),
      replyTo: mail.replyTo ?? profile.sender.replyTo,
      subject: mail.subject,
      body: { professional: body, patient: body },
      footer: profile.footer,
      banner: profile.banner,
      fin: mail.fin,
      requestRead: mail.requestRead,
      inReplyTo: mail.inReplyTo,
      references: mail.references && [...mail.references],
      maxSize: profile.maxSize,
    }),
  );
  return {
    problems: [...(mail.problems ?? []), ...composed.problems],
    submission: defined({
      id,
      tenant: profile.tenant,
      mailbox: profile.mailbox,
      key: mail.idempotencyKey,
      contentHash: mailHash(mail),
      action: "mail",
      priority: 0,
      createdAt: now,
      info: defined({
        actor: mail.actor,
        documents: [],
        kind: "mail" as const,
        requestRead: mail.requestRead,
        requestDelivery: mail.requestDelivery ?? true,
        reference: mail.reference,
        sentCopy: mail.sentCopy,
      }),
      bodies: composed.bodies,
      mails: composed.mails.map(({ messageId, head, body: index, size, recipients: people }) => ({
        messageId,
        head,
        body: index,
        size,
        recipients: people.map(({ address, kind }) => ({ address, kind, dedupe: [] })),
      })),
    }),
  };
}

/** A composed report as a submission: durable, and once for each mail received (RFC 8098 §2.1). */
export function prepareReport(
  report: ReportToSend,
  profile: SenderProfile,
): { submission: NewSubmission; problems: [] } {
  const { address, kind } = checkedRecipient(report.to, "to", profile);
  const content = Buffer.from(report.content.buffer, report.content.byteOffset, report.content.byteLength);
  const end = content.indexOf("\r\n\r\n") + 4;
  return {
    problems: [],
    submission: {
      id: profile.random.uuid(),
      tenant: profile.tenant,
      mailbox: profile.mailbox,
      key: report.key,
      contentHash: hashOf([report.kind, address, ...report.said]),
      action: report.kind,
      priority: 0,
      createdAt: profile.clock.now(),
      info: defined({
        actor: report.actor,
        documents: [],
        kind: report.kind,
        requestDelivery: false,
        sentCopy: report.sentCopy,
      }),
      bodies: [content.subarray(end)],
      mails: [
        {
          messageId: report.messageId,
          head: content.subarray(0, end),
          body: 0,
          size: content.length,
          recipients: [{ address, kind, dedupe: [] }],
        },
      ],
    },
  };
}

type Recipient = AllowedRecipient & { copy: boolean };

/** Each address once; who stands in To is not repeated in Cc. */
function recipientsOf(mail: MailToSend, profile: SenderProfile): Recipient[] {
  const allowed = new Set([PATIENT_TEST_BOX, ...(mail.knownPatients ?? []).map((address) => address.toLowerCase())]);
  const found = new Map<string, Recipient>();
  const add = (list: readonly (string | RecipientInput)[], name: string, copy: boolean) => {
    for (const [index, given] of list.entries()) {
      const path = `${name}[${index}]`;
      const recipient = checkedRecipient(given, path, profile);
      const key = recipient.address.toLowerCase();
      if (recipient.kind === "patient" && !allowed.has(key))
        throw new MedimailError("patient_address_refused", `${path} is a patient's address.`, {
          path,
          hint: "Give `patient` with the qualified INS: the address is built from it.",
        });
      if (!found.has(key)) found.set(key, { ...recipient, copy });
    }
  };
  add(mail.to, "to", false);
  add(mail.cc ?? [], "cc", true);
  if (mail.patient) {
    const { value, oid } = mail.patient;
    const address = patientAddress(parseIns(value, oid, { allowTest: profile.allowTestIdentities }));
    if (!found.has(address.toLowerCase())) found.set(address.toLowerCase(), { address, kind: "patient", copy: false });
  }
  if (found.size === 0)
    throw new MedimailError("invalid_argument", "The mail has no recipient.", { path: "to", hint: "Give `to`." });
  return [...found.values()];
}

function mailHash({
  files = [],
  idempotencyKey: _key,
  sentCopy: _copy,
  problems: _problems,
  ...rest
}: MailToSend): string {
  const sums = files.map(({ name, mimeType, content }) => [
    name,
    mimeType,
    createHash("sha256").update(content).digest("hex"),
  ]);
  return hashOf([rest, sums]);
}
