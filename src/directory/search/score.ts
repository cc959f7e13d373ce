import type { IndexReader } from "../store/reader.js";
import type { Group } from "./alternatives.js";

/** Words that so many entries have do not bring in new ones once others did: they only tell the found ones apart. */
const COMMON = 10_000;
const ENOUGH = 200;

/** How the entries of one word are counted. */
interface Way {
  points: number;
  turn: number;
  isRequired: boolean;
  /** Entries that nothing was found of yet come in. */
  mayBegin: boolean;
}

export interface Candidate {
  entry: number;
  score: number;
}

/**
 * Adds up, for every entry, what it has of the query: flat arrays as long as the directory, cleaned after each search by the list of places
 * that were touched.
 */
export class Scoreboard {
  readonly #scores: Float32Array;
  readonly #turns: Uint8Array;
  readonly #required: Uint8Array;
  readonly #touched: Int32Array;
  #count = 0;

  constructor(readonly entries: number) {
    this.#scores = new Float32Array(entries + 1);
    this.#turns = new Uint8Array(entries + 1);
    this.#required = new Uint8Array(entries + 1);
    this.#touched = new Int32Array(entries + 1);
  }

  /** The best entries that have all that is required and at least `least`; `excluded` ones never. */
  best(
    groups: readonly Group[],
    reader: IndexReader,
    options: { within?: readonly number[]; excluded: ReadonlySet<number>; least: number; limit: number },
  ): Candidate[] {
    try {
      let needed = 0;
      if (options.within) {
        needed = 1;
        for (const entry of options.within) this.#begin(entry, 0.001, true);
      }
      let turn = 0;
      // Particles tell entries apart when these are judged word by word; here they would cost more than they tell.
      const telling = groups.filter(({ token }) => !token.isSmall || token.required || groups.length === 1);
      for (const group of telling.sort((one, other) => sizeOf(one) - sizeOf(other))) {
        turn += 1;
        const isRequired = group.token.required;
        const mayBegin =
          options.within === undefined &&
          (this.#count < ENOUGH ? needed === 0 || this.#count === 0 : needed === 0 && sizeOf(group) < COMMON);
        this.#add(group, reader, turn, mayBegin);
        if (isRequired) needed += 1;
      }
      return this.#select(needed, options);
    } finally {
      this.#clear();
    }
  }

  #add({ alternatives, value, token }: Group, reader: IndexReader, turn: number, mayBegin: boolean): void {
    const lists = reader.lists(alternatives.map(({ word, kind }) => ({ word: word.id, kind })));
    for (const [at, { weight }] of alternatives.entries()) {
      const list = lists[at];
      if (!list) continue;
      const way = { points: weight * value, turn, isRequired: token.required, mayBegin };
      if (!list.isBits) this.#addList(list.bytes, way);
      else if (mayBegin) this.#addBits(list.bytes, way);
      else this.#addTouched(list.bytes, way);
    }
  }

  /** The loop of `decodePostings` and what `#give` does, written out: it runs over ten thousands of entries. */
  #addList(bytes: Uint8Array, way: Way): void {
    const { points, turn, mayBegin } = way;
    const [scores, turns] = [this.#scores, this.#turns];
    const { length } = bytes;
    let entry = 0;
    let place = 0;
    while (place < length) {
      let byte = bytes[place++] as number;
      let step = byte & 127;
      for (let shift = 7; byte > 127 && place < length; shift += 7) {
        byte = bytes[place++] as number;
        step |= (byte & 127) << shift;
      }
      entry += step;
      if (scores[entry] === 0 ? mayBegin : turns[entry] !== turn) {
        if (way.isRequired || scores[entry] === 0) this.#give(entry, way);
        else {
          scores[entry] = (scores[entry] as number) + points;
          turns[entry] = turn;
        }
      }
    }
  }

  #addBits(bits: Uint8Array, way: Way): void {
    for (let place = 0; place < bits.length; place++)
      for (let byte = bits[place] as number, bit = 0; byte !== 0; byte >>= 1, bit++)
        if ((byte & 1) === 1) this.#give(place * 8 + bit, way);
  }

  /** A word of a hundred thousand entries costs no more than the entries that are looked at. */
  #addTouched(bits: Uint8Array, way: Way): void {
    for (let at = 0; at < this.#count; at++) {
      const entry = this.#touched[at] as number;
      if (((bits[entry >> 3] as number) >> (entry & 7)) & 1) this.#give(entry, way);
    }
  }

  #give(entry: number, { points, turn, isRequired, mayBegin }: Way): void {
    const before = this.#scores[entry] as number;
    if (before === 0) {
      if (!mayBegin) return;
      this.#begin(entry, points, isRequired);
    } else {
      if (this.#turns[entry] === turn) return;
      this.#scores[entry] = before + points;
      if (isRequired) this.#required[entry] = (this.#required[entry] as number) + 1;
    }
    this.#turns[entry] = turn;
  }

  #begin(entry: number, points: number, isRequired: boolean): void {
    if (this.#scores[entry] !== 0) return;
    this.#scores[entry] = points;
    if (isRequired) this.#required[entry] = 1;
    this.#touched[this.#count++] = entry;
  }

  #select(needed: number, { excluded, least, limit }: { excluded: ReadonlySet<number>; least: number; limit: number }) {
    const best: Candidate[] = [];
    let floor = least;
    for (let at = 0; at < this.#count; at++) {
      const entry = this.#touched[at] ?? 0;
      const score = this.#scores[entry] ?? 0;
      if (score < floor || (this.#required[entry] ?? 0) < needed || excluded.has(entry)) continue;
      best.push({ entry, score });
      // Cut from time to time rather than kept in order.
      if (best.length < limit * 4) continue;
      best.sort(byScore).length = limit;
      floor = Math.max(floor, best.at(-1)?.score ?? 0);
    }
    return best.sort(byScore).slice(0, limit);
  }

  #clear(): void {
    for (let at = 0; at < this.#count; at++) {
      const entry = this.#touched[at] ?? 0;
      this.#scores[entry] = 0;
      this.#turns[entry] = 0;
      this.#required[entry] = 0;
    }
    this.#count = 0;
  }
}

const byScore = (one: Candidate, other: Candidate): number => other.score - one.score || one.entry - other.entry;

function sizeOf({ alternatives }: Group): number {
  return alternatives.reduce((sum, { word, kind }) => sum + (word.counts[kind] ?? 0), 0);
}
