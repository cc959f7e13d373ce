import type { MockFolder } from "../store/folder.js";
import type { MockMessage } from "../store/message.js";
import { formatSet } from "./number-set.js";

/** What the client has enabled (RFC 7162): how changes are told to it. */
export interface Enabled {
  condstore: boolean;
  qresync: boolean;
}

/**
 * The folder as one session knows it: sequence numbers stay until the client is told of a change, which is allowed between
 * commands only (RFC 9051 §5.5, §7.5.1).
 */
export class FolderView {
  readonly folder: MockFolder;
  readonly readOnly: boolean;
  readonly #enabled: Readonly<Enabled>;
  #messages: MockMessage[];
  /** The mod-sequence of each message whose flags the client knows. */
  readonly #told = new Map<MockMessage, number>();
  readonly #release: () => void;
  /** HIGHESTMODSEQ of the folder when the client was last brought up to date. */
  #upTo: number;
  #heldBack = false;

  constructor(folder: MockFolder, options: { readOnly: boolean; enabled: Readonly<Enabled>; onChange: () => void }) {
    this.folder = folder;
    this.readOnly = options.readOnly;
    this.#enabled = options.enabled;
    this.#messages = [...folder.messages];
    for (const message of this.#messages) this.#told.set(message, message.modseq);
    this.#upTo = folder.highestModseq;
    this.#release = folder.onChange(options.onChange);
  }

  /** As the client numbers them, those included that were removed and of which it has not heard. */
  get messages(): readonly MockMessage[] {
    return this.#messages;
  }

  close(): void {
    this.#release();
  }

  /** Whether the client knows the flags of this message as they are. */
  knows(message: MockMessage): boolean {
    return this.#told.get(message) === message.modseq;
  }

  /** The client has been shown these flags. */
  shown(message: MockMessage): void {
    this.#told.set(message, message.modseq);
  }

  /**
   * Up to which mod-sequence the client knows everything, where a removal could not be told yet: it must not take the higher
   * ones that it has seen for its own (RFC 7162 §6).
   */
  get safeModseq(): number | undefined {
    if (!this.#heldBack) return undefined;
    const pending = this.#messages.flatMap(({ removedAt }) => removedAt ?? []);
    return pending.length > 0 ? Math.min(...pending) - 1 : undefined;
  }

  /** Untagged lines that bring the client up to date; without EXPUNGE where numbers must not move. */
  update(mayExpunge: boolean): string[] {
    const { folder } = this;
    if (this.#upTo === folder.highestModseq && !(mayExpunge && this.#heldBack)) return [];
    const last = this.#messages.at(-1)?.uid ?? 0;
    this.#upTo = folder.highestModseq;
    this.#heldBack = this.#messages.some((message) => message.removedAt !== undefined);
    const lines = mayExpunge && this.#heldBack ? this.#expunge() : [];
    // UIDs rise: what is new is behind what was known.
    const fresh = folder.messages.filter((message) => message.uid > last);
    if (fresh.length > 0) {
      this.#messages.push(...fresh);
      for (const message of fresh) this.shown(message);
      lines.push(`* ${this.#messages.length} EXISTS`);
    }
    this.#messages.forEach((message, i) => {
      if (this.knows(message) || message.removedAt !== undefined) return;
      this.shown(message);
      // The UID is not owed before QRESYNC, and servers leave it out: a client must know its numbers.
      const uid = this.#enabled.qresync ? `UID ${message.uid} ` : "";
      const modseq = this.#enabled.condstore ? ` MODSEQ (${message.modseq})` : "";
      lines.push(`* ${i + 1} FETCH (${uid}FLAGS (${message.flags.join(" ")})${modseq})`);
    });
    return lines;
  }

  #expunge(): string[] {
    const lines: string[] = [];
    const uids: number[] = [];
    this.#messages.forEach((message, i) => {
      if (message.removedAt === undefined) return;
      this.#told.delete(message);
      // From the first on: each number is what the client counts once it has taken away those before.
      lines.push(`* ${i + 1 - uids.length} EXPUNGE`);
      uids.push(message.uid);
    });
    this.#messages = this.#messages.filter((message) => message.removedAt === undefined);
    this.#heldBack = false;
    return this.#enabled.qresync ? [`* VANISHED ${formatSet(uids)}`] : lines;
  }
}
