import { MedimailError } from "../../errors.js";
import type { RestoredQuery, StoredError } from "../../seams/index.js";
import { applyChange } from "./changes.js";
import type { OutboxContext } from "./context.js";
import { insertEvent, insertTraces } from "./journal.js";
import { knownWorkers } from "./workers.js";

interface Row {
  id: number;
  mail: number;
  message_id: string;
  pk: number;
  tenant: string;
  mailbox: string;
}

// What was not to leave before a time that is still to come has not left.
const QUEUED = `SELECT r.id, r.mail, m.message_id, s.pk, s.tenant, s.mailbox FROM medimail_recipients r
  CROSS JOIN medimail_mails m ON m.id = r.mail CROSS JOIN medimail_submissions s ON s.pk = r.submission
  WHERE r.state = 'queued' AND (s.not_before IS NULL OR s.not_before <= ?) ORDER BY r.id`;
const DOUBT = `UPDATE medimail_mails SET state = 'doubt', lease_owner = NULL, lease_end = NULL, handover_at = NULL, settled_at = NULL WHERE id = ?`;

// Readers have cursors of what happened since the copy: what comes now is to be after them. More than anybody writes between two copies.
export const LEAP = 10_000_000;
const BEYOND = "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'medimail_events'";

export const IN_DOUBT: StoredError = {
  code: "delivery_unknown",
  message: "The outbox is a restored copy: whether this mail left after the copy was made is not known.",
  retryable: false,
};

/** All that was queued when the copy was made is in doubt, in one transaction, whatever mailbox it is of: the copy is of them all. */
export function restored(context: OutboxContext, { now, isDead, trace }: RestoredQuery): Promise<number> {
  const { database: sql, queue } = context;
  return queue.write(() => {
    assertAlone(knownWorkers(sql), isDead);
    sql.run(BEYOND, [LEAP]);
    const rows = sql.all<Row>(QUEUED, [now]);
    const boxes = new Map<string, { tenant: string; mailbox: string; count: number }>();
    for (const { id, message_id: messageId, ...owner } of rows) {
      applyChange(sql, { id, state: "unknown", error: IN_DOUBT }, now, "queued");
      insertEvent(sql, owner, { event: "unknown", at: now, recipientId: id, messageId, error: IN_DOUBT });
      const { tenant, mailbox } = owner;
      const key = `${tenant}\n${mailbox}`;
      boxes.set(key, { tenant, mailbox, count: (boxes.get(key)?.count ?? 0) + 1 });
    }
    for (const mail of new Set(rows.map((row) => row.mail))) sql.run(DOUBT, [mail]);
    sql.run("DELETE FROM medimail_workers");
    insertTraces(sql, [...boxes.values()].map(trace));
    return rows.length;
  });
}

export function assertAlone(workers: Parameters<RestoredQuery["isDead"]>[0][], isDead: RestoredQuery["isDead"]): void {
  if (workers.every(isDead)) return;
  throw new MedimailError("submission_state", "A process delivers from this outbox.", {
    hint: "Stop every process that uses it, and ask again before any is started.",
  });
}
