import { headerOf } from "../mime/headers.js";
import type { MimePart } from "../mime/tree.js";
import { parseMime } from "../mime/tree.js";

/** A mail in a folder. The bytes are shared between copies and never written to. */
export class MockMessage {
  readonly uid: number;
  readonly raw: Buffer;
  readonly internalDate: Date;
  /** Rises with each change of flags: a session tells its client what it has not seen. */
  version = 0;
  readonly #flags: Map<string, string>;
  #mime: MimePart | undefined;

  constructor(uid: number, raw: Buffer, internalDate: Date, flags: Iterable<string>) {
    this.uid = uid;
    this.raw = raw;
    this.internalDate = internalDate;
    this.#flags = new Map([...flags].map((flag) => [flag.toLowerCase(), flag]));
  }

  get flags(): string[] {
    return [...this.#flags.values()];
  }

  get mime(): MimePart {
    this.#mime ??= parseMime(this.raw);
    return this.#mime;
  }

  /** Without angle brackets; undefined where there is none. */
  get messageId(): string | undefined {
    return bare(this.header("message-id"));
  }

  /** Unfolded value of the first field of that name, as written (RFC 2047 not decoded). */
  header(name: string): string | undefined {
    return headerOf(this.mime.fields, name);
  }

  has(flag: string): boolean {
    return this.#flags.has(flag.toLowerCase());
  }

  /** True where something changed. */
  setFlags(how: "set" | "add" | "remove", flags: readonly string[]): boolean {
    const before = [...this.#flags.keys()].sort().join(" ");
    if (how === "set") this.#flags.clear();
    for (const flag of flags) {
      if (how === "remove") this.#flags.delete(flag.toLowerCase());
      else this.#flags.set(flag.toLowerCase(), flag);
    }
    const changed = [...this.#flags.keys()].sort().join(" ") !== before;
    if (changed) this.version += 1;
    return changed;
  }
}

/** A Message-ID without its brackets. */
export function bare(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return /<([^<>]+)>/.exec(value)?.[1] ?? value.trim();
}
