import type { KeyObject } from "node:crypto";
import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomFillSync } from "node:crypto";
import { MedimailError } from "../errors.js";

/** A content key: 32 bytes. The id is stored beside what it encrypts; never reuse an id for another key. */
export interface ContentKey {
  id: string;
  key: Uint8Array;
}

/** One key, or a ring for rotation: the first encrypts, all decrypt. A key alone has its own hash as id. */
export type ContentKeys = Uint8Array | readonly (Uint8Array | ContentKey)[];

/**
 * Encryption of health content at rest. `context` names the place of the value (table, column, row): bytes moved to another
 * place do not decrypt there.
 */
export interface ContentCipher {
  /** False: no key was given, content is stored as it is, marked so. */
  readonly encrypts: boolean;
  /** There are former keys beside the newest. */
  readonly rotates: boolean;
  /** Sealed by the newest key, or in clear where there is none. */
  isCurrent(stored: Uint8Array): boolean;
  seal(content: Uint8Array, context: string): Buffer;
  /** Throws `storage_key_wrong` where no key of the ring is the one used, `storage_corrupt` where the bytes were altered or moved. */
  open(stored: Uint8Array, context: string): Buffer;
}

// First byte of a stored value; never 0, so that a zeroed page is not taken for content. A sealed one goes on: 8 bytes of the key's id hashed, 12 of IV, the ciphertext, 16 of tag.
const PLAIN = 0x50;
const AES_256_GCM = 0x01;
const KEY_REF = 8;
const IV = 12;
const TAG = 16;
const HEAD = 1 + KEY_REF + IV;

interface RingKey {
  id: string;
  ref: Buffer;
  key: KeyObject;
}

/** Throws `invalid_argument` where a key is not 32 bytes, or two have the same id. */
export function createCipher(keys?: ContentKeys): ContentCipher {
  const ring = parseRing(keys);
  const newest = ring[0];
  const byRef = new Map(ring.map((entry) => [entry.ref.toString("latin1"), entry]));
  return {
    encrypts: newest !== undefined,
    rotates: ring.length > 1,
    isCurrent: (stored) =>
      newest ? isSealed(stored) && newest.ref.equals(stored.subarray(1, 1 + KEY_REF)) : stored[0] === PLAIN,
    seal: (content, context) => (newest ? sealWith(newest, content, context) : plain(content)),
    open(stored, context) {
      const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
      if (bytes[0] === PLAIN) return bytes.subarray(1);
      if (bytes[0] !== AES_256_GCM || bytes.length < HEAD + TAG) throw altered();
      const key = byRef.get(bytes.toString("latin1", 1, 1 + KEY_REF));
      if (!key) throw keyMissing(ring.length > 0);
      return openWith(key, bytes, context);
    },
  };
}

/** The ids of the ring, newest first, with a cipher of each alone; for the check values of {@link openKeys}. */
export function ringOf(keys: ContentKeys | undefined): { id: string; cipher: ContentCipher }[] {
  return parseRing(keys).map(({ id, key }) => ({ id, cipher: createCipher([{ id, key: key.export() }]) }));
}

export function isSealed(stored: Uint8Array): boolean {
  return stored[0] === AES_256_GCM;
}

function parseRing(keys: ContentKeys | undefined): RingKey[] {
  if (keys === undefined) return [];
  const list = keys instanceof Uint8Array ? [keys] : keys;
  if (!Array.isArray(list)) throw badKey("a content key must be 32 bytes");
  if (list.length === 0) throw badKey("the ring of content keys is empty");
  const ids = new Set<string>();
  return list.map((entry: Uint8Array | ContentKey) => {
    const { id, key } = entry instanceof Uint8Array ? { id: defaultId(entry), key: entry } : entry;
    if (!(key instanceof Uint8Array) || key.byteLength !== 32) throw badKey("a content key must be 32 bytes");
    if (typeof id !== "string" || id === "") throw badKey("a content key needs an id");
    if (ids.has(id)) throw badKey("two content keys have the same id");
    ids.add(id);
    return {
      id,
      ref: createHash("sha256").update(`medimail-key-ref\n${id}`).digest().subarray(0, KEY_REF),
      key: createSecretKey(key),
    };
  });
}

function defaultId(key: Uint8Array): string {
  return `sha256:${createHash("sha256").update("medimail-key-id\n").update(key).digest("hex").slice(0, 16)}`;
}

function plain(content: Uint8Array): Buffer {
  const stored = Buffer.allocUnsafe(content.byteLength + 1);
  stored[0] = PLAIN;
  stored.set(content, 1);
  return stored;
}

function sealWith({ ref, key }: RingKey, content: Uint8Array, context: string): Buffer {
  const stored = Buffer.allocUnsafe(HEAD + content.byteLength + TAG);
  stored[0] = AES_256_GCM;
  ref.copy(stored, 1);
  const iv = stored.subarray(1 + KEY_REF, HEAD);
  freshIv(iv);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(context, "utf8"));
  stored.set(cipher.update(content), HEAD);
  cipher.final();
  stored.set(cipher.getAuthTag(), stored.length - TAG);
  return stored;
}

function openWith({ key }: RingKey, stored: Buffer, context: string): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, stored.subarray(1 + KEY_REF, HEAD), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(context, "utf8"));
  decipher.setAuthTag(stored.subarray(stored.length - TAG));
  const content = decipher.update(stored.subarray(HEAD, stored.length - TAG));
  try {
    decipher.final();
  } catch {
    throw altered();
  }
  return content;
}

// One call to the system's source for many IVs; each byte is used once.
const pool = Buffer.alloc(IV * 512);
let used = pool.length;

function freshIv(target: Uint8Array): void {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  target.set(pool.subarray(used, used + IV));
  used += IV;
}

function badKey(message: string): MedimailError {
  return new MedimailError("invalid_argument", message, {
    path: "key",
    hint: "Make one with crypto.randomBytes(32) and keep it apart from the database.",
  });
}

function altered(): MedimailError {
  return new MedimailError("storage_corrupt", "stored content does not decrypt: it was altered or moved", {
    hint: "Restore the database from a backup.",
  });
}

function keyMissing(hasKeys: boolean): MedimailError {
  return new MedimailError(
    "storage_key_wrong",
    hasKeys
      ? "content was encrypted with a key that is not in the ring"
      : "the database is encrypted and no key was given",
    {
      hint: "Give every key that content was ever encrypted with, the newest first, until the retention has erased that content.",
    },
  );
}
