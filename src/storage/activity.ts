import type { Activity, ActivityQuery, InboxScope, ReceivedCount, SentCount } from "../seams/index.js";
import type { Sql, SqlValue } from "./driver.js";

/** A file answers at once, a server later. */
interface Reader {
  get<T>(sql: string, params?: SqlValue[]): T | undefined | Promise<T | undefined>;
  all<T>(sql: string, params?: SqlValue[]): T[] | Promise<T[]>;
}

// Heads, bodies, info and addresses are not read: what is erased of them changes no count.
const WITHIN = "s.pk > ? AND s.pk <= ? AND s.created_at >= ? AND s.created_at < ?";

// An error is JSON of ours (StoredError); a state that has none gives no reason.
const reasonBy = (of: (name: string) => string): string =>
  `CASE WHEN r.state IN ('refused', 'failed') AND r.error IS NOT NULL THEN
  coalesce(${of("application")}, ${of("status")}, ${of("code")}) END`;
const REASON = reasonBy((name) => `json_extract(r.error, '$.${name}')`);
/** As PostgreSQL says it. */
export const PG_REASON = reasonBy((name) => `r.error::jsonb ->> '${name}'`);

/** Rows between two breaths: the delivery of the same process goes on meanwhile. */
const CHUNK = 20_000;

/** Counts of the outbox: one walk along what was ever submitted, piece by piece, since nothing but its order says when. */
export async function outboxActivity(
  sql: Reader,
  { since, until, stepMs, ...scope }: ActivityQuery,
  chunk = CHUNK,
  reasonOf = REASON,
): Promise<Activity> {
  const sent = new Map<string, SentCount>();
  const mails = new Map<string, Activity["mails"][number]>();
  const receipts = new Map<string, Activity["receipts"][number]>();
  const own = scoped(scope, "s");
  for await (const [after, upTo] of pieces(sql, "medimail_submissions", "pk", chunk)) {
    const params = [stepMs, after, upTo, since, until, ...own.params];
    for (const row of await sql.all<Omit<SentCount, "reason"> & { reason: string | number | null }>(
      `SELECT s.created_at / CAST(? AS BIGINT) AS step, s.action, r.kind, r.state, ${reasonOf} AS reason, count(*) AS recipients
       FROM medimail_submissions s JOIN medimail_recipients r ON r.submission = s.pk
       WHERE ${WITHIN}${own.where} GROUP BY 1, 2, 3, 4, 5`,
      params,
    )) {
      const { reason, recipients, ...is } = row;
      const before = merged(sent, [is.step, is.action, is.kind, is.state, reason], () => ({
        ...is,
        ...(reason === null ? {} : { reason: String(reason) }),
        recipients: 0,
      }));
      before.recipients += recipients;
    }
    for (const { count, bytes, largest, ...is } of await sql.all<Activity["mails"][number]>(
      `SELECT s.created_at / CAST(? AS BIGINT) AS step, s.action, count(*) AS count, sum(m.size) AS bytes, max(m.size) AS largest
       FROM medimail_submissions s JOIN medimail_mails m ON m.submission = s.pk
       WHERE ${WITHIN}${own.where} GROUP BY 1, 2`,
      params,
    )) {
      const before = merged(mails, [is.step, is.action], () => ({ ...is, count: 0, bytes: 0, largest: 0 }));
      before.count += count;
      before.bytes += bytes;
      before.largest = Math.max(before.largest, largest);
    }
  }
  const theirs = scoped(scope, "q");
  for await (const [after, upTo] of pieces(sql, "medimail_receipts", "id", chunk)) {
    for (const { count, matched, ...is } of await sql.all<{
      step: number;
      kind: Activity["receipts"][number]["kind"];
      matched: number | boolean;
      count: number;
    }>(
      `SELECT q.at / CAST(? AS BIGINT) AS step, q.kind, q.submission IS NOT NULL AS matched, count(*) AS count
       FROM medimail_receipts q WHERE q.id > ? AND q.id <= ? AND q.at >= ? AND q.at < ?${theirs.where} GROUP BY 1, 2, 3`,
      [stepMs, after, upTo, since, until, ...theirs.params],
    ))
      merged(receipts, [is.step, is.kind, matched], () => ({ ...is, matched: Boolean(matched), count: 0 })).count +=
        count;
  }
  return { sent: inOrder(sent), mails: inOrder(mails), receipts: inOrder(receipts) };
}

/** Ranges of a table's key, first excluded, last included; other work of the process runs between two. */
async function* pieces(
  sql: Reader,
  table: string,
  key: string,
  chunk: number,
): AsyncGenerator<[after: number, upTo: number]> {
  const last = (await sql.get<{ last: number | null }>(`SELECT max(${key}) AS last FROM ${table}`))?.last ?? 0;
  for (let after = 0; after < last; after += chunk) {
    if (after > 0) await new Promise((resolve) => setImmediate(resolve));
    yield [after, Math.min(after + chunk, last)];
  }
}

function merged<T>(all: Map<string, T>, parts: readonly unknown[], none: () => T): T {
  const key = JSON.stringify(parts);
  const known = all.get(key);
  if (known !== undefined) return known;
  const made = none();
  all.set(key, made);
  return made;
}

const inOrder = <T extends { step: number }>(all: ReadonlyMap<string, T>): T[] =>
  [...all].sort(([a, one], [b, other]) => one.step - other.step || (a < b ? -1 : 1)).map(([, row]) => row);

export function inboxActivity(
  sql: Sql,
  scope: InboxScope,
  query: { since: number; until: number; stepMs: number },
): ReceivedCount[] {
  return sql.all<ReceivedCount>(...received(scope, query));
}

/** The statement of the inbox's counts, which SQLite and PostgreSQL read alike. */
export const received = (
  { tenant, mailbox }: InboxScope,
  { since, until, stepMs }: { since: number; until: number; stepMs: number },
): [text: string, params: SqlValue[]] => [
  `SELECT received_at / CAST(? AS BIGINT) AS step, action, state, count(*) AS count FROM medimail_inbox
   WHERE tenant = ? AND mailbox = ? AND received_at >= ? AND received_at < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  [stepMs, tenant, mailbox, since, until],
];

function scoped(scope: { tenant?: string; mailbox?: string }, table: string): { where: string; params: SqlValue[] } {
  const given = (["tenant", "mailbox"] as const).flatMap((column) =>
    scope[column] === undefined ? [] : [[column, scope[column]] as const],
  );
  return {
    where: given.map(([column]) => ` AND ${table}.${column} = ?`).join(""),
    params: given.map(([, value]) => value),
  };
}
