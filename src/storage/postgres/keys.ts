import { type ContentKeys, ringOf } from "../cipher.js";
import { isNothing, type Lookup, lookupBy, SECRET_ROWS, secretIn } from "../key-check.js";
import type { PgSql } from "./driver.js";
import type { PgWriteQueue } from "./write-queue.js";

/** As `openKeys` of the file store. @throws `storage_key_wrong`, `storage_failed` */
export async function openKeys(sql: PgSql, queue: PgWriteQueue, keys: ContentKeys | undefined): Promise<Lookup> {
  const ring = ringOf(keys);
  const found = secretIn(await rowsOf(sql), ring);
  if (isNothing(found.changes)) return lookupBy(found.secret);
  return queue.write(async (locked) => {
    const { secret, changes } = secretIn(await rowsOf(locked), ring);
    for (const row of changes.insert) await locked.run("INSERT INTO medimail_meta (name, value) VALUES (?, ?)", row);
    for (const name of changes.remove) await locked.run("DELETE FROM medimail_meta WHERE name = ?", [name]);
    return lookupBy(secret);
  });
}

async function rowsOf(sql: PgSql): Promise<Map<string, Buffer>> {
  const rows = await sql.all<{ name: string; value: Buffer }>(SECRET_ROWS);
  return new Map(rows.map(({ name, value }) => [name, value]));
}
