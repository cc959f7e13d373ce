import type {
  InboxAction,
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
import type { ContentCipher } from "../cipher.js";
import { bytesOf, type SqliteDatabase, type SqlValue } from "../driver.js";
import type { Lookup } from "../key-check.js";
import { storageError } from "../sqlite-errors.js";
import type { WriteQueue } from "../write-queue.js";

export interface InboxContext {
  database: SqliteDatabase;
  queue: WriteQueue;
  cipher: ContentCipher;
  lookup: Lookup;
}

interface Row {
  id: number;
  version: number | null;
  action: InboxAction;
  received_at: number;
  seen_at: number;
  state: InboxState;
  integrated_at: number | null;
  attempts: number;
  due_at: number | null;
  error: string | null;
  document: ArrayBuffer;
  mail: ArrayBuffer;
  data: ArrayBuffer;
}

/** What of a row is sealed. */
interface Sealed {
  uniqueId: string;
  setId?: string;
  sha256?: string;
  sender?: string;
  organisation?: string;
  mailId: string;
  place?: InboxPlace;
}

/** Beside the state of a new row. */
interface Standing {
  dueAt?: number | null;
  integratedAt?: number | null;
  error?: string | null;
}

/** Why a document is set aside whose id another has. */
const CONFLICT = "idempotency_conflict";
/** Why one is whose bytes are not those of its metadata. */
const DAMAGED = "xdm_document_invalid";
const LIMIT = 100;
/** A series with more versions shows the newest; a hostile sender could else make each opening longer. */
const MAX_RELATED = 1_000;

export function inboxOf(context: InboxContext): InboxStore {
  const { database: sql, queue, cipher, lookup } = context;
  const keyOf = ({ tenant, mailbox }: InboxScope, kind: string, id: string): Buffer =>
    lookup(kind, `${tenant}\n${mailbox}\n${id}`);
  const documentKey = (scope: InboxScope, id: string): Buffer => keyOf(scope, "inbox-document", id);

  function insert(
    scope: InboxScope,
    sighting: InboxSighting,
    state: InboxState,
    place?: InboxPlace,
    { dueAt = null, integratedAt = null, error = null }: Standing = {},
  ): void {
    const document = documentKey(scope, sighting.uniqueId);
    const mail = keyOf(scope, "inbox-mail", sighting.mailId);
    const { uniqueId, setId, sha256, sender, organisation, mailId, action } = sighting;
    const data: Sealed = {
      uniqueId,
      mailId,
      ...(setId === undefined ? {} : { setId }),
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(sender === undefined ? {} : { sender }),
      ...(organisation === undefined ? {} : { organisation }),
      ...(place ? { place } : {}),
    };
    const sealed = cipher.seal(Buffer.from(JSON.stringify(data)), contextOf(document, action, mail));
    const known = sql.get<{ id: number; state: InboxState }>(
      "SELECT id, state FROM medimail_inbox WHERE document = ? AND action = ? AND mail = ?",
      [document, action, mail],
    );
    if (known) {
      // What was only looked at is queued now.
      if (place && known.state === "seen")
        sql.run(
          "UPDATE medimail_inbox SET state = ?, due_at = ?, integrated_at = ?, error = ?, data = ? WHERE id = ?",
          [state, dueAt, integratedAt, error, sealed, known.id],
        );
      return;
    }
    sql.run(
      `INSERT INTO medimail_inbox (tenant, mailbox, document, series, version, action, mail, received_at, seen_at, state, due_at, integrated_at, error, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        scope.tenant,
        scope.mailbox,
        document,
        setId === undefined ? null : keyOf(scope, "inbox-series", setId),
        sighting.versionNumber ?? null,
        action,
        mail,
        sighting.receivedAt,
        sighting.seenAt,
        state,
        dueAt,
        integratedAt,
        error,
        sealed,
      ],
    );
  }

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

  const opened = (row: Row): InboxRecord => {
    const data = JSON.parse(
      cipher.open(bytesOf(row.data), contextOf(bytesOf(row.document), row.action, bytesOf(row.mail))).toString("utf8"),
    ) as Sealed;
    return {
      id: row.id,
      ...data,
      ...(row.version === null ? {} : { versionNumber: row.version }),
      action: row.action,
      receivedAt: row.received_at,
      seenAt: row.seen_at,
      state: row.state,
      ...(row.integrated_at === null ? {} : { integratedAt: row.integrated_at }),
      attempts: row.attempts,
      pending: row.due_at !== null,
      ...(row.error === null ? {} : { error: row.error }),
    };
  };

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
        for (const id of new Set(setIds)) look("series", keyOf(scope, "inbox-series", id));
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
        sql
          .all<Row>("SELECT * FROM medimail_inbox WHERE mail = ? ORDER BY id", [keyOf(scope, "inbox-mail", mailId)])
          .map(opened),
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

  function claim({ tenant, mailbox, owner, isDead, now, limit }: InboxClaim): InboxRecord[] {
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
      `SELECT * FROM medimail_inbox AS i WHERE tenant = ? AND mailbox = ? AND owner IS NULL AND due_at <= ?
       AND NOT EXISTS (SELECT 1 FROM medimail_inbox AS o WHERE o.mail = i.mail AND o.owner <> ?)
       ORDER BY received_at, id LIMIT ?`,
      [tenant, mailbox, now, owner, limit],
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

const contextOf = (document: Buffer, action: string, mail: Buffer): string =>
  `medimail_inbox|${document.toString("hex")}|${action}|${mail.toString("hex")}`;
