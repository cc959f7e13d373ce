import { EARLIEST_MS, type TraceEntry } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import type { Sql, SqlValue } from "../driver.js";
import { resealInbox } from "../inbox/reseal.js";
import type { OutboxContext } from "./context.js";
import { infoContext, isHashedKey, openedInfo, sealedJson } from "./context.js";
import { insertTraces, instant } from "./journal.js";
import type { SealedInfo } from "./rows.js";
import { eraseLeft, eraseTailOf } from "./tails.js";
import { removeLeftMarks } from "./workers.js";

// Every mail of the submission is done, and the last of its recipients changed before the limit. What was submitted later has not ended before it: only
// what is older and still there is looked at, which is what is to be erased, and the few that a doubt or a late receipt keeps.
export const SETTLED = `SELECT s.pk FROM medimail_submissions s INDEXED BY medimail_submissions_kept
  WHERE s.erased_at IS NULL AND s.created_at < ?
    AND NOT EXISTS (SELECT 1 FROM medimail_mails o WHERE o.submission = s.pk AND (o.settled_at IS NULL OR o.settled_at >= ?))
    AND NOT EXISTS (SELECT 1 FROM medimail_recipients r WHERE r.submission = s.pk AND r.updated_at >= ?)
  LIMIT ?`;

// Ended while the clock began in 1970: its age is not known, and is counted from now.
const DATE = "UPDATE medimail_mails SET settled_at = ? WHERE submission = ? AND settled_at < ?";

// So many a transaction: other writers wait no longer than that takes.
const CHUNK = 200;

/**
 * Erases heads, bodies, tails, info, patients' addresses and receipts' data; also the data of receipts that matched nothing and are
 * older. Freed pages are overwritten (secure_delete) and the write-ahead log is emptied, so that the content is in
 * neither file any more; where a reader of another process hinders the latter, the next call does it.
 */
export async function eraseContent(context: OutboxContext, settledBefore: number, now: number): Promise<number> {
  const sql = context.database;
  let erased = 0;
  for (let found = CHUNK; found === CHUNK; ) {
    const dated = await context.queue.write(() => {
      const rows = sql.all<{ pk: number }>(SETTLED, [settledBefore, settledBefore, settledBefore, CHUNK]);
      const old = rows.filter(({ pk }) => sql.run(DATE, [now, pk, EARLIEST_MS]).changes === 0);
      for (const { pk } of old) eraseOne(context, pk, now);
      found = rows.length;
      return old.length;
    });
    erased += dated;
  }
  await context.queue.write(() => {
    eraseLeft(sql, now);
    sql.run("UPDATE medimail_receipts SET data = NULL WHERE submission IS NULL AND at < ? AND data IS NOT NULL", [
      settledBefore,
    ]);
  });
  await resealInbox(context);
  sql.checkpoint();
  removeLeftMarks(context);
  return erased;
}

function eraseOne(context: OutboxContext, pk: number, now: number): void {
  const sql = context.database;
  sql.run("DELETE FROM medimail_contents WHERE submission = ?", [pk]);
  eraseTailOf(sql, pk);
  sql.run("UPDATE medimail_recipients SET address = NULL WHERE submission = ? AND kind = 'patient'", [pk]);
  sql.run("UPDATE medimail_receipts SET data = NULL WHERE submission = ?", [pk]);
  sql.run("UPDATE medimail_submissions SET info = ?, erased_at = ? WHERE pk = ?", [keyAlone(context, pk), now, pk]);
}

export interface Keyed {
  id: string;
  key: string | null;
  info: ArrayBuffer | Uint8Array | null;
}

function keyAlone({ database, cipher }: OutboxContext, pk: number): Buffer | null {
  const row = database.get<Keyed>("SELECT id, key, info FROM medimail_submissions WHERE pk = ?", [pk]);
  return row ? keyOf(cipher, row) : null;
}

/** Of a sealed info, what is not content: the idempotency key, which its own column has hashed only. */
export function keyOf(cipher: ContentCipher, row: Keyed): Buffer | null {
  if (row.key === null || !isHashedKey(row.key)) return null;
  try {
    const { key } = openedInfo(cipher, row.info, row.id) as SealedInfo;
    const kept: SealedInfo = { documents: [], ...(key === undefined ? {} : { key }) };
    return sealedJson(cipher, kept, infoContext(row.id));
  } catch {
    // Its key is not in the ring any more: it goes with the rest.
    return null;
  }
}

