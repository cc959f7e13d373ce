import { MedimailError } from "../../errors.js";
import type { MailSettlement, RecipientState } from "../../seams/index.js";
import type { Sql } from "../driver.js";
import { applyChange, followRecipients, queuedRecipients } from "./changes.js";
import type { OutboxContext } from "./context.js";
import { forget } from "./hands.js";
import { insertEvent, insertTraces } from "./journal.js";

export interface Held {
  submission: number;
  tenant: string;
  mailbox: string;
  state: "queued" | "doubt" | "done";
  lease_owner: string | null;
  due_at: number;
}

export const HELD_MAIL = `SELECT m.submission, m.tenant, m.mailbox, m.state, m.lease_owner, m.due_at, r.id AS recipient, r.state AS recipient_state
  FROM medimail_mails m LEFT JOIN medimail_recipients r ON r.mail = m.id WHERE m.id = ?`;

export type HeldRow = Held & { recipient: number | null; recipient_state: RecipientState };

export function settle(
  context: OutboxContext,
  settlements: readonly MailSettlement[],
  wait: { waitMs?: number } = {},
): Promise<void> {
  const { database, queue, marks, prepared } = context;
  for (const { mailId } of settlements) prepared.delete(mailId);
  return queue
    .write(() => settlements.map((settlement) => settleOne(database, settlement)), wait)
    .then((losers) => {
      for (const { mailId, worker } of settlements) forget(context, worker, mailId);
      for (const loser of new Set(losers)) if (loser !== undefined) marks.disturb(loser);
    });
}

/**
 * A worker whose lease was taken from it (it was believed dead) may still bring news. What the server took, refused or may
 * have taken is a fact, and is written where nobody else's fact stands; "try again" is not one, and the mail is
 * left to the worker that holds it now. The traces are kept in any case (ECO.4.1.2). Gives back the worker that held it, if that is another:
 * it may be about to write its dot, and must know.
 */
function settleOne(sql: Sql, settlement: MailSettlement): string | undefined {
  insertTraces(sql, settlement.traces);
  const rows = sql.all<HeldRow>(HELD_MAIL, [settlement.mailId]);
  const mail = rows[0];
  if (!mail)
    throw new MedimailError("invalid_argument", "a settlement names no mail of the outbox", { path: "mailId" });
  const holds = mail.lease_owner === settlement.worker;
  const { kind } = settlement.next;
  if (!holds && (kind === "retry" || kind === "release" || mail.state === "done")) return undefined;
  const skipped = applyChanges(sql, settlement, rows);
  const owner = { pk: mail.submission, tenant: mail.tenant, mailbox: mail.mailbox };
  for (const event of settlement.events) {
    if (event.recipientId === undefined || !skipped.has(event.recipientId)) insertEvent(sql, owner, event);
  }
  finish(sql, settlement, mail);
  if (skipped.size > 0) followRecipients(sql, settlement.mailId, settlement.at);
  return holds ? undefined : (mail.lease_owner ?? undefined);
}

/** Changes of recipients that moved on meanwhile (a receipt overtook our note, a person settled it) are left out: their ids. */
function applyChanges(sql: Sql, settlement: MailSettlement, rows: readonly HeldRow[]): Set<number> {
  const skipped = new Set<number>();
  for (const change of settlement.recipients) {
    const row = rows.find(({ recipient }) => recipient === change.id);
    if (!row) {
      throw new MedimailError("invalid_argument", "a settlement names a recipient of another mail", {
        path: "recipients",
      });
    }
    const state = row.recipient_state;
    if (state === "queued" || state === "unknown") applyChange(sql, change, settlement.at, state);
    else skipped.add(change.id);
  }
  return skipped;
}

const FINISH = `UPDATE medimail_mails SET state = ?, due_at = ?, settled_at = ?, attempts = attempts + ?, stage = ?,
  lease_owner = NULL, lease_end = NULL, handover_at = NULL WHERE id = ?`;
// It was due when it was claimed: it is due still, though the clock was set back since.
const RELEASE = `UPDATE medimail_mails SET lease_owner = NULL, lease_end = NULL, handover_at = NULL, attempts = attempts + ?,
  due_at = min(due_at, ?) WHERE id = ?`;

function finish(sql: Sql, settlement: MailSettlement, mail: Held): void {
  const { next, mailId, at, stage } = settlement;
  const attempts = settlement.attempted ? 1 : 0;
  const again = next.kind === "retry" || next.kind === "release";
  // Nobody is left to send to where receipts settled every recipient while the mail was in hand.
  const over = next.kind === "done" || (again && queuedRecipients(sql, mailId) === 0);
  if (!over && next.kind === "release") {
    sql.run(RELEASE, [attempts, at, mailId]);
    return;
  }
  const state = over ? "done" : next.kind === "doubt" ? "doubt" : "queued";
  const due = next.kind === "retry" ? next.dueAt : mail.due_at;
  sql.run(FINISH, [state, due, over ? at : null, attempts, stage, mailId]);
}
