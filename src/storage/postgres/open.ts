import { MedimailError } from "../../errors.js";
import type { Clock, InboxStore, OutboxStore } from "../../seams/index.js";
import { systemClock } from "../../seams/index.js";
import type { ContentKeys } from "../cipher.js";
import { createCipher } from "../cipher.js";
import { outboxActivity } from "./activity.js";
import { claim, hasten, nextDue } from "./claim.js";
import type { PgContext } from "./context.js";
import { stats } from "./counts.js";
import { type Queryable, Statements } from "./driver.js";
import { pgError } from "./errors.js";
import { eraseEvents, events, lastEventSeq } from "./events.js";
import { markHandover, prepareHandover } from "./handover.js";
import { inboxOf } from "./inbox.js";
import { openKeys } from "./keys.js";
import { list } from "./list.js";
import { cancel, requeue, resolve, setPaused } from "./manage.js";
import { migrate } from "./migrate.js";
import { openPool, readAgain } from "./pool.js";
import { findByKey, get } from "./queries.js";
import { receipts, recordReceipt } from "./receipts.js";
import { restored } from "./restored.js";
import { appendTraces, cursor, eraseContent, eraseTraces, setCursor, traces } from "./retention.js";
import { endSentCopy, takeSentCopy } from "./sent-copies.js";
import { settle } from "./settle.js";
import { submit } from "./submit.js";
import { discard, stage } from "./tails.js";
import { heartbeat, recover, removeWorker } from "./workers.js";
import { PgWriteQueue } from "./write-queue.js";

export interface PostgresOutboxOptions {
  /** `postgres://user:password@host/database`; see `parseUrl` for what may follow. May be the caller's own database. */
  url: string;
  /** Encrypts health content at rest; absent: it is stored as it is. */
  key?: ContentKeys;
  clock?: Clock;
  /** End of a lease, counted only for owners that are not registered as workers, ms. Default 15 minutes. */
  leaseMs?: number;
  /** How long a write is tried again while the server cannot be reached or another transaction is in the way, ms; then `storage_failed`. Default 15,000. */
  patienceMs?: number;
  /** Writes that share one commit at most. Default 64. */
  maxBatch?: number;
}

export interface PostgresOutbox extends OutboxStore {
  /** Events older than `before` (ms since 1970) are erased; cursors stay valid. */
  eraseEvents(before: number): Promise<number>;
  /** The memory of what came in, in the same database. */
  readonly inbox: InboxStore;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * The durable queue in a PostgreSQL database (13 or later), shared by any number of processes of any number of machines.
 *
 * Throws `storage_failed`, `storage_corrupt`, `storage_schema_newer`, `storage_key_wrong`, `config_invalid`, `not_supported` (the package `pg` is
 * not installed).
 */
export async function openPostgresOutbox(options: PostgresOutboxOptions): Promise<PostgresOutbox> {
  const { url, key, clock = systemClock, leaseMs = 900_000, patienceMs, maxBatch } = options;
  const cipher = createCipher(key);
  const { pool, schema, close } = await openPool(url);
  try {
    const { texts, storeId } = await migrate(pool, schema, () => clock.now());
    const queue = new PgWriteQueue(pool, texts, lockOf(storeId), {
      ...(patienceMs === undefined ? {} : { patienceMs }),
      ...(maxBatch === undefined ? {} : { maxBatch }),
    });
    const sql = new Statements(pool as unknown as Queryable, texts);
    const lookup = await openKeys(sql, queue, key);
    const context = { sql, queue, texts, cipher, lookup, clock, storeId, leaseMs };
    return storeOf({ ...context, held: new Map(), busy: false, unread: [], estates: [], astray: new Set() }, close);
  } catch (error) {
    await close();
    throw pgError(error);
  }
}

/** A lock of the database by a number: this store's alone, as far as its random id is. */
const lockOf = (storeId: string): string => String(Buffer.from(storeId, "hex").readBigInt64BE(0));

function storeOf(context: PgContext, end: () => Promise<void>): PostgresOutbox {
  let closed: Promise<void> | undefined;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new MedimailError("closed", "the store is closed");
    try {
      return await work();
    } catch (error) {
      throw pgError(error);
    }
  };
  // What only reads is read again where the connection was lost.
  const read = <T>(work: () => Promise<T>): Promise<T> => guarded(() => readAgain(work));
  const close = () => {
    closed ??= context.queue.close().then(end);
    return closed;
  };
  return {
    inbox: inboxOf(context),
    submit: (input, options) => guarded(() => submit(context, input, options)),
    stage: (submission) => guarded(() => stage(context, submission)),
    discard: (submission) => guarded(() => discard(context, submission)),
    claim: (query) => guarded(() => claim(context, query)),
    prepareHandover: (worker, mailIds) => guarded(() => prepareHandover(context, worker, mailIds)),
    markHandover: (worker, mailIds, answers) => guarded(() => markHandover(context, worker, mailIds, answers)),
    settle: (settlements) => guarded(() => settle(context, settlements)),
    heartbeat: (worker, now) => read(() => heartbeat(context, worker, now)),
    removeWorker: (id) => guarded(() => removeWorker(context, id)),
    recover: (query) => guarded(() => recover(context, query)),
    hasten: (query) => guarded(() => hasten(context, query)),
    nextDue: (query) => read(() => nextDue(context, query)),
    recordReceipt: (input, decide, trace) => guarded(() => recordReceipt(context, input, decide, trace)),
    receipts: (query) => read(() => receipts(context, query)),
    get: (id, options) => read(() => get(context, id, options)),
    findByKey: (tenant, mailbox, key) => read(() => findByKey(context, tenant, mailbox, key)),
    list: (query) => read(() => list(context, query)),
    stats: (query) => read(() => stats(context, query)),
    activity: (query) => read(() => outboxActivity(context.sql, query)),
    requeue: (id, states, at, entries, messageId) =>
      guarded(() => requeue(context, id, states, at, entries, messageId)),
    resolve: (id, changes, news, entries) => guarded(() => resolve(context, id, changes, news, entries)),
    restored: (query) => guarded(() => restored(context, query)),
    cancel: (id, at, entries) => guarded(() => cancel(context, id, at, entries)),
    setPaused: (id, paused) => guarded(() => setPaused(context, id, paused)),
    events: (query) => read(() => events(context, query)),
    lastEventSeq: () => read(() => lastEventSeq(context)),
    appendTraces: (entries) => guarded(() => appendTraces(context, entries)),
    traces: (query) => read(() => traces(context, query)),
    eraseTraces: (before) => guarded(() => eraseTraces(context, before)),
    eraseContent: (settledBefore, now) => guarded(() => eraseContent(context, settledBefore, now)),
    eraseEvents: (before) => guarded(() => eraseEvents(context, before)),
    takeSentCopy: (query) => guarded(() => takeSentCopy(context, query)),
    endSentCopy: (mailId, entries, dueAt) => guarded(() => endSentCopy(context, mailId, entries, dueAt)),
    cursor: (tenant, mailbox, name) => read(() => cursor(context, tenant, mailbox, name)),
    setCursor: (tenant, mailbox, name, value) => guarded(() => setCursor(context, tenant, mailbox, name, value)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
