import { MedimailError } from "../../errors.js";
import type { NewMail, NewRecipient, NewSubmission, RecipientRow, SubmissionRow } from "../../seams/index.js";
import { alreadySent } from "../outbox/changes.js";
import type { EventOwner } from "../outbox/journal.js";
import {
  asRow,
  assertSameContent,
  checkShape,
  dedupeKeys,
  envelopeIdOf,
  type Prepared,
  prepare,
  type Submitted,
} from "../outbox/submit.js";
import type { PgContext } from "./context.js";
import { type PgSql, type Queryable, quoted, Statements } from "./driver.js";
import { pgCode, pgError } from "./errors.js";
import { insertEvent } from "./journal.js";
import { shownSubmission, submissionRecordByKey } from "./rows.js";
import { discardWithin, keepTail } from "./tails.js";

/** Of a submission in a transaction of the caller's own. */
interface Within {
  foreign: boolean;
}

export async function submit(
  context: PgContext,
  input: NewSubmission,
  { tx }: { tx?: unknown; waitMs?: number } = {},
): Promise<Submitted> {
  checkShape(input);
  const prepared = prepare(context, input);
  if (tx !== undefined) return submitWithin(context, input, prepared, tx);
  return context.queue.write((sql) => insert(context, sql, input, prepared, { foreign: false }));
}

async function insert(
  context: PgContext,
  sql: PgSql,
  input: NewSubmission,
  prepared: Prepared,
  within: Within,
): Promise<Submitted> {
  const first = await sameKey(context, sql, input);
  if (first) return again(sql, input, first);
  await takeKeys(sql, input, prepared);
  const pk = await insertSubmission(sql, input, prepared);
  if (pk === undefined) {
    // Of another transaction, which was not over when we looked.
    const other = await sameKey(context, sql, input);
    if (other) return again(sql, input, other);
    throw new MedimailError("invalid_argument", "a submission with this id is there already", { path: "id" });
  }
  await keepTail(context, sql, input);
  const recipients: RecipientRow[] = [];
  for (const [place, mail] of input.mails.entries())
    recipients.push(...(await insertMail(sql, pk, input, { mail, place, prepared, within })));
  return { submission: asRow(input, recipients), created: true };
}

async function again(sql: PgSql, input: NewSubmission, submission: SubmissionRow): Promise<Submitted> {
  if (input.tail) await discardWithin(sql, input.id);
  return { submission, created: false };
}

async function sameKey(context: PgContext, sql: PgSql, input: NewSubmission): Promise<SubmissionRow | undefined> {
  if (input.key === undefined) return undefined;
  const found = await submissionRecordByKey(context, sql, input.tenant, input.mailbox, input.key);
  if (!found) return undefined;
  assertSameContent(found, input);
  return shownSubmission(sql, context.cipher, found);
}

const HOLDER = `SELECT s.id FROM medimail_dedupe d JOIN medimail_recipients r ON r.id = d.recipient
  JOIN medimail_submissions s ON s.pk = r.submission WHERE d.key = ANY(?) AND d.active = 1 LIMIT 1`;
const RELEASE = "UPDATE medimail_dedupe SET active = 0 WHERE key = ANY(?) AND active = 1";

async function takeKeys(sql: PgSql, input: NewSubmission, prepared: Prepared): Promise<void> {
  const keys = dedupeKeys(prepared);
  if (keys.length === 0) return;
  if (input.resend) await sql.run(RELEASE, [keys]);
  else await assertFree(sql, keys);
}

async function assertFree(sql: PgSql, keys: Buffer[]): Promise<void> {
  const holder = await sql.get<{ id: string }>(HOLDER, [keys]);
  if (holder) throw alreadySent(holder.id);
}

const SUBMISSION = `INSERT INTO medimail_submissions (id, tenant, mailbox, key, content_hash, action, priority, created_at, not_before, info)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING pk`;
const CONTENTS =
  "INSERT INTO medimail_contents (submission, part, data) SELECT ?, part, data FROM unnest(?::bigint[], ?::bytea[]) AS given (part, data)";

async function insertSubmission(sql: PgSql, input: NewSubmission, prepared: Prepared): Promise<number | undefined> {
  const row = await sql.get<{ pk: number }>(SUBMISSION, [
    input.id,
    input.tenant,
    input.mailbox,
    prepared.key ?? null,
    input.contentHash,
    input.action,
    input.priority,
    input.createdAt,
    input.notBefore ?? null,
    prepared.info,
  ]);
  if (!row) return undefined;
  const { contents } = prepared;
  await sql.run(CONTENTS, [row.pk, contents.map(({ part }) => part), contents.map(({ data }) => data)]);
  return row.pk;
}

