import {
  type EventRow,
  type OutboxStats,
  RECIPIENT_STATES,
  type RecipientState,
  type StoredError,
  type SubmissionEventName,
  type SubmissionRow,
} from "../../seams/index.js";
import type { SqlValue } from "../driver.js";
import type { OutboxContext } from "./context.js";
import { addressContext, openedInfo, shownAddress } from "./context.js";
import type { SubmissionRecord } from "./rows.js";
import { tolerant } from "./reading.js";
import { SUBMISSION_COLUMNS, shownSubmission, submissionRecord, submissionRecordByKey, toSubmission } from "./rows.js";

const DEFAULT_LIMIT = 100;

// Those a person looks for: they have an index, and the list starts from it instead of walking every submission.
const RARE: ReadonlySet<RecipientState> = new Set(["unknown", "failed", "refused", "cancelled"]);

interface Scope {
  tenant?: string;
  mailbox?: string;
}

function scoped(query: Scope, table: string): { conditions: string[]; params: SqlValue[] } {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  for (const column of ["tenant", "mailbox"] as const) {
    const value = query[column];
    if (value === undefined) continue;
    conditions.push(`${table}.${column} = ?`);
    params.push(value);
  }
  return { conditions, params };
}

const whereOf = (conditions: string[]): string => (conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`);

export function get(
  { database, cipher }: OutboxContext,
  id: string,
  { unopened = false }: { unopened?: boolean } = {},
): SubmissionRow | undefined {
  const row = submissionRecord(database, id);
  return row && (unopened ? shownSubmission : toSubmission)(database, cipher, row);
}

export function findByKey(
  context: OutboxContext,
  tenant: string,
  mailbox: string,
  key: string,
): SubmissionRow | undefined {
  const row = submissionRecordByKey(context, context.database, tenant, mailbox, key);
  return row && shownSubmission(context.database, context.cipher, row);
}

export interface ListQuery extends Scope {
  state?: RecipientState;
  limit?: number;
  after?: string;
}

export function list({ database, cipher }: OutboxContext, query: ListQuery): SubmissionRow[] {
  const { conditions, params } = scoped(query, "s");
  if (query.after !== undefined) {
    conditions.push("s.pk < (SELECT pk FROM medimail_submissions WHERE id = ?)");
    params.push(query.after);
  }
  let from = "medimail_submissions s";
  if (query.state !== undefined) {
    // A closed list, so that a state may stand in the SQL itself: only then is the index on the rare states used.
    if (!RECIPIENT_STATES.includes(query.state)) return [];
    if (RARE.has(query.state)) {
      from = `(SELECT DISTINCT submission FROM medimail_recipients WHERE state = '${query.state}') r CROSS JOIN ${from} ON s.pk = r.submission`;
    } else {
      conditions.push(
        `EXISTS (SELECT 1 FROM medimail_recipients r WHERE r.submission = s.pk AND r.state = '${query.state}')`,
      );
    }
  }
  const rows = database.all<SubmissionRecord>(
    `SELECT ${SUBMISSION_COLUMNS} FROM ${from} ${whereOf(conditions)} ORDER BY s.pk DESC LIMIT ?`,
    [...params, query.limit ?? DEFAULT_LIMIT],
  );
  return rows.map((row) => shownSubmission(database, cipher, row));
}

export function stats({ database: sql }: OutboxContext, query: Scope & { now: number }): OutboxStats {
  const submissions = scoped(query, "s");
  const byState = Object.fromEntries(RECIPIENT_STATES.map((state) => [state, 0])) as Record<RecipientState, number>;
  const join = submissions.conditions.length === 0 ? "" : "JOIN medimail_submissions s ON s.pk = r.submission";
  const states = sql.all<{ state: RecipientState; n: number }>(
    `SELECT r.state, count(*) AS n FROM medimail_recipients r ${join} ${whereOf(submissions.conditions)} GROUP BY r.state`,
    submissions.params,
  );
  for (const { state, n } of states) byState[state] = n;
  const mails = scoped(query, "m");
  mails.conditions.push("m.state = 'queued'", "m.lease_owner IS NULL", "m.paused = 0", "m.due_at <= ?");
  const due = sql.get<{ n: number; oldest: number | null }>(
    `SELECT count(*) AS n, min(m.due_at) AS oldest FROM medimail_mails m ${whereOf(mails.conditions)}`,
    [...mails.params, query.now],
  );
  const receipts = scoped(query, "q");
  receipts.conditions.push("q.submission IS NULL");
  return {
    submissions: count(
      sql.get(
        `SELECT count(*) AS n FROM medimail_submissions s ${whereOf(submissions.conditions)}`,
        submissions.params,
      ),
    ),
    byState,
    due: due?.n ?? 0,
    oldestDueMs: due && due.oldest !== null ? query.now - due.oldest : 0,
    unmatchedReceipts: count(
      sql.get(`SELECT count(*) AS n FROM medimail_receipts q ${whereOf(receipts.conditions)}`, receipts.params),
    ),
  };
}

const count = (row: { n: number } | undefined): number => row?.n ?? 0;

interface EventRecord {
  seq: number;
  event: SubmissionEventName;
  at: number;
  recipient: number | null;
  message_id: string | null;
  error: string | null;
  submission: string;
  info: ArrayBuffer | null;
  address: string | ArrayBuffer | null;
  place: number | null;
  mail_place: number | null;
}

export interface EventQuery extends Scope {
  after?: number;
  submission?: string;
  limit?: number;
}

export function events({ database, cipher }: OutboxContext, query: EventQuery): EventRow[] {
  const { conditions, params } = scoped(query, "e");
  conditions.push("e.seq > ?");
  params.push(query.after ?? 0);
  if (query.submission !== undefined) {
    conditions.push("e.submission = (SELECT pk FROM medimail_submissions WHERE id = ?)");
    params.push(query.submission);
  }
  const rows = database.all<EventRecord>(
    `SELECT e.seq, e.event, e.at, e.recipient, e.message_id, e.error, s.id AS submission, s.info, r.address, r.place, m.place AS mail_place
     FROM medimail_events e JOIN medimail_submissions s ON s.pk = e.submission
     LEFT JOIN medimail_recipients r ON r.id = e.recipient LEFT JOIN medimail_mails m ON m.id = r.mail
     ${whereOf(conditions)} ORDER BY e.seq LIMIT ?`,
    [...params, query.limit ?? DEFAULT_LIMIT],
  );
  const references = new Map<string, string | undefined>();
  const { read } = tolerant();
  return rows.map((row) => {
    if (!references.has(row.submission))
      references.set(
        row.submission,
        read(() => openedInfo(cipher, row.info, row.submission).reference, undefined),
      );
    const reference = references.get(row.submission);
    const { place, mail_place: mail } = row;
    const address =
      place === null || mail === null
        ? ""
        : read(() => shownAddress(cipher, row.address, addressContext(row.submission, mail, place)), "");
    return {
      seq: row.seq,
      submission: row.submission,
      event: row.event,
      at: row.at,
      ...(row.recipient === null ? {} : { recipientId: row.recipient }),
      ...(address === "" ? {} : { recipient: address }),
      ...(row.message_id === null ? {} : { messageId: row.message_id }),
      ...(row.error === null ? {} : { error: JSON.parse(row.error) as StoredError }),
      ...(reference === undefined ? {} : { reference }),
    };
  });
}

/** The sequence of the table, not its last row: rows may have been erased. */
export function lastEventSeq({ database }: OutboxContext): number {
  return database.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'medimail_events'")?.seq ?? 0;
}
