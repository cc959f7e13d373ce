import { statSync } from "node:fs";
import { isMedimailError, MedimailError } from "../../errors.js";
import type { DirectoryEntry, DirectorySource } from "../../seams/index.js";
import { bytesOf, type IndexFile, openIndexReader } from "../../storage/index.js";
import { bucketOf, wordsInRow } from "./neighbours.js";
import { unpackEntry } from "./pack.js";
import { listKey, SCHEMA_VERSION } from "./schema.js";
import { readCounts } from "./vocabulary.js";

export interface IndexInfo {
  source: DirectorySource;
  /** When the source said what is in it. ISO 8601. */
  asOf: string;
  /** ISO 8601. */
  importedAt: string;
  entries: number;
  /** The name of the file that was imported, without its folder. */
  origin?: string;
}

export interface Word {
  id: number;
  text: string;
  /** How often it is used, as what: by `KIND`. */
  counts: readonly number[];
}

/** Entries: the differences between them (`decodePostings`), or a bit for each entry of the directory. */
export interface EntryList {
  isBits: boolean;
  bytes: Uint8Array;
}

const MOST_COMMON = 128;

interface WordRow {
  id: number;
  text: string;
  counts: Uint8Array;
}

/** Reads of one index file. */
export class IndexReader {
  readonly info: IndexInfo;
  readonly #file: IndexFile;
  readonly #identity: string;
  /** Lists of the words that most searches have one of; there are hardly more than these. */
  readonly #common = new Map<number, EntryList>();

  private constructor(
    readonly path: string,
    file: IndexFile,
  ) {
    this.#file = file;
    this.#identity = identityOf(path);
    const meta = readMeta(file);
    this.info = infoOf(meta);
  }

  /** @throws MedimailError `directory_index_missing`, `directory_index_damaged` */
  static open(path: string): IndexReader {
    let file: IndexFile | undefined;
    try {
      file = openIndexReader(path);
      if (!file) throw missing();
      return new IndexReader(path, file);
    } catch (error) {
      file?.close();
      if (isMedimailError(error) && error.code !== "storage_corrupt") throw error;
      throw damaged(error);
    }
  }

  /** Whether the file at the path is still the one that is open. */
  get isCurrent(): boolean {
    return identityOf(this.path) === this.#identity;
  }

  word(text: string): Word | undefined {
    const row = this.#file.get<WordRow>("SELECT id, text, counts FROM word WHERE text = ?", [text]);
    return row && wordOf(row);
  }

  /** The most frequent words that begin so. */
  wordsFrom(beginning: string, limit: number): Word[] {
    return this.#file
      .all<WordRow>(
        `SELECT id, text, counts FROM word WHERE id IN
          (SELECT id FROM word WHERE text >= ? AND text < ? ORDER BY total DESC, text LIMIT ?)`,
        [beginning, `${beginning}\u{10ffff}`, limit],
      )
      .map(wordOf);
  }

  /** Words that have one of the forms of `formsOf`. */
  wordsNear(forms: readonly number[]): Word[] {
    if (forms.length === 0) return [];
    const wanted = new Set(forms);
    const buckets = [...new Set(forms.map(bucketOf))];
    const found = new Set<number>();
    const rows = this.#in<{ pairs: Uint8Array }>("SELECT pairs FROM near WHERE bucket IN", buckets);
    for (const { pairs } of rows) wordsInRow(bytesOf(pairs), wanted, (word) => found.add(word));
    return this.#in<WordRow>("SELECT id, text, counts FROM word WHERE id IN", [...found]).map(wordOf);
  }

  /** The lists of entries that have each word as this. */
  lists(words: readonly { word: number; kind: number }[]): (EntryList | undefined)[] {
    const keys = words.map(({ word, kind }) => listKey(word, kind));
    const rows = this.#in<{ key: number; bits: number; entries: Uint8Array }>(
      "SELECT key, bits, entries FROM list WHERE key IN",
      keys.filter((key) => !this.#common.has(key)),
    );
    const found = new Map<number, EntryList>();
    for (const { key, bits, entries } of rows) {
      const list = { isBits: bits === 1, bytes: bytesOf(entries) };
      found.set(key, list);
      if (list.isBits && this.#common.size < MOST_COMMON) this.#common.set(key, list);
    }
    return keys.map((key) => found.get(key) ?? this.#common.get(key));
  }

  /** Entries whose address, person or place has the number (`hash53` of it). */
  entriesOf(column: "address" | "person" | "place" | "siret", number: number): number[] {
    return this.#file
      .all<{ id: number }>(`SELECT id FROM entry WHERE ${column} = ? ORDER BY id LIMIT 5000`, [number])
      .map(({ id }) => id);
  }

  entries(ids: readonly number[]): Map<number, DirectoryEntry> {
    const { source, asOf } = this.info;
    const rows = this.#in<{ id: number; packed: string }>("SELECT id, packed FROM entry WHERE id IN", ids);
    return new Map(rows.map(({ id, packed }) => [id, unpackEntry(packed, source, asOf)]));
  }

  close(): void {
    this.#file.close();
  }

  /** Lists of a few lengths only, so that few statements are prepared. */
  #in<T>(sql: string, values: readonly number[]): T[] {
    const rows: T[] = [];
    for (let from = 0; from < values.length; from += 64) {
      const some = values.slice(from, from + 64);
      const size = [1, 2, 4, 8, 16, 32].find((length) => length >= some.length) ?? 64;
      while (some.length < size) some.push(some[0] as number);
      rows.push(...this.#file.all<T>(`${sql} (${"?, ".repeat(size - 1)}?)`, some));
    }
    return rows;
  }
}

export function readMeta(file: IndexFile): Record<string, string> {
  const rows = file.all<{ key: string; value: string }>("SELECT key, value FROM meta");
  const meta = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  if (meta["schema"] !== String(SCHEMA_VERSION) || meta["entries"] === undefined) throw damaged();
  return meta;
}

export function infoOf(meta: Readonly<Record<string, string>>): IndexInfo {
  return {
    source: (meta["source"] ?? "extraction") as DirectorySource,
    asOf: meta["asOf"] ?? "",
    importedAt: meta["importedAt"] ?? "",
    entries: Number(meta["entries"]),
    ...(meta["origin"] ? { origin: meta["origin"] } : {}),
  };
}

function wordOf({ id, text, counts }: WordRow): Word {
  return { id, text, counts: readCounts(counts) };
}

function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : "";
}

const missing = () =>
  new MedimailError("directory_index_missing", "there is no index of the directory at this path", {
    hint: "Import the extraction first: medimail directory import FILE",
  });

export const damaged = (cause?: unknown) =>
  new MedimailError("directory_index_damaged", "the index is damaged, unfinished or of another version", {
    hint: "Import the extraction again.",
    cause,
  });
