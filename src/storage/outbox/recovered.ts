import type { ClaimedMail, SubmissionInfo } from "../../seams/index.js";
import { claimedOf, type MailRecord } from "./contents.js";
import type { OutboxContext } from "./context.js";
import { openedInfo } from "./context.js";
import { tolerant } from "./reading.js";

const SUBMISSION = "SELECT id, action, created_at, info FROM medimail_submissions WHERE pk = ?";

/**
 * Mails that a dead worker had begun to hand over, to be settled and not sent: without their content, which may be unreadable here (its key
 * is missing, it is damaged). Such a mail is in doubt all the same, and must not come back into the queue.
 */
export function loadRecovered(
  context: OutboxContext,
  mails: readonly MailRecord[],
  answers: ReadonlyMap<number, string>,
): ClaimedMail[] {
  const { database, cipher } = context;
  const { read } = tolerant();
  return mails.map((mail) => {
    const submission = database.get<{ id: string; action: string; created_at: number; info: ArrayBuffer | null }>(
      SUBMISSION,
      [mail.submission],
    );
    const { id = "", action = "", created_at: createdAt = 0, info: sealed = null } = submission ?? {};
    const info = read((): SubmissionInfo => openedInfo(cipher, sealed, id), { documents: [] });
    const known = { id, action, createdAt, info };
    const answer = answers.get(mail.id);
    return {
      ...claimedOf(context, mail, known, [], (open) => read(open, "")),
      ...(answer === undefined ? {} : { answer }),
    };
  });
}
