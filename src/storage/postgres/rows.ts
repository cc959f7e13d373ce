import type { RecipientRow, SubmissionRow } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import { storedKey } from "../outbox/context.js";
import { type Reading, STRICT, tolerant } from "../outbox/reading.js";
import {
  BY_ID,
  BY_KEY,
  type RecipientRecord,
  recipientsBy,
  type SubmissionRecord,
  submissionOf,
  toRecipient,
} from "../outbox/rows.js";
import { type AddressColumns, type PgContext, storedIn } from "./context.js";
import type { PgSql } from "./driver.js";

type Stored = Omit<RecipientRecord, "address"> & AddressColumns;

/** The columns of a recipient's address, where its table is `r`. */
export const ADDRESS = "r.address, r.address_sealed";
const RECIPIENTS = recipientsBy(ADDRESS);
const OF_SUBMISSIONS = `${RECIPIENTS} WHERE r.submission = ANY(?) ORDER BY r.id`;
const OF_MAIL = `${RECIPIENTS} WHERE r.mail = ? ORDER BY r.id`;

const recordOf = (row: Stored): RecipientRecord => ({ ...row, address: storedIn(row) });

export async function recipientsOfMail(
  sql: PgSql,
  cipher: ContentCipher,
  submission: string,
  mail: number,
  reading: Reading,
): Promise<RecipientRow[]> {
  const rows = await sql.all<Stored>(OF_MAIL, [mail]);
  return rows.map((row) => toRecipient(cipher, submission, recordOf(row), reading));
}

export function submissionRecord(sql: PgSql, id: string): Promise<SubmissionRecord | undefined> {
  return sql.get<SubmissionRecord>(BY_ID, [id]);
}

/** Also by the key in clear: the row may be older than the encryption of its database. */
export function submissionRecordByKey(
  context: PgContext,
  sql: PgSql,
  tenant: string,
  mailbox: string,
  key: string,
): Promise<SubmissionRecord | undefined> {
  return sql.get<SubmissionRecord>(BY_KEY, [tenant, mailbox, key, storedKey(context, tenant, mailbox, key)]);
}

/** @throws `storage_key_wrong`, `storage_corrupt` where its sealed part cannot be opened */
export async function toSubmission(sql: PgSql, cipher: ContentCipher, row: SubmissionRecord): Promise<SubmissionRow> {
  return submissionOf(cipher, row, await recordsOf(sql, [row.pk]), STRICT);
}

/** With what can be known of one whose sealed part cannot be opened here, which it says (`unreadable`). */
export async function shownSubmission(
  sql: PgSql,
  cipher: ContentCipher,
  row: SubmissionRecord,
): Promise<SubmissionRow> {
  return submissionOf(cipher, row, await recordsOf(sql, [row.pk]), tolerant());
}

/** As {@link shownSubmission}, with the recipients of them all in one statement. */
export async function shownSubmissions(
  sql: PgSql,
  cipher: ContentCipher,
  rows: readonly SubmissionRecord[],
): Promise<SubmissionRow[]> {
  if (rows.length === 0) return [];
  const records = new Map<number, RecipientRecord[]>(rows.map(({ pk }) => [pk, []]));
  for (const record of await recordsOf(
    sql,
    rows.map(({ pk }) => pk),
  ))
    records.get(record.submission)?.push(record);
  return rows.map((row) => submissionOf(cipher, row, records.get(row.pk) ?? [], tolerant()));
}

async function recordsOf(sql: PgSql, submissions: readonly number[]): Promise<RecipientRecord[]> {
  return (await sql.all<Stored>(OF_SUBMISSIONS, [submissions])).map(recordOf);
}
