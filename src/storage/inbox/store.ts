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
import { inboxActivity } from "../activity.js";
import { bytesOf, type SqlValue } from "../driver.js";
import { storageError } from "../sqlite-errors.js";
import { type InboxContext, inboxRows, type Row, type Standing } from "./rows.js";
import { copiesOf, enqueuedAs, otherCopy, outcomeChange } from "./rules.js";
import * as text from "./statements.js";

export const LIMIT = 100;

export function inboxOf(context: InboxContext): InboxStore {
  const { database: sql, queue } = context;
  const { documentKey, seriesKey, mailKey, stored, opened } = inboxRows(context);

  function insert(
    scope: InboxScope,
    sighting: InboxSighting,
    state: InboxState,
    place?: InboxPlace,
    standing?: Standing,
  ): void {
    const { document, mail, queued, inserted } = stored(scope, sighting, state, place, standing);
    const known = sql.get<{ id: number; state: InboxState }>(text.KNOWN, [document, sighting.action, mail]);
    if (!known) sql.run(text.INSERT, inserted);
    // What was only looked at is queued now.
    else if (place && known.state === "seen") sql.run(text.QUEUE_SEEN, [...queued, known.id]);
  }

  function enqueueOne(scope: InboxScope, sighting: InboxSighting, place: InboxPlace, dueAt: number): void {
    const key = [documentKey(scope, sighting.uniqueId), sighting.action];
    const { state, standing } = enqueuedAs(sql.all<Row>(text.NOT_ONLY_SEEN, key).map(opened), sighting, dueAt);
    insert(scope, sighting, state, place, standing);
  }

  /** The mails that brought the same document are finished too. */
  function settleCopies(id: number, at: number): void {
    const row = sql.get<Row>(text.BY_ID, [id]);
    if (!row) return;
    const key = [bytesOf(row.document), row.action];
    for (const copy of copiesOf(sql.all<Row>(text.COPIES, key).map(opened), opened(row).sha256))
      sql.run(text.INTEGRATE_COPY, [at, at, copy.id]);
    sql.run(text.FORGET_DAMAGED, key);
  }

  function takeOtherCopy(id: number): void {
    const row = sql.get<Row>(text.BY_ID, [id]);
    if (!row) return;
    const next = otherCopy(sql.all(text.SAME_DOCUMENT, [bytesOf(row.document), row.action]));
    if (next) sql.run(text.HAND_OVER, [next.id]);
  }

  const read = async <T>(work: () => T): Promise<T> => {
    try {
      return work();
    } catch (error) {
      throw storageError(error);
    }
  };

  return {
    related: (scope, { uniqueIds, setIds }) =>
      read(() => {
        const rows = new Map<number, Row>();
        const look = (column: "document" | "series", key: Buffer): void => {
          for (const row of sql.all<Row>(text.related(column), [key])) rows.set(row.id, row);
        };
        for (const id of new Set(uniqueIds)) look("document", documentKey(scope, id));
        for (const id of new Set(setIds)) look("series", seriesKey(scope, id));
        return [...rows.values()].map(opened);
      }),
    remember: (scope, sightings) =>
      queue.write(() => {
        for (const sighting of sightings) insert(scope, sighting, "seen");
      }),
    enqueue: (scope, sightings, place, dueAt) =>
      queue.write(() => {
        for (const sighting of sightings) enqueueOne(scope, sighting, place, dueAt);
      }),
    markIntegrated: (scope, { uniqueId, action }, at) =>
      queue.write(() => sql.run(text.MARK_INTEGRATED, [at, documentKey(scope, uniqueId), action]).changes > 0),
    ofMail: (scope, mailId) => read(() => sql.all<Row>(text.OF_MAIL, [mailKey(scope, mailId)]).map(opened)),
    claim: (query) => queue.write(() => claim(query)),
    settle: (id, outcome) => queue.write(() => settle(id, outcome)),
    list: (scope, { state, limit = LIMIT }) =>
      read(() => {
        const params: SqlValue[] = [scope.tenant, scope.mailbox, ...(state === undefined ? [] : [state]), limit];
        return sql.all<Row>(text.listed(state !== undefined), params).map(opened);
      }),
    activity: (scope, query) => read(() => inboxActivity(sql, scope, query)),
    retry: (scope, id, dueAt) =>
      queue.write(() => sql.run(text.RETRY, [dueAt, id, scope.tenant, scope.mailbox]).changes > 0),
  };

  function claim({
    tenant,
    mailbox,
    owner,
    isDead,
    now,
    beyond = Number.MAX_SAFE_INTEGER,
    limit,
  }: InboxClaim): InboxRecord[] {
    for (const { owner: other } of sql.all<{ owner: string }>(text.OWNERS, [tenant, mailbox]))
      if (other !== owner && isDead(other)) sql.run(text.FREE, [tenant, mailbox, other]);
    const rows = sql.all<Row>(text.DUE, [tenant, mailbox, now, beyond, owner, limit]);
    // Counted before the software is called: a document that ends the process each time is set aside too.
    for (const { id } of rows)
      sql.run("UPDATE medimail_inbox SET owner = ?, attempts = attempts + 1 WHERE id = ?", [owner, id]);
    return rows.map((row) => opened({ ...row, attempts: row.attempts + 1 }));
  }

  function settle(id: number, outcome: InboxOutcome): void {
    sql.run(...outcomeChange(id, outcome));
    if (outcome.state === "integrated") settleCopies(id, outcome.at);
    if (outcome.state === "aside" && outcome.error === text.DAMAGED) takeOtherCopy(id);
  }
}
