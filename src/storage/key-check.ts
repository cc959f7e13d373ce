import { createHmac, randomBytes } from "node:crypto";
import { MedimailError } from "../errors.js";
import type { ContentKeys } from "./cipher.js";
import { createCipher, isSealed, ringOf } from "./cipher.js";
import { bytesOf, type SqliteDatabase } from "./driver.js";

const CONTEXT = "medimail_meta|lookup-secret";
const PLAIN_ROW = "lookup-secret";
const KEY_ROW = "lookup-secret:";

/**
 * Turns a sensitive value into what may stand in an indexed column. The secret is random, one for each database, and is
 * itself encrypted where there is a content key: without the key a column cannot be tried against a list of INS. It stays
 * the same when keys are rotated, so that look-ups keep working.
 */
export type Lookup = (kind: string, value: string) => Buffer;

/**
 * Compares the caller's keys with the database's check values (the look-up secret sealed by each key that was ever newest)
 * and stores one for a new key. A database without a key becomes encrypted from now on when a first key is given.
 *
 * Throws `storage_key_wrong`: a key differs from the one that had its id, none of the keys is known, or none was given to an
 * encrypted database.
 */
export function openKeys(database: SqliteDatabase, keys: ContentKeys | undefined): Lookup {
  const ring = ringOf(keys);
  const rows = () =>
    new Map(
      database
        .all<{ name: string; value: ArrayBuffer }>(SECRET_ROWS)
        .map(({ name, value }) => [name, bytesOf(value)] as const),
    );
  const found = secretIn(rows(), ring);
  // Most openings have nothing to write, and wait for no lock then.
  if (isNothing(found.changes)) return lookupBy(found.secret);
  return database.transaction(() => {
    // Looks again within the transaction: another process may have been first.
    const { secret, changes } = secretIn(rows(), ring);
    for (const [name, value] of changes.insert)
      database.run("INSERT INTO medimail_meta (name, value) VALUES (?, ?)", [name, value]);
    for (const name of changes.remove) database.run("DELETE FROM medimail_meta WHERE name = ?", [name]);
    return lookupBy(secret);
  });
}

export const SECRET_ROWS = "SELECT name, value FROM medimail_meta WHERE name LIKE 'lookup-secret%'";

export type Ring = ReturnType<typeof ringOf>;

/** What the rows of the secret lack for this ring. */
export interface SecretChanges {
  insert: [name: string, value: Buffer][];
  remove: string[];
}

export const isNothing = ({ insert, remove }: SecretChanges): boolean => insert.length === 0 && remove.length === 0;

export const lookupBy =
  (secret: Buffer): Lookup =>
  (kind, value) =>
    createHmac("sha256", secret).update(kind).update("\n").update(value).digest();

/** The secret of a database, new where it has none yet, and what is to be written of it. @throws `storage_key_wrong` */
export function secretIn(rows: Map<string, Buffer>, ring: Ring): { secret: Buffer; changes: SecretChanges } {
  const secret = secretOf(rows, ring);
  const [newest] = ring;
  const insert: [string, Buffer][] = [];
  if (newest) {
    const name = KEY_ROW + newest.id;
    if (!rows.has(name)) insert.push([name, newest.cipher.seal(secret, CONTEXT)]);
  } else if (!rows.has(PLAIN_ROW)) insert.push([PLAIN_ROW, createCipher().seal(secret, CONTEXT)]);
  return { secret, changes: { insert, remove: newest && rows.has(PLAIN_ROW) ? [PLAIN_ROW] : [] } };
}

function secretOf(rows: Map<string, Buffer>, ring: Ring): Buffer {
  const sealed = [...rows].filter(([, value]) => isSealed(value));
  if (sealed.length === 0) {
    const stored = rows.get(PLAIN_ROW);
    return stored ? Buffer.from(createCipher().open(stored, CONTEXT)) : randomBytes(32);
  }
  if (ring.length === 0) {
    throw wrong("the database is encrypted and no key was given", "Give the content key that it was made with.");
  }
  let secret: Buffer | undefined;
  for (const { id, cipher } of ring) {
    const value = rows.get(KEY_ROW + id);
    if (!value) continue;
    try {
      secret = Buffer.from(cipher.open(value, CONTEXT));
    } catch {
      throw wrong(
        "a key of the ring is not the one that had its id",
        "Give each key the id it had; a new key needs a new id.",
      );
    }
  }
  if (!secret) {
    throw wrong(
      "none of the keys given is one of this database",
      "To rotate, give the new key first and the former ones after it.",
    );
  }
  return secret;
}

function wrong(message: string, hint: string): MedimailError {
  return new MedimailError("storage_key_wrong", message, { hint });
}
