import { RECIPIENT_STATES, type RecipientState, type SubmissionRow } from "../../seams/index.js";
import type { ListQuery } from "../outbox/list.js";
import { SUBMISSION_COLUMNS, type SubmissionRecord } from "../outbox/rows.js";
import { scoped, whereOf } from "../outbox/scope.js";
import type { PgContext } from "./context.js";
import type { PgValue } from "./driver.js";
import { shownSubmissions } from "./rows.js";

const DEFAULT_LIMIT = 100;

interface PgAsked {
  sql: string;
  params: PgValue[];
}

export async function list({ sql, cipher }: PgContext, query: ListQuery): Promise<SubmissionRow[]> {
  const { state } = query;
  // A closed list: a caller in JavaScript may give anything.
  if (state !== undefined && !RECIPIENT_STATES.includes(state)) return [];
  const asked = state === undefined ? walk(query) : alongState(query, state);
  return shownSubmissions(sql, cipher, await sql.all<SubmissionRecord>(asked.sql, asked.params));
}

const AFTER = "(SELECT pk FROM medimail_submissions WHERE id = ?)";

/** Along the submissions, newest first. */
export function walk(query: ListQuery): PgAsked {
  const { conditions, params } = scoped(query, "s");
  if (query.after !== undefined) {
    conditions.push(`s.pk < ${AFTER}`);
    params.push(query.after);
  }
  const sql = `SELECT ${SUBMISSION_COLUMNS} FROM medimail_submissions s ${whereOf(conditions)} ORDER BY s.pk DESC LIMIT ?`;
  return { sql, params: [...params, query.limit ?? DEFAULT_LIMIT] };
}

/** Along the recipients of a state, by an index that ends with the submission: no further than asked, however many or few they are. */
export function alongState(query: ListQuery, state: RecipientState): PgAsked {
  const { conditions, params } = scoped(query, "r");
  if (query.after !== undefined) {
    conditions.push(`r.submission < ${AFTER}`);
    params.push(query.after);
  }
  const sql = `SELECT ${SUBMISSION_COLUMNS} FROM medimail_submissions JOIN
    (SELECT DISTINCT r.submission FROM medimail_recipients r ${whereOf([...conditions, "r.state = ?"])} ORDER BY r.submission DESC LIMIT ?) found
    ON found.submission = pk ORDER BY pk DESC`;
  return { sql, params: [...params, state, query.limit ?? DEFAULT_LIMIT] };
}
