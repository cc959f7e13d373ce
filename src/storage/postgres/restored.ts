import type { RestoredQuery } from "../../seams/index.js";
import { errorText } from "../outbox/context.js";
import { assertAlone, IN_DOUBT, LEAP } from "../outbox/restored.js";
import type { PgContext } from "./context.js";
import { FREE } from "./hands.js";
import { insertTraces } from "./journal.js";
import { knownWorkers } from "./workers.js";

interface Box {
  tenant: string;
  mailbox: string;
  count: number;
}

const BEYOND = "SELECT setval('medimail_event_seq', nextval('medimail_event_seq') + ?::bigint)";

// One statement, and so of one instant: a caller's transaction may add to the queue meanwhile. What was not to leave before a time that is still to come
// has not left.
const DOUBT = `WITH queued AS MATERIALIZED (
    SELECT r.id, r.mail, m.message_id, s.pk, s.tenant, s.mailbox FROM medimail_recipients r
    JOIN medimail_mails m ON m.id = r.mail JOIN medimail_submissions s ON s.pk = r.submission
    WHERE r.state = 'queued' AND (s.not_before IS NULL OR s.not_before <= ?) ORDER BY r.id LIMIT ?),
  changed AS (UPDATE medimail_recipients r SET state = 'unknown', error = ?, updated_at = ? FROM queued q WHERE r.id = q.id),
  doubted AS (UPDATE medimail_mails m SET state = 'doubt', ${FREE}, settled_at = NULL WHERE m.id IN (SELECT q.mail FROM queued q)),
  told AS (INSERT INTO medimail_events (seq, submission, tenant, mailbox, event, at, recipient, message_id, error)
    SELECT nextval('medimail_event_seq'), q.pk, q.tenant, q.mailbox, 'unknown', ?, q.id, q.message_id, ? FROM queued q)
  SELECT q.tenant, q.mailbox, count(*) AS count FROM queued q GROUP BY q.tenant, q.mailbox ORDER BY min(q.id)`;
/** So many a statement, which has a limit of time. */
const CHUNK = 20_000;

/** All that was queued when the copy was made is in doubt, in one transaction, whatever mailbox it is of: the copy is of them all. */
export function restored({ queue }: PgContext, { now, isDead, trace }: RestoredQuery): Promise<number> {
  const error = errorText(IN_DOUBT);
  return queue.write(async (sql) => {
    assertAlone(await knownWorkers(sql), isDead);
    await sql.run(BEYOND, [LEAP]);
    const boxes = new Map<string, Box>();
    let all = 0;
    for (let found = CHUNK; found >= CHUNK; all += found) {
      const some = await sql.all<Box>(DOUBT, [now, CHUNK, error, now, now, error]);
      found = some.reduce((sum, { count }) => sum + count, 0);
      for (const { tenant, mailbox, count } of some) {
        const key = `${tenant}\n${mailbox}`;
        boxes.set(key, { tenant, mailbox, count: (boxes.get(key)?.count ?? 0) + count });
      }
    }
    await sql.run("DELETE FROM medimail_workers");
    await insertTraces(sql, [...boxes.values()].map(trace));
    return all;
  });
}
