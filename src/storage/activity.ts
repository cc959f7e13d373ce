import type { Activity, ActivityQuery, InboxScope, ReceivedCount, SentCount } from "../seams/index.js";
import type { Sql, SqlValue } from "./driver.js";

// Heads, bodies, info and addresses are not read: what is erased of them changes no count.
const WITHIN = "s.created_at >= ? AND s.created_at < ?";

// An error is JSON of ours (StoredError); a state that has none gives no reason.
const REASON = `CASE WHEN r.state IN ('refused', 'failed') AND r.error IS NOT NULL THEN
  coalesce(json_extract(r.error, '$.application'), json_extract(r.error, '$.status'), json_extract(r.error, '$.code')) END`;

/** Counts of the outbox, one scan of what was submitted within the time. */
export function outboxActivity(sql: Sql, { since, until, stepMs, ...scope }: ActivityQuery): Activity {
  const { where, params } = scoped(scope, "s");
  const rows = sql.all<Omit<SentCount, "reason"> & { reason: string | number | null }>(
    `SELECT s.created_at / CAST(? AS INTEGER) AS step, s.action, r.kind, r.state, ${REASON} AS reason, count(*) AS recipients
     FROM medimail_submissions s JOIN medimail_recipients r ON r.submission = s.pk
     WHERE ${WITHIN}${where} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
    [stepMs, since, until, ...params],
  );
  const mails = sql.all<Activity["mails"][number]>(
    `SELECT s.created_at / CAST(? AS INTEGER) AS step, s.action, count(*) AS count, sum(m.size) AS bytes, max(m.size) AS largest
     FROM medimail_submissions s JOIN medimail_mails m ON m.submission = s.pk
     WHERE ${WITHIN}${where} GROUP BY 1, 2 ORDER BY 1, 2`,
    [stepMs, since, until, ...params],
  );
  const of = scoped(scope, "q");
  const receipts = sql.all<{
    step: number;
    kind: Activity["receipts"][number]["kind"];
    matched: number;
    count: number;
  }>(
    `SELECT q.at / CAST(? AS INTEGER) AS step, q.kind, q.submission IS NOT NULL AS matched, count(*) AS count
     FROM medimail_receipts q WHERE q.at >= ? AND q.at < ?${of.where} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [stepMs, since, until, ...of.params],
  );
  return {
    sent: rows.map(({ reason, ...row }) => (reason === null ? row : { ...row, reason: String(reason) })),
    mails,
    receipts: receipts.map((row) => ({ ...row, matched: row.matched === 1 })),
  };
}

export function inboxActivity(
  sql: Sql,
  { tenant, mailbox }: InboxScope,
  { since, until, stepMs }: { since: number; until: number; stepMs: number },
): ReceivedCount[] {
  return sql.all<ReceivedCount>(
    `SELECT received_at / CAST(? AS INTEGER) AS step, action, state, count(*) AS count FROM medimail_inbox
     WHERE tenant = ? AND mailbox = ? AND received_at >= ? AND received_at < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [stepMs, tenant, mailbox, since, until],
  );
}

function scoped(scope: { tenant?: string; mailbox?: string }, table: string): { where: string; params: SqlValue[] } {
  const given = (["tenant", "mailbox"] as const).flatMap((column) =>
    scope[column] === undefined ? [] : [[column, scope[column]] as const],
  );
  return {
    where: given.map(([column]) => ` AND ${table}.${column} = ?`).join(""),
    params: given.map(([, value]) => value),
  };
}
