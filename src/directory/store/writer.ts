import { existsSync, rmSync } from "node:fs";
import { isMedimailError, MedimailError } from "../../errors.js";
import type { DirectoryEntry } from "../../seams/index.js";
import { bytesOf, type IndexFile, openIndexWriter } from "../../storage/index.js";
import { DigestSet } from "./digest-set.js";
import { entryWords, KINDS } from "./entry-words.js";
import { hash53 } from "./hash.js";
import { packEntry } from "./pack.js";
import { decodePostings, encodePostings, PostingPool } from "./postings.js";
import { PARTS, SCHEMA_VERSION, TABLES } from "./schema.js";
import { finishVocabulary } from "./vocabulary.js";

/** Words of about 200,000 entries: 24 MB, written as one part of the index. */
const POOL = 3_000_000;
const MOST_WORDS_OF_AN_ENTRY = 400;

/** Where an import stands, kept with the entries: a later one of the same file goes on from there. */
export interface Progress {
  /** What tells one file from another. */
  fingerprint: string;
  lines: number;
  /** As JSON: what the importer counted. */
  state: string;
}

/** Writes one index file from its first entry to its last. */
export class IndexWriter {
  readonly #file: IndexFile;
  readonly #words = new Map<string, number>();
  readonly #counts: number[][] = [];
  readonly #pool = new PostingPool(POOL);
  /** For each list, its last entry that was written. */
  readonly #last: number[] = [];
  readonly #seen = new DigestSet();
  #entries = 0;
  #parts = 0;
  #keptWords = 0;

  private constructor(file: IndexFile) {
    this.#file = file;
  }

  /** Begins a file, or goes on with one that an import of the same `fingerprint` left. */
  static open(path: string, fingerprint: string): { writer: IndexWriter; progress: Progress | undefined } {
    const left = tryToGoOn(path, fingerprint);
    if (left) {
      const writer = new IndexWriter(left.file);
      writer.#restore();
      return { writer, progress: left.progress };
    }
    for (const ending of ["", "-journal"]) rmSync(`${path}${ending}`, { force: true });
    const file = openIndexWriter(path);
    file.begin();
    file.exec(TABLES);
    return { writer: new IndexWriter(file), progress: undefined };
  }

  get entries(): number {
    return this.#entries;
  }

  /** False for an entry that is there already, field for field. */
  add(entry: DirectoryEntry): boolean {
    const packed = packEntry(entry);
    const digest = hash53(packed);
    const id = this.#entries + 1;
    const known = this.#seen.seen(digest, id);
    if (known !== 0 && this.#packedOf(known) === packed) return false;
    this.#entries = id;
    const { structure } = entry;
    this.#file.run("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [
      id,
      keyOf(entry),
      digest,
      hash53(entry.address.toLowerCase()),
      personNumber(entry),
      placeNumber(structure?.finess ?? structure?.idNat?.slice(1)),
      placeNumber(structure?.siret),
      packed,
    ]);
    for (const { kind, word } of entryWords(entry).slice(0, MOST_WORDS_OF_AN_ENTRY)) this.#addWord(word, kind, id);
    if (!this.#pool.hasRoom(MOST_WORDS_OF_AN_ENTRY)) this.#writePart();
    return true;
  }

