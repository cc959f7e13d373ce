import type {
  InboxClaim,
  InboxOutcome,
  InboxPlace,
  InboxRecord,
  InboxScope,
  InboxSighting,
  InboxState,
  InboxStore,
} from "../../seams/index.js";
import { received } from "../activity.js";
import { bytesOf, type SqlValue } from "../driver.js";
import { CHUNK, resealed, type SealedRow } from "../inbox/reseal.js";
import { inboxRows, type Row, type Standing } from "../inbox/rows.js";
import { copiesOf, enqueuedAs, otherCopy, outcomeChange } from "../inbox/rules.js";
import * as text from "../inbox/statements.js";
import { LIMIT } from "../inbox/store.js";
import type { PgContext } from "./context.js";
import type { PgSql } from "./driver.js";
import { pgError } from "./errors.js";
import { readAgain } from "./pool.js";

const CLAIM = "UPDATE medimail_inbox SET owner = ?, attempts = attempts + 1 WHERE id = ANY(?)";

/** The memory of what came in, as that of the file store. */
export function inboxOf(context: PgContext): InboxStore {
  const { queue } = context;
  const { documentKey, seriesKey, mailKey, stored, opened } = inboxRows(context);

  async function insert(
    sql: PgSql,
    scope: InboxScope,
    sighting: InboxSighting,
    state: InboxState,
    place?: InboxPlace,
    standing?: Standing,
  ): Promise<void> {
    const { document, mail, queued, inserted } = stored(scope, sighting, state, place, standing);
    const known = await sql.get<{ id: number; state: InboxState }>(text.KNOWN, [document, sighting.action, mail]);
    if (!known) await sql.run(text.INSERT, inserted);
    // What was only looked at is queued now.
    else if (place && known.state === "seen") await sql.run(text.QUEUE_SEEN, [...queued, known.id]);
  }

  async function enqueueOne(
    sql: PgSql,
    scope: InboxScope,
    sighting: InboxSighting,
    place: InboxPlace,
    dueAt: number,
  ): Promise<void> {
    const key = [documentKey(scope, sighting.uniqueId), sighting.action];
    const known = await sql.all<Row>(text.NOT_ONLY_SEEN, key);
    const { state, standing } = enqueuedAs(known.map(opened), sighting, dueAt);
    await insert(sql, scope, sighting, state, place, standing);
  }

  /** The mails that brought the same document are finished too. */
  async function settleCopies(sql: PgSql, id: number, at: number): Promise<void> {
    const row = await sql.get<Row>(text.BY_ID, [id]);
    if (!row) return;
    const key = [bytesOf(row.document), row.action];
    const copies = await sql.all<Row>(text.COPIES, key);
    for (const copy of copiesOf(copies.map(opened), opened(row).sha256))
      await sql.run(text.INTEGRATE_COPY, [at, at, copy.id]);
    await sql.run(text.FORGET_DAMAGED, key);
  }

  async function takeOtherCopy(sql: PgSql, id: number): Promise<void> {
    const row = await sql.get<Row>(text.BY_ID, [id]);
    if (!row) return;
    const next = otherCopy(await sql.all(text.SAME_DOCUMENT, [bytesOf(row.document), row.action]));
    if (next) await sql.run(text.HAND_OVER, [next.id]);
  }

  async function claim(
    sql: PgSql,
    { tenant, mailbox, owner, isDead, now, beyond = Number.MAX_SAFE_INTEGER, limit }: InboxClaim,
  ): Promise<InboxRecord[]> {
    for (const { owner: other } of await sql.all<{ owner: string }>(text.OWNERS, [tenant, mailbox]))
      if (other !== owner && isDead(other)) await sql.run(text.FREE, [tenant, mailbox, other]);
    const rows = await sql.all<Row>(text.DUE, [tenant, mailbox, now, beyond, owner, limit]);
    if (rows.length === 0) return [];
    // Counted before the software is called: a document that ends the process each time is set aside too.
    await sql.run(CLAIM, [owner, rows.map(({ id }) => id)]);
    return rows.map((row) => opened({ ...row, attempts: row.attempts + 1 }));
  }

  async function settle(sql: PgSql, id: number, outcome: InboxOutcome): Promise<void> {
    await sql.run(...outcomeChange(id, outcome));
    if (outcome.state === "integrated") await settleCopies(sql, id, outcome.at);
    if (outcome.state === "aside" && outcome.error === text.DAMAGED) await takeOtherCopy(sql, id);
  }

  /** Again on another connection where the first was lost. */
  const read = async <T>(work: (sql: PgSql) => Promise<T>): Promise<T> => {
    try {
      return await readAgain(() => work(context.sql));
    } catch (error) {
      throw pgError(error);
    }
  };
  const rowsOf = async (sql: PgSql, statement: string, params: SqlValue[]): Promise<InboxRecord[]> =>
    (await sql.all<Row>(statement, params)).map(opened);

  return {
    related: (scope, { uniqueIds, setIds }) =>
      read(async (sql) => {
        const rows = new Map<number, Row>();
        const look = async (column: "document" | "series", key: Buffer): Promise<void> => {
          for (const row of await sql.all<Row>(text.related(column), [key])) rows.set(row.id, row);
        };
        for (const id of new Set(uniqueIds)) await look("document", documentKey(scope, id));
        for (const id of new Set(setIds)) await look("series", seriesKey(scope, id));
        return [...rows.values()].map(opened);
      }),
    remember: (scope, sightings) =>
      queue.write(async (sql) => {
        for (const sighting of sightings) await insert(sql, scope, sighting, "seen");
      }),
    enqueue: (scope, sightings, place, dueAt) =>
      queue.write(async (sql) => {
        for (const sighting of sightings) await enqueueOne(sql, scope, sighting, place, dueAt);
      }),
    markIntegrated: (scope, { uniqueId, action }, at) =>
      queue.write(
        async (sql) => (await sql.run(text.MARK_INTEGRATED, [at, documentKey(scope, uniqueId), action])).changes > 0,
      ),
    ofMail: (scope, mailId) => read((sql) => rowsOf(sql, text.OF_MAIL, [mailKey(scope, mailId)])),
    claim: (query) => queue.write((sql) => claim(sql, query)),
    settle: (id, outcome) => queue.write((sql) => settle(sql, id, outcome)),
    list: ({ tenant, mailbox }, { state, limit = LIMIT }) =>
      read((sql) => {
        const params = [tenant, mailbox, ...(state === undefined ? [] : [state]), limit];
        return rowsOf(sql, text.listed(state !== undefined), params);
      }),
    activity: (scope, query) => read((sql) => sql.all(...received(scope, query))),
    retry: ({ tenant, mailbox }, id, dueAt) =>
      queue.write(async (sql) => (await sql.run(text.RETRY, [dueAt, id, tenant, mailbox])).changes > 0),
  };
}

/** As that of the file store: a former key may leave the ring after it. */
export async function resealInbox({ sql, queue, cipher }: Pick<PgContext, "sql" | "queue" | "cipher">): Promise<void> {
  if (!cipher.rotates) return;
  for (let after = 0; ; ) {
    const rows = await sql.all<SealedRow>(text.NEXT_SEALED, [after, CHUNK]);
    const former = rows.filter(({ data }) => !cipher.isCurrent(bytesOf(data)));
    if (former.length > 0)
      await queue.write(async (locked) => {
        // Not where it was written to meanwhile.
        for (const row of former) {
          const sealed = resealed(cipher, row);
          if (sealed) await locked.run(text.RESEAL, [sealed, row.id, bytesOf(row.data)]);
        }
      });
    const last = rows.at(-1);
    if (rows.length < CHUNK || !last) return;
    after = last.id;
  }
}
