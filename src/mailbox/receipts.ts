import { MedimailError } from "../errors.js";
import { field, koFrame, mdnFrame, originalPieces } from "../message/index.js";
import type { ReportToSend, Submission } from "../sending/index.js";
import { hasFlag, type ImapMailbox } from "../transport/imap/index.js";
import { type Found, foundMail, peopleOf } from "./answered.js";
import { receivedPieces } from "./part-bytes.js";
import { streamedFiles } from "./writing.js";
import type { MailboxWriter, ReceiptOptions } from "./writing-types.js";

const MAX_ORIGINAL = 64 * 1024 * 1024;
/** Bytes of a failure mail beside what it gives back: header, text, fields of parts. */
const OF_THE_REPORT = 64 * 1024;
const MDN_SENT = "$MDNSent";

type Imap = Pick<ImapMailbox, "summary" | "part" | "changeFlags">;

export interface ReceiptDeps {
  open: () => Promise<Imap>;
  own: string;
  label: string;
  nil: string;
  software: { name: string; version: string };
  now: () => number;
  /** A Message-ID of ours. */
  messageId: () => string;
  /** Whether a report of this key was submitted before. */
  known: (key: string) => Promise<boolean>;
  enqueue: (report: ReportToSend, signal: AbortSignal | undefined) => Promise<Submission>;
  /** The operator's limit of a mail in bytes, where it is known. */
  maxSize: () => Promise<number | undefined>;
}

/** Receipts that a person, or the software after integration, sends (ECO.3.1.6, in-mdn, in-mdn-ko, in-std). None is sent by itself. */
export function createReceipts(deps: ReceiptDeps): Pick<MailboxWriter, "receipt" | "failureMail"> {
  /**
   * Whether the original and its attachments once more are within the operator's limit: where they are not, the attachments go back in the original
   * alone, for a failure that the operator refuses would be told to nobody.
   */
  const fitsTwice = async ({ found }: Found): Promise<boolean> =>
    2 * found.size + OF_THE_REPORT <= ((await deps.maxSize()) ?? Number.POSITIVE_INFINITY);
  const base = (found: Found) => ({
    from: { address: deps.own, label: deps.label },
    messageId: deps.messageId(),
    date: new Date(deps.now()),
    header: found.header,
    nil: deps.nil,
    ...(found.mail.messageId === undefined ? {} : { originalMessageId: found.mail.messageId }),
  });

  return {
    async receipt(ref, options) {
      const { disposition, signal } = options;
      const error = errorOf(options);
      const imap = await deps.open();
      const found = await foundMail(imap, ref, signal);
      refuseReports(found);
      const to = askedBy(found, options.confirmed === true);
      const key = `medimail:receipt:${keyOf(found)}`;
      if (hasFlag(found.mail.flags, MDN_SENT) && !(await deps.known(key)))
        throw new MedimailError("already_sent", "a receipt was already sent for this mail, by another program");
      const composed = base(found);
      const report: ReportToSend = {
        kind: "receipt",
        to,
        messageId: composed.messageId,
        key,
        said: [disposition, error?.code ?? ""],
        ...(options.actor === undefined ? {} : { actor: options.actor }),
        original: originalOf(imap, found, signal),
        frame: mdnFrame({
          ...composed,
          to,
          software: deps.software,
          originalRecipient: writtenTo(found) ?? deps.own,
          finalRecipient: deps.own,
          disposition: disposition === "displayed" ? "displayed" : "processed",
          automatic: options.automatic ?? disposition !== "displayed",
          ...(error ? { error } : {}),
          ...(options.legacyError ? { legacyError: true } : {}),
        }),
      };
      const submission = await deps.enqueue(report, signal);
      await marked(imap, found);
      return submission;
    },
    async failureMail(ref, { code, label, actor, signal }) {
      const error = errorOf({ disposition: "error", code, ...(label === undefined ? {} : { label }) }) as {
        code: string;
      };
      const imap = await deps.open();
      const found = await foundMail(imap, ref, signal);
      refuseReports(found);
      if (requestsOf(found).length > 0)
        throw new MedimailError("invalid_argument", "the mail asks for a receipt", {
          hint: 'Answer with `receipt(ref, { disposition: "error", code })`.',
        });
      const [to] = peopleOf(field(found.fields, "reply-to"));
      const address = to?.address ?? found.mail.from?.address;
      if (address === undefined) throw new MedimailError("recipient_invalid", "the mail has no sender");
      const composed = base(found);
      const report: ReportToSend = {
        kind: "failure",
        to: address,
        messageId: composed.messageId,
        key: `medimail:failure:${keyOf(found)}`,
        said: [code],
        ...(actor === undefined ? {} : { actor }),
        original: originalOf(imap, found, signal),
        frame: koFrame({
          ...composed,
          to: address,
          error,
          attachments: (await fitsTwice(found)) ? streamedFiles(imap, found, MAX_ORIGINAL, signal) : [],
        }),
      };
      return await deps.enqueue(report, signal);
    },
  };
}

