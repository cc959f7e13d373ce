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
import { type InboxContext, inboxRows, type Row } from "./rows.js";

/** Why a document is set aside whose id another has. */
const CONFLICT = "idempotency_conflict";
/** Why one is whose bytes are not those of its metadata. */
const DAMAGED = "xdm_document_invalid";
const LIMIT = 100;
/** A series with more versions shows the newest; a hostile sender could else make each opening longer. */
const MAX_RELATED = 1_000;

export function inboxOf(context: InboxContext): InboxStore {
  const { database: sql, queue } = context;
  const { documentKey, seriesKey, mailKey, insert, opened } = inboxRows(context);

  /** Once for each (document, action), whatever the mails that bring it. */
  function enqueueOne(scope: InboxScope, sighting: InboxSighting, place: InboxPlace, dueAt: number): void {
    const { uniqueId, action, mailId, sha256 } = sighting;
    const others = sql
      .all<Row>(
        `SELECT * FROM medimail_inbox WHERE document = ? AND action = ? AND state <> 'seen' ORDER BY id LIMIT ${MAX_RELATED}`,
        [documentKey(scope, uniqueId), action],
      )
      .map(opened)
      .filter((other) => other.mailId !== mailId);
    const same = others.filter((other) => other.sha256 === sha256);
    const integrated = same.find(({ state }) => state === "integrated");
    if (integrated) {
      // The sender of this mail waits for an answer too.
      const at = integrated.integratedAt ?? dueAt;
      insert(scope, sighting, "integrated", place, { dueAt, integratedAt: at });
    } else if (same.some((other) => other.error !== CONFLICT)) insert(scope, sighting, "seen", place);
    else if (others.some(({ state }) => state !== "aside"))
      insert(scope, sighting, "aside", place, { error: CONFLICT });
    else insert(scope, sighting, "waiting", place, { dueAt });
  }

  /** The mails that brought the same document are finished too, and a damaged copy waits for nobody any more. */
  function settleCopies(id: number, at: number): void {
    const row = sql.get<Row>("SELECT * FROM medimail_inbox WHERE id = ?", [id]);
    if (!row) return;
    const { sha256 } = opened(row);
    const key = [bytesOf(row.document), row.action];
    const copies = sql
      .all<Row>(
        `SELECT * FROM medimail_inbox WHERE document = ? AND action = ? AND (state = 'seen' OR (state = 'aside' AND error = '${CONFLICT}'))`,
        key,
      )
      .map(opened);
    for (const copy of copies)
      if (copy.place && copy.sha256 === sha256)
        sql.run(
          "UPDATE medimail_inbox SET state = 'integrated', integrated_at = ?, due_at = ?, error = NULL WHERE id = ?",
          [at, at, copy.id],
        );
    sql.run(
      "UPDATE medimail_inbox SET state = 'seen', error = NULL WHERE document = ? AND action = ? AND state = 'aside' AND error = ?",
      [...key, DAMAGED],
    );
  }

  /** What was set aside only because its id was that of a copy that turned out to be damaged is handed over after all. */
  function takeOtherCopy(id: number): void {
    const row = sql.get<Row>("SELECT * FROM medimail_inbox WHERE id = ?", [id]);
    if (!row) return;
    const key = [bytesOf(row.document), row.action];
    const others = sql.all<{ id: number; state: InboxState; error: string | null }>(
      "SELECT id, state, error FROM medimail_inbox WHERE document = ? AND action = ? ORDER BY id",
      key,
    );
    const next = others.find(({ state, error }) => state === "aside" && error === CONFLICT);
    if (next && !others.some(({ state }) => state === "waiting" || state === "integrated"))
      sql.run("UPDATE medimail_inbox SET state = 'waiting', due_at = 0, error = NULL WHERE id = ?", [next.id]);
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
          const found = sql.all<Row>(
            `SELECT * FROM medimail_inbox WHERE ${column} = ? ORDER BY id DESC LIMIT ${MAX_RELATED}`,
            [key],
          );
          for (const row of found) rows.set(row.id, row);
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
      queue.write(
        () =>
          sql.run(
            `UPDATE medimail_inbox SET state = 'integrated', integrated_at = coalesce(integrated_at, ?), due_at = NULL, owner = NULL
             WHERE document = ? AND action = ?`,
            [at, documentKey(scope, uniqueId), action],
          ).changes > 0,
      ),
    ofMail: (scope, mailId) =>
      read(() =>
        sql.all<Row>("SELECT * FROM medimail_inbox WHERE mail = ? ORDER BY id", [mailKey(scope, mailId)]).map(opened),
      ),
    claim: (query) => queue.write(() => claim(query)),
    settle: (id, outcome) => queue.write(() => settle(id, outcome)),
    list: (scope, { state, limit = LIMIT }) =>
      read(() => {
        const params: SqlValue[] = [scope.tenant, scope.mailbox, ...(state === undefined ? [] : [state]), limit];
        return sql
          .all<Row>(
            `SELECT * FROM medimail_inbox WHERE tenant = ? AND mailbox = ? ${state === undefined ? "" : "AND state = ?"} ORDER BY id DESC LIMIT ?`,
            params,
          )
          .map(opened);
      }),
    activity: (scope, query) => read(() => inboxActivity(sql, scope, query)),
    retry: (scope, id, dueAt) =>
      queue.write(
        () =>
          sql.run(
            `UPDATE medimail_inbox SET state = 'waiting', attempts = 0, due_at = ?, owner = NULL
             WHERE id = ? AND tenant = ? AND mailbox = ? AND state = 'aside'`,
            [dueAt, id, scope.tenant, scope.mailbox],
          ).changes > 0,
      ),
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
    const owners = sql.all<{ owner: string }>(
      "SELECT DISTINCT owner FROM medimail_inbox WHERE tenant = ? AND mailbox = ? AND due_at IS NOT NULL AND owner IS NOT NULL",
      [tenant, mailbox],
    );
    for (const { owner: other } of owners) {
      if (other !== owner && isDead(other))
        sql.run("UPDATE medimail_inbox SET owner = NULL WHERE tenant = ? AND mailbox = ? AND owner = ?", [
          tenant,
          mailbox,
          other,
        ]);
    }
    const rows = sql.all<Row>(
      `SELECT * FROM medimail_inbox AS i WHERE tenant = ? AND mailbox = ? AND owner IS NULL AND (due_at <= ? OR due_at > ?)
       AND NOT EXISTS (SELECT 1 FROM medimail_inbox AS o WHERE o.mail = i.mail AND o.owner <> ?)
       ORDER BY received_at, id LIMIT ?`,
      [tenant, mailbox, now, beyond, owner, limit],
    );
    // Counted before the software is called: a document that ends the process each time is set aside too.
    for (const { id } of rows)
      sql.run("UPDATE medimail_inbox SET owner = ?, attempts = attempts + 1 WHERE id = ?", [owner, id]);
    return rows.map((row) => opened({ ...row, attempts: row.attempts + 1 }));
  }

  function settle(id: number, outcome: InboxOutcome): void {
    switch (outcome.state) {
      case "integrated":
        sql.run(
          "UPDATE medimail_inbox SET state = 'integrated', integrated_at = ?, due_at = ?, attempts = 0, owner = NULL, error = NULL WHERE id = ?",
          [outcome.at, outcome.at, id],
        );
        settleCopies(id, outcome.at);
        return;
      case "finished":
        sql.run("UPDATE medimail_inbox SET due_at = NULL, owner = NULL, error = NULL WHERE id = ?", [id]);
        return;
      case "later":
        sql.run("UPDATE medimail_inbox SET due_at = ?, owner = NULL, error = ? WHERE id = ?", [
          outcome.dueAt,
          outcome.error,
          id,
        ]);
        return;
      case "released":
        sql.run("UPDATE medimail_inbox SET owner = NULL, attempts = max(0, attempts - 1) WHERE id = ?", [id]);
        return;
      case "aside":
        sql.run("UPDATE medimail_inbox SET state = 'aside', due_at = NULL, owner = NULL, error = ? WHERE id = ?", [
          outcome.error,
          id,
        ]);
        if (outcome.error === DAMAGED) takeOtherCopy(id);
    }
  }
}
