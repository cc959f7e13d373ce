import type { ReceiptDecision, ReceiptInput, ReceiptRow, RecipientRow, TraceEntry } from "../../seams/index.js";
import { openedInfo, receiptContext, sealedJson } from "../outbox/context.js";
import { tolerant } from "../outbox/reading.js";
import {
  BY_ENVELOPE,
  type Decide,
  NO_INFO,
  RECEIPT,
  type ReceiptQuery,
  type ReceiptRecord,
  receiptValues,
  SEEN,
  shownReceipt,
  type Target,
} from "../outbox/receipts.js";
import { scoped, whereOf } from "../outbox/scope.js";
import { envelopeIdOf } from "../outbox/submit.js";
import { applyChange, followRecipients } from "./changes.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { insertEvent, insertTraces } from "./journal.js";
import { recipientsOfMail } from "./rows.js";

export function recordReceipt(
  context: PgContext,
  input: ReceiptInput,
  decide: Decide,
  trace: TraceEntry | undefined,
): Promise<"matched" | "unmatched" | "duplicate"> {
  const { cipher } = context;
  const data = sealedJson(cipher, input.data, receiptContext(input.tenant, input.mailbox, input.source));
  return context.queue.write(async (sql) => {
    if (await sql.get(SEEN, [input.tenant, input.mailbox, input.source])) return "duplicate";
    const found = await findMail(sql, input);
    // A mail that cannot be opened here does not keep the other receipts from being read: what names its recipient is then not known.
    const reading = tolerant();
    const recipients = found ? await recipientsOfMail(sql, cipher, found.id, found.mail, reading) : [];
    const decisions = decide(
      recipients,
      found && reading.read(() => openedInfo(cipher, found.info, found.id), NO_INFO),
    );
    // A report about nobody of ours is matched with nothing, whatever mail it names: a person may look at it.
    const target = decisions.length > 0 ? found : undefined;
    const row = await sql.get<{ id: number }>(`${RECEIPT} RETURNING id`, receiptValues(input, data, target));
    if (target && row) await apply(sql, target, recipients, row.id, input.at, decisions);
    if (trace) await insertTraces(sql, [trace]);
    return target ? "matched" : "unmatched";
  });
}

async function findMail(
  sql: PgSql,
  { tenant, mailbox, originalMessageId, envelopeId }: ReceiptInput,
): Promise<Target | undefined> {
  if (originalMessageId !== undefined) {
    const rows = await sql.all<Target & { message_id: string }>(BY_ENVELOPE, [
      envelopeIdOf(originalMessageId),
      tenant,
      mailbox,
    ]);
    const found = rows.find(({ message_id }) => message_id === originalMessageId);
    if (found) return found;
  }
  return envelopeId === undefined
    ? undefined
    : sql.get<Target>(`${BY_ENVELOPE} LIMIT 1`, [envelopeId, tenant, mailbox]);
}

async function apply(
  sql: PgSql,
  target: Target,
  recipients: readonly RecipientRow[],
  receipt: number,
  at: number,
  decisions: readonly ReceiptDecision[],
): Promise<void> {
  for (const { recipientId, change, events } of decisions) {
    const recipient = recipients.find(({ id }) => id === recipientId);
    if (!recipient) continue;
    await sql.run("INSERT INTO medimail_receipt_recipients (receipt, recipient) VALUES (?, ?) ON CONFLICT DO NOTHING", [
      receipt,
      recipientId,
    ]);
    if (change) await applyChange(sql, { ...change, id: recipientId }, at, recipient.state);
    for (const event of events) await insertEvent(sql, target, event);
  }
  await followRecipients(sql, target.mail, at);
}

const DEFAULT_LIMIT = 100;
const RECIPIENTS =
  "SELECT receipt, recipient FROM medimail_receipt_recipients WHERE receipt = ANY(?) ORDER BY receipt, recipient";

/** Newest first. `data` is null once erased. */
export async function receipts({ sql, cipher }: PgContext, query: ReceiptQuery): Promise<ReceiptRow[]> {
  const { conditions, params } = scoped(query, "q");
  if (query.unmatchedOnly) conditions.push("q.submission IS NULL");
  const rows = await sql.all<ReceiptRecord>(
    `SELECT q.* FROM medimail_receipts q ${whereOf(conditions)} ORDER BY q.id DESC LIMIT ?`,
    [...params, query.limit ?? DEFAULT_LIMIT],
  );
  const ids = rows.filter(({ submission }) => submission !== null).map(({ id }) => id);
  const named = ids.length === 0 ? [] : await sql.all<{ receipt: number; recipient: number }>(RECIPIENTS, [ids]);
  const recipients = new Map<number, number[]>();
  for (const { receipt, recipient } of named) recipients.set(receipt, [...(recipients.get(receipt) ?? []), recipient]);
  return rows.map((row) => shownReceipt(cipher, row, recipients.get(row.id) ?? []));
}
