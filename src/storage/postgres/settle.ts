import { MedimailError } from "../../errors.js";
import type { MailSettlement, NewEvent, RecipientChange } from "../../seams/index.js";
import { FREES_DEDUPE } from "../outbox/changes.js";
import { errorText } from "../outbox/context.js";
import { HELD_MAIL, type Held, type HeldRow } from "../outbox/settle.js";
import { followRecipients, freeKeys } from "./changes.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { FREE } from "./hands.js";
import { EVENTS, eventValues, insertTraces, TRACES, traceValues } from "./journal.js";

export async function settle({ queue, held }: PgContext, settlements: readonly MailSettlement[]): Promise<void> {
  await queue.write(async (sql) => {
    for (const settlement of settlements) await settleOne(sql, settlement);
  });
  for (const { mailId, worker } of settlements) if (held.get(mailId) === worker) held.delete(mailId);
}

/** As the file store's: of a worker whose lease was taken from it what the server said is a fact, "try again" is none. */
async function settleOne(sql: PgSql, settlement: MailSettlement): Promise<void> {
  const rows = await sql.all<HeldRow>(HELD_MAIL, [settlement.mailId]);
  const mail = rows[0];
  if (!mail)
    throw new MedimailError("invalid_argument", "a settlement names no mail of the outbox", { path: "mailId" });
  const holds = mail.lease_owner === settlement.worker;
  const { kind } = settlement.next;
  if (!holds && (kind === "retry" || kind === "release" || mail.state === "done"))
    return insertTraces(sql, settlement.traces);
  const changes = changesOf(settlement, rows);
  const skipped = new Set(settlement.recipients.filter((change) => !changes.includes(change)).map(({ id }) => id));
  await write(sql, settlement, mail, {
    changes,
    events: settlement.events.filter(({ recipientId }) => recipientId === undefined || !skipped.has(recipientId)),
    queued: stillQueued(rows, changes),
  });
  const freed = changes.filter(({ state }) => state !== undefined && FREES_DEDUPE.has(state));
  await freeKeys(
    sql,
    freed.map(({ id }) => id),
  );
  if (skipped.size > 0) await followRecipients(sql, settlement.mailId, settlement.at);
}

/** Changes of recipients that moved on meanwhile are left out. */
function changesOf({ recipients }: MailSettlement, rows: readonly HeldRow[]): RecipientChange[] {
  return recipients.filter((change) => {
    const row = rows.find(({ recipient }) => recipient === change.id);
    if (!row) {
      throw new MedimailError("invalid_argument", "a settlement names a recipient of another mail", {
        path: "recipients",
      });
    }
    return row.recipient_state === "queued" || row.recipient_state === "unknown";
  });
}

function stillQueued(rows: readonly HeldRow[], changes: readonly RecipientChange[]): boolean {
  const states = new Map(rows.map((row) => [row.recipient, row.recipient_state]));
  for (const { id, state } of changes) if (state !== undefined) states.set(id, state);
  return [...states.values()].includes("queued");
}

// One statement: a mail is settled for each that is sent.
const SETTLE = `WITH
  t AS (${TRACES}),
  e AS (${EVENTS}),
  c AS (UPDATE medimail_recipients r SET state = coalesce(g.state, r.state), error = CASE WHEN g.told = 1 THEN g.error ELSE r.error END,
    updated_at = ? FROM unnest(?::bigint[], ?::text[], ?::smallint[], ?::text[]) AS g (id, state, told, error) WHERE r.id = g.id)
  UPDATE medimail_mails SET state = ?, due_at = ?, settled_at = ?, attempts = attempts + ?, stage = coalesce(?, stage),
    ${FREE} WHERE id = ?`;

interface Outcome {
  changes: readonly RecipientChange[];
  events: readonly NewEvent[];
  /** A recipient is still to be sent to. */
  queued: boolean;
}

async function write(
  sql: PgSql,
  { next, mailId, at, stage, attempted, traces }: MailSettlement,
  mail: Held,
  { changes, events, queued }: Outcome,
): Promise<void> {
  // A change of nothing does not make the recipient younger.
  const written = changes.filter(({ state, error }) => state !== undefined || error !== undefined);
  // Nobody is left to send to where receipts settled every recipient while the mail was in hand.
  const over = next.kind === "done" || ((next.kind === "retry" || next.kind === "release") && !queued);
  const released = !over && next.kind === "release";
  // It was due when it was claimed: it is due still, though the clock was set back since.
  const due = next.kind === "retry" ? next.dueAt : released ? Math.min(mail.due_at, at) : mail.due_at;
  await sql.run(SETTLE, [
    ...traceValues(traces),
    ...eventValues({ pk: mail.submission, tenant: mail.tenant, mailbox: mail.mailbox }, events),
    at,
    written.map(({ id }) => id),
    written.map(({ state }) => state ?? null),
    written.map(({ error }) => (error === undefined ? 0 : 1)),
    written.map(({ error }) => errorText(error)),
    over ? "done" : next.kind === "doubt" ? "doubt" : "queued",
    due,
    over ? at : null,
    attempted ? 1 : 0,
    released ? null : stage,
    mailId,
  ]);
}
