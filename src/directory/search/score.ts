import type { IndexReader } from "../store/reader.js";
import type { Group } from "./alternatives.js";

/** Words that so many entries have do not bring in new ones once others did: they only tell the found ones apart. */
const COMMON = 30_000;
const ENOUGH = 200;

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
      for (const group of [...groups].sort((one, other) => sizeOf(one) - sizeOf(other))) {
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
    const lists = reader.postings(alternatives.map(({ word, kind }) => ({ word: word.id, kind })));
    const [scores, turns, required] = [this.#scores, this.#turns, this.#required];
    for (const [at, { weight }] of alternatives.entries()) {
      const points = weight * value;
      for (const bytes of lists[at] ?? []) {
        // The loop of `decodePostings`, written out: it runs over a hundred thousand entries for a common word.
        let entry = 0;
        for (let place = 0; place < bytes.length; ) {
          let byte = bytes[place++] as number;
          let step = byte & 127;
          for (let shift = 7; byte > 127 && place < bytes.length; shift += 7) {
            byte = bytes[place++] as number;
            step |= (byte & 127) << shift;
          }
          entry += step;
          const before = scores[entry] as number;
          if (before === 0) {
            if (mayBegin) {
              this.#begin(entry, points, token.required);
              turns[entry] = turn;
            }
          } else if (turns[entry] !== turn) {
            scores[entry] = before + points;
            turns[entry] = turn;
            if (token.required) required[entry] = (required[entry] as number) + 1;
          }
        }
      }
    }
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
