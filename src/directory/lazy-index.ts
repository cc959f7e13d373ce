import { isMedimailError } from "../errors.js";
import type {
  Directory,
  DirectoryEntry,
  DirectoryQuery,
  DirectorySearchOptions,
  DirectorySource,
} from "../seams/index.js";
import { type DirectoryIndex, openDirectoryIndex } from "./open.js";

/** An index that need not be there yet: it is opened by the first search that finds it. */
export class LazyIndex implements Directory {
  readonly source: DirectorySource;
  readonly #index: string;
  #open: DirectoryIndex | undefined;

  constructor(source: DirectorySource, index: string) {
    this.source = source;
    this.#index = index;
  }

  /** @throws MedimailError `directory_index_missing`, `directory_index_damaged` */
  async *search(query: DirectoryQuery, options?: DirectorySearchOptions): AsyncGenerator<DirectoryEntry> {
    this.#open ??= openDirectoryIndex({ index: this.#index });
    try {
      yield* this.#open.search(query, options);
    } catch (error) {
      // An index that fails is opened anew by the next search: it may have been replaced.
      if (!isMedimailError(error)) {
        await this.#open?.close();
        this.#open = undefined;
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }
}
