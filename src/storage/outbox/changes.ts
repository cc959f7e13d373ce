import { MedimailError } from "../../errors.js";
import type { RecipientChange, RecipientState } from "../../seams/index.js";
import type { Sql } from "../driver.js";
import { errorText } from "./context.js";

export const FREES_DEDUPE: ReadonlySet<RecipientState> = new Set(["refused", "failed", "cancelled"]);

const STATE_AND_ERROR = "UPDATE medimail_recipients SET state = ?, error = ?, updated_at = ? WHERE id = ?";
const STATE = "UPDATE medimail_recipients SET state = ?, updated_at = ? WHERE id = ?";
const ERROR = "UPDATE medimail_recipients SET error = ?, updated_at = ? WHERE id = ?";

/** Writes one recipient's change, and gives back or takes its dedupe keys as the new state says. */
export function applyChange(sql: Sql, change: RecipientChange, at: number, from: RecipientState): void {
  const { id, state, error } = change;
  if (state === undefined) {
    if (error !== undefined) sql.run(ERROR, [errorText(error), at, id]);
    return;
  }
  if (error === undefined) sql.run(STATE, [state, at, id]);
  else sql.run(STATE_AND_ERROR, [state, errorText(error), at, id]);
  if (FREES_DEDUPE.has(state)) freeKeys(sql, id);
  else if (FREES_DEDUPE.has(from)) retakeKeys(sql, id, state === "queued");
}

function freeKeys(sql: Sql, recipient: number): void {
  sql.run("UPDATE medimail_dedupe SET active = 0 WHERE recipient = ? AND active = 1", [recipient]);
}

const OTHER_HOLDER = `SELECT s.id FROM medimail_dedupe d JOIN medimail_dedupe o ON o.key = d.key AND o.active = 1 AND o.recipient <> d.recipient
  JOIN medimail_recipients r ON r.id = o.recipient JOIN medimail_submissions s ON s.pk = r.submission WHERE d.recipient = ? LIMIT 1`;

// `strict`: it is about to be sent again, so another holder of its keys forbids it. A receipt that only corrects what we
// believed (a failed mail was read after all) takes the keys that are free.
function retakeKeys(sql: Sql, recipient: number, strict: boolean): void {
  const holder = strict ? sql.get<{ id: string }>(OTHER_HOLDER, [recipient]) : undefined;
  if (holder) throw alreadySent(holder.id);
  sql.run(
    `UPDATE medimail_dedupe SET active = 1 WHERE recipient = ? AND active = 0
       AND NOT EXISTS (SELECT 1 FROM medimail_dedupe o WHERE o.key = medimail_dedupe.key AND o.active = 1)`,
    [recipient],
  );
}

export function alreadySent(submission: string): MedimailError {
  return new MedimailError(
    "already_sent",
    "a document was already submitted to one of the recipients with this action",
    {
      hint: `It is in submission ${submission}. If it waits there, the outbox delivers it (medimail outbox run). To send it again on purpose, ask for it (resend).`,
    },
  );
}

export interface MailSummary {
  state: "queued" | "doubt" | "done";
  lease_owner: string | null;
  queued: number;
  unknown: number;
}

export const stateOf = ({ queued, unknown }: MailSummary): MailSummary["state"] =>
  queued > 0 ? "queued" : unknown > 0 ? "doubt" : "done";

const SUMMARY = `SELECT m.state, m.lease_owner, total(r.state = 'queued') AS queued, total(r.state = 'unknown') AS unknown
  FROM medimail_mails m JOIN medimail_recipients r ON r.mail = m.id WHERE m.id = ?`;

/**
 * After recipients changed by another way than a settlement: the mail is due where one is queued, in doubt where one is
 * unknown, done otherwise. A mail in a worker's hands is left to its settlement.
 */
export function followRecipients(sql: Sql, mail: number, at: number): void {
  const found = sql.get<MailSummary>(SUMMARY, [mail]);
  if (!found || found.lease_owner !== null) return;
  const state = stateOf(found);
  if (state === found.state) return;
  sql.run("UPDATE medimail_mails SET state = ?, due_at = ?, handover_at = NULL, settled_at = ? WHERE id = ?", [
    state,
    at,
    state === "done" ? at : null,
    mail,
  ]);
}

export function queuedRecipients(sql: Sql, mail: number): number {
  return (
    sql.get<{ n: number }>("SELECT count(*) AS n FROM medimail_recipients WHERE mail = ? AND state = 'queued'", [mail])
      ?.n ?? 0
  );
}
