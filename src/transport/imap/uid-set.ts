/** Largest UID (RFC 9051 §2.3.1.1). */
export const MAX_UID = 0xffffffff;

/**
 * A set of UIDs as ranges: a folder of 10,000 mails is a few bytes, however many there are. Never changes; every operation gives a
 * new set.
 */
export class UidSet implements Iterable<number> {
  static readonly EMPTY = new UidSet(new Uint32Array(0));

  /** Pairs of first and last, ascending, apart from one another by at least one. */
  readonly #bounds: Uint32Array;
  readonly size: number;

  private constructor(bounds: Uint32Array) {
    this.#bounds = bounds;
    let size = 0;
    for (let at = 0; at < bounds.length; at += 2) size += (bounds[at + 1] as number) - (bounds[at] as number) + 1;
    this.size = size;
  }

  static of(uids: Iterable<number>): UidSet {
    const builder = new UidSetBuilder();
    for (const uid of uids) builder.add(uid);
    return builder.build();
  }

  /** Of many, in any order. */
  static ofNumbers(...lists: readonly Uint32Array[]): UidSet {
    const all = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
    let filled = 0;
    for (const list of lists) {
      all.set(list, filled);
      filled += list.length;
    }
    all.sort();
    const bounds: number[] = [];
    for (const uid of all) {
      const end = bounds.length - 1;
      if (end > 0 && uid <= (bounds[end] as number) + 1) bounds[end] = uid;
      else if (uid > 0) bounds.push(uid, uid);
    }
    return bounds.length === 0 ? UidSet.EMPTY : new UidSet(Uint32Array.from(bounds));
  }

  static range(first: number, last: number): UidSet {
    return last < first ? UidSet.EMPTY : new UidSet(Uint32Array.of(first, last));
  }

  /** Of pairs in any order, overlapping or not; those that are no UIDs are left out. */
  static ofRanges(ranges: readonly (readonly [number, number])[]): UidSet {
    const sorted = ranges
      .map(([a, b]): [number, number] => [Math.max(1, Math.min(a, b)), Math.min(MAX_UID, Math.max(a, b))])
      .filter(([a, b]) => Number.isInteger(a) && Number.isInteger(b) && a <= b)
      .sort(([a], [b]) => a - b);
    const bounds: number[] = [];
    for (const [first, last] of sorted) {
      const end = bounds.length - 1;
      if (end > 0 && first <= (bounds[end] as number) + 1) bounds[end] = Math.max(bounds[end] as number, last);
      else bounds.push(first, last);
    }
    return bounds.length === 0 ? UidSet.EMPTY : new UidSet(Uint32Array.from(bounds));
  }

  /** Of an IMAP sequence set (`1:3,5`), as a server or a cursor has it; what is no number in it is left out. */
  static parse(text: string): UidSet {
    const ranges: [number, number][] = [];
    for (const entry of text.split(",")) {
      const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(entry.trim());
      if (match) ranges.push([Number(match[1]), Number(match[2] ?? match[1])]);
    }
    return UidSet.ofRanges(ranges);
  }

  /** As a command takes it. */
  toString(): string {
    const parts: string[] = [];
    for (const [first, last] of this.ranges()) parts.push(first === last ? String(first) : `${first}:${last}`);
    return parts.join(",");
  }

  *ranges(): Generator<[number, number]> {
    for (let at = 0; at < this.#bounds.length; at += 2)
      yield [this.#bounds[at] as number, this.#bounds[at + 1] as number];
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [first, last] of this.ranges()) for (let uid = first; uid <= last; uid += 1) yield uid;
  }

  get last(): number {
    return this.#bounds[this.#bounds.length - 1] ?? 0;
  }

  has(uid: number): boolean {
    let low = 0;
    let high = this.#bounds.length / 2 - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (uid < (this.#bounds[middle * 2] as number)) high = middle - 1;
      else if (uid > (this.#bounds[middle * 2 + 1] as number)) low = middle + 1;
      else return true;
    }
    return false;
  }

  /** Place of the first range that ends at `uid` or after it: of a small set and a large one, the large one is not walked. */
  #endingFrom(uid: number): number {
    let low = 0;
    let high = this.#bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[middle * 2 + 1] as number) < uid) low = middle + 1;
      else high = middle;
    }
    return low * 2;
  }

  with(uid: number): UidSet {
    const end = this.#bounds.length - 1;
    // New mails come one after the other.
    if (end > 0 && uid === (this.#bounds[end] as number) + 1) {
      const bounds = this.#bounds.slice();
      bounds[end] = uid;
      return new UidSet(bounds);
    }
    return this.has(uid) ? this : this.union(UidSet.range(uid, uid));
  }

  without(uid: number): UidSet {
    return this.has(uid) ? this.minus(UidSet.range(uid, uid)) : this;
  }

  union(other: UidSet): UidSet {
    if (other.size === 0) return this;
    if (this.size === 0) return other;
    return UidSet.ofRanges([...this.ranges(), ...other.ranges()]);
  }

  minus(other: UidSet): UidSet {
    if (this.size === 0 || other.size === 0) return this;
    const left: [number, number][] = [];
    const holes = other.#bounds;
    for (const [first, last] of this.ranges()) {
      let from = first;
      for (let at = other.#endingFrom(from); at < holes.length && from <= last; at += 2) {
        const start = holes[at] as number;
        if (start > last) break;
        if (start > from) left.push([from, start - 1]);
        from = Math.max(from, (holes[at + 1] as number) + 1);
      }
      if (from <= last) left.push([from, last]);
    }
    return UidSet.ofRanges(left);
  }

  intersection(other: UidSet): UidSet {
    return this.minus(this.minus(other));
  }

  /** The first or, where negative, the last so many. */
  take(count: number): UidSet {
    const ranges = [...this.ranges()];
    if (count < 0) ranges.reverse();
    const taken: [number, number][] = [];
    let left = Math.abs(count);
    for (const [first, last] of ranges) {
      if (left === 0) break;
      const some = Math.min(left, last - first + 1);
      taken.push(count < 0 ? [last - some + 1, last] : [first, first + some - 1]);
      left -= some;
    }
    return UidSet.ofRanges(taken);
  }
}

/** Collects UIDs one by one; cheapest where they come ascending, as servers send them. */
export class UidSetBuilder {
  readonly #ranges: [number, number][] = [];

  add(uid: number): void {
    const end = this.#ranges.at(-1);
    if (end && uid === end[1] + 1) end[1] = uid;
    else if (!end || uid < end[0] || uid > end[1]) this.#ranges.push([uid, uid]);
  }

  build(): UidSet {
    return UidSet.ofRanges(this.#ranges);
  }
}
