import { type OutboxStats, RECIPIENT_STATES, type RecipientState } from "../../seams/index.js";
import { type Scope, scoped, whereOf } from "../outbox/scope.js";
import type { PgContext } from "./context.js";
import type { PgValue } from "./driver.js";

interface Counted {
  what: string;
  n: number;
  oldest: number | null;
}

/**
 * One statement, so that all counts are of the same instant. No table of counts is kept, as in the file store: a caller's open transaction would hold its row
 * against every other writer. Each count is along an index alone.
 */
export async function stats({ sql }: PgContext, query: Scope & { now: number }): Promise<OutboxStats> {
  const params: PgValue[] = [];
  const where = (table: string, ...also: string[]): string => {
    const own = scoped(query, table);
    params.push(...own.params);
    return whereOf([...own.conditions, ...also]);
  };
  const text = `SELECT r.state AS what, count(*) AS n, NULL::bigint AS oldest FROM medimail_recipients r ${where("r")} GROUP BY r.state
    UNION ALL SELECT 'submissions', count(*), NULL FROM medimail_submissions s ${where("s")}
    UNION ALL SELECT 'unmatched', count(*), NULL FROM medimail_receipts q ${where("q", "q.submission IS NULL")}
    UNION ALL SELECT 'due', count(*), min(m.due_at) FROM medimail_mails m
      ${where("m", "m.state = 'queued'", "m.lease_owner IS NULL", "m.paused = 0", "m.due_at <= ?")}`;
  const rows = await sql.all<Counted>(text, [...params, query.now]);
  const found = new Map(rows.map((row) => [row.what, row]));
  const count = (what: string): number => found.get(what)?.n ?? 0;
  const byState = Object.fromEntries(RECIPIENT_STATES.map((state) => [state, count(state)]));
  const oldest = found.get("due")?.oldest ?? query.now;
  return {
    submissions: count("submissions"),
    byState: byState as Record<RecipientState, number>,
    due: count("due"),
    oldestDueMs: query.now - oldest,
    unmatchedReceipts: count("unmatched"),
  };
}
