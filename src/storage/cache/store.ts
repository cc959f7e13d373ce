import { randomInt } from "node:crypto";
import { MedimailError } from "../../errors.js";
import type { ContentCipher } from "../cipher.js";
import { bytesOf, type SqliteDatabase } from "../driver.js";
import type { Lookup } from "../key-check.js";
import { storageError } from "../sqlite-errors.js";
import type { WriteQueue } from "../write-queue.js";
import type { CacheChange, KeptDocuments, KeptFolder, KeptMail, MailCache } from "./types.js";

export interface CacheContext {
  database: SqliteDatabase;
  queue: WriteQueue;
  cipher: ContentCipher;
  lookup: Lookup;
}

// Losing the last writes in a power cut costs the next synchronisation a little more.
const LOOSE = { durable: false } as const;

const mailContext = (folder: number, uid: number): string => `medimail_cache_mails|${folder}|${uid}`;
const documentContext = (folder: number, uid: number): string => `medimail_cache_documents|${folder}|${uid}`;
const FLAGS = "medimail_cache_flags";
const PATH = "medimail_cache_folders.path";

const KEPT = `SELECT f.key AS flagsKey, kept.uids FROM (
    SELECT flags, group_concat(uid) AS uids FROM medimail_cache_mails INDEXED BY medimail_cache_mails_kept WHERE folder = ? GROUP BY flags
  ) AS kept JOIN medimail_cache_flags f ON f.id = kept.flags`;

