import type {
  ReceiptDecision,
  ReceiptInput,
  ReceiptRow,
  RecipientRow,
  SubmissionInfo,
  TraceEntry,
} from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import type { Sql, SqlValue } from "../driver.js";
import { applyChange, followRecipients } from "./changes.js";
import type { OutboxContext } from "./context.js";
import { openedInfo, openedJson, receiptContext, sealedJson } from "./context.js";
import { insertEvent, insertTraces } from "./journal.js";
import { tolerant } from "./reading.js";
import { recipientsOfMail } from "./rows.js";
import { type Scope, scoped, whereOf } from "./scope.js";
import { envelopeIdOf } from "./submit.js";

export const NO_INFO: SubmissionInfo = Object.freeze({ documents: [] });

export type Decide = (recipients: RecipientRow[], info: SubmissionInfo | undefined) => ReceiptDecision[];

export interface Target {
  mail: number;
  pk: number;
  id: string;
  tenant: string;
  mailbox: string;
  info: ArrayBuffer | Uint8Array | null;
}

export const SEEN = "SELECT 1 AS seen FROM medimail_receipts WHERE tenant = ? AND mailbox = ? AND source = ?";
export const BY_ENVELOPE = `SELECT m.id AS mail, m.message_id, s.pk, s.id, s.tenant, s.mailbox, s.info
  FROM medimail_mails m JOIN medimail_submissions s ON s.pk = m.submission
  WHERE m.envelope_id = ? AND m.tenant = ? AND m.mailbox = ? ORDER BY m.id DESC`;

export function recordReceipt(
  context: OutboxContext,
  input: ReceiptInput,
  decide: Decide,
  trace: TraceEntry | undefined,
): Promise<"matched" | "unmatched" | "duplicate"> {
  const { database: sql, cipher } = context;
  const data = sealedJson(cipher, input.data, receiptContext(input.tenant, input.mailbox, input.source));
  return context.queue.write(() => {
    if (sql.get(SEEN, [input.tenant, input.mailbox, input.source])) return "duplicate";
    const found = findMail(sql, input);
    // A mail that cannot be opened here does not keep the other receipts from being read: what names its recipient is then not known.
    const reading = tolerant();
    const recipients = found ? recipientsOfMail(sql, cipher, found.id, found.mail, reading) : [];
    const decisions = decide(
      recipients,
      found && reading.read(() => openedInfo(cipher, found.info, found.id), NO_INFO),
    );
    // A report about nobody of ours is matched with nothing, whatever mail it names: a person may look at it.
    const target = decisions.length > 0 ? found : undefined;
    const receipt = insertReceipt(sql, input, data, target);
    if (target) apply(sql, target, recipients, receipt, input.at, decisions);
    if (trace) insertTraces(sql, [trace]);
    return target ? "matched" : "unmatched";
  });
}

function findMail(sql: Sql, { tenant, mailbox, originalMessageId, envelopeId }: ReceiptInput): Target | undefined {
  if (originalMessageId !== undefined) {
    const found = sql
      .all<Target & { message_id: string }>(BY_ENVELOPE, [envelopeIdOf(originalMessageId), tenant, mailbox])
      .find(({ message_id }) => message_id === originalMessageId);
    if (found) return found;
  }
  return envelopeId === undefined
    ? undefined
    : sql.get<Target>(`${BY_ENVELOPE} LIMIT 1`, [envelopeId, tenant, mailbox]);
}

export const RECEIPT = `INSERT INTO medimail_receipts (tenant, mailbox, source, kind, at, original_message_id, envelope_id, submission, data)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function insertReceipt(sql: Sql, input: ReceiptInput, data: Buffer, target: Target | undefined): number {
  return sql.run(RECEIPT, receiptValues(input, data, target)).lastInsertRowid;
}

/** In the order of {@link RECEIPT}. */
export const receiptValues = (input: ReceiptInput, data: Buffer, target: Target | undefined): SqlValue[] => [
  input.tenant,
  input.mailbox,
  input.source,
  input.kind,
  input.at,
  input.originalMessageId ?? null,
  input.envelopeId ?? null,
  target?.pk ?? null,
  data,
];

function apply(
  sql: Sql,
  target: Target,
  recipients: RecipientRow[],
  receipt: number,
  at: number,
  decisions: ReceiptDecision[],
): void {
  for (const { recipientId, change, events } of decisions) {
    const recipient = recipients.find(({ id }) => id === recipientId);
    if (!recipient) continue;
    sql.run("INSERT OR IGNORE INTO medimail_receipt_recipients (receipt, recipient) VALUES (?, ?)", [
      receipt,
      recipientId,
    ]);
    if (change) applyChange(sql, { ...change, id: recipientId }, at, recipient.state);
    for (const event of events) insertEvent(sql, target, event);
  }
  followRecipients(sql, target.mail, at);
}

export interface ReceiptRecord {
  id: number;
  tenant: string;
  mailbox: string;
  source: string;
  kind: "dsn" | "mdn" | "ko";
  at: number;
  original_message_id: string | null;
  envelope_id: string | null;
  submission: number | null;
  data: ArrayBuffer | Uint8Array | null;
}

const DEFAULT_LIMIT = 100;

export interface ReceiptQuery extends Scope {
  unmatchedOnly?: boolean;
  limit?: number;
}

/** Newest first. `data` is null once erased. */
export function receipts({ database: sql, cipher }: OutboxContext, query: ReceiptQuery): ReceiptRow[] {
  const { conditions, params } = scoped(query, "q");
  if (query.unmatchedOnly) conditions.push("q.submission IS NULL");
  const whole = query.tenant !== undefined && query.mailbox !== undefined;
  const index = `INDEXED BY medimail_receipts_${query.unmatchedOnly ? "unmatched" : "mailbox"} `;
  const rows = sql.all<ReceiptRecord>(
    `SELECT * FROM medimail_receipts q ${whole ? index : ""}${whereOf(conditions)} ORDER BY q.id DESC LIMIT ?`,
    [...params, query.limit ?? DEFAULT_LIMIT],
  );
  return rows.map((row) => shownReceipt(cipher, row, recipientsOf(sql, row)));
}

const recipientsOf = (sql: Sql, { id }: ReceiptRecord): number[] =>
  sql
    .all<{ recipient: number }>(
      "SELECT recipient FROM medimail_receipt_recipients WHERE receipt = ? ORDER BY recipient",
      [id],
    )
    .map(({ recipient }) => recipient);

export function shownReceipt(cipher: ContentCipher, row: ReceiptRecord, recipientIds: number[]): ReceiptRow {
  const { data: stored, tenant, mailbox, source } = row;
  const reading = tolerant();
  const data =
    stored === null
      ? null
      : reading.read(() => openedJson(cipher, stored, receiptContext(tenant, mailbox, source)), null);
  return {
    id: row.id,
    tenant: row.tenant,
    mailbox: row.mailbox,
    source: row.source,
    kind: row.kind,
    at: row.at,
    ...(row.original_message_id === null ? {} : { originalMessageId: row.original_message_id }),
    ...(row.envelope_id === null ? {} : { envelopeId: row.envelope_id }),
    data,
    matched: row.submission !== null,
    recipientIds,
    ...(reading.fault === undefined ? {} : { unreadable: reading.fault }),
  };
}
