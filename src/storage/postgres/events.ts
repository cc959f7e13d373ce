import type { EventRow } from "../../seams/index.js";
import { type EventQuery, type EventRecord, eventsAsked, shownEvents } from "../outbox/queries.js";
import { type AddressColumns, type PgContext, storedIn } from "./context.js";
import type { PgSql } from "./driver.js";
import { ADDRESS } from "./rows.js";

// Ours come one after the other and are numbered so (journal.ts): whoever sees a number sees all that are below it, and a reader's cursor passes none by. A
// caller's own transaction commits when it likes, with a lower number than what was read meanwhile, if it had one: so its rows get theirs when they are
// seen, in a write of ours.
const UNSEEN = "SELECT 1 AS unseen FROM medimail_events WHERE seq IS NULL LIMIT 1";
const NUMBER = `UPDATE medimail_events e SET seq = n.seq
  FROM (SELECT o.id, nextval('medimail_event_seq') AS seq FROM
    (SELECT id FROM medimail_events WHERE seq IS NULL ORDER BY id LIMIT ?) o) n
  WHERE e.id = n.id`;
/** So many a write: others wait no longer than that takes. */
const CHUNK = 10_000;

async function numberUnseen({ sql, queue }: PgContext): Promise<void> {
  if (!(await sql.get(UNSEEN))) return;
  for (let found = CHUNK; found === CHUNK; )
    found = (await queue.write((locked) => locked.run(NUMBER, [CHUNK]))).changes;
}

export async function events(context: PgContext, query: EventQuery): Promise<EventRow[]> {
  await numberUnseen(context);
  const { sql, params } = eventsAsked(query, ADDRESS);
  const rows = await context.sql.all<Omit<EventRecord, "address"> & AddressColumns>(sql, params);
  return shownEvents(
    context.cipher,
    rows.map((row) => ({ ...row, address: storedIn(row) })),
  );
}

// Not the sequence: it counts what a transaction of now has taken, and what comes with the commit is still to be read.
const LAST = `SELECT GREATEST((SELECT max(seq) FROM medimail_events),
  (SELECT convert_from(value, 'UTF8')::bigint FROM medimail_meta WHERE name = 'events-erased')) AS seq`;

/** The last that was ever told: rows may have been erased. */
export async function lastEventSeq(context: PgContext): Promise<number> {
  await numberUnseen(context);
  return (await context.sql.get<{ seq: number | null }>(LAST))?.seq ?? 0;
}

const OLD = "SELECT id FROM medimail_events WHERE at < ? AND seq IS NOT NULL ORDER BY id LIMIT ?";
const ERASE = "DELETE FROM medimail_events WHERE id = ANY(?) RETURNING seq";
const ERASED = `INSERT INTO medimail_meta AS m (name, value) VALUES ('events-erased', convert_to(?, 'UTF8'))
  ON CONFLICT (name) DO UPDATE SET value = excluded.value
  WHERE convert_from(m.value, 'UTF8')::bigint < convert_from(excluded.value, 'UTF8')::bigint`;

/** Events older than `before` (ms since 1970) are erased; cursors stay valid. */
export async function eraseEvents(context: PgContext, before: number): Promise<number> {
  await numberUnseen(context);
  let erased = 0;
  for (let found = CHUNK; found === CHUNK; ) {
    const old = await context.sql.all<{ id: number }>(OLD, [before, CHUNK]);
    found = old.length;
    if (found > 0) erased += await context.queue.write((sql) => eraseThese(sql, old));
  }
  return erased;
}

async function eraseThese(sql: PgSql, old: readonly { id: number }[]): Promise<number> {
  const erased = await sql.all<{ seq: number }>(ERASE, [old.map(({ id }) => id)]);
  const last = erased.reduce((most, { seq }) => Math.max(most, seq), 0);
  if (last > 0) await sql.run(ERASED, [String(last)]);
  return erased.length;
}
