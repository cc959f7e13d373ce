import type { RecipientChange, RecipientState } from "../../seams/index.js";
import {
  alreadySent,
  ERROR,
  FREE_KEYS,
  FREES_DEDUPE,
  type MailSummary,
  OTHER_HOLDER,
  STATE,
  STATE_AND_ERROR,
  stateOf,
} from "../outbox/changes.js";
import { errorText } from "../outbox/context.js";
import type { PgSql } from "./driver.js";

/** Writes one recipient's change, and gives back or takes its dedupe keys as the new state says. */
export async function applyChange(
  sql: PgSql,
  change: RecipientChange,
  at: number,
  from: RecipientState,
): Promise<void> {
  const { id, state, error } = change;
  if (state === undefined) {
    if (error !== undefined) await sql.run(ERROR, [errorText(error), at, id]);
    return;
  }
  if (error === undefined) await sql.run(STATE, [state, at, id]);
  else await sql.run(STATE_AND_ERROR, [state, errorText(error), at, id]);
  if (FREES_DEDUPE.has(state)) await sql.run(FREE_KEYS, [id]);
  else if (FREES_DEDUPE.has(from)) await retakeKeys(sql, id, state === "queued");
}

const RETAKE = `UPDATE medimail_dedupe d SET active = 1 WHERE d.recipient = ? AND d.active = 0
  AND NOT EXISTS (SELECT 1 FROM medimail_dedupe o WHERE o.key = d.key AND o.active = 1)`;

// `strict`: see the file store's.
async function retakeKeys(sql: PgSql, recipient: number, strict: boolean): Promise<void> {
  const holder = strict ? await sql.get<{ id: string }>(OTHER_HOLDER, [recipient]) : undefined;
  if (holder) throw alreadySent(holder.id);
  await sql.run(RETAKE, [recipient]);
}

const SUMMARY = `SELECT m.state, m.lease_owner, s.queued, s.unknown FROM medimail_mails m CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE r.state = 'queued') AS queued, count(*) FILTER (WHERE r.state = 'unknown') AS unknown
  FROM medimail_recipients r WHERE r.mail = m.id) s WHERE m.id = ?`;
const FOLLOW = `UPDATE medimail_mails SET state = ?, due_at = ?, handover_at = NULL, marked_at = NULL, answer = NULL, settled_at = ? WHERE id = ?`;

/** As the file store's: a mail in a worker's hands is left to its settlement. */
export async function followRecipients(sql: PgSql, mail: number, at: number): Promise<void> {
  const found = await sql.get<MailSummary>(SUMMARY, [mail]);
  if (!found || found.lease_owner !== null) return;
  const state = stateOf(found);
  if (state !== found.state) await sql.run(FOLLOW, [state, at, state === "done" ? at : null, mail]);
}

const QUEUED = "SELECT count(*) AS n FROM medimail_recipients WHERE mail = ? AND state = 'queued'";

export async function queuedRecipients(sql: PgSql, mail: number): Promise<number> {
  return (await sql.get<{ n: number }>(QUEUED, [mail]))?.n ?? 0;
}
