import { isMedimailError, MedimailError } from "../../errors.js";
import type { ClaimedMail, ContentStream, MailContent, StoredError, SubmissionInfo } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import { bytesOf } from "../driver.js";
import { applyChange, followRecipients } from "./changes.js";
import type { OutboxContext } from "./context.js";
import { addressContext, contentContext, headPart, openedInfo, shownAddress } from "./context.js";
import { forget } from "./hands.js";
import { insertEvent } from "./journal.js";
import type { SealedInfo } from "./rows.js";
import { storedTail } from "./tails.js";

export interface MailRecord {
  id: number;
  submission: number;
  place: number;
  body: number;
  tenant: string;
  mailbox: string;
  message_id: string;
  size: number;
  attempts: number;
}

// With the two parts of a mail, which is all that most submissions have.
const PART = "(SELECT data FROM medimail_contents WHERE submission = s.pk AND part = ?)";
const SUBMISSION = `SELECT id, action, created_at, info, ${PART} AS head, ${PART} AS body FROM medimail_submissions s WHERE pk = ?`;
const CONTENT = "SELECT data FROM medimail_contents WHERE submission = ? AND part = ?";
const RECIPIENTS =
  "SELECT id, place, kind, address FROM medimail_recipients WHERE mail = ? AND state = 'queued' ORDER BY id";

type Stored = ArrayBuffer | Uint8Array;

interface Shared extends Known {
  /** Opened parts by their number. */
  parts: Map<number, Uint8Array>;
  /** Read when the mail is handed over. */
  tail: ContentStream[];
}

/**
 * Reads the content of mails that this worker holds. A mail whose content cannot be read does not stop the others: it is
 * put aside (see {@link putAside}) and left out.
 */
export async function loadMails(context: OutboxContext, mails: MailRecord[]): Promise<ClaimedMail[]> {
  const shared = new Map<number, Shared>();
  const loaded: ClaimedMail[] = [];
  const unreadable: { mail: MailRecord; error: StoredError }[] = [];
  for (const mail of mails) {
    try {
      loaded.push(load(context, mail, shared));
    } catch (error) {
      if (!isMedimailError(error)) throw error;
      const { code, message, retryable } = error;
      unreadable.push({ mail, error: { code, message, retryable } });
    }
  }
  if (unreadable.length > 0) {
    await context.queue.write(() => {
      for (const { mail, error } of unreadable) putAside(context, mail, error);
    });
  }
  return loaded;
}

function load(context: OutboxContext, mail: MailRecord, cache: Map<number, Shared>): ClaimedMail {
  const shared = sharedOf(context, mail, cache);
  const body = sharedPart(context, shared, mail.submission, mail.body);
  const head = sharedPart(context, shared, mail.submission, headPart(mail.place));
  return claimedOf(context, mail, shared, [head, body, ...shared.tail], (open) => open());
}

/** With the recipients that are still queued. */
export function claimedOf(
  { database, cipher }: OutboxContext,
  mail: MailRecord,
  known: Known,
  content: MailContent,
  show: Show,
): ClaimedMail {
  return claimedMail(cipher, mail, known, content, database.all<QueuedRow>(RECIPIENTS, [mail.id]), show);
}

/** Of a submission, for its mails. */
export interface Known {
  id: string;
  action: string;
  createdAt: number;
  info: SubmissionInfo;
}

/** A recipient that is still queued. */
export interface QueuedRow {
  id: number;
  place: number;
  kind: "professional" | "patient";
  address: string | Stored | null;
}

/** Opens an address, or says what stands for one that cannot be opened. */
export type Show = (open: () => string) => string;

export function claimedMail(
  cipher: ContentCipher,
  mail: MailRecord,
  { id: submission, action, createdAt, info }: Known,
  content: MailContent,
  rows: readonly QueuedRow[],
  show: Show,
): ClaimedMail {
  return {
    mailId: mail.id,
    submission,
    tenant: mail.tenant,
    mailbox: mail.mailbox,
    messageId: mail.message_id,
    attempts: mail.attempts,
    createdAt,
    content,
    size: mail.size,
    info,
    action,
    recipients: rows.map(({ id, place, kind, address }) => ({
      id,
      kind,
      address: show(() => shownAddress(cipher, address, addressContext(submission, mail.place, place))),
    })),
  };
}

function sharedOf(context: OutboxContext, mail: MailRecord, cache: Map<number, Shared>): Shared {
  const { database, cipher } = context;
  const known = cache.get(mail.submission);
  if (known) return known;
  const row = database.get<{
    id: string;
    action: string;
    created_at: number;
    info: ArrayBuffer | null;
    head: Stored | null;
    body: Stored | null;
  }>(SUBMISSION, [headPart(mail.place), mail.body, mail.submission]);
  if (!row) throw missing();
  const { id, action, created_at: createdAt, head, body } = row;
  const parts = new Map<number, Uint8Array>();
  for (const [number, data] of [
    [mail.body, body],
    [headPart(mail.place), head],
  ] as const) {
    if (data !== null) parts.set(number, cipher.open(bytesOf(data), contentContext(id, number)));
  }
  const { tail, key: _key, ...info } = openedInfo(cipher, row.info, id) as SealedInfo;
  const shared = { id, action, createdAt, info, parts, tail: tail ? [storedTail(context, id, tail)] : [] };
  cache.set(mail.submission, shared);
  return shared;
}

/** One part of a submission's content, opened. @throws `storage_corrupt` where it is not there */
export function part({ database, cipher }: OutboxContext, submission: string, pk: number, number: number): Uint8Array {
  const row = database.get<{ data: Stored }>(CONTENT, [pk, number]);
  if (!row) throw missing();
  return cipher.open(bytesOf(row.data), contentContext(submission, number));
}

function sharedPart(context: OutboxContext, shared: Shared, pk: number, number: number): Uint8Array {
  const known = shared.parts.get(number);
  if (known) return known;
  const opened = part(context, shared.id, pk, number);
  shared.parts.set(number, opened);
  return opened;
}

export function missing(): MedimailError {
  return new MedimailError("storage_corrupt", "the content of a queued mail is not in the database");
}

export const KEY_RETRY_MS = 60_000;

/** A missing key may be given later: tried again in a minute. Damaged content will not mend: failed, for a person to see. */
function putAside(context: OutboxContext, mail: MailRecord, error: StoredError): void {
  const { database: sql, clock, held } = context;
  const now = clock.now();
  const worker = held.get(mail.id);
  if (worker !== undefined) forget(context, worker, mail.id);
  const again = error.code === "storage_key_wrong";
  sql.run(
    "UPDATE medimail_mails SET lease_owner = NULL, lease_end = NULL, handover_at = NULL, due_at = ? WHERE id = ?",
    [now + KEY_RETRY_MS, mail.id],
  );
  const owner = { pk: mail.submission, tenant: mail.tenant, mailbox: mail.mailbox };
  for (const { id } of sql.all<{ id: number }>(
    "SELECT id FROM medimail_recipients WHERE mail = ? AND state = 'queued'",
    [mail.id],
  )) {
    applyChange(sql, again ? { id, error } : { id, state: "failed", error }, now, "queued");
    insertEvent(sql, owner, {
      event: again ? "deferred" : "failed",
      at: now,
      recipientId: id,
      messageId: mail.message_id,
      error,
    });
  }
  followRecipients(sql, mail.id, now);
}
