import { MedimailError } from "../../errors.js";
import type { NewEvent, RecipientChange, RecipientState, SubmissionRow, TraceEntry } from "../../seams/index.js";
import type { Sql } from "../driver.js";
import { applyChange, followRecipients } from "./changes.js";
import type { OutboxContext, SubmissionKeys } from "./context.js";
import { noSubmission, requireSubmission } from "./context.js";
import { insertEvent, insertTraces } from "./journal.js";
import { shownSubmission, submissionRecord } from "./rows.js";

/** A recipient as `ROWS` gives it. */
export interface Row {
  id: number;
  mail: number;
  state: RecipientState;
  message_id: string;
  /** A worker is at its mail. */
  held: number | boolean;
}

export const ROWS = `SELECT r.id, r.mail, r.state, m.message_id, m.lease_owner IS NOT NULL AS held
  FROM medimail_recipients r JOIN medimail_mails m ON m.id = r.mail WHERE r.submission = ? ORDER BY r.id`;

const rowsOf = (sql: Sql, submission: SubmissionKeys): Row[] => sql.all<Row>(ROWS, [submission.pk]);

function shown({ database, cipher }: OutboxContext, id: string): SubmissionRow {
  const row = submissionRecord(database, id);
  if (!row) throw noSubmission();
  return shownSubmission(database, cipher, row);
}

/** Those that no worker is at. */
export const toRequeue = (rows: readonly Row[], states: readonly RecipientState[], messageId?: string): Row[] =>
  rows.filter(
    ({ state, held, message_id }) =>
      states.includes(state) && !held && (messageId === undefined || message_id === messageId),
  );

export function assertContent({ erased_at: erasedAt }: SubmissionKeys): void {
  if (erasedAt === null) return;
  throw new MedimailError("submission_state", "the content of this submission was erased after its retention", {
    hint: "Submit the document again.",
  });
}

/** Throws `submission_state` once the content is erased, `already_sent` where the document went out in another submission since. */
export function requeue(
  context: OutboxContext,
  id: string,
  states: RecipientState[],
  at: number,
  traces: TraceEntry[],
  messageId?: string,
): Promise<SubmissionRow> {
  const sql = context.database;
  return context.queue.write(() => {
    const submission = requireSubmission(sql, id);
    assertContent(submission);
    const chosen = toRequeue(rowsOf(sql, submission), states, messageId);
    for (const row of chosen) {
      if (row.state === "queued") continue;
      applyChange(sql, { id: row.id, state: "queued", error: null }, at, row.state);
      insertEvent(sql, submission, { event: "queued", at, recipientId: row.id, messageId: row.message_id });
    }
    for (const mail of new Set(chosen.map((row) => row.mail))) {
      // A person asks: the tries are counted anew.
      sql.run(
        `UPDATE medimail_mails SET state = 'queued', due_at = ?, attempts = 0, handover_at = NULL, settled_at = NULL WHERE id = ?`,
        [at, mail],
      );
    }
    insertTraces(sql, traces);
    return shown(context, id);
  });
}

/**
 * Changes of recipients that are not `unknown` any more (a receipt came first) are left out, with their events. Throws
 * `invalid_argument` where a recipient is of another submission.
 */
export function resolve(
  context: OutboxContext,
  id: string,
  changes: RecipientChange[],
  events: NewEvent[],
  traces: TraceEntry[],
): Promise<SubmissionRow> {
  const { database: sql, clock } = context;
  return context.queue.write(() => {
    const submission = requireSubmission(sql, id);
    const now = clock.now();
    const rows = new Map(rowsOf(sql, submission).map((row) => [row.id, row]));
    const skipped = new Set<number>();
    for (const change of changes) {
      const row = rows.get(change.id);
      if (!row) throw ofAnother();
      if (row.state === "unknown") applyChange(sql, change, now, row.state);
      else skipped.add(change.id);
    }
    for (const event of events) {
      if (event.recipientId === undefined || !skipped.has(event.recipientId)) insertEvent(sql, submission, event);
    }
    for (const mail of new Set([...rows.values()].map((row) => row.mail))) followRecipients(sql, mail, now);
    insertTraces(sql, traces);
    return shown(context, id);
  });
}

export function ofAnother(): MedimailError {
  return new MedimailError("invalid_argument", "a change names a recipient of another submission", {
    path: "changes",
  });
}

export function cancel(context: OutboxContext, id: string, at: number, traces: TraceEntry[]): Promise<SubmissionRow> {
  const sql = context.database;
  return context.queue.write(() => {
    const submission = requireSubmission(sql, id);
    const chosen = rowsOf(sql, submission).filter(({ state, held }) => state === "queued" && !held);
    for (const row of chosen) {
      applyChange(sql, { id: row.id, state: "cancelled" }, at, row.state);
      insertEvent(sql, submission, { event: "cancelled", at, recipientId: row.id, messageId: row.message_id });
    }
    for (const mail of new Set(chosen.map((row) => row.mail))) followRecipients(sql, mail, at);
    // A withdrawal of nothing is none: the journal would say that a mail was withdrawn which had left (ECO.4.1.1).
    if (chosen.length > 0) insertTraces(sql, traces);
    return shown(context, id);
  });
}

export function setPaused({ queue, database: sql }: OutboxContext, id: string, paused: boolean): Promise<void> {
  return queue.write(() => {
    const { pk } = requireSubmission(sql, id);
    sql.run("UPDATE medimail_submissions SET paused = ? WHERE pk = ?", [paused ? 1 : 0, pk]);
    sql.run("UPDATE medimail_mails SET paused = ? WHERE submission = ?", [paused ? 1 : 0, pk]);
  });
}
