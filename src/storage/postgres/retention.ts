import { EARLIEST_MS, type TraceEntry } from "../../seams/index.js";
import { instant } from "../outbox/journal.js";
import {
  CURSOR,
  type Keyed,
  keyOf,
  SET_CURSOR,
  shownTrace,
  type TraceQuery,
  type TraceRecord,
  tracesAsked,
} from "../outbox/retention.js";
import { ERASE_COUNTS } from "./commits.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { resealInbox } from "./inbox.js";
import { insertTraces } from "./journal.js";
import { eraseLeft, eraseTailsOf } from "./tails.js";

// As that of the file store, oldest first. OFFSET 0 has the server look at the mails and recipients of one after the other: as a join it goes through those
// of the whole outbox.
const ENDED = `s.erased_at IS NULL AND s.created_at < ?
    AND NOT EXISTS (SELECT 1 FROM medimail_mails o WHERE o.submission = s.pk AND (o.settled_at IS NULL OR o.settled_at >= ?) OFFSET 0)
    AND NOT EXISTS (SELECT 1 FROM medimail_recipients r WHERE r.submission = s.pk AND r.updated_at >= ? OFFSET 0)`;
export const SETTLED = `SELECT s.pk FROM medimail_submissions s WHERE ${ENDED} ORDER BY s.created_at LIMIT ?`;
/** Looked for without the lock, and looked at again with it. Of the sealed info no more is read than has a key to keep. */
const SETTLED_STILL = `SELECT s.pk, s.id, s.key, CASE WHEN s.key IS NOT NULL THEN s.info END AS info FROM medimail_submissions s
  WHERE ${ENDED} AND s.pk = ANY(?)`;

// Ended while the clock began in 1970: its age is not known, and is counted from now.
const DATE =
  "UPDATE medimail_mails SET settled_at = ? WHERE submission = ANY(?) AND settled_at < ? RETURNING submission";

// So many a transaction: other writers wait no longer than that takes.
const CHUNK = 200;

interface Settled extends Keyed {
  pk: number;
}

/**
 * Erases heads, bodies, tails, info, patients' addresses and receipts' data; also the data of receipts that matched nothing and are older. The
 * server overwrites what was there when it needs the room (VACUUM); its log and its copies keep it as long as they are kept.
 */
export async function eraseContent(context: PgContext, settledBefore: number, now: number): Promise<number> {
  let erased = 0;
  const limits = [settledBefore, settledBefore, settledBefore];
  for (let found = CHUNK; found === CHUNK; ) {
    const pks = (await context.sql.all<{ pk: number }>(SETTLED, [...limits, CHUNK])).map(({ pk }) => pk);
    found = pks.length;
    if (found === 0) break;
    erased += await context.queue.write(async (sql) =>
      eraseOld(context, sql, await sql.all<Settled>(SETTLED_STILL, [...limits, pks]), now),
    );
  }
  await context.queue.write(async (sql) => {
    await eraseLeft(sql, now);
    await sql.run(ERASE_COUNTS);
    await sql.run("UPDATE medimail_receipts SET data = NULL WHERE submission IS NULL AND at < ? AND data IS NOT NULL", [
      settledBefore,
    ]);
  });
  await resealInbox(context);
  return erased;
}

async function eraseOld({ cipher }: PgContext, sql: PgSql, rows: readonly Settled[], now: number): Promise<number> {
  const dated = await sql.all<{ submission: number }>(DATE, [now, rows.map(({ pk }) => pk), EARLIEST_MS]);
  const recent = new Set(dated.map(({ submission }) => submission));
  const old = rows.filter(({ pk }) => !recent.has(pk));
  const pks = old.map(({ pk }) => pk);
  if (pks.length === 0) return 0;
  await sql.run("DELETE FROM medimail_contents WHERE submission = ANY(?)", [pks]);
  await eraseTailsOf(sql, pks);
  await sql.run(
    "UPDATE medimail_recipients SET address = NULL, address_sealed = NULL WHERE submission = ANY(?) AND kind = 'patient'",
    [pks],
  );
  await sql.run("UPDATE medimail_receipts SET data = NULL WHERE submission = ANY(?) AND data IS NOT NULL", [pks]);
  await sql.run("UPDATE medimail_submissions SET info = NULL, erased_at = ? WHERE pk = ANY(?)", [now, pks]);
  const kept = old.flatMap((row) => {
    const info = keyOf(cipher, row);
    return info === null ? [] : [{ pk: row.pk, info }];
  });
  if (kept.length > 0)
    await sql.run(
      `UPDATE medimail_submissions s SET info = kept.info FROM unnest(?::bigint[], ?::bytea[]) AS kept (pk, info) WHERE s.pk = kept.pk`,
      [kept.map(({ pk }) => pk), kept.map(({ info }) => info)],
    );
  return old.length;
}

/** Durable; ECO.4.1.2. */
export function appendTraces({ queue }: PgContext, entries: TraceEntry[]): Promise<void> {
  return queue.write((sql) => insertTraces(sql, entries));
}

const ERASE_TRACES = `DELETE FROM medimail_traces WHERE seq IN
  (SELECT seq FROM medimail_traces WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms LIMIT ?)`;
const TRACES_CHUNK = 5_000;

/**
 * The only way a trace leaves: the trigger of the table refuses any other (ECO.4.1.1). Of one that was written while the clock began in 1970
 * nobody knows the age: it stays.
 */
export async function eraseTraces({ queue }: PgContext, before: string): Promise<number> {
  const limit = instant(before);
  let erased = 0;
  for (let some = TRACES_CHUNK; some === TRACES_CHUNK; erased += some)
    some = await queue.write(async (sql) => {
      await sql.run("INSERT INTO medimail_trace_retention (before_ms) VALUES (?)", [limit]);
      const { changes } = await sql.run(ERASE_TRACES, [EARLIEST_MS, limit, TRACES_CHUNK]);
      await sql.run("DELETE FROM medimail_trace_retention");
      return changes;
    });
  return erased;
}

// The sum has the server look along the index of times: left to itself it walks along all that is older.
export const FIRST = "SELECT min(seq + 0) AS first FROM medimail_traces WHERE at_ms >= ?";

/** In the order they were written; `since` included, `until` excluded. */
export async function traces({ sql }: PgContext, query: TraceQuery): Promise<(TraceEntry & { seq: number })[]> {
  const asked = tracesAsked(query, query.after ?? (await beforeFirst(sql, query.since)));
  return (await sql.all<TraceRecord>(asked.sql, asked.params)).map(shownTrace);
}

async function beforeFirst(sql: PgSql, since: string | undefined): Promise<number> {
  if (since === undefined) return 0;
  const row = await sql.get<{ first: number | null }>(FIRST, [instant(since)]);
  return row?.first ? row.first - 1 : Number.MAX_SAFE_INTEGER;
}

export async function cursor(
  { sql }: PgContext,
  tenant: string,
  mailbox: string,
  name: string,
): Promise<string | undefined> {
  return (await sql.get<{ value: string }>(CURSOR, [tenant, mailbox, name]))?.value;
}

export async function setCursor(
  { queue }: PgContext,
  tenant: string,
  mailbox: string,
  name: string,
  value: string,
): Promise<void> {
  await queue.write((sql) => sql.run(SET_CURSOR, [tenant, mailbox, name, value]));
}
