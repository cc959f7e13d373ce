import type { NewEvent, TraceEntry } from "../../seams/index.js";
import { errorText } from "../outbox/context.js";
import { type EventOwner, instant } from "../outbox/journal.js";
import type { PgSql } from "./driver.js";

const COLUMNS = "(seq, submission, tenant, mailbox, event, at, recipient, message_id, error)";
// The writers of the store come one after the other, and so do their numbers. A caller's own transaction commits when it likes: see events.ts.
const NUMBERED = `INSERT INTO medimail_events ${COLUMNS} VALUES (nextval('medimail_event_seq'), ?, ?, ?, ?, ?, ?, ?, ?)`;
const UNNUMBERED = `INSERT INTO medimail_events ${COLUMNS} VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** @param foreign in a transaction of the caller's own: it is numbered when it is seen */
export async function insertEvent(
  sql: PgSql,
  owner: EventOwner,
  event: Omit<NewEvent, "submission">,
  { foreign = false }: { foreign?: boolean } = {},
): Promise<void> {
  await sql.run(foreign ? UNNUMBERED : NUMBERED, [
    owner.pk,
    owner.tenant,
    owner.mailbox,
    event.event,
    event.at,
    event.recipientId ?? null,
    event.messageId ?? null,
    errorText(event.error),
  ]);
}

const TRACE = `INSERT INTO medimail_traces (at, at_ms, tenant, mailbox, actor, action, request, answer, ok)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** ECO.4.1.2. Throws `invalid_argument` where `at` is no ISO 8601 time. */
export async function insertTraces(sql: PgSql, traces: readonly TraceEntry[]): Promise<void> {
  for (const trace of traces) {
    await sql.run(TRACE, [
      trace.at,
      instant(trace.at),
      trace.tenant,
      trace.mailbox,
      trace.actor,
      trace.action,
      trace.request,
      trace.answer,
      trace.ok ? 1 : 0,
    ]);
  }
}
