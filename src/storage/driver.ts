import { closeSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Libsql from "libsql";
import { MedimailError } from "../errors.js";
import { ensureFolder } from "../folders.js";
import { outOfFiles } from "../out-of-files.js";
import { statementsDropped } from "./dropped-statements.js";
import { isBusy, storageError } from "./sqlite-errors.js";

export type SqlValue = string | number | Uint8Array | null;
export type SqlParams = readonly SqlValue[];

/** What the rooms need of a database: statements by their text, prepared once. */
export interface Sql {
  run(sql: string, params?: SqlParams): { changes: number; lastInsertRowid: number };
  get<T>(sql: string, params?: SqlParams): T | undefined;
  all<T>(sql: string, params?: SqlParams): T[];
  /** How many `run` calls there were: tells whether a failed operation had begun to write. */
  readonly writes: number;
}

export interface SqliteDatabase extends Sql {
  exec(sql: string): void;
  readonly inTransaction: boolean;
  /** BEGIN IMMEDIATE … COMMIT; ROLLBACK when `work` throws. Waits for the lock up to the time given at opening. */
  transaction<T>(work: () => T): T;
  /**
   * False: the next commits are not fsynced one by one (they survive the process, not a power cut), for writes whose loss
   * is harmless.
   */
  setDurable(durable: boolean): void;
  /** Moves the write-ahead log into the file and empties it; false where a reader of another process hindered it. */
  checkpoint(): boolean;
  /** @throws `storage_failed` where the file that is open is not the one of its name any more: what is written to it is lost with it. */
  assertThere(): void;
  close(): void;
}

export interface OpenOptions {
  /** A file, or `:memory:`. Missing folders are made. */
  path: string;
  /** How long opening and migrating wait for another process, ms. Default 10,000. */
  lockTimeoutMs?: number;
}

/** The statements of a better-sqlite3-like library; ours and the caller's own (`submit` with `tx`). */
export interface StatementLike {
  run(...params: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...params: unknown[]): unknown;
  all(...params: unknown[]): unknown[];
}
export interface DatabaseLike {
  prepare(sql: string): StatementLike;
  readonly inTransaction?: boolean;
}

// Small, because the wait blocks the event loop, and the lock may be held by a connection of this very thread (a caller's
// own transaction), which cannot end while we block. The write queue waits between its tries instead.
const BUSY_TIMEOUT_MS = 10;

/** Prepared statements by text over any better-sqlite3-like database. */
export class StatementCache implements Sql {
  readonly #database: DatabaseLike;
  readonly #bind: (params: SqlParams) => readonly unknown[];
  readonly #statements = new Map<string, StatementLike>();
  writes = 0;

  constructor(database: DatabaseLike, bind: (params: SqlParams) => readonly unknown[] = spread) {
    this.#database = database;
    this.#bind = bind;
  }

  #statement(sql: string): StatementLike {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  run(sql: string, params: SqlParams = []): { changes: number; lastInsertRowid: number } {
    this.writes++;
    const result = this.#statement(sql).run(...this.#bind(params));
    return { changes: Number(result.changes), lastInsertRowid: Number(result.lastInsertRowid) };
  }

  get<T>(sql: string, params: SqlParams = []): T | undefined {
    // better-sqlite3 says undefined where there is no row, other bindings null.
    return (this.#statement(sql).get(...this.#bind(params)) as T | null | undefined) ?? undefined;
  }

  all<T>(sql: string, params: SqlParams = []): T[] {
    return this.#statement(sql).all(...this.#bind(params)) as T[];
  }

  clear(): void {
    const [oldest] = this.#statements.values();
    if (oldest) statementsDropped(oldest);
    this.#statements.clear();
  }
}

// Every library takes values one by one, but libsql and better-sqlite3 take a lone object (null and bytes are some) for named ones.
function spread(params: SqlParams): readonly unknown[] {
  return params.length === 1 && typeof params[0] === "object" ? [params] : params;
}

// What libsql passes on without a copy.
const asOneArray = (params: SqlParams): readonly unknown[] => [params];

/** Bytes of a BLOB column: libsql gives an ArrayBuffer or a Buffer. No copy. */
export function bytesOf(value: Uint8Array | ArrayBuffer): Buffer {
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
}

/**
 * Opens or makes an SQLite file: write-ahead log, fsync at each commit, foreign keys, erased content overwritten
 * (secure_delete), readable by its owner only (0600) when made here.
 *
 * Throws `storage_failed` (no such folder, no right, locked) and `storage_corrupt` (not a database).
 */
export function openSqlite({ path, lockTimeoutMs = 10_000 }: OpenOptions): SqliteDatabase {
  if (path !== ":memory:") createPrivate(path);
  let raw: Libsql.Database;
  try {
    raw = new Libsql(path, { timeout: lockTimeoutMs });
  } catch (error) {
    throw couldNotOpen(error);
  }
  const deadline = performance.now() + lockTimeoutMs;
  try {
    // Turning WAL on does not wait for the lock by itself.
    retryWhileBusy(deadline, () => raw.pragma("journal_mode = WAL"));
    for (const pragma of ["synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", "recursive_triggers = ON"]) {
      raw.pragma(pragma);
    }
    raw.pragma("wal_autocheckpoint = 4000");
    // The leaves of a large outbox's indexes, which each mail touches at random.
    raw.pragma("cache_size = -8000");
    raw.pragma("journal_size_limit = 67108864");
    raw.prepare("SELECT count(*) FROM sqlite_schema").get([]);
  } catch (error) {
    raw.close();
    throw storageError(error);
  }
  return new LibsqlDatabase(raw, deadline, path === ":memory:" ? undefined : resolve(path));
}

class LibsqlDatabase extends StatementCache implements SqliteDatabase {
  readonly #raw: Libsql.Database;
  #durable = true;
  #deadline: number;
  readonly #path: string | undefined;
  readonly #opened: string | undefined;

  constructor(raw: Libsql.Database, deadline: number, path: string | undefined) {
    super(raw as unknown as DatabaseLike, asOneArray);
    this.#raw = raw;
    this.#deadline = deadline;
    this.#path = path;
    this.#opened = path && identityOf(path);
  }

  get inTransaction(): boolean {
    return this.#raw.inTransaction;
  }

  exec(sql: string): void {
    this.#raw.exec(sql);
  }

  transaction<T>(work: () => T): T {
    retryWhileBusy(this.#deadline, () => this.#raw.exec("BEGIN IMMEDIATE"));
    try {
      const result = work();
      this.#raw.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#raw.inTransaction) this.#raw.exec("ROLLBACK");
      throw error;
    }
  }

  setDurable(durable: boolean): void {
    if (durable === this.#durable) return;
    this.#raw.exec(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    this.#durable = durable;
  }

  checkpoint(): boolean {
    // `all` to the end: the checkpoint runs while the statement is stepped.
    const [row] = this.#raw.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all([]) as { busy: number }[];
    return row?.busy === 0;
  }

  assertThere(): void {
    if (this.#path === undefined || identityOf(this.#path) === this.#opened) return;
    throw new MedimailError("storage_failed", "the database was removed or replaced while it is open", {
      retryable: false,
      hint: "Restart every program that uses it, and put a copy in its place only while all are stopped.",
    });
  }

  /** Opening is over: from now on a wait must not block the thread for long. */
  opened(): void {
    this.#raw.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.#deadline = 0;
  }

  close(): void {
    if (!this.#raw.open) return;
    try {
      this.checkpoint();
    } catch {
      // Another process uses the log: it is folded in later.
    }
    this.clear();
    this.#raw.close();
  }
}

/** Two microseconds. By its name only: opening and closing the file would drop the locks that this process holds on it. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}

/** Called once the schema is in place; see {@link BUSY_TIMEOUT_MS}. */
export function endOpening(database: SqliteDatabase): void {
  if (database instanceof LibsqlDatabase) database.opened();
}

function retryWhileBusy<T>(deadline: number, work: () => T): T {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

// `wx` never opens a file that is there: opening and closing one would drop the locks that this process holds on it.
function createPrivate(path: string): void {
  try {
    ensureFolder(dirname(path), 0o700);
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw couldNotOpen(error);
  }
}

export function couldNotOpen(error: unknown): MedimailError {
  const system = (error as NodeJS.ErrnoException | undefined)?.code;
  if (system === "ENOSPC") {
    return new MedimailError("storage_failed", "the disk is full (ENOSPC)", {
      hint: "Free space on the volume of the database.",
    });
  }
  return new MedimailError("storage_failed", `the database cannot be opened (${system || "SQLITE_CANTOPEN"})`, {
    retryable: false,
    hint: "Check that the path is a file, that its folder exists and that the user that runs the software may write to both.",
    ...outOfFiles(error),
  });
}