/** The cache over an open database. */
export function cacheOver({ database, queue, cipher, lookup }: CacheContext): MailCache {
  let closed = false;

  async function read<T>(work: () => T): Promise<T> {
    if (closed) throw new MedimailError("closed", "the cache is closed");
    try {
      return work();
    } catch (error) {
      throw storageError(error);
    }
  }

  const boxKey = (box: string): Buffer => lookup("cache-box", box);
  const folderKey = (box: string, path: string): Buffer => lookup("cache-folder", `${box}\n${path}`);

  /** Inside a write. */
  function flagId(key: string, flags: readonly string[]): number {
    const known = database.get<{ id: number }>("SELECT id FROM medimail_cache_flags WHERE key = ?", [key]);
    if (known) return known.id;
    const data = cipher.seal(Buffer.from(JSON.stringify(flags), "utf8"), FLAGS);
    return database.run("INSERT INTO medimail_cache_flags (key, data) VALUES (?, ?)", [key, data]).lastInsertRowid;
  }

  function idOf(box: string, path: string): number | undefined {
    return database.get<{ id: number }>("SELECT id FROM medimail_cache_folders WHERE key = ?", [folderKey(box, path)])
      ?.id;
  }

  function apply(id: number, { reset, gone, changed }: CacheChange): void {
    for (const table of ["medimail_cache_mails", "medimail_cache_documents"]) {
      if (reset) database.run(`DELETE FROM ${table} WHERE folder = ?`, [id]);
      for (const [first, last] of gone)
        database.run(`DELETE FROM ${table} WHERE folder = ? AND uid BETWEEN ? AND ?`, [id, first, last]);
    }
    for (const { key, flags, uids } of changed) {
      const to = flagId(key, flags);
      for (const [first, last] of uids)
        database.run("UPDATE medimail_cache_mails SET flags = ? WHERE folder = ? AND uid BETWEEN ? AND ?", [
          to,
          id,
          first,
          last,
        ]);
    }
  }

  return {
    folder: (box, path) =>
      read((): KeptFolder | undefined => {
        const row = database.get<{ id: number; version: number; state: string }>(
          "SELECT id, version, state FROM medimail_cache_folders WHERE key = ?",
          [folderKey(box, path)],
        );
        if (!row) return undefined;
        // One text for each combination of flags: 10,000 rows as objects, or runs that SQLite makes with a window, take twenty times as long.
        const mails = database
          .all<{ flagsKey: string; uids: string }>(KEPT, [row.id])
          .map(({ flagsKey, uids }) => ({ flagsKey, uids: Uint32Array.from(uids.split(","), Number) }));
        return { ...row, mails };
      }),
    change: (box, path, before, change) =>
      queue.write(() => {
        const key = folderKey(box, path);
        const now = database.get<{ id: number; version: number }>(
          "SELECT id, version FROM medimail_cache_folders WHERE key = ?",
          [key],
        );
        if (now?.id !== before?.id || now?.version !== before?.version) return undefined;
        if (!now) {
          const version = randomInt(2 ** 40);
          const sealed = cipher.seal(Buffer.from(path, "utf8"), PATH);
          const { lastInsertRowid } = database.run(
            "INSERT INTO medimail_cache_folders (key, box, path, version, state) VALUES (?, ?, ?, ?, ?)",
            [key, boxKey(box), sealed, version, change.state],
          );
          return { id: lastInsertRowid, version };
        }
        apply(now.id, change);
        const version = now.version + 1;
        database.run("UPDATE medimail_cache_folders SET version = ?, state = ? WHERE id = ?", [
          version,
          change.state,
          now.id,
        ]);
        return { id: now.id, version };
      }, LOOSE),
    keep: (folder, mails) =>
      queue.write(() => {
        const now = database.get<{ version: number }>("SELECT version FROM medimail_cache_folders WHERE id = ?", [
          folder.id,
        ]);
        if (now?.version !== folder.version) return;
        for (const { uid, key, flags, data } of mails)
          database.run("INSERT OR REPLACE INTO medimail_cache_mails (folder, uid, flags, data) VALUES (?, ?, ?, ?)", [
            folder.id,
            uid,
            flagId(key, flags),
            cipher.seal(data, mailContext(folder.id, uid)),
          ]);
      }, LOOSE),
    mails: (folder, first, last) =>
      read((): KeptMail[] => {
        const rows = database.all<{ uid: number; data: ArrayBuffer; flags: number }>(
          "SELECT uid, flags, data FROM medimail_cache_mails WHERE folder = ? AND uid BETWEEN ? AND ? ORDER BY uid DESC",
          [folder, first, last],
        );
        const flags = new Map<number, string[]>();
        const flagsOf = (id: number): string[] => {
          let found = flags.get(id);
          if (!found) {
            const row = database.get<{ data: ArrayBuffer }>("SELECT data FROM medimail_cache_flags WHERE id = ?", [id]);
            found = row ? (JSON.parse(cipher.open(bytesOf(row.data), FLAGS).toString("utf8")) as string[]) : [];
            flags.set(id, found);
          }
          return found;
        };
        return rows.map(({ uid, data, flags: id }) => ({
          uid,
          flags: [...flagsOf(id)],
          data: cipher.open(bytesOf(data), mailContext(folder, uid)),
        }));
      }),
    remember: (box, path, uid, data) =>
      queue.write(() => {
        const id = idOf(box, path);
        if (id === undefined) return false;
        database.run("INSERT OR REPLACE INTO medimail_cache_documents (folder, uid, data) VALUES (?, ?, ?)", [
          id,
          uid,
          cipher.seal(data, documentContext(id, uid)),
        ]);
        return true;
      }, LOOSE),
    documents: (box) =>
      read((): KeptDocuments[] =>
        database
          .all<{ folder: number; uid: number; data: ArrayBuffer; path: ArrayBuffer }>(
            "SELECT d.folder, d.uid, d.data, f.path FROM medimail_cache_documents d JOIN medimail_cache_folders f ON f.id = d.folder WHERE f.box = ? ORDER BY d.folder, d.uid DESC",
            [boxKey(box)],
          )
          .map(({ folder, uid, data, path }) => ({
            path: cipher.open(bytesOf(path), PATH).toString("utf8"),
            uid,
            data: cipher.open(bytesOf(data), documentContext(folder, uid)),
          })),
      ),
    async close() {
      closed = true;
      await queue.close();
      database.close();
    },
  };
}
