import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";

/** What is set where a mail has no mark, and no answer to one. */
export const UNMARKED = "marked_at = NULL, answer = NULL";
/** What is set where nobody is at a mail any more. */
export const FREE = `lease_owner = NULL, lease_end = NULL, handover_at = NULL, ${UNMARKED}`;

const GIVE_BACK = `UPDATE medimail_mails SET ${FREE},
  due_at = LEAST(due_at, ?) WHERE id = ANY(?) AND lease_owner = ?`;

/** Back into the queue, due at once, if the worker holds them still. */
export async function giveBack(sql: PgSql, worker: string, mails: readonly number[], now: number): Promise<void> {
  if (mails.length > 0) await sql.run(GIVE_BACK, [now, mails, worker]);
}

/** A write that gives mails to the worker. Of one that fails it is not always known whether it was committed. */
export async function takes<T>(
  { queue, astray }: PgContext,
  worker: string,
  work: (sql: PgSql) => Promise<T>,
): Promise<T> {
  try {
    return await queue.write(work);
  } catch (error) {
    astray.add(worker);
    throw error;
  }
}
