import { MockMessage } from "./message.js";

let lastUidValidity = 0;

/** Strictly rising in a process: a folder deleted and made again must not look like the same. */
function nextUidValidity(now: Date): number {
  lastUidValidity = Math.max(lastUidValidity + 1, Math.floor(now.getTime() / 1000) % 0x7fffffff);
  return lastUidValidity;
}

/** A folder as it was: what {@link MockFolder.restored} makes one of. */
export interface FolderState {
  folder: MockFolder;
  name: string;
  specialUse: string | undefined;
  subscribed: boolean;
  uidNext: number;
  modseq: number;
  messages: { uid: number; raw: Buffer; date: Date; flags: string[] }[];
}

/** UIDs of removed messages that a folder remembers for QRESYNC. */
const MAX_REMEMBERED = 100_000;

/** One folder of a mailbox; sessions that have it open are told of changes. */
export class MockFolder {
  name: string;
  readonly specialUse: string | undefined;
  readonly uidValidity: number;
  subscribed = true;
  #uidNext = 1;
  #modseq = 1;
  #messages: MockMessage[] = [];
  readonly #removed: { uid: number; modseq: number }[] = [];
  /** What was removed up to this mod-sequence is not remembered. */
  #forgotten = 0;
  #gone = false;
  #together = 0;
  #told = 1;
  readonly #listeners = new Set<() => void>();

  constructor(name: string, now: Date, specialUse?: string) {
    this.name = name;
    this.specialUse = specialUse;
    this.uidValidity = nextUidValidity(now);
  }

  /**
   * As it was. Where it has changed, another one with the same mails under another UIDVALIDITY: what was told of UIDs since then is not true of it
   * (RFC 3501 §2.3.1.1).
   */
  static restored(state: FolderState, now: Date): MockFolder {
    const { folder } = state;
    if (folder.gone || folder.#modseq !== state.modseq) {
      const made = new MockFolder(state.name, now, state.specialUse);
      for (const { uid, raw, date, flags } of state.messages) {
        made.#modseq += 1;
        made.#messages.push(new MockMessage({ uid, raw, date, flags, modseq: made.#modseq, holder: made }));
      }
      made.#uidNext = state.uidNext;
      // Restored a second time, it is this one that may have stayed the same.
      state.folder = made;
      state.modseq = made.#modseq;
    }
    state.folder.name = state.name;
    state.folder.subscribed = state.subscribed;
    return state.folder;
  }

  save(): FolderState {
    return {
      folder: this,
      name: this.name,
      specialUse: this.specialUse,
      subscribed: this.subscribed,
      uidNext: this.#uidNext,
      modseq: this.#modseq,
      messages: this.#messages.map(({ uid, raw, internalDate, flags }) => ({ uid, raw, date: internalDate, flags })),
    };
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  /** HIGHESTMODSEQ of RFC 7162: rises with each change of the folder. */
  get highestModseq(): number {
    return this.#modseq;
  }

  /** Deleted, or built anew: a session that has it open cannot go on. */
  get gone(): boolean {
    return this.#gone;
  }

  /** In order of UID. */
  get messages(): readonly MockMessage[] {
    return this.#messages;
  }

  append(raw: Buffer, date: Date, flags: Iterable<string> = []): MockMessage {
    this.#modseq += 1;
    const message = new MockMessage({ uid: this.#uidNext++, raw, date, flags, modseq: this.#modseq, holder: this });
    this.#messages.push(message);
    this.#changed();
    return message;
  }

  remove(messages: Iterable<MockMessage>): void {
    const gone = [...messages].filter((message) => message.removedAt === undefined);
    if (gone.length === 0) return;
    this.#modseq += 1;
    for (const message of gone) {
      message.removedAt = this.#modseq;
      this.#removed.push({ uid: message.uid, modseq: this.#modseq });
    }
    this.#messages = this.#messages.filter((message) => message.removedAt === undefined);
    const beyond = this.#removed.length - MAX_REMEMBERED;
    if (beyond > 0) this.#forgotten = this.#removed.splice(0, beyond).at(-1)?.modseq ?? this.#forgotten;
    this.#changed();
  }

  /** UIDs removed after a mod-sequence; where that is too long ago, every UID that is not there (RFC 7162 §3.2.6). */
  removedSince(modseq: number): number[] {
    if (modseq >= this.#forgotten)
      return this.#removed.filter((removal) => removal.modseq > modseq).map((removal) => removal.uid);
    const there = new Set(this.#messages.map((message) => message.uid));
    return Array.from({ length: this.#uidNext - 1 }, (_, i) => i + 1).filter((uid) => !there.has(uid));
  }

  /** Several changes at once: sessions hear of them when all are made. */
  together<T>(act: () => T): T {
    this.#together += 1;
    try {
      return act();
    } finally {
      this.#together -= 1;
      if (this.#told !== this.#modseq) this.#changed();
    }
  }

  /** @internal The flags of a message have changed. */
  touched(message: MockMessage): void {
    this.#modseq += 1;
    message.modseq = this.#modseq;
    this.#changed();
  }

  /** @internal */
  end(): void {
    this.#gone = true;
    for (const listener of [...this.#listeners]) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    if (this.#together > 0) return;
    this.#told = this.#modseq;
    for (const listener of [...this.#listeners]) listener();
  }
}
