import { MedimailError } from "../../errors.js";
import type { Clock, StoredError, SubmissionInfo } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import type { Sql, SqliteDatabase } from "../driver.js";
import { bytesOf } from "../driver.js";
import type { Lookup } from "../key-check.js";
import type { WriteQueue } from "../write-queue.js";
import type { HandoverMarks } from "./marks.js";
import type { Estate } from "./workers.js";

/** What the parts of the outbox share. */
export interface OutboxContext {
  database: SqliteDatabase;
  queue: WriteQueue;
  cipher: ContentCipher;
  lookup: Lookup;
  clock: Clock;
  storeId: string;
  /** Written as the lease's end, for rows whose owner is not in the table of workers. */
  leaseMs: number;
  /** The last claim found mails: there may be more. */
  busy: boolean;
  /** Mails that workers of this process have prepared for their hand-over and not settled; by whom. */
  prepared: Map<number, string>;
  /** Mails that workers of this process have claimed and not settled, whoever holds them by now; by whom. */
  held: Map<number, string>;
  marks: HandoverMarks;
  /** Claimed, and the store could not read them: nobody is at them. */
  unread: { worker: string; mail: number }[];
  /** Taken over from dead workers and not divided yet. */
  estates: Estate[];
}

/** Part numbers of {@link OUTBOX_MIGRATIONS}'s contents. */
export const headPart = (place: number): number => -1 - place;

export const contentContext = (submission: string, part: number): string => `medimail_contents|${submission}|${part}`;
export const infoContext = (submission: string): string => `medimail_submissions.info|${submission}`;
export const addressContext = (submission: string, mail: number, place: number): string =>
  `medimail_recipients.address|${submission}|${mail}|${place}`;
export const receiptContext = (tenant: string, mailbox: string, source: string): string =>
  `medimail_receipts.data|${tenant}|${mailbox}|${source}`;

/** A patient's address holds the INS: sealed. A professional's is public (directory) and stays readable. */
export function storedAddress(
  cipher: ContentCipher,
  recipient: { address: string; kind: string },
  context: string,
): string | Buffer {
  return recipient.kind === "patient"
    ? cipher.seal(Buffer.from(recipient.address, "utf8"), context)
    : recipient.address;
}

export function shownAddress(
  cipher: ContentCipher,
  stored: string | ArrayBuffer | Uint8Array | null,
  context: string,
): string {
  if (stored === null) return "";
  return typeof stored === "string" ? stored : cipher.open(bytesOf(stored), context).toString("utf8");
}

export function sealedJson(cipher: ContentCipher, value: unknown, context: string): Buffer {
  return cipher.seal(Buffer.from(JSON.stringify(value) ?? "null", "utf8"), context);
}

export function openedJson(cipher: ContentCipher, stored: ArrayBuffer | Uint8Array, context: string): unknown {
  return JSON.parse(cipher.open(bytesOf(stored), context).toString("utf8"));
}

const HASHED = "hmac:";

/**
 * The caller's idempotency key as its column holds it: hashed where content is encrypted, since it may be made of an order or
 * patient number of the software. The key itself is then sealed with the submission's info, and erased with it.
 */
export function storedKey(
  { cipher, lookup }: Pick<OutboxContext, "cipher" | "lookup">,
  tenant: string,
  mailbox: string,
  key: string,
): string {
  return cipher.encrypts ? HASHED + lookup("key", `${tenant}\n${mailbox}\n${key}`).toString("base64url") : key;
}

export const isHashedKey = (stored: string): boolean => stored.startsWith(HASHED);

const ERASED: SubmissionInfo = Object.freeze({ documents: [] });

export function openedInfo(
  cipher: ContentCipher,
  stored: ArrayBuffer | Uint8Array | null,
  submission: string,
): SubmissionInfo {
  return stored === null ? ERASED : (openedJson(cipher, stored, infoContext(submission)) as SubmissionInfo);
}

export const errorText = (error: StoredError | null | undefined): string | null =>
  error ? JSON.stringify(error) : null;

export interface SubmissionKeys {
  pk: number;
  id: string;
  tenant: string;
  mailbox: string;
  erased_at: number | null;
}

export const FIND_SUBMISSION = "SELECT pk, id, tenant, mailbox, erased_at FROM medimail_submissions WHERE id = ?";

export const noSubmission = (): MedimailError => new MedimailError("submission_not_found", "no submission has this id");

/** Throws `submission_not_found`. */
export function requireSubmission(sql: Sql, id: string): SubmissionKeys {
  const row = sql.get<SubmissionKeys>(FIND_SUBMISSION, [id]);
  if (!row) throw noSubmission();
  return row;
}
