import { RECIPIENT_STATES, type RecipientState, type SubmissionRow } from "../../seams/index.js";
import type { SqlValue } from "../driver.js";
import type { OutboxContext } from "./context.js";
import { countsOf } from "./counts.js";
import { SUBMISSION_COLUMNS, type SubmissionRecord, shownSubmission } from "./rows.js";
import { type Scope, scoped, whereOf } from "./scope.js";

const DEFAULT_LIMIT = 100;

export interface ListQuery extends Scope {
  state?: RecipientState;
  limit?: number;
  after?: string;
}

/** A statement for SQLite, and what it is bound to. */
export interface Asked {
  sql: string;
  params: SqlValue[];
}

export function list(context: OutboxContext, query: ListQuery): SubmissionRow[] {
  const { database, cipher } = context;
  const asked = query.state === undefined ? walk(query, query.limit) : inState(context, query, query.state);
  if (!asked) return [];
  return database.all<SubmissionRecord>(asked.sql, asked.params).map((row) => shownSubmission(database, cipher, row));
}

/**
 * Newest first. Of a state there are two ways, and the counts tell the shorter: along those recipients, or along the submissions of the mailbox.
 * Whoever asks for what is rare among millions does not wait for all of them, nor who asks for a small mailbox of a large file.
 */
function inState({ database }: OutboxContext, query: ListQuery, state: RecipientState): Asked | undefined {
  // A closed list: a caller in JavaScript may give anything.
  if (!RECIPIENT_STATES.includes(state)) return undefined;
  const own = countsOf(database, query);
  const found = own.byState[state];
  if (found === 0) return undefined;
  // There are no more than that: the walk ends with the last of them.
  const limit = Math.min(query.limit ?? DEFAULT_LIMIT, found);
  const all = countsOf(database, {}).byState[state];
  return all <= own.submissions ? alongState(query, state, limit) : walk(query, limit, state);
}

const AFTER = "(SELECT pk FROM medimail_submissions WHERE id = ?)";

/** Along the submissions. */
export function walk(query: ListQuery, limit = DEFAULT_LIMIT, state?: RecipientState): Asked {
  const { conditions, params } = scoped(query, "s");
  const index =
    query.tenant === undefined || query.mailbox === undefined ? "" : " INDEXED BY medimail_submissions_mailbox";
  if (query.after !== undefined) {
    conditions.push(`s.pk < ${AFTER}`);
    params.push(query.after);
  }
  if (state !== undefined) {
    conditions.push("EXISTS (SELECT 1 FROM medimail_recipients r WHERE r.submission = s.pk AND r.state = ?)");
    params.push(state);
  }
  const sql = `SELECT ${SUBMISSION_COLUMNS} FROM medimail_submissions s${index} ${whereOf(conditions)} ORDER BY s.pk DESC LIMIT ?`;
  return { sql, params: [...params, limit] };
}

/** Along the recipients of a state; several of them may be of one submission. */
export function alongState(query: ListQuery, state: RecipientState, limit: number): Asked {
  const { conditions, params } = scoped(query, "s");
  const after = query.after === undefined ? "" : ` AND r.submission < ${AFTER}`;
  const columns = SUBMISSION_COLUMNS.split(", ").map((column) => `s.${column}`);
  const sql = `SELECT ${columns.join(", ")} FROM medimail_recipients r INDEXED BY medimail_recipients_state
    CROSS JOIN medimail_submissions s ON s.pk = r.submission
    ${whereOf(["r.state = ?", ...conditions])}${after} GROUP BY r.submission ORDER BY r.submission DESC LIMIT ?`;
  return { sql, params: [state, ...params, ...(query.after === undefined ? [] : [query.after]), limit] };
}
