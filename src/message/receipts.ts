import PostalMime, { type Attachment, type Email } from "postal-mime";
import { MedimailError } from "../errors.js";
import { plainBounce } from "./bounce.js";
import { deliveryReceipt } from "./delivery-status.js";
import { dispositionReceipt } from "./disposition.js";
import { koReceipt } from "./ko.js";
import { bareId, decodeText, lastId, originalMessageId } from "./original.js";
import type { Receipt, ReceiptLimits } from "./types.js";

const DEFAULTS: ReceiptLimits = { maxBytes: 1024 * 1024, maxParts: 2000, maxDepth: 20, maxRecipients: 1000 };
/** Where the first mention of a report part must stand for a mail to be looked at. */
const SNIFFED = 256 * 1024;
/** Lines that are read: each costs the MIME reader an object or two, and a megabyte of line ends would take minutes. */
const MAX_LINES = 20_000;

/** What the kinds of receipts are made of. */
export interface ReceiptParts {
  email: Email;
  /** Of the report itself. */
  common: { messageId?: string; date?: string };
  /** Message id of the returned mail, or the one that the report answers. */
  original: string | undefined;
  /** The decoded text of the first part of a type. */
  part(...types: string[]): string | undefined;
  /**
   * The lines that stand right below the Content-Type of a part, with no empty line between: so the parts of the MDN are written in the
   * example of ANS's published guide (2024, 2025), and software was built by it. Of a report only, whose own type says so.
   */
  fieldsBelow(type: string): string | undefined;
  limits: ReceiptLimits;
}

/** A cheap look: most mails are not receipts, and some are large. */
function mayBeReceipt(raw: Buffer): boolean {
  const head = raw.toString("latin1", 0, Math.min(raw.length, SNIFFED)).toLowerCase();
  if (/message\/(?:global-)?(?:delivery-status|disposition-notification)/.test(head)) return true;
  // The plain bounces of old Exim and of qmail.
  if (/^x-failed-recipients:/m.test(head) || head.includes("\nhi. this is the ")) return true;
  // The subject of a failure mail may be encoded, in base64 too: any encoded subject is looked at.
  const subject = /^subject:((?:[^\r\n]|\r?\n[ \t])*)/m.exec(head)?.[1] ?? "";
  return subject.includes("=?") || /ko\s+int|erreur\s+d/.test(subject);
}

function countDelimiters(raw: Buffer, max: number): void {
  let count = 0;
  for (let at = raw.indexOf("\n--"); at >= 0; at = raw.indexOf("\n--", at + 3)) {
    count += 1;
    if (count > max) throw new MedimailError("mail_invalid", "the mail has too many parts to be read as a receipt");
  }
}

/** The first lines only: a report stands at the head of its mail, before what it returns. */
function firstLines(raw: Buffer): Buffer {
  let end = -1;
  for (let lines = 0; lines < MAX_LINES; lines += 1) {
    end = raw.indexOf(10, end + 1);
    if (end < 0) return raw;
  }
  return raw.subarray(0, end + 1);
}

function bytesOf(attachment: Attachment): Uint8Array {
  const { content } = attachment;
  if (typeof content === "string") return Buffer.from(content, "utf8");
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}

/** Characters of a line, and lines, of what {@link ReceiptParts.fieldsBelow} reads. */
const BELOW = "\\r?\\n((?:[^\\r\\n]{1,998}\\r?\\n){1,60})";

function fieldsBelow(raw: Buffer, email: Email, type: string): string | undefined {
  const own = email.headers.find(({ key }) => key === "content-type")?.value ?? "";
  if (!/^multipart\/report\b/i.test(own)) return undefined;
  const found = new RegExp(`^content-type:[ \\t]{0,20}${type}[^\\r\\n]{0,500}${BELOW}`, "im").exec(decodeText(raw));
  return found?.[1];
}

function partsOf(raw: Buffer, email: Email, limits: ReceiptLimits): ReceiptParts {
  const find = (types: readonly string[]) =>
    email.attachments.find((attachment) => types.includes(attachment.mimeType.toLowerCase()));
  const returned = find(["message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"]);
  const original =
    (returned && originalMessageId(bytesOf(returned))) ?? bareId(email.inReplyTo) ?? lastId(email.references);
  const messageId = bareId(email.messageId);
  return {
    email,
    common: {
      ...(messageId === undefined ? {} : { messageId }),
      ...(email.date === undefined ? {} : { date: email.date.slice(0, 100) }),
    },
    original,
    part: (...types) => {
      const found = find(types);
      return found && decodeText(bytesOf(found));
    },
    fieldsBelow: (type) => fieldsBelow(raw, email, type),
    limits,
  };
}

/**
 * Reads a mail of the sender's mailbox as a report about a mail of ours: a DSN (RFC 3464), a MDN (RFC 8098, both forms of the
 * French error), the failure mail `[KO Intégration système !]`, or a bounce of qmail or an older Exim, whose form is fixed too. Undefined for any
 * other mail, a bounce in words alone included.
 *
 * Only the beginning of the mail is read ({@link ReceiptLimits.maxBytes}). A diagnostic may quote an address, a patient's
 * included: it is not for logs.
 *
 * @throws MedimailError `mail_invalid` for a mail built to exhaust the reader
 */
export async function parseReceipt(raw: Uint8Array, limits: Partial<ReceiptLimits> = {}): Promise<Receipt | undefined> {
  const bounded: ReceiptLimits = { ...DEFAULTS, ...limits };
  const bytes = firstLines(Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, bounded.maxBytes)));
  if (!mayBeReceipt(bytes)) return undefined;
  countDelimiters(bytes, bounded.maxParts);
  let email: Email;
  try {
    email = await PostalMime.parse(bytes, {
      forceRfc822Attachments: true,
      maxNestingDepth: bounded.maxDepth,
      maxHeadersSize: 256 * 1024,
    });
  } catch {
    throw new MedimailError("mail_invalid", "the mail is too deep, or its headers too long, to be read as a receipt");
  }
  const parts = partsOf(bytes, email, bounded);
  return dispositionReceipt(parts) ?? deliveryReceipt(parts) ?? koReceipt(parts) ?? plainBounce(parts);
}
