import { MedimailError } from "../errors.js";
import type { SqliteDatabase } from "./driver.js";
import { isBusy, storageError } from "./sqlite-errors.js";

export interface WriteQueueOptions {
  /** A batch is committed at once when it has so many writes. Default 256. */
  maxBatch?: number;
  /** How long a write waits for another process's transaction before `storage_failed`, ms. Default 15,000. */
  lockTimeoutMs?: number;
  /** Called before each transaction; what it throws refuses the writes. */
  before?: () => void;
}

// A turn that brought more writes is followed by another, so that what answers and submissions arrive together share a
// commit; so many at most, since those already waiting must not wait for ever.
const MAX_TURNS = 4;

interface Pending {
  work: () => unknown;
  durable: boolean;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: writes asked for during one turn of the event loop share one BEGIN IMMEDIATE … COMMIT, hence one fsync. A
 * write that throws is rolled back alone. Each promise settles after the COMMIT.
 */
export class WriteQueue {
  readonly #database: SqliteDatabase;
  readonly #maxBatch: number;
  readonly #lockTimeoutMs: number;
  readonly #before: () => void;
  #pending: Pending[] = [];
  #scheduled = false;
  /** For writes that may wait: the first of their ends. */
  #patience: { timer: NodeJS.Timeout; end: number } | undefined;
  #waitingSince: number | undefined;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(
    database: SqliteDatabase,
    { maxBatch = 256, lockTimeoutMs = 15_000, before = () => {} }: WriteQueueOptions = {},
  ) {
    this.#database = database;
    this.#maxBatch = maxBatch;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#before = before;
  }

  /**
   * Runs `work` inside a transaction. It must be synchronous, touch nothing but the database, and may run twice (when
   * another write of its batch failed half-way). `durable: false` where losing it in a power cut is harmless. `waitMs`: how long it may
   * wait for another write to share its commit with.
   */
  write<T>(work: () => T, { durable = true, waitMs = 0 }: { durable?: boolean; waitMs?: number } = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new MedimailError("closed", "the store is closed"));
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({ work, durable, resolve: resolve as (value: unknown) => void, reject });
      if (this.#waitingSince !== undefined) return;
      if (this.#pending.length >= this.#maxBatch) this.#flush();
      else if (waitMs > 0 && !this.#closed) this.#wait(waitMs);
      else this.#schedule();
    });
  }

  /** Refuses new writes and resolves when those accepted are settled. */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#pending.length === 0) return Promise.resolve();
    if (this.#waitingSince === undefined) this.#schedule();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #wait(ms: number): void {
    const end = performance.now() + ms;
    if (this.#scheduled || (this.#patience && this.#patience.end <= end)) return;
    clearTimeout(this.#patience?.timer);
    const timer = setTimeout(() => {
      if (this.#waitingSince === undefined) this.#flush();
    }, ms);
    this.#patience = { timer, end };
  }

  #schedule(turns = MAX_TURNS): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const before = this.#pending.length;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#waitingSince !== undefined) return;
      if (this.#pending.length > before && turns > 1) this.#schedule(turns - 1);
      else this.#flush();
    });
  }

  #flush(): void {
    clearTimeout(this.#patience?.timer);
    this.#patience = undefined;
    const batch = this.#pending.splice(0, this.#maxBatch);
    if (batch.length === 0) return;
    const settle = this.#commit(batch, false);
    if (settle === "busy") {
      this.#pending.unshift(...batch);
      this.#waitForLock();
      return;
    }
    this.#waitingSince = undefined;
    for (const done of settle) done();
    if (this.#pending.length > 0) this.#schedule();
    else for (const idle of this.#idle.splice(0)) idle();
  }

  #waitForLock(): void {
    this.#waitingSince ??= performance.now();
    if (performance.now() - this.#waitingSince > this.#lockTimeoutMs) {
      const error = storageError(Object.assign(new Error("locked"), { code: "SQLITE_BUSY" }));
      const refused = this.#pending.splice(0);
      this.#waitingSince = undefined;
      for (const { reject } of refused) reject(error);
      for (const idle of this.#idle.splice(0)) idle();
      return;
    }
    // A random wait, so that two processes do not try in step.
    setTimeout(() => this.#flush(), 1 + Math.random() * 8);
  }

  #commit(batch: Pending[], isolated: boolean): (() => void)[] | "busy" {
    const database = this.#database;
    const settle: (() => void)[] = [];
    try {
      this.#before();
      database.setDurable(batch.some(({ durable }) => durable));
      database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (isBusy(error)) return "busy";
      return failAll(batch, error);
    }
    try {
      for (const entry of batch) {
        const outcome = isolated ? this.#runIsolated(entry) : this.#runPlain(entry);
        if (outcome === "rerun") {
          database.exec("ROLLBACK");
          return this.#commit(batch, true);
        }
        settle.push(outcome);
      }
      database.exec("COMMIT");
      return settle;
    } catch (error) {
      if (database.inTransaction) database.exec("ROLLBACK");
      return failAll(batch, error);
    }
  }

  // Without savepoints: what threw before it wrote anything is refused alone; what threw later makes the batch run again with them.
  #runPlain({ work, resolve, reject }: Pending): (() => void) | "rerun" {
    const before = this.#database.writes;
    try {
      const value = work();
      return () => resolve(value);
    } catch (error) {
      if (!this.#database.inTransaction) throw error;
      return this.#database.writes === before ? () => reject(storageError(error)) : "rerun";
    }
  }

  #runIsolated({ work, resolve, reject }: Pending): () => void {
    const database = this.#database;
    database.exec("SAVEPOINT entry");
    try {
      const value = work();
      database.exec("RELEASE entry");
      return () => resolve(value);
    } catch (error) {
      // Some errors (disk full) end the whole transaction: then nothing of the batch is there.
      if (!database.inTransaction) throw error;
      database.exec("ROLLBACK TO entry");
      database.exec("RELEASE entry");
      return () => reject(storageError(error));
    }
  }
}

function failAll(batch: Pending[], error: unknown): (() => void)[] {
  const refused = storageError(error);
  return batch.map(
    ({ reject }) =>
      () =>
        reject(refused),
  );
}
