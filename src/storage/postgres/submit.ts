import { MedimailError } from "../../errors.js";
import type { NewSubmission, SubmissionRow } from "../../seams/index.js";
import { alreadySent } from "../outbox/changes.js";
import {
  asRow,
  assertSameContent,
  checkShape,
  dedupeKeys,
  type Prepared,
  prepare,
  type Submitted,
} from "../outbox/submit.js";
import type { PgContext } from "./context.js";
import { type PgSql, type Queryable, quoted, Statements } from "./driver.js";
import { pgCode, pgError } from "./errors.js";
import { shownSubmission, submissionRecordByKey } from "./rows.js";
import { insertRows } from "./submit-rows.js";
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
  const made = await insertRows(sql, input, prepared, within);
  if (!made) {
    // Of another transaction, which was not over when we looked.
    const other = await sameKey(context, sql, input);
    if (other) return again(sql, input, other);
    throw new MedimailError("invalid_argument", "a submission with this id is there already", { path: "id" });
  }
  if (!made.free) {
    await assertFree(sql, dedupeKeys(prepared));
    throw new MedimailError("invalid_argument", "a recipient is named twice", { path: "mails" });
  }
  await keepTail(context, sql, input);
  return { submission: asRow(input, made.recipients), created: true };
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
