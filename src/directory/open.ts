import { isAbsolute, resolve } from "node:path";
import { isMedimailError, MedimailError } from "../errors.js";
import type {
  Directory,
  DirectoryEntry,
  DirectoryQuery,
  DirectorySearchOptions,
  DirectorySource,
} from "../seams/index.js";
import { storageError } from "../storage/index.js";
import type { Ranked } from "./search/rank.js";
import { Searcher } from "./search/search.js";
import { damaged, type IndexInfo, IndexReader } from "./store/reader.js";

export interface DirectoryIndexOptions {
  /** The file that an import wrote. */
  index: string;
}

/** The addresses of an import, searched as a person types. */
export interface DirectoryIndex extends Directory {
  /** What the index in use holds, and how old it is. */
  info(): IndexInfo;
}

const DEFAULT_LIMIT = 20;
const MOST = 1_000;

/**
 * Opens the index for reading (ECO.3.1.4, SC.MSS/UX.41). An import that replaces the file, by this process or another, is noticed at the next
 * search, which then reads the new one; searches never wait for an import.
 *
 * @throws MedimailError `directory_index_missing`, `directory_index_damaged`
 */
export function openDirectoryIndex({ index }: DirectoryIndexOptions): DirectoryIndex {
  return new OpenIndex(isAbsolute(index) ? index : resolve(index));
}

class OpenIndex implements DirectoryIndex {
  readonly source: DirectorySource;
  #reader: IndexReader;
  #searcher: Searcher;
  #isClosed = false;

  constructor(path: string) {
    this.#reader = IndexReader.open(path);
    this.#searcher = new Searcher(this.#reader);
    this.source = this.#reader.info.source;
  }

  info(): IndexInfo {
    this.#refresh();
    return this.#reader.info;
  }

  async *search(
    query: DirectoryQuery,
    { limit = DEFAULT_LIMIT, signal }: DirectorySearchOptions = {},
  ): AsyncGenerator<DirectoryEntry> {
    if (!Number.isInteger(limit) || limit < 1)
      throw new MedimailError("invalid_argument", "the limit is a whole number from 1", { path: "limit" });
    this.#refresh();
    for (const { entry } of this.#found(query, Math.min(limit, MOST))) {
      if (signal?.aborted) throw new MedimailError("aborted", "the search was given up", { cause: signal.reason });
      yield entry;
    }
  }

  #found(query: DirectoryQuery, limit: number): Ranked[] {
    try {
      return this.#searcher.search(query, limit);
    } catch (error) {
      const known = storageError(error);
      throw isMedimailError(known) && known.code === "storage_corrupt" ? damaged(known) : known;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#searcher.close();
  }

  /** Changes to the file that is at the path now; where that cannot be read, the one that is open goes on. */
  #refresh(): void {
    if (this.#isClosed) throw new MedimailError("closed", "the directory is closed");
    if (this.#reader.isCurrent) return;
    let reader: IndexReader;
    try {
      reader = IndexReader.open(this.#reader.path);
    } catch {
      return;
    }
    this.#searcher.close();
    this.#reader = reader;
    this.#searcher = new Searcher(reader);
  }
}
