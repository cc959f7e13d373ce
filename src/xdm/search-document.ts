import { createHash } from "node:crypto";
import { folderOf, type Located } from "./locate.js";
import type { ZipFile } from "./zip-read.js";

/** What is no document though it lies beside the metadata: they themselves, sheets of style, files of a system. */
const NO_DOCUMENT = /(^|\/)(?:[^/]*metadata\.xml|\.[^/]*|[^/]*\.(?:xslt?|css)|thumbs\.db|desktop\.ini)$/i;

/** SHA-1 of the files, each made once: the metadata may name one large file many times. */
export class Hashes {
  readonly #made = new Map<Uint8Array, string>();

  of(content: Uint8Array): string {
    const known = this.#made.get(content) ?? createHash("sha1").update(content).digest("hex");
    this.#made.set(content, known);
    return known;
  }
}

/**
 * Finds documents whose URI is absent or leads nowhere, which archives of vendors have (measured: Medicity, the reference
 * software of Direct). The hash tells which file it is; without one it is the only file beside its metadata, where these
 * describe one document.
 */
export class DocumentSearch {
  readonly #files: readonly ZipFile[];
  readonly #hashes: Hashes;
  #byHash?: Map<string, string>;

  constructor(files: readonly ZipFile[], hashes: Hashes) {
    this.#files = files;
    this.#hashes = hashes;
  }

  /**
   * @param folder that of its METADATA.XML
   * @param alone whether the metadata describe no other document
   */
  find(hash: string | undefined, folder: string, alone: boolean): Located | undefined {
    if (hash !== undefined) {
      const path = this.#known().get(hash);
      return path === undefined ? undefined : { path, by: "hash" };
    }
    if (!alone) return undefined;
    const beside = this.#candidates().filter(({ path }) => folderOf(path) === folder);
    return beside[0] !== undefined && beside.length === 1 ? { path: beside[0].path, by: "alone" } : undefined;
  }

  #candidates(): readonly ZipFile[] {
    return this.#files.filter(({ path }) => !NO_DOCUMENT.test(path));
  }

  #known(): Map<string, string> {
    this.#byHash ??= new Map(this.#candidates().map(({ path, content }) => [this.#hashes.of(content), path]));
    return this.#byHash;
  }
}
