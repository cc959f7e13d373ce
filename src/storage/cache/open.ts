import { rmSync } from "node:fs";
import { isMedimailError, MedimailError } from "../../errors.js";
import { createCipher } from "../cipher.js";
import { endOpening, openSqlite, type SqliteDatabase } from "../driver.js";
import { type Lookup, openKeys } from "../key-check.js";
import { migrate } from "../migrations.js";
import { storageError } from "../sqlite-errors.js";
import { WriteQueue } from "../write-queue.js";
import { CACHE_MIGRATIONS } from "./schema.js";
import { cacheOver } from "./store.js";
import type { MailCache, MailCacheOptions } from "./types.js";

/**
 * Opens the cache; `anew` throws away what is in it. A file that is damaged, or was made with another key, is thrown away and begun anew: it holds nothing that the
 * server does not have.
 *
 * @throws storage_failed where there can be none (no right, a full disk), storage_schema_newer where a later version of the package made it
 */
export async function openMailCache(options: MailCacheOptions, { anew = false } = {}): Promise<MailCache> {
  try {
    if (anew) throwAway(options.path);
    return attempt(options);
  } catch (error) {
    const known = storageError(error);
    if (!isMedimailError(known) || !isWorthless(known)) throw known;
    throwAway(options.path);
    return attempt(options);
  }
}

/** Errors after which the file holds nothing of use. */
export function isWorthless(error: MedimailError): boolean {
  return error.code === "storage_corrupt" || error.code === "storage_key_wrong";
}

function throwAway(path: string): void {
  try {
    for (const ending of ["", "-wal", "-shm"]) rmSync(`${path}${ending}`, { force: true });
  } catch {
    throw new MedimailError("storage_failed", "the damaged cache cannot be removed", { retryable: false });
  }
}

function attempt({ path, key }: MailCacheOptions): MailCache {
  const cipher = createCipher(key);
  const database: SqliteDatabase = openSqlite({ path });
  let lookup: Lookup;
  try {
    migrate(database, "cache", CACHE_MIGRATIONS);
    lookup = openKeys(database, key);
    endOpening(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return cacheOver({ database, cipher, lookup, queue: new WriteQueue(database) });
}
