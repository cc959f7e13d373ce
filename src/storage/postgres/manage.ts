import type { NewEvent, RecipientChange, RecipientState, SubmissionRow, TraceEntry } from "../../seams/index.js";
import { noSubmission, type SubmissionKeys } from "../outbox/context.js";
import { assertContent, ofAnother, ROWS, type Row, toRequeue } from "../outbox/manage.js";
import { applyChange, changeAlike, followAll } from "./changes.js";
import { type PgContext, requireSubmission } from "./context.js";
import type { PgSql } from "./driver.js";
import { UNMARKED } from "./hands.js";
import { insertEvents, insertTraces } from "./journal.js";
import { shownSubmission, submissionRecord } from "./rows.js";

const rowsOf = (sql: PgSql, submission: SubmissionKeys): Promise<Row[]> => sql.all<Row>(ROWS, [submission.pk]);

const mailsOf = (rows: Iterable<Row>): number[] => [...new Set([...rows].map(({ mail }) => mail))];

async function shown({ cipher }: PgContext, sql: PgSql, id: string): Promise<SubmissionRow> {
  const row = await submissionRecord(sql, id);
  if (!row) throw noSubmission();
  return shownSubmission(sql, cipher, row);
}

const tell = (
  sql: PgSql,
  submission: SubmissionKeys,
  event: "queued" | "cancelled",
  at: number,
  rows: readonly Row[],
): Promise<void> =>
  insertEvents(
    sql,
    submission,
    rows.map(({ id, message_id: messageId }) => ({ event, at, recipientId: id, messageId })),
  );

// A person asks: the tries are counted anew.
const AGAIN = `UPDATE medimail_mails SET state = 'queued', due_at = ?, attempts = 0, handover_at = NULL, ${UNMARKED}, settled_at = NULL
  WHERE id = ANY(?)`;

/** Throws `submission_state` once the content is erased, `already_sent` where the document went out in another submission since. */
export function requeue(
  context: PgContext,
  id: string,
  states: RecipientState[],
  at: number,
  traces: TraceEntry[],
  messageId?: string,
): Promise<SubmissionRow> {
  return context.queue.write(async (sql) => {
    const submission = await requireSubmission(sql, id);
    assertContent(submission);
    const chosen = toRequeue(await rowsOf(sql, submission), states, messageId);
    const changed = chosen.filter(({ state }) => state !== "queued");
    for (const from of new Set(changed.map(({ state }) => state))) {
      const alike = changed.filter(({ state }) => state === from).map(({ id: recipient }) => recipient);
      await changeAlike(sql, alike, { state: "queued", error: null }, at, from);
    }
    await tell(sql, submission, "queued", at, changed);
    if (chosen.length > 0) await sql.run(AGAIN, [at, mailsOf(chosen)]);
    await insertTraces(sql, traces);
    return shown(context, sql, id);
  });
}

/**
 * Changes of recipients that are not `unknown` any more (a receipt came first) are left out, with their events. Throws
 * `invalid_argument` where a recipient is of another submission.
 */
export function resolve(
  context: PgContext,
  id: string,
  changes: RecipientChange[],
  events: NewEvent[],
  traces: TraceEntry[],
): Promise<SubmissionRow> {
  return context.queue.write(async (sql) => {
    const submission = await requireSubmission(sql, id);
    const now = context.clock.now();
    const rows = new Map((await rowsOf(sql, submission)).map((row) => [row.id, row]));
    const skipped = new Set<number>();
    for (const change of changes) {
      const row = rows.get(change.id);
      if (!row) throw ofAnother();
      if (row.state === "unknown") await applyChange(sql, change, now, row.state);
      else skipped.add(change.id);
    }
    const told = events.filter(({ recipientId }) => recipientId === undefined || !skipped.has(recipientId));
    await insertEvents(sql, submission, told);
    await followAll(sql, mailsOf(rows.values()), now);
    await insertTraces(sql, traces);
    return shown(context, sql, id);
  });
}

export function cancel(context: PgContext, id: string, at: number, traces: TraceEntry[]): Promise<SubmissionRow> {
  return context.queue.write(async (sql) => {
    const submission = await requireSubmission(sql, id);
    const chosen = (await rowsOf(sql, submission)).filter(({ state, held }) => state === "queued" && !held);
    const ids = chosen.map(({ id: recipient }) => recipient);
    await changeAlike(sql, ids, { state: "cancelled" }, at, "queued");
    await tell(sql, submission, "cancelled", at, chosen);
    await followAll(sql, mailsOf(chosen), at);
    // A withdrawal of nothing is none: the journal would say that a mail was withdrawn which had left (ECO.4.1.1).
    if (chosen.length > 0) await insertTraces(sql, traces);
    return shown(context, sql, id);
  });
}

export function setPaused({ queue }: PgContext, id: string, paused: boolean): Promise<void> {
  return queue.write(async (sql) => {
    const { pk } = await requireSubmission(sql, id);
    await sql.run("UPDATE medimail_submissions SET paused = ? WHERE pk = ?", [paused ? 1 : 0, pk]);
    await sql.run("UPDATE medimail_mails SET paused = ? WHERE submission = ?", [paused ? 1 : 0, pk]);
  });
}