  #packedOf(id: number): string | undefined {
    return this.#file.get<{ packed: string }>("SELECT packed FROM entry WHERE id = ?", [id])?.packed;
  }

  #addWord(word: string, kind: number, entry: number): void {
    let id = this.#words.get(word);
    if (id === undefined) {
      id = this.#words.size;
      this.#words.set(word, id);
    }
    if (!this.#pool.add(id * 8 + kind, entry)) return;
    this.#count(id, kind, 1);
  }

  #count(word: number, kind: number, more: number): void {
    let counts = this.#counts[kind];
    if (!counts) {
      counts = [];
      this.#counts[kind] = counts;
    }
    while (counts.length <= word) counts.push(0);
    counts[word] = (counts[word] ?? 0) + more;
  }

  #writePart(): void {
    if (this.#parts >= PARTS)
      throw new MedimailError("directory_file_invalid", "the directory has more words than an index holds", {
        hint: "Import a part of it.",
      });
    this.#pool.drain((key, entries) => {
      this.#file.run("INSERT INTO posting VALUES (?, ?)", [
        key * PARTS + this.#parts,
        encodePostings(entries, this.#last[key]),
      ]);
      this.#last[key] = entries.at(-1) ?? 0;
    });
    this.#parts += 1;
  }

  /** Everything until now is on disk, and can be gone on from. */
  keep(progress: Progress): void {
    this.#writePart();
    let at = 0;
    for (const word of this.#words.keys()) {
      if (at >= this.#keptWords) this.#file.run("INSERT INTO fresh_word VALUES (?, ?)", [at, word]);
      at += 1;
    }
    this.#keptWords = at;
    this.#setMeta({ schema: String(SCHEMA_VERSION), progress: JSON.stringify(progress), parts: String(this.#parts) });
    this.#file.commit();
    this.#file.begin();
  }

  /** Writes the vocabulary and the indexes; gives way to other work in between. The file is then whole. */
  async finish(meta: Readonly<Record<string, string>>, pause: () => Promise<void>): Promise<void> {
    this.#writePart();
    await finishVocabulary(this.#file, this.#words, this.#counts, this.#entries, pause);
    this.#setMeta({
      schema: String(SCHEMA_VERSION),
      entries: String(this.#entries),
      ...meta,
    });
    this.#file.run("DELETE FROM meta WHERE key IN ('progress', 'parts')");
    this.#file.commit();
  }

  close(): void {
    this.#file.close();
  }

  #setMeta(values: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(values))
      this.#file.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value]);
  }

  #restore(): void {
    const file = this.#file;
    for (let from = 0; ; ) {
      const rows = file.all<{ id: number; digest: number }>(
        "SELECT id, digest FROM entry WHERE id > ? ORDER BY id LIMIT 10000",
        [from],
      );
      for (const { id, digest } of rows) this.#seen.seen(digest, id);
      from = rows.at(-1)?.id ?? from;
      if (rows.length === 0) break;
    }
    this.#entries = file.get<{ most: number | null }>("SELECT max(id) AS most FROM entry")?.most ?? 0;
    for (const { id, text } of file.all<{ id: number; text: string }>("SELECT id, text FROM fresh_word ORDER BY id"))
      this.#words.set(text, id);
    this.#keptWords = this.#words.size;
    this.#parts = Number(file.get<{ value: string }>("SELECT value FROM meta WHERE key = 'parts'")?.value ?? 0);
    for (const kind of KINDS) this.#counts[kind] = [];
    for (let from = -1; ; ) {
      const rows = file.all<{ id: number; entries: Uint8Array }>(
        "SELECT id, entries FROM posting WHERE id > ? ORDER BY id LIMIT 5000",
        [from],
      );
      for (const { id, entries } of rows) {
        const key = Math.floor(id / PARTS);
        let last = this.#last[key] ?? 0;
        let count = 0;
        decodePostings(
          bytesOf(entries),
          (step) => {
            count += 1;
            last = step;
          },
          last,
        );
        this.#last[key] = last;
        this.#count(key >> 3, key & 7, count);
      }
      from = rows.at(-1)?.id ?? from;
      if (rows.length === 0) break;
    }
  }
}

/** @throws MedimailError `storage_failed`, retryable: another import is at work in this file, and it is not taken away from it */
function tryToGoOn(path: string, fingerprint: string): { file: IndexFile; progress: Progress } | undefined {
  if (!existsSync(path)) return undefined;
  let file: IndexFile | undefined;
  try {
    file = openIndexWriter(path);
    file.begin();
    const get = (key: string) => file?.get<{ value: string }>("SELECT value FROM meta WHERE key = ?", [key])?.value;
    const progress = JSON.parse(get("progress") ?? "{}") as Partial<Progress>;
    if (get("schema") === String(SCHEMA_VERSION) && progress.fingerprint === fingerprint && progress.lines)
      return { file, progress: progress as Progress };
  } catch (error) {
    if (isMedimailError(error) && error.retryable) {
      file?.close();
      throw error;
    }
  }
  file?.close();
  return undefined;
}

/** What stays the same of an entry when its details change: two imports are compared by it. */
function keyOf({ address, type, idNat = "", structure, profession }: DirectoryEntry): number {
  return hash53(
    [address.toLowerCase(), type, idNat, structure?.idNat ?? structure?.finess ?? "", profession?.code ?? ""].join("|"),
  );
}

export const personNumber = ({ rpps, idNat }: Pick<DirectoryEntry, "rpps" | "idNat">): number | null =>
  rpps ? hash53(rpps) : idNat ? hash53(idNat.slice(1)) : null;
export const placeNumber = (number: string | undefined): number | null => (number ? hash53(number) : null);
