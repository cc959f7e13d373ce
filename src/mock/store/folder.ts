import { MockMessage } from "./message.js";

let lastUidValidity = 0;

/** Strictly rising in a process: a folder deleted and made again must not look like the same. */
function nextUidValidity(now: Date): number {
  lastUidValidity = Math.max(lastUidValidity + 1, Math.floor(now.getTime() / 1000) % 0x7fffffff);
  return lastUidValidity;
}

/** One folder of a mailbox; sessions that have it open are told of changes. */
export class MockFolder {
  name: string;
  readonly specialUse: string | undefined;
  readonly uidValidity: number;
  subscribed = true;
  #uidNext = 1;
  #messages: MockMessage[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(name: string, now: Date, specialUse?: string) {
    this.name = name;
    this.specialUse = specialUse;
    this.uidValidity = nextUidValidity(now);
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  /** In order of UID. */
  get messages(): readonly MockMessage[] {
    return this.#messages;
  }

  append(raw: Buffer, date: Date, flags: Iterable<string> = []): MockMessage {
    const message = new MockMessage(this.#uidNext++, raw, date, flags);
    this.#messages.push(message);
    this.changed();
    return message;
  }

  remove(gone: ReadonlySet<MockMessage>): void {
    if (gone.size === 0) return;
    this.#messages = this.#messages.filter((message) => !gone.has(message));
    this.changed();
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
