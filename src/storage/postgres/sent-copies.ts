import type { SentCopy, TraceEntry } from "../../seams/index.js";
import { type Due, sentCopy } from "../outbox/sent-copies.js";
import { part } from "./contents.js";
import type { PgContext } from "./context.js";
import { insertTraces } from "./journal.js";
import { storedTail } from "./tails.js";

/** A mail of which the operator took one recipient at least, and none is still to be tried. */
export const NEXT = `SELECT c.mail, m.message_id, m.body, m.place, m.settled_at, s.pk, s.id, s.erased_at, s.info FROM medimail_sent_copies c
  JOIN medimail_mails m ON m.id = c.mail JOIN medimail_submissions s ON s.pk = m.submission
  WHERE (c.due_at <= ? OR c.due_at > ?) AND m.tenant = ? AND m.mailbox = ? AND m.state = 'done' AND EXISTS (SELECT 1 FROM medimail_recipients r
    WHERE r.mail = m.id AND r.state IN ('accepted', 'delivered', 'read', 'integrated', 'refused'))
  ORDER BY c.mail LIMIT 1`;

export async function takeSentCopy(
  context: PgContext,
  { tenant, mailbox, now, until }: { tenant: string; mailbox: string; now: number; until: number },
): Promise<SentCopy | undefined> {
  const { sql, cipher } = context;
  // Held for longer than anybody holds one: the clock was set back since.
  const query = [now, 2 * until - now, tenant, mailbox];
  // A look without a lock first: as a rule there is none.
  if (!(await sql.get<Due>(NEXT, query))) return undefined;
  const due = await context.queue.write(async (locked) => {
    const found = await locked.get<Due>(NEXT, query);
    if (found) await locked.run("UPDATE medimail_sent_copies SET due_at = ? WHERE mail = ?", [until, found.mail]);
    return found;
  });
  if (!due) return undefined;
  return sentCopy(cipher, due, now, {
    part: (number) => part(context, due.id, due.pk, number),
    tail: (tail) => storedTail(context, due.id, tail),
  });
}

export function endSentCopy({ queue }: PgContext, mailId: number, traces: TraceEntry[], dueAt?: number): Promise<void> {
  return queue.write(async (sql) => {
    if (dueAt === undefined) await sql.run("DELETE FROM medimail_sent_copies WHERE mail = ?", [mailId]);
    else await sql.run("UPDATE medimail_sent_copies SET due_at = ? WHERE mail = ?", [dueAt, mailId]);
    await insertTraces(sql, traces);
  });
}
