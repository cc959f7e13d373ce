import { phoneticKey } from "../phonetic.js";
import { hash32 } from "./hash.js";

/*
 * Words that are near: two words one letter apart share a form with one letter dropped (or one is such a form of the other), and words that
 * sound alike share a phonetic key. Every form is a number in one of 65,536 rows of the index, so that a search reads as many rows as the typed
 * word has forms, and none for the size of the vocabulary.
 */
export const BUCKET_BITS = 16;
const LEAST_LETTERS = 4;
const MOST_LETTERS = 24;

/** The forms of a word, as numbers. */
export function formsOf(word: string): number[] {
  if (word.length < 3 || word.length > MOST_LETTERS || /\d/.test(word)) return [];
  const forms = [hash32(`~${phoneticKey(word)}`), hash32(word)];
  if (word.length < LEAST_LETTERS) return forms;
  for (let at = 0; at < word.length; at++)
    if (word[at] !== word[at - 1]) forms.push(hash32(word.slice(0, at) + word.slice(at + 1)));
  return forms;
}

/** Collects the forms of a whole vocabulary and gives them row by row: pairs of form and word. */
export class NeighbourRows {
  #forms = new Uint32Array(1 << 16);
  #words = new Uint32Array(1 << 16);
  #size = 0;

  add(word: string, id: number): void {
    for (const form of formsOf(word)) {
      if (this.#size === this.#forms.length) {
        this.#forms = grown(this.#forms);
        this.#words = grown(this.#words);
      }
      this.#forms[this.#size] = form;
      this.#words[this.#size] = id;
      this.#size += 1;
    }
  }

  *rows(): Generator<{ bucket: number; pairs: Uint8Array }> {
    const buckets = 1 << BUCKET_BITS;
    const starts = new Uint32Array(buckets + 1);
    for (let at = 0; at < this.#size; at++) bump(starts, bucketOf(this.#forms[at] ?? 0) + 1, 1);
    for (let bucket = 0; bucket < buckets; bucket++) bump(starts, bucket + 1, starts[bucket] ?? 0);
    const pairs = new Uint8Array(this.#size * 8);
    const view = new DataView(pairs.buffer);
    const next = starts.slice();
    for (let at = 0; at < this.#size; at++) {
      const form = this.#forms[at] ?? 0;
      const place = bump(next, bucketOf(form), 1);
      view.setUint32(place * 8, form, true);
      view.setUint32(place * 8 + 4, this.#words[at] ?? 0, true);
    }
    for (let bucket = 0; bucket < buckets; bucket++) {
      const [from, to] = [starts[bucket] ?? 0, starts[bucket + 1] ?? 0];
      if (to > from) yield { bucket, pairs: pairs.subarray(from * 8, to * 8) };
    }
  }
}

export const bucketOf = (form: number): number => form >>> (32 - BUCKET_BITS);

/** The words of a row that have one of the forms. */
export function wordsInRow(pairs: Uint8Array, forms: ReadonlySet<number>, each: (word: number) => void): void {
  const view = new DataView(pairs.buffer, pairs.byteOffset, pairs.byteLength);
  for (let at = 0; at + 8 <= pairs.byteLength; at += 8)
    if (forms.has(view.getUint32(at, true))) each(view.getUint32(at + 4, true));
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Adds to one place; what stood there before. */
function bump(array: Uint32Array, at: number, more: number): number {
  const before = array[at] ?? 0;
  array[at] = before + more;
  return before;
}
