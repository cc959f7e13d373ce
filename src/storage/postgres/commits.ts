import { randomUUID } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import type { Texts } from "./driver.js";
import { withClient } from "./pool.js";

/** Read committed, whatever is the default of the server or the user: each statement is to see what was written before we had the lock. */
export const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED";

const LOCK_MS = 5_000;
const AGAIN_MS = 200;

/**
 * Commits of one queue, counted in a row of its own that each of them writes: where the connection was lost at a COMMIT, the row tells whether it is there.
 *
 * `pg_xact_status` does not: a server that dies before anything of a transaction is on its disk, and a standby that takes over without it, give its number
 * to the next one.
 */
export class CommitCount {
  readonly #queue = randomUUID();
  readonly #table: string;
  readonly #lock: string;
  #count = 0;

  /** @param lock the number of the store's lock, which each transaction of a queue holds to its end */
  constructor(texts: Texts, lock: string) {
    this.#table = texts.of("medimail_commits");
    this.#lock = lock;
  }

  /** Of the transaction that is tried now, whatever became of those before. */
  next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** COMMIT, with the count, in one round trip. False: the server rolled back. */
  async commit(client: PoolClient, count: number): Promise<boolean> {
    const results = (await client.query(
      `INSERT INTO ${this.#table} (queue, count, at) VALUES ('${this.#queue}', ${count}, now())
        ON CONFLICT (queue) DO UPDATE SET count = excluded.count, at = excluded.at; COMMIT`,
    )) as unknown as { command: string }[];
    return results.at(-1)?.command === "COMMIT";
  }

  /**
   * Whether it was committed; undefined where no server that writes can be asked until `until` (by `performance.now()`). On a server that took over, whether
   * it is there.
   */
  async has(pool: Pool, count: number, until: number): Promise<boolean | undefined> {
    for (;;) {
      try {
        return (await withClient(pool, (client) => this.#read(client))) === count;
      } catch {
        // The server is not there yet, or the lost transaction has not ended.
      }
      if (performance.now() > until) return undefined;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** Under the lock: a connection that we have lost may live on at the server, and commit. A standby, which may lag behind, refuses READ WRITE. */
  async #read(client: PoolClient): Promise<number | undefined> {
    await client.query(
      `${BEGIN} READ WRITE; SET LOCAL lock_timeout = ${LOCK_MS}; SELECT pg_advisory_xact_lock(${this.#lock})`,
    );
    const { rows } = await client.query<{ count: string }>(
      `SELECT count FROM ${this.#table} WHERE queue = '${this.#queue}'`,
    );
    await client.query("COMMIT");
    return rows[0] && Number(rows[0].count);
  }

  /** The queue is at its end. */
  async forget(pool: Pool): Promise<void> {
    if (this.#count > 0) await pool.query(`DELETE FROM ${this.#table} WHERE queue = '${this.#queue}'`);
  }
}

/** Left by processes that were killed. One that lives writes its row again. */
export const ERASE_COUNTS = "DELETE FROM medimail_commits WHERE at < now() - interval '7 days'";
