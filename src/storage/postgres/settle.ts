import { MedimailError } from "../../errors.js";
import type { MailSettlement } from "../../seams/index.js";
import { HELD_MAIL, type Held, type HeldRow } from "../outbox/settle.js";
import { applyChange, followRecipients, queuedRecipients } from "./changes.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { insertEvent, insertTraces } from "./journal.js";

export async function settle({ queue, held }: PgContext, settlements: readonly MailSettlement[]): Promise<void> {
  await queue.write(async (sql) => {
    for (const settlement of settlements) await settleOne(sql, settlement);
  });
  for (const { mailId, worker } of settlements) if (held.get(mailId) === worker) held.delete(mailId);
}

/** As the file store's: of a worker whose lease was taken from it what the server said is a fact, "try again" is none. */
async function settleOne(sql: PgSql, settlement: MailSettlement): Promise<void> {
  await insertTraces(sql, settlement.traces);
  const rows = await sql.all<HeldRow>(HELD_MAIL, [settlement.mailId]);
  const mail = rows[0];
  if (!mail)
    throw new MedimailError("invalid_argument", "a settlement names no mail of the outbox", { path: "mailId" });
  const holds = mail.lease_owner === settlement.worker;
  const { kind } = settlement.next;
  if (!holds && (kind === "retry" || kind === "release" || mail.state === "done")) return;
  const skipped = await applyChanges(sql, settlement, rows);
  const owner = { pk: mail.submission, tenant: mail.tenant, mailbox: mail.mailbox };
  for (const event of settlement.events) {
    if (event.recipientId === undefined || !skipped.has(event.recipientId)) await insertEvent(sql, owner, event);
  }
  await finish(sql, settlement, mail);
  if (skipped.size > 0) await followRecipients(sql, settlement.mailId, settlement.at);
}

/** Changes of recipients that moved on meanwhile are left out: their ids. */
async function applyChanges(sql: PgSql, settlement: MailSettlement, rows: readonly HeldRow[]): Promise<Set<number>> {
  const skipped = new Set<number>();
  for (const change of settlement.recipients) {
    const row = rows.find(({ recipient }) => recipient === change.id);
    if (!row) {
      throw new MedimailError("invalid_argument", "a settlement names a recipient of another mail", {
        path: "recipients",
      });
    }
    const state = row.recipient_state;
    if (state === "queued" || state === "unknown") await applyChange(sql, change, settlement.at, state);
    else skipped.add(change.id);
  }
  return skipped;
}

const FREE = "lease_owner = NULL, lease_end = NULL, handover_at = NULL, marked_at = NULL, answer = NULL";
const FINISH = `UPDATE medimail_mails SET state = ?, due_at = ?, settled_at = ?, attempts = attempts + ?, stage = ?, ${FREE} WHERE id = ?`;
// It was due when it was claimed: it is due still, though the clock was set back since.
const RELEASE = `UPDATE medimail_mails SET ${FREE}, attempts = attempts + ?, due_at = LEAST(due_at, ?) WHERE id = ?`;

async function finish(sql: PgSql, settlement: MailSettlement, mail: Held): Promise<void> {
  const { next, mailId, at, stage } = settlement;
  const attempts = settlement.attempted ? 1 : 0;
  const again = next.kind === "retry" || next.kind === "release";
  // Nobody is left to send to where receipts settled every recipient while the mail was in hand.
  const over = next.kind === "done" || (again && (await queuedRecipients(sql, mailId)) === 0);
  if (!over && next.kind === "release") {
    await sql.run(RELEASE, [attempts, at, mailId]);
    return;
  }
  const state = over ? "done" : next.kind === "doubt" ? "doubt" : "queued";
  const due = next.kind === "retry" ? next.dueAt : mail.due_at;
  await sql.run(FINISH, [state, due, over ? at : null, attempts, stage, mailId]);
}
