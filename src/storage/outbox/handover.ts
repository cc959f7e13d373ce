import { MedimailError } from "../../errors.js";
import type { HandoverAnswer } from "../../seams/index.js";
import type { OutboxContext } from "./context.js";

/**
 * The hand-over in two marks, since one fsync for each mail, in series, would be the speed of all sending:
 *
 * 1. `prepareHandover`, fsynced, for all mails that are ready for their dot: after a power cut any of them may have gone.
 * 2. `markHandover`, one by one, before each dot, in a file beside the database ({@link HandoverMarks}). It survives the death of the
 *    process (the system has it), not a power cut. It carries the answers to earlier dots that no settlement has noted yet.
 *
 * So a process that is killed leaves in doubt only what it had marked and has no answer to; a machine that loses its power leaves all that
 * was prepared and is not settled.
 */
const PREPARE = "UPDATE medimail_mails SET handover_at = ? WHERE id = ? AND lease_owner = ? AND state = 'queued'";

/** All or none. @throws `lease_lost` */
export function prepareHandover(context: OutboxContext, worker: string, mailIds: readonly number[]): Promise<void> {
  const { database, queue, clock, marks, prepared } = context;
  return queue
    .write(() => {
      marks.begin(worker, mailIds);
      const now = clock.now();
      for (const id of mailIds) if (database.run(PREPARE, [now, id, worker]).changes !== 1) throw leaseLost();
    })
    .then(() => {
      for (const id of mailIds) prepared.set(id, worker);
    });
}

const HELD =
  "SELECT 1 FROM medimail_mails WHERE id = ? AND lease_owner = ? AND state = 'queued' AND handover_at IS NOT NULL";

/** All or none. Throws `lease_lost` and `storage_failed`: the final dot must then not be written. */
export async function markHandover(
  context: OutboxContext,
  worker: string,
  mailIds: readonly number[],
  answers: readonly HandoverAnswer[] = [],
): Promise<void> {
  const { database, marks, prepared } = context;
  const first = mailIds.filter((id) => prepared.get(id) !== worker);
  if (first.length > 0) await prepareHandover(context, worker, first);
  const sure = marks.add(worker, mailIds, answers);
  if (sure || mailIds.every((id) => database.get(HELD, [id, worker]))) return;
  marks.undo(worker, mailIds);
  throw leaseLost();
}

export function leaseLost(): MedimailError {
  return new MedimailError(
    "lease_lost",
    "another worker holds the mail, or it is settled: it must not be handed over",
    { hint: "Nothing to do: the other worker delivers it." },
  );
}
