import { isMedimailError } from "../../errors.js";
import type { ClaimedMail, ContentStream, MailContent, StoredError } from "../../seams/index.js";
import {
  claimedMail,
  KEY_RETRY_MS,
  type Known,
  type MailRecord,
  missing,
  type QueuedRow,
  type Show,
} from "../outbox/contents.js";
import { contentContext, headPart, openedInfo } from "../outbox/context.js";
import type { SealedInfo } from "../outbox/rows.js";
import { applyChange, followRecipients } from "./changes.js";
import { type AddressColumns, type PgContext, storedIn } from "./context.js";
import type { PgSql } from "./driver.js";
import { FREE } from "./hands.js";
import { insertEvent } from "./journal.js";
import { storedTail } from "./tails.js";

interface Stored {
  pk: number;
  id: string;
  action: string;
  created_at: number;
  info: Buffer | null;
}

interface Opened extends Known {
  tail: ContentStream[];
}

const SUBMISSIONS = "SELECT pk, id, action, created_at, info FROM medimail_submissions WHERE pk = ANY(?)";
// A body that several of them have is read once.
const PARTS = `SELECT c.submission, c.part, c.data FROM medimail_contents c WHERE (c.submission, c.part) IN (
  SELECT m.submission, m.body FROM medimail_mails m WHERE m.id = ANY(?)
  UNION SELECT m.submission, -1 - m.place FROM medimail_mails m WHERE m.id = ANY(?))`;
const RECIPIENTS = `SELECT id, mail, place, kind, address, address_sealed FROM medimail_recipients
  WHERE mail = ANY(?) AND state = 'queued' ORDER BY id`;

type Queued = Omit<QueuedRow, "address"> & AddressColumns & { mail: number };

/** As they are stored: the submissions of mails by their key, and the recipients that are still queued. */
export async function storedOf(
  { sql }: PgContext,
  mails: readonly MailRecord[],
): Promise<{ submissions: Map<number, Stored>; recipients: Queued[] }> {
  const submissions = await sql.all<Stored>(SUBMISSIONS, [[...new Set(mails.map(({ submission }) => submission))]]);
  const recipients = await sql.all<Queued>(RECIPIENTS, [mails.map(({ id }) => id)]);
  return { submissions: new Map(submissions.map((row) => [row.pk, row])), recipients };
}

/**
 * Reads the content of mails that this worker holds. A mail whose content cannot be read does not stop the others: it is put aside and left out.
 */
export async function loadMails(context: PgContext, mails: readonly MailRecord[]): Promise<ClaimedMail[]> {
  if (mails.length === 0) return [];
  const { cipher } = context;
  const ids = mails.map(({ id }) => id);
  const { submissions, recipients } = await storedOf(context, mails);
  const parts = new Map<string, { data: Buffer; opened?: Uint8Array }>();
  for (const { submission, part: number, data } of await context.sql.all<{
    submission: number;
    part: number;
    data: Buffer;
  }>(PARTS, [ids, ids]))
    parts.set(`${submission} ${number}`, { data });
  const known = new Map<number, Opened>();

  const openedOf = ({ submission }: MailRecord): Opened => {
    let opened = known.get(submission);
    if (opened) return opened;
    const stored = submissions.get(submission);
    if (!stored) throw missing();
    const { tail, key: _key, ...info } = openedInfo(cipher, stored.info, stored.id) as SealedInfo;
    const { id, action, created_at: createdAt } = stored;
    opened = { id, action, createdAt, info, tail: tail ? [storedTail(context, id, tail)] : [] };
    known.set(submission, opened);
    return opened;
  };
  const partOf = (mail: MailRecord, id: string, number: number): Uint8Array => {
    const found = parts.get(`${mail.submission} ${number}`);
    if (!found) throw missing();
    found.opened ??= cipher.open(found.data, contentContext(id, number));
    return found.opened;
  };

  const loaded: ClaimedMail[] = [];
  const unreadable: { mail: MailRecord; error: StoredError }[] = [];
  for (const mail of mails) {
    try {
      const opened = openedOf(mail);
      const content = [
        partOf(mail, opened.id, headPart(mail.place)),
        partOf(mail, opened.id, mail.body),
        ...opened.tail,
      ];
      loaded.push(claimedOf(context, mail, opened, content, recipients, (open) => open()));
    } catch (error) {
      if (!isMedimailError(error)) throw error;
      const { code, message, retryable } = error;
      unreadable.push({ mail, error: { code, message, retryable } });
    }
  }
  if (unreadable.length > 0) {
    await context.queue.write(async (sql) => {
      for (const { mail, error } of unreadable) await putAside(context, sql, mail, error);
    });
    for (const { mail } of unreadable) context.held.delete(mail.id);
  }
  return loaded;
}

/** With those of the recipients that are its own. */
export function claimedOf(
  { cipher }: PgContext,
  mail: MailRecord,
  known: Known,
  content: MailContent,
  recipients: readonly Queued[],
  show: Show,
): ClaimedMail {
  const own = recipients.filter((row) => row.mail === mail.id).map((row) => ({ ...row, address: storedIn(row) }));
  return claimedMail(cipher, mail, known, content, own, show);
}

const CONTENT = "SELECT data FROM medimail_contents WHERE submission = ? AND part = ?";

/** One part of a submission's content, opened. @throws `storage_corrupt` where it is not there */
export async function part(
  { sql, cipher }: PgContext,
  submission: string,
  pk: number,
  number: number,
): Promise<Uint8Array> {
  const row = await sql.get<{ data: Buffer }>(CONTENT, [pk, number]);
  if (!row) throw missing();
  return cipher.open(row.data, contentContext(submission, number));
}

const ASIDE = `UPDATE medimail_mails SET ${FREE}, due_at = ? WHERE id = ?`;

/** As the file store's: a missing key may be given later, damaged content will not mend. */
async function putAside({ clock }: PgContext, sql: PgSql, mail: MailRecord, error: StoredError): Promise<void> {
  const now = clock.now();
  const again = error.code === "storage_key_wrong";
  await sql.run(ASIDE, [now + KEY_RETRY_MS, mail.id]);
  const owner = { pk: mail.submission, tenant: mail.tenant, mailbox: mail.mailbox };
  const rows = await sql.all<{ id: number }>(
    "SELECT id FROM medimail_recipients WHERE mail = ? AND state = 'queued' ORDER BY id",
    [mail.id],
  );
  for (const { id } of rows) {
    await applyChange(sql, again ? { id, error } : { id, state: "failed", error }, now, "queued");
    const event = again ? "deferred" : "failed";
    await insertEvent(sql, owner, { event, at: now, recipientId: id, messageId: mail.message_id, error });
  }
  await followRecipients(sql, mail.id, now);
}
