import type { Sql } from "../driver.js";
import type { OutboxContext } from "./context.js";

const GIVE_BACK = `UPDATE medimail_mails SET lease_owner = NULL, lease_end = NULL, handover_at = NULL, due_at = min(due_at, ?)
  WHERE id = ? AND lease_owner = ?`;

/** Back into the queue, due at once, if the worker holds it still. */
export function giveBack(sql: Sql, worker: string, mail: number, now: number): void {
  sql.run(GIVE_BACK, [now, mail, worker]);
}

/** The worker is done with a mail: what this process knew of it while it was at it is over. */
export function forget({ marks, prepared, held }: OutboxContext, worker: string, mail: number): void {
  marks.settled(worker, mail);
  if (held.get(mail) === worker) held.delete(mail);
  if (prepared.get(mail) === worker) prepared.delete(mail);
}
