import { headerOf } from "../mime/headers.js";
import type { MimePart } from "../mime/tree.js";
import { parseMime } from "../mime/tree.js";

/** Where a message lies: it gives the mod-sequences, and tells the sessions. */
export interface MessageHolder {
  touched(message: MockMessage): void;
}

/** A mail in a folder. The bytes are shared between copies and never written to. */
export class MockMessage {
  readonly uid: number;
  readonly raw: Buffer;
  readonly internalDate: Date;
  /** Of its last change, the arrival included (RFC 7162); set by its folder. */
  modseq: number;
  /** The mod-sequence of its removal; undefined while it is there. */
  removedAt: number | undefined;
  readonly #flags: Map<string, string>;
  readonly #holder: MessageHolder;
  #mime: MimePart | undefined;

  constructor(options: {
    uid: number;
    raw: Buffer;
    date: Date;
    flags: Iterable<string>;
    modseq: number;
    holder: MessageHolder;
  }) {
    this.uid = options.uid;
    this.raw = options.raw;
    this.internalDate = options.date;
    this.modseq = options.modseq;
    this.#holder = options.holder;
    this.#flags = new Map([...options.flags].map((flag) => [flag.toLowerCase(), flag]));
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

  /** True where something changed; sessions hear of it at once. */
  setFlags(how: "set" | "add" | "remove", flags: readonly string[]): boolean {
    const before = [...this.#flags.keys()].sort().join(" ");
    if (how === "set") this.#flags.clear();
    for (const flag of flags) {
      if (how === "remove") this.#flags.delete(flag.toLowerCase());
      else this.#flags.set(flag.toLowerCase(), flag);
    }
    const changed = [...this.#flags.keys()].sort().join(" ") !== before;
    if (changed && this.removedAt === undefined) this.#holder.touched(this);
    return changed;
  }
}

/** A Message-ID without its brackets. */
export function bare(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return /<([^<>]+)>/.exec(value)?.[1] ?? value.trim();
}
