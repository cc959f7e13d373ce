import type { Pool, PoolClient } from "pg";
import { MedimailError } from "../../errors.js";
import { BEGIN, CommitCount } from "./commits.js";
import { type PgSql, type Queryable, Statements, type Texts } from "./driver.js";
import { isHeldUp, isLost, isTransient, pgCode, pgError } from "./errors.js";
import { withClient } from "./pool.js";

export interface PgWriteQueueOptions {
  /** Writes that share one commit at most. Default 64. */
  maxBatch?: number;
  /** How long a write is tried again while the server cannot be reached or another transaction is in the way, ms; then `storage_failed`. Default 15,000. */
  patienceMs?: number;
}

/** Of a transaction of ours whose process does not go on: the server ends it, and its lock, after this. */
const IDLE = "10s";
const LOCK = "15s";
/** What has the lock holds everybody up: it waits no longer than this for a caller's own transaction, which may have taken the same keys. */
const OTHERS = "1s";
/** A server that is set to answer before its disk has the commit does not do so for ours; one that waits for its standbys goes on doing so. */
const DURABLE =
  "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

interface Pending {
  work: (sql: PgSql) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  since: number;
}

type Settle = () => void;
type Tried = { done: Settle[] } | { again: unknown };

/**
 * Group commit, as the queue of the file store: writes that are asked for while another commit is under way share the next. One writer at a
 * time of all processes (a lock that ends with the transaction), so that what is written is seen in the order of its sequence numbers, and
 * each sees what all before it have written. A write that throws is rolled back alone. Each promise settles after the COMMIT.
 */
export class PgWriteQueue {
  readonly #pool: Pool;
  readonly #texts: Texts;
  readonly #begin: string;
  readonly #count: CommitCount;
  readonly #maxBatch: number;
  readonly #patienceMs: number;
  #pending: Pending[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param lock the number of the store's lock */
  constructor(
    pool: Pool,
    texts: Texts,
    lock: string,
    { maxBatch = 64, patienceMs = 15_000 }: PgWriteQueueOptions = {},
  ) {
    this.#pool = pool;
    this.#texts = texts;
    this.#maxBatch = maxBatch;
    this.#patienceMs = patienceMs;
    this.#count = new CommitCount(texts, lock);
    // One round trip. What is set ends with the transaction.
    this.#begin = `${BEGIN}; SET LOCAL lock_timeout = '${LOCK}'; SET LOCAL idle_in_transaction_session_timeout = '${IDLE}';
      ${DURABLE}; SELECT pg_advisory_xact_lock(${lock}); SET LOCAL lock_timeout = '${OTHERS}'`;
  }

  /** Runs `work` inside a transaction. It must touch nothing but the database, by the `sql` that it is given, and may run several times. */
  write<T>(work: (sql: PgSql) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new MedimailError("closed", "the store is closed"));
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({
        work,
        resolve: resolve as (value: unknown) => void,
        reject,
        since: performance.now(),
      });
      this.#running ??= this.#run();
    });
  }

  /** Refuses new writes and resolves when those accepted are settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#count.forget(this.#pool).catch(() => {});
  }

  async #run(): Promise<void> {
    // What is asked for in the same turn comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, this.#maxBatch);
      for (const settle of await this.#commit(batch)) settle();
    }
    this.#running = undefined;
  }

  async #commit(batch: Pending[]): Promise<Settle[]> {
    const deadline = performance.now() + this.#patienceMs;
    for (let wait = 20; ; wait = Math.min(1_000, wait * 2)) {
      const tried = await this.#try(batch).catch((error: unknown): Tried => ({ again: error }));
      if ("done" in tried) return tried.done;
      if (!isTransient(tried.again) || performance.now() > deadline) {
        const error = pgError(tried.again);
        return batch.map(
          ({ reject }) =>
            () =>
              reject(error),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
    }
  }

  /** One transaction; a second, entry by entry, where one of them failed half-way. */
  async #try(batch: Pending[]): Promise<Tried> {
    const first = await this.#transaction(batch, false);
    return first === "isolate" ? ((await this.#transaction(batch, true)) as Tried) : first;
  }

  async #transaction(batch: Pending[], isolated: boolean): Promise<Tried | "isolate"> {
    const done: Settle[] = [];
    const count = this.#count.next();
    let committing = false;
    try {
      return await withClient(this.#pool, async (client) => {
        await client.query(this.#begin);
        const sql = new Statements(client as unknown as Queryable, this.#texts, true);
        for (const entry of batch) {
          const outcome = isolated ? await this.#isolatedly(client, sql, entry) : await plainly(sql, entry);
          if (outcome === "isolate") {
            await client.query("ROLLBACK");
            return "isolate";
          }
          done.push(outcome);
        }
        committing = true;
        if (!(await this.#count.commit(client, count)))
          throw Object.assign(new Error("rolled back"), { code: "40000" });
        return { done };
      });
    } catch (error) {
      if (!committing || !isLost(error)) throw error;
      // The connection was lost after COMMIT was sent.
      const there = await this.#count.has(this.#pool, count, performance.now() + this.#patienceMs);
      if (there === false) throw error;
      return { done: there ? done : batch.map(unknown) };
    }
  }

  async #isolatedly(client: PoolClient, sql: Statements, entry: Pending): Promise<Settle> {
    await client.query("SAVEPOINT entry");
    try {
      const value = await entry.work(sql);
      await client.query("RELEASE SAVEPOINT entry");
      return () => entry.resolve(value);
    } catch (error) {
      if (isTransient(error) && !isHeldUp(error)) throw error;
      await client.query("ROLLBACK TO SAVEPOINT entry; RELEASE SAVEPOINT entry");
      // Somebody's transaction is in the way of this one alone: again later, with others.
      if (isHeldUp(error) && performance.now() - entry.since < this.#patienceMs) return () => this.#pending.push(entry);
      return () => entry.reject(pgError(error));
    }
  }
}

// What threw before it wrote anything is refused alone; what threw later, or was refused by the server (which ends the transaction), makes the
// batch run again with a savepoint for each.
async function plainly(sql: Statements, { work, resolve, reject }: Pending): Promise<Settle | "isolate"> {
  const before = sql.writes;
  try {
    const value = await work(sql);
    return () => resolve(value);
  } catch (error) {
    if (isTransient(error) && !isHeldUp(error)) throw error;
    return sql.writes === before && pgCode(error) === undefined ? () => reject(error) : "isolate";
  }
}

const unknown =
  ({ reject }: Pending): Settle =>
  () =>
    reject(
      new MedimailError(
        "storage_failed",
        "the connection to the database was lost at the commit: whether it is written is not known",
        {
          retryable: true,
          hint: "Look whether it is there before doing it again; a submission with an idempotencyKey may simply be submitted again.",
        },
      ),
    );
