import { type OutboxStats, RECIPIENT_STATES, type RecipientState } from "../../seams/index.js";
import type { Sql } from "../driver.js";
import type { OutboxContext } from "./context.js";
import { type Scope, scoped, whereOf } from "./scope.js";

export interface Counts {
  submissions: number;
  byState: Record<RecipientState, number>;
}

const SUMS = ["submissions", ...RECIPIENT_STATES].map((name) => `total(c.${name}) AS ${name}`).join(", ");

/** As the triggers keep them, whatever the size of the outbox. */
export function countsOf(sql: Sql, scope: Scope): Counts {
  const { conditions, params } = scoped(scope, "c");
  const row = sql.get<Record<RecipientState | "submissions", number>>(
    `SELECT ${SUMS} FROM medimail_counts c ${whereOf(conditions)}`,
    params,
  );
  const byState = Object.fromEntries(RECIPIENT_STATES.map((state) => [state, row?.[state] ?? 0]));
  return { submissions: row?.submissions ?? 0, byState: byState as Record<RecipientState, number> };
}

export function stats({ database: sql }: OutboxContext, query: Scope & { now: number }): OutboxStats {
  const mails = scoped(query, "m");
  mails.conditions.push("m.state = 'queued'", "m.lease_owner IS NULL", "m.paused = 0", "m.due_at <= ?");
  const due = sql.get<{ n: number; oldest: number | null }>(
    `SELECT count(*) AS n, min(m.due_at) AS oldest FROM medimail_mails m ${whereOf(mails.conditions)}`,
    [...mails.params, query.now],
  );
  const receipts = scoped(query, "q");
  receipts.conditions.push("q.submission IS NULL");
  const unmatched = sql.get<{ n: number }>(
    `SELECT count(*) AS n FROM medimail_receipts q ${whereOf(receipts.conditions)}`,
    receipts.params,
  );
  return {
    ...countsOf(sql, query),
    due: due?.n ?? 0,
    oldestDueMs: due && due.oldest !== null ? query.now - due.oldest : 0,
    unmatchedReceipts: unmatched?.n ?? 0,
  };
}