const MAIL = `INSERT INTO medimail_mails (submission, place, body, tenant, mailbox, message_id, envelope_id, size, priority, due_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;
const RECIPIENT = `INSERT INTO medimail_recipients (mail, submission, tenant, mailbox, place, kind, address, address_sealed, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;
const KEYS = `INSERT INTO medimail_dedupe (recipient, key) SELECT ?, key FROM unnest(?::bytea[]) AS given (key)
  ON CONFLICT DO NOTHING`;

interface Placed {
  mail: NewMail;
  place: number;
  prepared: Prepared;
  within: Within;
}

async function insertMail(
  sql: PgSql,
  pk: number,
  input: NewSubmission,
  { mail, place, prepared, within }: Placed,
): Promise<RecipientRow[]> {
  const { tenant, mailbox, createdAt } = input;
  const { messageId } = mail;
  const mailId = await idOf(sql, MAIL, [
    pk,
    place,
    mail.body,
    tenant,
    mailbox,
    messageId,
    envelopeIdOf(messageId),
    mail.size,
    input.priority,
    Math.max(createdAt, input.notBefore ?? 0),
  ]);
  if (input.info.sentCopy) await sql.run("INSERT INTO medimail_sent_copies (mail) VALUES (?)", [mailId]);
  const rows: RecipientRow[] = [];
  for (const [index, recipient] of mail.recipients.entries()) {
    const id = await insertRecipient(
      sql,
      { pk, mailId, index, tenant, mailbox, at: createdAt },
      recipient,
      prepared.recipients[place]?.[index],
    );
    const event = { event: "queued", at: createdAt, recipientId: id, messageId } as const;
    await insertEvent(sql, { pk, tenant, mailbox }, event, within);
    const { address, kind } = recipient;
    rows.push({
      id,
      mailId,
      submission: input.id,
      address,
      kind,
      state: "queued",
      messageId,
      attempts: 0,
      updatedAt: createdAt,
    });
  }
  return rows;
}

async function insertRecipient(
  sql: PgSql,
  { pk, mailId, index, tenant, mailbox, at }: EventOwner & { mailId: number; index: number; at: number },
  { kind }: NewRecipient,
  prepared: { address: string | Buffer; keys: Buffer[] } | undefined,
): Promise<number> {
  const address = prepared?.address ?? null;
  const [clear, sealed] = typeof address === "string" ? [address, null] : [null, address];
  const id = await idOf(sql, RECIPIENT, [mailId, pk, tenant, mailbox, index, kind, clear, sealed, at]);
  const keys = prepared?.keys ?? [];
  if (keys.length === 0) return id;
  const { changes } = await sql.run(KEYS, [id, keys]);
  if (changes === keys.length) return id;
  // Taken by another transaction, which was not over when we looked.
  await assertFree(sql, keys);
  throw new MedimailError("invalid_argument", "a recipient is named twice", { path: "mails" });
}

async function idOf(sql: PgSql, text: string, params: Parameters<PgSql["get"]>[1]): Promise<number> {
  const row = await sql.get<{ id: number }>(text, params);
  if (!row) throw new MedimailError("storage_failed", "the database gave no number to a row");
  return row.id;
}

/**
 * In the caller's own transaction, which is not held up by the store's lock: what two of them do at once is told apart by the unique indexes. What
 * fails is undone alone, so that the caller may go on.
 */
async function submitWithin(
  context: PgContext,
  input: NewSubmission,
  prepared: Prepared,
  tx: unknown,
): Promise<Submitted> {
  if (typeof tx !== "object" || tx === null || typeof (tx as Queryable).query !== "function")
    throw new MedimailError("invalid_argument", "tx is not a client of pg", { path: "tx", hint: HINT });
  const client = tx as Queryable;
  const plain = (text: string) => client.query({ text, values: [] });
  try {
    // Outside of a transaction it is refused; a pool, whose statements go to any connection, has none.
    await plain("SAVEPOINT medimail");
    try {
      await assertOurs(context, client);
      const sql = new Statements(client, context.texts);
      const submitted = await insert(context, sql, input, prepared, { foreign: true });
      await plain("RELEASE SAVEPOINT medimail");
      return submitted;
    } catch (error) {
      await plain("ROLLBACK TO SAVEPOINT medimail");
      throw error;
    }
  } catch (error) {
    if (pgCode(error) === NO_TRANSACTION)
      throw new MedimailError("invalid_argument", "tx has no open transaction", { path: "tx", hint: HINT });
    throw pgError(error);
  }
}

const NO_TRANSACTION = "25P01";
const HINT = "Give the client of pg on which your transaction runs, between BEGIN and COMMIT.";

/** @throws `invalid_argument` where the connection is to another database */
async function assertOurs({ texts, storeId }: PgContext, client: Queryable): Promise<void> {
  // The table's name as text: one that is not there is no error.
  const { rows } = await client.query({
    text: "SELECT to_regclass($1) IS NOT NULL AS there",
    values: [`${quoted(texts.schema)}.medimail_meta`],
  });
  const isThere = (rows[0] as { there?: unknown } | undefined)?.there === true;
  const id = isThere
    ? await new Statements(client, texts).get<{ value: Buffer }>(
        "SELECT value FROM medimail_meta WHERE name = 'store-id'",
      )
    : undefined;
  if (id?.value.toString("hex") === storeId) return;
  throw new MedimailError("invalid_argument", "tx is not a connection to the outbox's own database", {
    path: "tx",
    hint: "Open the outbox with the URL of your own database: its tables (medimail_…) are made there.",
  });
}
