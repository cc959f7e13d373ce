import { MedimailError } from "../../errors.js";
import type { Language } from "../types.js";
import { type Words, wordsIn } from "../words.js";

export interface ContextOptions {
  language: Language;
  idPrefix: string;
  ids: ReadonlySet<string>;
  headingLevel: number;
  files: "link" | "name";
  maxBytes: number;
}

/** What the writers of the parts of a page share: words, identifiers, and how much may still be written. */
export class Context {
  readonly language: Language;
  readonly words: Words;
  readonly prefix: string;
  readonly headingLevel: number;
  readonly files: "link" | "name";
  readonly #ids: ReadonlySet<string>;
  readonly #names = new Map<string, string>();
  readonly #given = new Set<string>();
  readonly #maxBytes: number;
  #left: number;
  #inLink = false;

  constructor(options: ContextOptions) {
    this.language = options.language;
    this.words = wordsIn(options.language);
    this.prefix = options.idPrefix;
    this.headingLevel = options.headingLevel;
    this.files = options.files;
    this.#ids = options.ids;
    this.#maxBytes = options.maxBytes;
    this.#left = options.maxBytes;
  }

  /** ` id="…"` for the first element of an identifier; nothing for the others. */
  id(id: string | undefined): string {
    if (id === undefined || this.#given.has(id)) return "";
    this.#given.add(id);
    return ` id="${this.#name(id)}"`;
  }

  /** The fragment that leads to an element of the document; undefined where there is none. */
  target(id: string): string | undefined {
    return this.#ids.has(id) ? `#${this.#name(id)}` : undefined;
  }

  /** Always behind the prefix, so that no identifier of the document is one of the page around it. */
  #name(id: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    // `~` starts the names that are ours: an identifier of the document has none.
    const name = `${this.prefix}${/^[\w.-]{1,80}$/.test(id) ? id : `~${this.#names.size}`}`;
    this.#names.set(id, name);
    return name;
  }

  /** What a link holds; a link within a link is none. */
  within<T>(write: (outer: boolean) => T): T {
    const outer = this.#inLink;
    this.#inLink = true;
    const written = write(outer);
    this.#inLink = outer;
    return written;
  }

  /** @throws MedimailError `xml_limit_exceeded` where the page would pass its limit. */
  spend(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0)
      throw new MedimailError("xml_limit_exceeded", `The page passes the limit maxHtmlBytes (${this.#maxBytes}).`, {
        path: "maxHtmlBytes",
      });
  }
}
