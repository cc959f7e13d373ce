import { nameKey } from "./zip-names.js";

/** How a document was found. */
export interface Located {
  path: string;
  /**
   * `uri` as ITI TF-2 3.32 says (relative to the folder of METADATA.XML), `irregular` by its URI read otherwise, `hash` by its
   * hash, `alone` since no other file is beside the metadata.
   */
  by: "uri" | "irregular" | "hash" | "alone";
}

/** No path in an archive of eight folders is longer; a URI of megabytes would be read in each of its ways. */
const MAX_URI = 4096;
/** Nor has one more steps than that, `..` included. */
const MAX_STEPS = 64;

/** The files of an archive, found without regard to case. */
export class FileIndex {
  readonly #paths = new Map<string, string>();
  #longest = 0;

  constructor(paths: Iterable<string>) {
    for (const path of paths) {
      this.#paths.set(nameKey(path), path);
      this.#longest = Math.max(this.#longest, path.length);
    }
  }

  /** The file that `uri` names, seen from the folder `base` (empty, or ending with `/`). Never anything outside of the archive. */
  locate(uri: string, base: string): Located | undefined {
    const written = uri.trim().replaceAll("\\", "/");
    if (written === "" || written.length > MAX_URI || written.split("/", MAX_STEPS).length === MAX_STEPS)
      return undefined;
    const regular = this.#at(base, written);
    if (regular !== undefined) return { path: regular, by: uri.includes("\\") ? "irregular" : "uri" };
    const plain = unescaped(written);
    const readings = [written, plain, fromRoot(written), fromRoot(plain)];
    // Seen from each folder above, for a URI that starts with the name of its own folder (`SUBSET01/DOC0001.XML`).
    for (const reading of new Set(readings)) {
      for (let folder = base; ; folder = parent(folder)) {
        const path = this.#at(folder, reading);
        if (path !== undefined) return { path, by: "irregular" };
        if (folder === "") break;
      }
    }
    return undefined;
  }

  #at(folder: string, uri: string): string | undefined {
    const parts: string[] = [];
    for (const part of `${folder}${uri}`.split("/")) {
      if (part === "" || part === ".") continue;
      if (part !== "..") parts.push(part);
      else if (parts.pop() === undefined) return undefined;
    }
    const path = parts.join("/");
    // The comparison below is what costs: a name has at most three times the letters of another that is the same.
    return path.length > 3 * this.#longest ? undefined : this.#paths.get(nameKey(path));
  }
}

/** The folder of a file, with its `/`; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function parent(folder: string): string {
  return folderOf(folder.slice(0, -1));
}

/** What an absolute URI or path names, seen from the root of the archive: `/…`, `file:///…`, `D:/…`. */
function fromRoot(uri: string): string {
  return uri.replace(/^(?:file:)?\/*(?:[A-Za-z]:\/+)?/i, "");
}

function unescaped(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
