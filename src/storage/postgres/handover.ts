import type { HandoverAnswer } from "../../seams/index.js";
import { leaseLost } from "../outbox/handover.js";
import type { PgContext } from "./context.js";
import { UNMARKED } from "./hands.js";

const PREPARE = `UPDATE medimail_mails SET handover_at = ?, ${UNMARKED} WHERE id = ANY(?) AND lease_owner = ? AND state = 'queued'`;

/** All or none. @throws `lease_lost` */
export function prepareHandover(
  { queue, clock }: PgContext,
  worker: string,
  mailIds: readonly number[],
): Promise<void> {
  return queue.write(async (sql) => {
    const { changes } = await sql.run(PREPARE, [clock.now(), mailIds, worker]);
    if (changes !== mailIds.length) throw leaseLost();
  });
}

const MARK = "UPDATE medimail_mails SET marked_at = ? WHERE id = ANY(?) AND lease_owner = ? AND state = 'queued'";
const ANSWER =
  "UPDATE medimail_mails SET answer = ? WHERE id = ? AND lease_owner = ? AND marked_at IS NOT NULL AND state = 'queued'";

/**
 * Before each dot, a commit of the server: it outlives the process, the machine and the server, so that only what is marked can have gone, whatever
 * ended. Of a mail that another worker has taken over nothing is marked: one of the two transactions sees the other's.
 *
 * All or none. Throws `lease_lost` and `storage_failed`: the final dot must then not be written.
 */
export function markHandover(
  { queue, clock }: PgContext,
  worker: string,
  mailIds: readonly number[],
  answers: readonly HandoverAnswer[] = [],
): Promise<void> {
  return queue.write(async (sql) => {
    for (const { mailId, answer } of answers) await sql.run(ANSWER, [answer, mailId, worker]);
    const { changes } = await sql.run(MARK, [clock.now(), mailIds, worker]);
    if (changes !== mailIds.length) throw leaseLost();
  });
}
