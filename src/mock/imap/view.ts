import type { MockFolder } from "../store/folder.js";
import type { MockMessage } from "../store/message.js";

/**
 * The folder as one session knows it: sequence numbers stay until the client is told of a change, which is allowed between
 * commands only (RFC 9051 §5.5, §7.5.1).
 */
export class FolderView {
  readonly folder: MockFolder;
  readonly readOnly: boolean;
  #messages: MockMessage[];
  readonly #told = new Map<MockMessage, number>();
  readonly #release: () => void;

  constructor(folder: MockFolder, readOnly: boolean, onChange: () => void) {
    this.folder = folder;
    this.readOnly = readOnly;
    this.#messages = [...folder.messages];
    for (const message of this.#messages) this.#told.set(message, message.version);
    this.#release = folder.onChange(onChange);
  }

  get messages(): readonly MockMessage[] {
    return this.#messages;
  }

  close(): void {
    this.#release();
  }

  /** The client has been shown these flags. */
  shown(message: MockMessage): void {
    this.#told.set(message, message.version);
  }

  /** Untagged lines that bring the client up to date; without EXPUNGE where numbers must not move. */
  update(mayExpunge: boolean): string[] {
    const lines: string[] = [];
    const now = new Set(this.folder.messages);
    if (mayExpunge) {
      for (let i = this.#messages.length - 1; i >= 0; i--) {
        const message = this.#messages[i];
        if (!message || now.has(message)) continue;
        this.#messages.splice(i, 1);
        this.#told.delete(message);
        lines.push(`* ${i + 1} EXPUNGE`);
      }
    }
    const known = new Set(this.#messages);
    const fresh = this.folder.messages.filter((message) => !known.has(message));
    if (fresh.length > 0) {
      this.#messages.push(...fresh);
      for (const message of fresh) this.#told.set(message, message.version);
      lines.push(`* ${this.#messages.length} EXISTS`);
    }
    this.#messages.forEach((message, i) => {
      if (this.#told.get(message) === message.version) return;
      this.shown(message);
      lines.push(`* ${i + 1} FETCH (UID ${message.uid} FLAGS (${message.flags.join(" ")}))`);
    });
    return lines;
  }
}
