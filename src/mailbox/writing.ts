import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import { isPatientDomain } from "../identity/index.js";
import {
  type AnsweredMail,
  answerRecipients,
  answerSubject,
  field,
  forwardedText,
  type MailFile,
  type Person,
  quotedText,
  threadFields,
  XDM_MARKER,
} from "../message/index.js";
import type { MailToSend, RecipientInput, Submission } from "../sending/index.js";
import type { ImapMailbox } from "../transport/imap/index.js";
import { answeredMail, type Found, foundMail } from "./answered.js";
import { decoded } from "./decode.js";
import { joined, receivedPieces } from "./part-bytes.js";
import { attachmentsOf } from "./summary.js";
import type { MailboxWriter, NewMailOptions, WriteOptions } from "./writing-types.js";

const MAX_FORWARDED = 25_000_000;

type Imap = Pick<ImapMailbox, "summary" | "part">;

/** @param enqueue makes a mail durable. @param own the mailbox's address. */
export function createMailboxWriter(
  open: () => Promise<Imap>,
  own: string,
  enqueue: (mail: MailToSend) => Promise<Submission>,
): Pick<MailboxWriter, "send" | "reply" | "forward"> {
  return {
    send: (mail) =>
      enqueue({ ...common(mail), ...defined({ patient: mail.patient }), subject: mail.subject, text: mail.text }),
    async reply(ref, { all = false, quote = true, ...options }) {
      const imap = await open();
      const found = await foundMail(imap, ref, options.signal);
      const mail = await answeredMail(imap, found, quote, options.signal);
      const { to, cc } = answerRecipients(mail, own, all);
      const given = common(options);
      return await enqueue({
        ...given,
        ...threadFields(found.header),
        to: [...to.map(recipientOf), ...given.to],
        cc: [...cc.map(recipientOf), ...(given.cc ?? [])],
        subject: answerSubject(mail.subject, "reply"),
        text: quotedText(options.text, mail),
        knownPatients: patientsOf(mail),
      });
    },
    async forward(ref, { maxBytes = MAX_FORWARDED, text = "", ...options }) {
      const imap = await open();
      const found = await foundMail(imap, ref, options.signal);
      const mail = await answeredMail(imap, found, true, options.signal);
      const given = common({ ...options, text });
      const files = await filesOf(imap, found, maxBytes, options.signal);
      return await enqueue({
        ...given,
        // A forwarded mail begins an exchange with others: References, and no In-Reply-To.
        references: threadFields(found.header).references,
        // An archive goes on under the subject that its rule gives it (ECO.2.1.3): recipients' software finds it by that.
        subject: keepsSubject(found) ? mail.subject : answerSubject(mail.subject, "forward"),
        text: forwardedText(text, mail),
        files: [...files, ...(given.files ?? [])],
        ...archiveFields(found),
      });
    },
  };
}

const keepsSubject = ({ mail }: Found): boolean => mail.hasXdm && mail.rawSubject.startsWith(XDM_MARKER);

export function common(options: Omit<NewMailOptions, "subject"> | WriteOptions): Omit<MailToSend, "subject" | "text"> {
  const { html, attachments, to = [], cc, replyTo, requestRead, fin, actor, idempotencyKey, reference } = options;
  return defined({ html, files: attachments, to, cc, replyTo, requestRead, fin, actor, idempotencyKey, reference });
}

export const recipientOf = ({ name, address }: Person): RecipientInput =>
  name === "" ? { address } : { address, name };

const patientsOf = ({ from, replyTo, to, cc }: AnsweredMail): string[] =>
  [...(from ? [from] : []), ...replyTo, ...to, ...cc].map(({ address }) => address).filter(isPatientDomain);

/** The attachments, decoded; in memory, bounded. */
export async function filesOf(
  imap: Imap,
  { found }: Found,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<MailFile[]> {
  const files: MailFile[] = [];
  let left = maxBytes;
  for (const { part, name, mimeType } of attachmentsOf(found)) {
    const leaf = found.parts.find((candidate) => candidate.part === part);
    const pieces = receivedPieces(imap, found, part, left * 3 + 1024, signal);
    const content = await joined(decoded(pieces, leaf?.encoding ?? ""));
    left -= content.length;
    if (left < 0)
      throw new MedimailError("mail_too_large", `the attachments have more than ${maxBytes} bytes`, {
        path: "maxBytes",
      });
    files.push({ name, mimeType, content });
  }
  return files;
}

/** What the mail's own fields said of the archive that goes on with it (ECO.2.4.1, ECO.2.4.2). */
function archiveFields({ mail, fields }: Found): Pick<MailToSend, "forwarded"> {
  if (!mail.hasXdm) return {};
  const ins = field(fields, "x-mss-ins")?.trim() === "O" ? "O" : "N";
  const codes = (field(fields, "x-mss-codecda") ?? "").split(",").map((code) => code.trim());
  return { forwarded: { ins, codes: codes.filter((code) => /^[\x21-\x2b\x2d-\x7e]{1,60}$/.test(code)).slice(0, 200) } };
}
