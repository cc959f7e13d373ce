import { defined } from "../defined.js";
import { isMedimailError, MedimailError, type Problem } from "../errors.js";
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
  type StreamedFile,
  threadFields,
  XDM_MARKER,
} from "../message/index.js";
import type { MailToSend, RecipientInput, Submission } from "../sending/index.js";
import type { ImapMailbox } from "../transport/imap/index.js";
import { answeredMail, type Found, foundMail } from "./answered.js";
import { decoded } from "./decode.js";
import { joined, receivedPieces } from "./part-bytes.js";
import { attachmentsOf } from "./summary.js";
import { threadOf } from "./thread.js";
import type { MailboxWriter, NewMailOptions, WriteOptions } from "./writing-types.js";

const MAX_FORWARDED = 25_000_000;

type Imap = Pick<ImapMailbox, "summary" | "part">;

/** No requirement forbids it: the professional is told, and decides (ECO.2.2.8 keeps the patient from answering). */
const EXCHANGE_CLOSED: Problem = {
  severity: "warning",
  code: "exchange_closed",
  message: "The exchange was closed with the patient (X-MSS-MES: FIN): he may not be able to answer.",
};

/** @param enqueue makes a mail durable, unless its caller has given up before. @param own the mailbox's address. */
export function createMailboxWriter(
  open: () => Promise<Imap & Pick<ImapMailbox, "search">>,
  own: string,
  enqueue: (mail: MailToSend, signal: AbortSignal | undefined) => Promise<Submission>,
): Pick<MailboxWriter, "send" | "reply" | "forward"> {
  return {
    send: (mail) =>
      enqueue(
        { ...common(mail), ...defined({ patient: mail.patient }), subject: mail.subject, text: mail.text },
        mail.signal,
      ),
    async reply(ref, { all = false, quote = true, ...options }) {
      const imap = await open();
      const found = await foundMail(imap, ref, options.signal);
      const mail = await answeredMail(imap, found, quote, options.signal);
      const { to, cc } = answerRecipients(mail, own, all);
      const given = common(options);
      const answer: MailToSend = {
        ...given,
        ...threadFields(found.header),
        to: [...to.map(recipientOf), ...given.to],
        cc: [...cc.map(recipientOf), ...(given.cc ?? [])],
        subject: answerSubject(mail.subject, "reply"),
        text: quotedText(options.text, mail),
        knownPatients: patientsOf(mail),
        problems: (await isClosed(imap, found, options.signal)) ? [EXCHANGE_CLOSED] : [],
      };
      return await enqueue(answer, options.signal);
    },
    async forward(ref, { maxBytes = MAX_FORWARDED, text = "", ...options }) {
      const imap = await open();
      const found = await foundMail(imap, ref, options.signal);
      const mail = await answeredMail(imap, found, true, options.signal);
      const given = common({ ...options, text });
      const files = streamedFiles(imap, found, maxBytes, options.signal);
      const forwarded: MailToSend = {
        ...given,
        // A forwarded mail begins an exchange with others: References, and no In-Reply-To.
        references: threadFields(found.header).references,
        // An archive goes on under the subject that its rule gives it (ECO.2.1.3): recipients' software finds it by that.
        subject: keepsSubject(found) ? mail.subject : answerSubject(mail.subject, "forward"),
        text: forwardedText(text, mail),
        files: [...files, ...(given.files ?? [])],
        ...archiveFields(found),
      };
      return await enqueue(forwarded, options.signal);
    },
  };
}

/** Whether a mail of the exchange with a patient, this one or one that was sent, has closed it. */
async function isClosed(
  imap: Pick<ImapMailbox, "search">,
  { found, mail }: Found,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (mail.fin) return true;
  if (mail.kind !== "patient") return false;
  try {
    return (await threadOf(imap, found, ["sent"], signal)).some(({ fin }) => fin);
  } catch (error) {
    // A mailbox without a folder Sent, or whose server cannot search it: the answer is written all the same.
    if (!isMedimailError(error) || error.code !== "imap_failed") throw error;
    return false;
  }
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

/** The attachments, decoded, each read from the server when it is wanted; all together within `maxBytes`. */
export function streamedFiles(
  imap: Imap,
  { found }: Found,
  maxBytes: number,
  signal: AbortSignal | undefined,
): StreamedFile[] {
  let left = maxBytes;
  return attachmentsOf(found).map(({ part, name, mimeType }) => {
    const encoding = found.parts.find((candidate) => candidate.part === part)?.encoding ?? "";
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for await (const piece of decoded(receivedPieces(imap, found, part, left * 3 + 1024, signal), encoding)) {
        left -= piece.length;
        if (left < 0)
          throw new MedimailError("mail_too_large", `the attachments have more than ${maxBytes} bytes`, {
            path: "maxBytes",
          });
        yield piece;
      }
    }
    return { name, mimeType, pieces };
  });
}

/** The same in memory, for who wants to see them. */
export async function filesOf(
  imap: Imap,
  found: Found,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<MailFile[]> {
  const files: MailFile[] = [];
  for (const { name, mimeType, pieces } of streamedFiles(imap, found, maxBytes, signal))
    files.push({ name, mimeType, content: await joined(pieces()) });
  return files;
}

/** What the mail's own fields said of the archive that goes on with it (ECO.2.4.1, ECO.2.4.2). */
function archiveFields({ mail, fields }: Found): Pick<MailToSend, "forwarded"> {
  if (!mail.hasXdm) return {};
  const ins = field(fields, "x-mss-ins")?.trim() === "O" ? "O" : "N";
  const codes = (field(fields, "x-mss-codecda") ?? "").split(",").map((code) => code.trim());
  return { forwarded: { ins, codes: codes.filter((code) => /^[\x21-\x2b\x2d-\x7e]{1,60}$/.test(code)).slice(0, 200) } };
}