/** Events older than `before` (ms since 1970) are erased; cursors stay valid. */
export function eraseEvents({ queue, database }: OutboxContext, before: number): Promise<number> {
  return queue.write(() => database.run("DELETE FROM medimail_events WHERE at < ?", [before]).changes);
}

/** Durable; ECO.4.1.2. */
export function appendTraces({ queue, database }: OutboxContext, entries: TraceEntry[]): Promise<void> {
  return queue.write(() => insertTraces(database, entries));
}

/**
 * The only way a trace leaves: the trigger of the table refuses any other (ECO.4.1.1). Of one that was written while the clock began in 1970
 * nobody knows the age: it stays.
 */
export function eraseTraces({ queue, database: sql }: OutboxContext, before: string): Promise<number> {
  const limit = instant(before);
  return queue.write(() => {
    sql.run("INSERT INTO medimail_trace_retention (before_ms) VALUES (?)", [limit]);
    const { changes } = sql.run("DELETE FROM medimail_traces WHERE at_ms >= ? AND at_ms < ?", [EARLIEST_MS, limit]);
    sql.run("DELETE FROM medimail_trace_retention");
    return changes;
  });
}

export interface TraceQuery {
  tenant?: string;
  mailbox?: string;
  since?: string;
  until?: string;
  after?: number;
  limit?: number;
}

const DEFAULT_LIMIT = 1000;

/** A page after `after`. The sum has no database take the index of times for it (see below). */
export function tracesAsked(query: TraceQuery, after: number): { sql: string; params: SqlValue[] } {
  const conditions = ["seq > ?"];
  const params: SqlValue[] = [after];
  const also = (condition: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    params.push(value);
  };
  also("tenant = ?", query.tenant);
  also("mailbox = ?", query.mailbox);
  also("at_ms + 0 >= ?", query.since === undefined ? undefined : instant(query.since));
  also("at_ms + 0 < ?", query.until === undefined ? undefined : instant(query.until));
  const sql = `SELECT seq, at, tenant, mailbox, actor, action, request, answer, ok FROM medimail_traces
     WHERE ${conditions.join(" AND ")} ORDER BY seq LIMIT ?`;
  return { sql, params: [...params, query.limit ?? DEFAULT_LIMIT] };
}

export interface TraceRecord extends Omit<TraceEntry, "ok"> {
  seq: number;
  ok: number;
}

export const shownTrace = (row: TraceRecord): TraceEntry & { seq: number } => ({ ...row, ok: row.ok === 1 });

/**
 * In the order they were written; `since` included, `until` excluded. A page is walked in the order of `seq`: by the index of times (which the
 * sums turn off) SQLite would sort all that is left, for each page again. The first page begins where that index says.
 */
export function traces({ database }: OutboxContext, query: TraceQuery): (TraceEntry & { seq: number })[] {
  const since = query.since === undefined ? undefined : instant(query.since);
  const { sql, params } = tracesAsked(query, query.after ?? beforeFirst(database, since));
  return database.all<TraceRecord>(sql, params).map(shownTrace);
}

function beforeFirst(sql: Sql, since: number | undefined): number {
  if (since === undefined) return 0;
  // Left to itself SQLite looks for the smallest `seq` along all that is older.
  const row = sql.get<{ first: number | null }>(
    "SELECT min(seq) AS first FROM medimail_traces INDEXED BY medimail_traces_at WHERE at_ms >= ?",
    [since],
  );
  return row?.first ? row.first - 1 : Number.MAX_SAFE_INTEGER;
}

export const CURSOR = "SELECT value FROM medimail_cursors WHERE tenant = ? AND mailbox = ? AND name = ?";
export const SET_CURSOR = `INSERT INTO medimail_cursors (tenant, mailbox, name, value) VALUES (?, ?, ?, ?)
  ON CONFLICT (tenant, mailbox, name) DO UPDATE SET value = excluded.value`;

export function cursor({ database }: OutboxContext, tenant: string, mailbox: string, name: string): string | undefined {
  return database.get<{ value: string }>(CURSOR, [tenant, mailbox, name])?.value;
}

export function setCursor(
  { queue, database }: OutboxContext,
  tenant: string,
  mailbox: string,
  name: string,
  value: string,
): Promise<void> {
  return queue.write(() => {
    database.run(SET_CURSOR, [tenant, mailbox, name, value]);
  });
}
