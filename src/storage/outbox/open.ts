import { accessSync, constants, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { MedimailError } from "../../errors.js";
import type { Clock, InboxStore, OutboxStore } from "../../seams/index.js";
import { systemClock } from "../../seams/index.js";
import { outboxActivity } from "../activity.js";
import type { ContentKeys } from "../cipher.js";
import { createCipher } from "../cipher.js";
import { couldNotOpen, endOpening, openSqlite } from "../driver.js";
import { INBOX_MIGRATIONS } from "../inbox/schema.js";
import { inboxOf } from "../inbox/store.js";
import { openKeys } from "../key-check.js";
import { migrate } from "../migrations.js";
import { storageError } from "../sqlite-errors.js";
import { WriteQueue } from "../write-queue.js";
import { claim, hasten, nextDue } from "./claim.js";
import type { OutboxContext } from "./context.js";
import { stats } from "./counts.js";
import { markHandover, prepareHandover } from "./handover.js";
import { list } from "./list.js";
import { cancel, requeue, resolve, setPaused } from "./manage.js";
import { HandoverMarks } from "./marks.js";
import { events, findByKey, get, lastEventSeq } from "./queries.js";
import { receipts, recordReceipt } from "./receipts.js";
import { restored } from "./restored.js";
import { appendTraces, cursor, eraseContent, eraseEvents, eraseTraces, setCursor, traces } from "./retention.js";
import { OUTBOX_MIGRATIONS } from "./schema.js";
import { endSentCopy, takeSentCopy } from "./sent-copies.js";
import { settle } from "./settle.js";
import { storeIdOf, submit } from "./submit.js";
import { discard, stage } from "./tails.js";
import { heartbeat, recover, removeWorker } from "./workers.js";

export interface SqliteOutboxOptions {
  /** A file; made, readable by its owner only, where it does not exist. May be the caller's own SQLite file. */
  path?: string;
  /** Instead of a file: gone when closed. For tests and for callers that accept to lose what was not sent. */
  memory?: boolean;
  /** Encrypts health content at rest; absent: it is stored as it is. */
  key?: ContentKeys;
  clock?: Clock;
  /** End of a lease, counted only for owners that are not registered as workers, ms. Default 15 minutes. */
  leaseMs?: number;
  /** How long a write waits for the transaction of another process, ms; then `storage_failed`. Default 15,000. */
  lockTimeoutMs?: number;
  /** Writes that share one commit at most. Default 256. */
  maxBatch?: number;
}

export interface SqliteOutbox extends OutboxStore {
  /** Events older than `before` (ms since 1970) are erased; cursors stay valid. */
  eraseEvents(before: number): Promise<number>;
  /** The memory of what came in, in the same file. */
  readonly inbox: InboxStore;
  [Symbol.asyncDispose](): Promise<void>;
}

/** SQLite's own name for it. */
const MEMORY = ":memory:";

/**
 * The durable queue over one SQLite file, shared by any number of processes of one machine.
 *
 * Throws `storage_failed`, `storage_corrupt`, `storage_schema_newer`, `storage_key_wrong`, `invalid_argument`.
 */
export async function openSqliteOutbox(options: SqliteOutboxOptions): Promise<SqliteOutbox> {
  const { path, memory = false, key, clock = systemClock, leaseMs = 900_000, lockTimeoutMs, maxBatch } = options;
  if (memory === (path !== undefined)) {
    throw new MedimailError("invalid_argument", "give either the path of a file or memory: true", { path: "path" });
  }
  const cipher = createCipher(key);
  const wait = lockTimeoutMs === undefined ? {} : { lockTimeoutMs };
  const database = openSqlite({ path: path ?? MEMORY, ...wait });
  try {
    migrate(database, "outbox", OUTBOX_MIGRATIONS, () => clock.now());
    migrate(database, "inbox", INBOX_MIGRATIONS, () => clock.now());
    const lookup = openKeys(database, key);
    const storeId = storeIdOf(database) ?? "";
    endOpening(database);
    const before = () => database.assertThere();
    const queue = new WriteQueue(database, { ...wait, ...(maxBatch === undefined ? {} : { maxBatch }), before });
    const file = path === undefined || path === MEMORY ? undefined : realpathSync(path);
    if (file !== undefined) assertWritable(dirname(file));
    const marks = new HandoverMarks(storeId, file);
    return storeOf({
      database,
      queue,
      cipher,
      lookup,
      clock,
      storeId,
      leaseMs,
      busy: false,
      prepared: new Map(),
      held: new Map(),
      marks,
      unread: [],
      estates: [],
    });
  } catch (error) {
    database.close();
    throw storageError(error);
  }
}

/** SQLite opens what is there; but the marks of the hand-over are new files, and without them nothing is sent. */
function assertWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw couldNotOpen(error);
  }
}

