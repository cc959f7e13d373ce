import type { NewEvent, TraceEntry } from "../../seams/index.js";
import { errorText } from "../outbox/context.js";
import { type EventOwner, instant } from "../outbox/journal.js";
import type { PgSql, PgValue } from "./driver.js";

/**
 * Bound to {@link eventValues}. The writers of the store come one after the other, and so do their numbers. A caller's own transaction commits when it
 * likes: its events (submit-rows.ts) are numbered when they are seen (events.ts).
 */
export const EVENTS = `INSERT INTO medimail_events (seq, submission, tenant, mailbox, event, at, recipient, message_id, error)
  SELECT nextval('medimail_event_seq'), ?, ?, ?, e.event, e.at, e.recipient, e.message_id, e.error
  FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[]) WITH ORDINALITY AS e (event, at, recipient, message_id, error, place)
  ORDER BY e.place`;

/** What the events of a submission are written with. */
type OwnEvent = Omit<NewEvent, "submission">;

export const insertEvent = (sql: PgSql, owner: EventOwner, event: OwnEvent): Promise<void> =>
  insertEvents(sql, owner, [event]);

/** As {@link insertEvent}, of several in their order: one statement. */
export async function insertEvents(sql: PgSql, owner: EventOwner, events: readonly OwnEvent[]): Promise<void> {
  if (events.length > 0) await sql.run(EVENTS, eventValues(owner, events));
}

export const eventValues = (owner: EventOwner, events: readonly OwnEvent[]): PgValue[] => [
  owner.pk,
  owner.tenant,
  owner.mailbox,
  events.map(({ event }) => event),
  events.map(({ at }) => at),
  events.map(({ recipientId }) => recipientId ?? null),
  events.map(({ messageId }) => messageId ?? null),
  events.map(({ error }) => errorText(error)),
];

/** Bound to {@link traceValues}. */
export const TRACES = `INSERT INTO medimail_traces (at, at_ms, tenant, mailbox, actor, action, request, answer, ok)
  SELECT g.at, g.at_ms, g.tenant, g.mailbox, g.actor, g.action, g.request, g.answer, g.ok FROM
    unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::smallint[]) WITH ORDINALITY
    AS g (at, at_ms, tenant, mailbox, actor, action, request, answer, ok, place) ORDER BY g.place`;

/** ECO.4.1.2. One statement. Throws `invalid_argument` where `at` is no ISO 8601 time. */
export async function insertTraces(sql: PgSql, traces: readonly TraceEntry[]): Promise<void> {
  if (traces.length > 0) await sql.run(TRACES, traceValues(traces));
}

export const traceValues = (traces: readonly TraceEntry[]): PgValue[] => [
  traces.map(({ at }) => at),
  traces.map(({ at }) => instant(at)),
  traces.map(({ tenant }) => tenant),
  traces.map(({ mailbox }) => mailbox),
  traces.map(({ actor }) => actor),
  traces.map(({ action }) => action),
  traces.map(({ request }) => request),
  traces.map(({ answer }) => answer),
  traces.map(({ ok }) => (ok ? 1 : 0)),
];
