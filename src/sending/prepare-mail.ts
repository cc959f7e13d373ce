import { createHash } from "node:crypto";
import { defined } from "../defined.js";
import { MedimailError, type Problem } from "../errors.js";
import { type InsTraits, insTraitsProblems, parseIns, patientAddress } from "../identity/index.js";
import {
  type Composed,
  checkMailSize,
  composeMails,
  type MailFile,
  messageIdFor,
  type Pieces,
  type ReportFrame,
  type StreamedFile,
} from "../message/index.js";
import { hashOf, heldTail, type Prepared, type SenderProfile } from "./prepare.js";
import { type AllowedRecipient, checkedRecipient, PATIENT_TEST_BOX } from "./rules.js";
import type { ComingTail } from "./staging.js";
import type { RecipientInput } from "./types.js";

/** A mail that a person writes: no documents of ours, so no archive is made and the subject is his. */
export interface MailToSend {
  to: readonly (string | RecipientInput)[];
  cc?: readonly (string | RecipientInput)[];
  subject: string;
  text: string;
  html?: string;
  /** In memory, or read while the mail is stored. */
  files?: readonly (MailFile | StreamedFile)[];
  inReplyTo?: string;
  references?: readonly string[];
  forwarded?: { ins: "O" | "N"; codes: string[] };
  replyTo?: string;
  requestRead?: boolean;
  requestDelivery?: boolean;
  /** `X-MSS-MES: FIN` on the patient's mail (ECO.2.2.8). */
  fin?: boolean;
  /** Qualified INS of a patient who is written to (ECO.2.2.6), and the traits that its matricule is compared with (ECO.3.1.5). */
  patient?: { value: string; oid: string } & InsTraits;
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

/** A report (MDN or failure mail) about a mail received, which it returns whole. */
export interface ReportToSend {
  to: string;
  frame: ReportFrame;
  /** Read while the report is stored; `eightBit` is asked afterwards. */
  original: { pieces: Pieces; eightBit: () => boolean };
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
export function prepareMail(mail: MailToSend, profile: SenderProfile): Omit<Prepared, "composed"> {
  const files = (mail.files ?? []).map(summed);
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
      files: files.map(({ file }) => file),
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
  const streamed = files.some(({ file }) => "pieces" in file);
  return defined({
    problems: [
      ...(mail.problems ?? []),
      ...insTraitsProblems(mail.patient, mail.patient ?? {}, "patient"),
      ...composed.problems,
    ],
    tail: streamed ? comingTail(mail, files, composed, profile.maxSize) : undefined,
    submission: defined({
      id,
      tenant: profile.tenant,
      mailbox: profile.mailbox,
      key: mail.idempotencyKey,
      contentHash: streamed ? "" : mailHash(mail, files),
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
      tail: streamed ? undefined : heldTail(composed),
      mails: composed.mails.map(({ messageId, head, body: index, size, recipients: people }) => ({
        messageId,
        head,
        body: index,
        size,
        recipients: people.map(({ address, kind }) => ({ address, kind, dedupe: [] })),
      })),
    }),
  });
}

/** A file, and the SHA-256 of its content: of one that is streamed, once it was read. */
interface Summed {
  file: MailFile | StreamedFile;
  sum: () => string;
}

function summed(file: MailFile | StreamedFile): Summed {
  const hash = createHash("sha256");
  let digest: string | undefined;
  const sum = (): string => {
    digest ??= hash.digest("hex");
    return digest;
  };
  if (!("pieces" in file)) return { file, sum: () => createHash("sha256").update(file.content).digest("hex") };
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of (file as StreamedFile).pieces()) {
      hash.update(piece);
      yield piece;
    }
  }
  return { file: { ...file, pieces }, sum };
}

function comingTail(
  mail: MailToSend,
  files: readonly Summed[],
  { tail, mails }: Composed,
  maxSize: number | undefined,
): ComingTail {
  const counted = tail.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.byteLength : 0), 0);
  return {
    parts: tail,
    check(size) {
      for (const { size: whole, recipients } of mails)
        checkMailSize(whole - counted + size, recipients[0]?.kind ?? "professional", maxSize);
    },
    complete: (submission, staged) => ({
      ...submission,
      contentHash: mailHash(mail, files),
      tail: staged,
      mails: submission.mails.map((one) => ({ ...one, size: one.size - counted + staged.size })),
    }),
  };
}

/** A report as a submission: durable, and once for each mail received (RFC 8098 §2.1). */
export function prepareReport(report: ReportToSend, profile: SenderProfile): Omit<Prepared, "composed"> {
  const { address, kind } = checkedRecipient(report.to, "to", profile);
  const { frame, original } = report;
  return {
    problems: [],
    tail: {
      parts: [original.pieces, ...frame.after],
      // The limits on what is read are the reader's.
      check: () => {},
      complete(submission, tail) {
        const opening = frame.opening(original.eightBit());
        const size = frame.head.byteLength + opening.byteLength + tail.size;
        return { ...submission, bodies: [opening], tail, mails: submission.mails.map((one) => ({ ...one, size })) };
      },
    },
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
      bodies: [],
      mails: [
        {
          messageId: report.messageId,
          head: frame.head,
          body: 0,
          size: 0,
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
    const address = patientAddress(parseIns(value, oid, { allowTest: profile.allowTestIdentities, path: "patient" }));
    if (!found.has(address.toLowerCase())) found.set(address.toLowerCase(), { address, kind: "patient", copy: false });
  }
  if (found.size === 0)
    throw new MedimailError("invalid_argument", "The mail has no recipient.", { path: "to", hint: "Give `to`." });
  return [...found.values()];
}

function mailHash(
  { files: _files, idempotencyKey: _key, sentCopy: _copy, problems: _problems, ...rest }: MailToSend,
  files: readonly Summed[],
): string {
  return hashOf([rest, files.map(({ file: { name, mimeType }, sum }) => [name, mimeType, sum()])]);
}