function storeOf(context: OutboxContext): SqliteOutbox {
  let closed: Promise<void> | undefined;
  const read = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (closed) throw new MedimailError("closed", "the store is closed");
    try {
      return await work();
    } catch (error) {
      throw storageError(error);
    }
  };
  const close = () => {
    closed ??= closeAll(context);
    return closed;
  };
  return {
    inbox: inboxOf(context),
    submit: (input, options) => submit(context, input, options),
    stage: (submission) => read(() => stage(context, submission)),
    discard: (submission) => discard(context, submission),
    claim: (query) => read(() => claim(context, query)),
    prepareHandover: (worker, mailIds) => prepareHandover(context, worker, mailIds),
    markHandover: (worker, mailIds, answers) => read(() => markHandover(context, worker, mailIds, answers)),
    settle: (settlements, options) => settle(context, settlements, options),
    heartbeat: (worker, now) => heartbeat(context, worker, now),
    removeWorker: (id) => removeWorker(context, id),
    recover: (query) => read(() => recover(context, query)),
    hasten: (query) => hasten(context, query),
    nextDue: (query) => read(() => nextDue(context, query)),
    recordReceipt: (input, decide, trace) => recordReceipt(context, input, decide, trace),
    receipts: (query) => read(() => receipts(context, query)),
    get: (id, options) => read(() => get(context, id, options)),
    findByKey: (tenant, mailbox, key) => read(() => findByKey(context, tenant, mailbox, key)),
    list: (query) => read(() => list(context, query)),
    stats: (query) => read(() => stats(context, query)),
    activity: (query) => read(() => outboxActivity(context.database, query)),
    requeue: (id, states, at, entries, messageId) => requeue(context, id, states, at, entries, messageId),
    resolve: (id, changes, news, entries) => resolve(context, id, changes, news, entries),
    restored: (query) => restored(context, query),
    cancel: (id, at, entries) => cancel(context, id, at, entries),
    setPaused: (id, paused) => setPaused(context, id, paused),
    events: (query) => read(() => events(context, query)),
    lastEventSeq: () => read(() => lastEventSeq(context)),
    appendTraces: (entries) => appendTraces(context, entries),
    traces: (query) => read(() => traces(context, query)),
    eraseTraces: (before) => read(() => eraseTraces(context, before)),
    eraseContent: (settledBefore, now) => read(() => eraseContent(context, settledBefore, now)),
    eraseEvents: (before) => eraseEvents(context, before),
    takeSentCopy: (query) => takeSentCopy(context, query),
    endSentCopy: (mailId, entries, dueAt) => endSentCopy(context, mailId, entries, dueAt),
    cursor: (tenant, mailbox, name) => read(() => cursor(context, tenant, mailbox, name)),
    setCursor: (tenant, mailbox, name, value) => setCursor(context, tenant, mailbox, name, value),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function closeAll({ queue, database, marks }: OutboxContext): Promise<void> {
  await queue.close();
  marks.close();
  database.close();
}
