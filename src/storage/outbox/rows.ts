import type {
  RecipientRow,
  RecipientState,
  SmtpStage,
  StoredError,
  SubmissionInfo,
  SubmissionRow,
} from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import type { Sql } from "../driver.js";
import type { OutboxContext } from "./context.js";
import { addressContext, isHashedKey, openedInfo, shownAddress, storedKey } from "./context.js";
import { type Reading, STRICT, tolerant } from "./reading.js";
import type { SealedTail } from "./tails.js";

export interface RecipientRecord {
  id: number;
  submission: number;
  mail: number;
  place: number;
  kind: "professional" | "patient";
  address: string | ArrayBuffer | Uint8Array | null;
  state: RecipientState;
  error: string | null;
  updated_at: number;
  message_id: string;
  mail_place: number;
  attempts: number;
  stage: SmtpStage | null;
}

/** @param address the columns of the address */
export const recipientsBy = (address: string): string =>
  `SELECT r.id, r.submission, r.mail, r.place, r.kind, ${address}, r.state, r.error, r.updated_at, m.message_id, m.place AS mail_place,
  m.attempts, m.stage FROM medimail_recipients r JOIN medimail_mails m ON m.id = r.mail`;
const RECIPIENTS = recipientsBy("r.address");
const OF_SUBMISSION = `${RECIPIENTS} WHERE r.submission = ? ORDER BY r.id`;
const OF_MAIL = `${RECIPIENTS} WHERE r.mail = ? ORDER BY r.id`;

export function recipientsOfMail(
  sql: Sql,
  cipher: ContentCipher,
  submission: string,
  mail: number,
  reading: Reading,
): RecipientRow[] {
  return sql.all<RecipientRecord>(OF_MAIL, [mail]).map((row) => toRecipient(cipher, submission, row, reading));
}

export function toRecipient(
  cipher: ContentCipher,
  submission: string,
  row: RecipientRecord,
  reading: Reading,
): RecipientRow {
  const place = addressContext(submission, row.mail_place, row.place);
  return {
    id: row.id,
    mailId: row.mail,
    submission,
    address: reading.read(() => shownAddress(cipher, row.address, place), ""),
    kind: row.kind,
    state: row.state,
    messageId: row.message_id,
    attempts: row.attempts,
    ...(row.stage === null ? {} : { stage: row.stage }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as StoredError }),
    updatedAt: row.updated_at,
  };
}

export interface SubmissionRecord {
  pk: number;
  id: string;
  tenant: string;
  mailbox: string;
  key: string | null;
  content_hash: string;
  action: string;
  priority: number;
  created_at: number;
  paused: number;
  erased_at: number | null;
  info: ArrayBuffer | Uint8Array | null;
}

export const SUBMISSION_COLUMNS =
  "pk, id, tenant, mailbox, key, content_hash, action, priority, created_at, paused, erased_at, info";
export const BY_ID = `SELECT ${SUBMISSION_COLUMNS} FROM medimail_submissions WHERE id = ?`;
export const BY_KEY = `SELECT ${SUBMISSION_COLUMNS} FROM medimail_submissions WHERE tenant = ? AND mailbox = ? AND key IN (?, ?)`;

export function submissionRecord(sql: Sql, id: string): SubmissionRecord | undefined {
  return sql.get<SubmissionRecord>(BY_ID, [id]);
}

/** Also by the key in clear: the row may be older than the encryption of its database. */
export function submissionRecordByKey(
  context: OutboxContext,
  sql: Sql,
  tenant: string,
  mailbox: string,
  key: string,
): SubmissionRecord | undefined {
  return sql.get<SubmissionRecord>(BY_KEY, [tenant, mailbox, key, storedKey(context, tenant, mailbox, key)]);
}

/** As sealed: with the key that its column only has hashed, and what is known of the tail. */
export type SealedInfo = SubmissionInfo & { key?: string; tail?: SealedTail };

/** Throws `storage_key_wrong`, `storage_corrupt` where its sealed part cannot be opened. */
export const toSubmission = (sql: Sql, cipher: ContentCipher, row: SubmissionRecord): SubmissionRow =>
  submissionOf(cipher, row, recipientsOfSubmission(sql, row), STRICT);

/** With what can be known of one whose sealed part cannot be opened here, which it says (`unreadable`). */
export const shownSubmission = (sql: Sql, cipher: ContentCipher, row: SubmissionRecord): SubmissionRow =>
  submissionOf(cipher, row, recipientsOfSubmission(sql, row), tolerant());

const recipientsOfSubmission = (sql: Sql, { pk }: SubmissionRecord): RecipientRecord[] =>
  sql.all<RecipientRecord>(OF_SUBMISSION, [pk]);

export function submissionOf(
  cipher: ContentCipher,
  row: SubmissionRecord,
  records: readonly RecipientRecord[],
  reading: Reading,
): SubmissionRow {
  const erased = row.erased_at !== null;
  // Of one that is erased no more than its idempotency key is sealed still, by a key that may have left the ring since: it is then as if not given.
  const ofInfo = erased ? tolerant() : reading;
  const opened = ofInfo.read((): SubmissionInfo => openedInfo(cipher, row.info, row.id), { documents: [] });
  const { key: sealedKey, tail: _tail, ...info } = opened as SealedInfo;
  const key = row.key === null || isHashedKey(row.key) ? sealedKey : row.key;
  const recipients = records.map((record) => toRecipient(cipher, row.id, record, reading));
  return {
    id: row.id,
    tenant: row.tenant,
    mailbox: row.mailbox,
    ...(key === undefined ? {} : { key }),
    contentHash: row.content_hash,
    action: row.action,
    priority: row.priority,
    createdAt: row.created_at,
    paused: row.paused === 1,
    info,
    ...(row.erased_at === null ? {} : { erasedAt: row.erased_at }),
    recipients,
    ...(reading.fault === undefined ? {} : { unreadable: reading.fault }),
  };
}
