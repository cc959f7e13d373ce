import type { NewEvent, TraceEntry } from "../../seams/index.js";
import { errorText } from "../outbox/context.js";
import { type EventOwner, instant } from "../outbox/journal.js";
import type { PgSql } from "./driver.js";

// The writers of the store come one after the other, and so do their numbers. A caller's own transaction commits when it likes: see events.ts.
const insertOf = (seq: string): string =>
  `INSERT INTO medimail_events (seq, submission, tenant, mailbox, event, at, recipient, message_id, error)
  SELECT ${seq}, ?, ?, ?, e.event, e.at, e.recipient, e.message_id, e.error
  FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[]) WITH ORDINALITY AS e (event, at, recipient, message_id, error, place)
  ORDER BY e.place`;
const NUMBERED = insertOf("nextval('medimail_event_seq')");
const UNNUMBERED = insertOf("NULL");

/** What the events of a submission are written with. */
type OwnEvent = Omit<NewEvent, "submission">;

/** @param foreign in a transaction of the caller's own: it is numbered when it is seen */
export const insertEvent = (
  sql: PgSql,
  owner: EventOwner,
  event: OwnEvent,
  how: { foreign?: boolean } = {},
): Promise<void> => insertEvents(sql, owner, [event], how);

/** As {@link insertEvent}, of several in their order: one statement. */
export async function insertEvents(
  sql: PgSql,
  owner: EventOwner,
  events: readonly OwnEvent[],
  { foreign = false }: { foreign?: boolean } = {},
): Promise<void> {
  if (events.length === 0) return;
  await sql.run(foreign ? UNNUMBERED : NUMBERED, [
    owner.pk,
    owner.tenant,
    owner.mailbox,
    events.map(({ event }) => event),
    events.map(({ at }) => at),
    events.map(({ recipientId }) => recipientId ?? null),
    events.map(({ messageId }) => messageId ?? null),
    events.map(({ error }) => errorText(error)),
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
