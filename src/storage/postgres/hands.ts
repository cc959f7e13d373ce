import type { PgSql } from "./driver.js";

const GIVE_BACK = `UPDATE medimail_mails SET lease_owner = NULL, lease_end = NULL, handover_at = NULL, marked_at = NULL, answer = NULL,
  due_at = LEAST(due_at, ?) WHERE id = ANY(?) AND lease_owner = ?`;

/** Back into the queue, due at once, if the worker holds them still. */
export async function giveBack(sql: PgSql, worker: string, mails: readonly number[], now: number): Promise<void> {
  if (mails.length > 0) await sql.run(GIVE_BACK, [now, mails, worker]);
}
