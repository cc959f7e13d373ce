import type { ContentStream, SentCopy, TraceEntry } from "../../seams/index.js";
import type { ContentCipher } from "../cipher.js";
import { part } from "./contents.js";
import type { OutboxContext } from "./context.js";
import { headPart, openedInfo } from "./context.js";
import { insertTraces } from "./journal.js";
import type { SealedInfo } from "./rows.js";
import { type SealedTail, storedTail } from "./tails.js";

export interface Due {
  mail: number;
  message_id: string;
  body: number;
  place: number;
  settled_at: number | null;
  pk: number;
  id: string;
  erased_at: number | null;
  info: ArrayBuffer | Uint8Array | null;
}

/**
 * A mail of which the operator took one recipient at least, and none is still to be tried. CROSS JOIN has SQLite begin with the copies, which are
 * few: else it goes through all mails of the outbox.
 */
export const NEXT = `SELECT c.mail, m.message_id, m.body, m.place, m.settled_at, s.pk, s.id, s.erased_at, s.info FROM medimail_sent_copies c
  CROSS JOIN medimail_mails m ON m.id = c.mail CROSS JOIN medimail_submissions s ON s.pk = m.submission
  WHERE (c.due_at <= ? OR c.due_at > ?) AND m.tenant = ? AND m.mailbox = ? AND m.state = 'done' AND EXISTS (SELECT 1 FROM medimail_recipients r
    WHERE r.mail = m.id AND r.state IN ('accepted', 'delivered', 'read', 'integrated', 'refused'))
  ORDER BY c.mail LIMIT 1`;

export async function takeSentCopy(
  context: OutboxContext,
  { tenant, mailbox, now, until }: { tenant: string; mailbox: string; now: number; until: number },
): Promise<SentCopy | undefined> {
  const { database: sql, cipher } = context;
  // Held for longer than anybody holds one: the clock was set back since.
  const query = [now, 2 * until - now, tenant, mailbox];
  // A look without a lock first: as a rule there is none.
  if (!sql.get<Due>(NEXT, query)) return undefined;
  const due = await context.queue.write(() => {
    const found = sql.get<Due>(NEXT, query);
    if (found) sql.run("UPDATE medimail_sent_copies SET due_at = ? WHERE mail = ?", [until, found.mail]);
    return found;
  });
  if (!due) return undefined;
  return sentCopy(cipher, due, now, {
    part: (number) => part(context, due.id, due.pk, number),
    tail: (tail) => storedTail(context, due.id, tail),
  });
}

/** What of a submission is read to file its copy. */
interface Reads {
  part(number: number): Uint8Array | Promise<Uint8Array>;
  tail(sealed: SealedTail): ContentStream;
}

export async function sentCopy(cipher: ContentCipher, due: Due, now: number, reads: Reads): Promise<SentCopy> {
  const copy = { mailId: due.mail, submission: due.id, messageId: due.message_id, acceptedAt: due.settled_at ?? now };
  if (due.erased_at !== null) return copy;
  const { actor, tail } = openedInfo(cipher, due.info, due.id) as SealedInfo;
  const content = [
    await reads.part(headPart(due.place)),
    await reads.part(due.body),
    ...(tail ? [reads.tail(tail)] : []),
  ];
  return { ...copy, content, ...(actor === undefined ? {} : { actor }) };
}

export function endSentCopy(
  { database: sql, queue }: OutboxContext,
  mailId: number,
  traces: TraceEntry[],
  dueAt?: number,
): Promise<void> {
  return queue.write(() => {
    if (dueAt === undefined) sql.run("DELETE FROM medimail_sent_copies WHERE mail = ?", [mailId]);
    else sql.run("UPDATE medimail_sent_copies SET due_at = ? WHERE mail = ?", [dueAt, mailId]);
    if (traces.length > 0) insertTraces(sql, traces);
  });
}
