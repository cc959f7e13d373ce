import { existsSync } from "node:fs";
import { dirname } from "node:path";
import Libsql from "libsql";
import { ensureFolder } from "../folders.js";
import { type DatabaseLike, type SqlParams, type SqlValue, StatementCache } from "./driver.js";
import { storageError } from "./sqlite-errors.js";

/**
 * A database that one process writes from end to end and that is only read afterwards: the index of a directory. It is one file (no write-ahead
 * log beside it), so that it can be renamed into place. It holds published data: no secure_delete, and the rights of the folder.
 */
export interface IndexFile extends StatementCache {
  exec(sql: string): void;
  /** @throws MedimailError `storage_failed`, retryable, where another connection writes */
  begin(): void;
  commit(): void;
  rollback(): void;
  close(): void;
}

class LibsqlIndexFile extends StatementCache implements IndexFile {
  readonly #raw: Libsql.Database;

  constructor(raw: Libsql.Database) {
    super(raw as unknown as DatabaseLike, (params: SqlParams): readonly unknown[] => [params as SqlValue[]]);
    this.#raw = raw;
  }

  exec(sql: string): void {
    this.#raw.exec(sql);
  }
  begin(): void {
    try {
      this.#raw.exec("BEGIN IMMEDIATE");
    } catch (error) {
      throw storageError(error);
    }
  }
  commit(): void {
    this.#raw.exec("COMMIT");
  }
  rollback(): void {
    if (this.#raw.inTransaction) this.#raw.exec("ROLLBACK");
  }
  close(): void {
    if (!this.#raw.open) return;
    // The library closes when its statements are collected: until then an open transaction would keep its lock.
    this.rollback();
    this.clear();
    this.#raw.close();
  }
}

/**
 * Opens or makes the file to write. A process that dies loses what it had not committed, and no more.
 *
 * @throws MedimailError `storage_failed`, `storage_corrupt`
 */
export function openIndexWriter(path: string): IndexFile {
  return open(path, ["page_size = 8192", "journal_mode = DELETE", "synchronous = NORMAL", "cache_size = -24000"]);
}

/** Opens the file to read; undefined where there is none. @throws MedimailError `storage_failed`, `storage_corrupt` */
export function openIndexReader(path: string): IndexFile | undefined {
  if (!existsSync(path)) return undefined;
  return open(path, ["query_only = ON", "cache_size = -16000", "mmap_size = 1073741824"]);
}

function open(path: string, pragmas: readonly string[]): IndexFile {
  let raw: Libsql.Database | undefined;
  try {
    if (!existsSync(path)) ensureFolder(dirname(path), 0o700);
    raw = new Libsql(path, { timeout: 200 });
    for (const pragma of pragmas) raw.pragma(pragma);
    raw.prepare("SELECT count(*) FROM sqlite_schema").get([]);
    return new LibsqlIndexFile(raw);
  } catch (error) {
    raw?.close();
    throw storageError(error);
  }
}
