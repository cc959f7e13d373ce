import { MedimailError } from "../../errors.js";
import type { NewEvent, TraceEntry } from "../../seams/index.js";
import type { Sql } from "../driver.js";
import { errorText } from "./context.js";

const EVENT = `INSERT INTO medimail_events (submission, tenant, mailbox, event, at, recipient, message_id, error)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

export interface EventOwner {
  pk: number;
  tenant: string;
  mailbox: string;
}

export function insertEvent(sql: Sql, owner: EventOwner, event: Omit<NewEvent, "submission">): void {
  sql.run(EVENT, [
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
export function insertTraces(sql: Sql, traces: readonly TraceEntry[]): void {
  for (const trace of traces) {
    sql.run(TRACE, [
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

export function instant(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new MedimailError("invalid_argument", "a time of the traces is not ISO 8601", { path: "at" });
  return at;
}