/** The whole mail as it was received, read when the report is stored. */
function originalOf(imap: Imap, { found }: Found, signal: AbortSignal | undefined) {
  return originalPieces(() => receivedPieces(imap, found, undefined, MAX_ORIGINAL, signal));
}

function errorOf({ disposition, code, label }: ReceiptOptions): { code: string; label?: string } | undefined {
  if ((disposition === "error") !== (code !== undefined) || (code !== undefined && !/^90[0-6]$/.test(code)))
    throw new MedimailError("invalid_argument", "an error has a code from 900 to 906, and nothing else has one", {
      path: "code",
    });
  return code === undefined ? undefined : { code, ...(label === undefined ? {} : { label }) };
}

/** A report about a report would never end (RFC 8098 §3, loop rule). */
function refuseReports({ mail, fields }: Found): void {
  if (mail.kind === "receipt" || field(fields, "return-path")?.trim() === "<>")
    throw new MedimailError("receipt_not_asked", "a report is not answered with a report");
}

/**
 * Whom the sender wrote to, as the operator that delivered the mail says it (RFC 8098 §3.2.3: of several fields none counts). Without the field
 * the box itself, since in-mdn wants Original-Recipient of every receipt.
 */
function writtenTo({ fields }: Found): string | undefined {
  const [only, more] = fields.filter(([name, value]) => name === "original-recipient" && value !== "");
  const address = more ? undefined : /^rfc822\s*;\s*(\S{1,254})$/i.exec(only?.[1].trim() ?? "")?.[1];
  return address !== undefined && ADDRESS.test(address) ? address : undefined;
}

/** What the composer takes for a plain address: the field is a stranger's. */
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}$/;

const requestsOf = ({ fields }: Found) => peopleOf(field(fields, "disposition-notification-to"));

/** Where the receipt goes; a person confirms what is not plainly the sender's own (RFC 8098 §2.1). */
function askedBy(found: Found, confirmed: boolean): string {
  const asked = requestsOf(found);
  const [first] = asked;
  if (!first)
    throw new MedimailError("receipt_not_asked", "the mail asks for no receipt", {
      hint: "Where its document cannot be filed, `failureMail` tells the sender.",
    });
  const [path] = peopleOf(field(found.fields, "return-path"));
  const same = asked.length === 1 && path?.address.toLowerCase() === first.address.toLowerCase();
  if (!same && !confirmed)
    throw new MedimailError("receipt_unconfirmed", "the receipt would go to another address than the mail came from", {
      hint: "Ask the person, then give `confirmed: true`.",
    });
  return first.address;
}

function keyOf({ mail }: Found): string {
  return mail.messageId ?? `${mail.folder}/${mail.uidValidity}/${mail.uid}`;
}

/** Tells other programs. A folder that keeps no keywords, or cannot be written to, changes nothing: our own key holds. */
async function marked(imap: Imap, found: Found): Promise<void> {
  if (hasFlag(found.mail.flags, MDN_SENT)) return;
  const { folder, uid, uidValidity } = found.mail;
  await imap.changeFlags({ folder, uids: [uid], uidValidity, add: [MDN_SENT], remove: [] }).catch(() => undefined);
}
