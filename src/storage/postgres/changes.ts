import type { RecipientChange, RecipientState } from "../../seams/index.js";
import { alreadySent, FREES_DEDUPE, type MailSummary, stateOf } from "../outbox/changes.js";
import { errorText } from "../outbox/context.js";
import type { PgSql } from "./driver.js";
import { UNMARKED } from "./hands.js";

const STATE_AND_ERROR = "UPDATE medimail_recipients SET state = ?, error = ?, updated_at = ? WHERE id = ANY(?)";
const STATE = "UPDATE medimail_recipients SET state = ?, updated_at = ? WHERE id = ANY(?)";
const ERROR = "UPDATE medimail_recipients SET error = ?, updated_at = ? WHERE id = ANY(?)";
const FREE_KEYS = "UPDATE medimail_dedupe SET active = 0 WHERE recipient = ANY(?) AND active = 1";

/** Writes one recipient's change, and gives back or takes its dedupe keys as the new state says. */
export const applyChange = (sql: PgSql, change: RecipientChange, at: number, from: RecipientState): Promise<void> =>
  changeAlike(sql, [change.id], change, at, from);

/** As {@link applyChange}, of several that all were in the state `from`: as many statements as for one. */
export async function changeAlike(
  sql: PgSql,
  ids: readonly number[],
  { state, error }: Omit<RecipientChange, "id">,
  at: number,
  from: RecipientState,
): Promise<void> {
  if (ids.length === 0) return;
  if (state === undefined) {
    if (error !== undefined) await sql.run(ERROR, [errorText(error), at, ids]);
    return;
  }
  if (error === undefined) await sql.run(STATE, [state, at, ids]);
  else await sql.run(STATE_AND_ERROR, [state, errorText(error), at, ids]);
  if (FREES_DEDUPE.has(state)) await freeKeys(sql, ids);
  else if (FREES_DEDUPE.has(from)) await retakeKeys(sql, ids, state === "queued");
}

export async function freeKeys(sql: PgSql, recipients: readonly number[]): Promise<void> {
  if (recipients.length > 0) await sql.run(FREE_KEYS, [recipients]);
}

const OTHER_HOLDER = `SELECT s.id FROM medimail_dedupe d JOIN medimail_dedupe o ON o.key = d.key AND o.active = 1 AND o.recipient <> d.recipient
  JOIN medimail_recipients r ON r.id = o.recipient JOIN medimail_submissions s ON s.pk = r.submission WHERE d.recipient = ANY(?) LIMIT 1`;
const RETAKE = `UPDATE medimail_dedupe d SET active = 1 WHERE d.recipient = ANY(?) AND d.active = 0
  AND NOT EXISTS (SELECT 1 FROM medimail_dedupe o WHERE o.key = d.key AND o.active = 1)`;

// `strict`: see the file store's.
async function retakeKeys(sql: PgSql, recipients: readonly number[], strict: boolean): Promise<void> {
  const holder = strict ? await sql.get<{ id: string }>(OTHER_HOLDER, [recipients]) : undefined;
  if (holder) throw alreadySent(holder.id);
  await sql.run(RETAKE, [recipients]);
}

const SUMMARY = `SELECT m.id, m.state, m.lease_owner, s.queued, s.unknown FROM medimail_mails m CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE r.state = 'queued') AS queued, count(*) FILTER (WHERE r.state = 'unknown') AS unknown
  FROM medimail_recipients r WHERE r.mail = m.id) s WHERE m.id = ANY(?)`;
const FOLLOW = `UPDATE medimail_mails SET state = ?, due_at = ?, handover_at = NULL, ${UNMARKED}, settled_at = ? WHERE id = ANY(?)`;

export const followRecipients = (sql: PgSql, mail: number, at: number): Promise<void> => followAll(sql, [mail], at);

/** As the file store's, of several mails: one in a worker's hands is left to its settlement. */
export async function followAll(sql: PgSql, mails: readonly number[], at: number): Promise<void> {
  const found = mails.length === 0 ? [] : await sql.all<MailSummary & { id: number }>(SUMMARY, [mails]);
  const changed = found.filter((mail) => mail.lease_owner === null && stateOf(mail) !== mail.state);
  for (const state of new Set(changed.map(stateOf))) {
    const ids = changed.filter((mail) => stateOf(mail) === state).map(({ id }) => id);
    await sql.run(FOLLOW, [state, at, state === "done" ? at : null, ids]);
  }
}
