/**
 * Which entries have a word, kept in memory for a part of the import and then written as one row per word: bounded, whatever the size of the
 * file. A chain for each word runs backwards through one array.
 */
export class PostingPool {
  readonly #entry: Int32Array;
  readonly #before: Int32Array;
  #used = 1; // 0 ends a chain.
  #heads = new Int32Array(1 << 16);

  constructor(readonly capacity: number) {
    this.#entry = new Int32Array(capacity);
    this.#before = new Int32Array(capacity);
  }

  /** Whether words of one more entry still fit. */
  hasRoom(words: number): boolean {
    return this.#used + words < this.capacity;
  }

  add(key: number, entry: number): boolean {
    if (key >= this.#heads.length) {
      const grown = new Int32Array(Math.max(this.#heads.length * 2, key + 1));
      grown.set(this.#heads);
      this.#heads = grown;
    }
    const head = this.#heads[key] ?? 0;
    if (head !== 0 && this.#entry[head] === entry) return false;
    this.#entry[this.#used] = entry;
    this.#before[this.#used] = head;
    this.#heads[key] = this.#used;
    this.#used += 1;
    return true;
  }

  /** Gives every chain, ascending, and empties the pool. */
  drain(each: (key: number, entries: readonly number[]) => void): void {
    for (let key = 0; key < this.#heads.length; key++) {
      let at = this.#heads[key] ?? 0;
      if (at === 0) continue;
      const entries: number[] = [];
      for (; at !== 0; at = this.#before[at] ?? 0) entries.push(this.#entry[at] ?? 0);
      each(key, entries.reverse());
    }
    this.#heads.fill(0);
    this.#used = 1;
  }
}

/** Ascending numbers as the differences between them, seven bits a byte; the first one from `before`, so that lists can be put end to end. */
export function encodePostings(entries: readonly number[], before = 0): Buffer {
  const bytes = Buffer.allocUnsafe(entries.length * 5);
  let size = 0;
  let last = before;
  for (const entry of entries) {
    let rest = entry - last;
    last = entry;
    for (; rest > 127; rest >>>= 7) bytes[size++] = (rest & 127) | 128;
    bytes[size++] = rest;
  }
  return Buffer.from(bytes.subarray(0, size));
}

export function decodePostings(bytes: Uint8Array, each: (entry: number) => void, before = 0): void {
  let entry = before;
  for (let at = 0; at < bytes.length; ) {
    let byte = bytes[at++] ?? 0;
    let step = byte & 127;
    for (let shift = 7; byte > 127 && at < bytes.length; shift += 7) {
      byte = bytes[at++] ?? 0;
      step |= (byte & 127) << shift;
    }
    entry += step;
    each(entry);
  }
}

/** Bits of all entries, one for each: for a word that so many have that this is shorter. */
export function bitsOf(list: Uint8Array, entries: number): Buffer {
  const bits = Buffer.alloc((entries >> 3) + 1);
  decodePostings(list, (entry) => {
    bits[entry >> 3] = (bits[entry >> 3] ?? 0) | (1 << (entry & 7));
  });
  return bits;
}

export function eachEntry(
  { isBits, bytes }: { isBits: boolean; bytes: Uint8Array },
  each: (entry: number) => void,
): void {
  if (!isBits) decodePostings(bytes, each);
  else
    for (let entry = 0; entry < bytes.length * 8; entry++)
      if ((((bytes[entry >> 3] as number) >> (entry & 7)) & 1) === 1) each(entry);
}
