import type { EventRow, StoredError, SubmissionEventName, SubmissionRow } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import type { SqlValue } from "../driver.js";
import type { OutboxContext } from "./context.js";
import { addressContext, openedInfo, shownAddress } from "./context.js";
import { tolerant } from "./reading.js";
import { shownSubmission, submissionRecord, submissionRecordByKey, toSubmission } from "./rows.js";
import { type Scope, scoped, whereOf } from "./scope.js";

const DEFAULT_LIMIT = 100;

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

/** As the columns of the event's row, its submission and its recipient are named. */
export interface EventRecord {
  seq: number;
  event: SubmissionEventName;
  at: number;
  recipient: number | null;
  message_id: string | null;
  error: string | null;
  submission: string;
  info: ArrayBuffer | Uint8Array | null;
  address: string | ArrayBuffer | Uint8Array | null;
  place: number | null;
  mail_place: number | null;
}

export interface EventQuery extends Scope {
  after?: number;
  upTo?: number;
  submission?: string;
  limit?: number;
}

export function events({ database, cipher }: OutboxContext, query: EventQuery): EventRow[] {
  const { sql, params } = eventsAsked(query, "r.address");
  return shownEvents(cipher, database.all<EventRecord>(sql, params));
}

/** @param address the columns of the recipient's address */
export function eventsAsked(query: EventQuery, address: string): { sql: string; params: SqlValue[] } {
  const { conditions, params } = scoped(query, "e");
  conditions.push("e.seq > ?");
  params.push(query.after ?? 0);
  if (query.upTo !== undefined) {
    conditions.push("e.seq <= ?");
    params.push(query.upTo);
  }
  if (query.submission !== undefined) {
    conditions.push("e.submission = (SELECT pk FROM medimail_submissions WHERE id = ?)");
    params.push(query.submission);
  }
  const sql = `SELECT e.seq, e.event, e.at, e.recipient, e.message_id, e.error, s.id AS submission, s.info, ${address}, r.place, m.place AS mail_place
     FROM medimail_events e JOIN medimail_submissions s ON s.pk = e.submission
     LEFT JOIN medimail_recipients r ON r.id = e.recipient LEFT JOIN medimail_mails m ON m.id = r.mail
     ${whereOf(conditions)} ORDER BY e.seq LIMIT ?`;
  return { sql, params: [...params, query.limit ?? DEFAULT_LIMIT] };
}

/** What cannot be opened is left out. */
export function shownEvents(cipher: ContentCipher, rows: readonly EventRecord[]): EventRow[] {
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
