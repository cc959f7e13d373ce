import { MedimailError } from "../../errors.js";
import type { MailboxType, MockFolderOptions, MockMailboxAuth } from "../options.js";
import { type FolderState, MockFolder } from "./folder.js";
import type { MockMessage } from "./message.js";

const STANDARD: readonly MockFolderOptions[] = [
  { name: "Sent", specialUse: "\\Sent" },
  { name: "Drafts", specialUse: "\\Drafts" },
  { name: "Trash", specialUse: "\\Trash" },
  { name: "Junk", specialUse: "\\Junk" },
];
const DEFAULT_QUOTA = 1024 ** 3;

/** Separates the levels of folder names. */
export const DELIMITER = "/";
const MAX_FOLDERS = 1000;

/** A mailbox of the mock: its folders, and how its owner is known. */
export class MockMailbox {
  readonly address: string;
  /** `patient` for `…@patient.mssante.fr`, which nobody opens by IMAP here. */
  readonly type: MailboxType | "patient";
  readonly label: string;
  readonly auth: MockMailboxAuth | undefined;
  /** Bytes. */
  readonly quota: number;
  readonly #folders: MockFolder[];
  readonly #now: () => Date;
  readonly #changed: () => void;

  constructor(options: {
    address: string;
    type: MailboxType | "patient";
    label: string;
    auth?: MockMailboxAuth;
    folders?: readonly MockFolderOptions[];
    quota?: number;
    now: () => Date;
    /** Told after each change of what it holds. */
    changed?: () => void;
  }) {
    this.address = options.address;
    this.type = options.type;
    this.label = options.label;
    this.auth = options.auth;
    this.#now = options.now;
    this.#changed = options.changed ?? (() => {});
    this.quota = options.quota ?? DEFAULT_QUOTA;
    this.#folders = [];
    this.#add(new MockFolder("INBOX", options.now()));
    for (const { name, specialUse } of options.folders ?? STANDARD) {
      if (!this.create(name, specialUse))
        throw new MedimailError("invalid_argument", "A folder that cannot be made", { path: "mailboxes.folders" });
    }
  }

  get folders(): readonly MockFolder[] {
    return this.#folders;
  }

  /** Bytes of all its mails. */
  get used(): number {
    return this.#folders.reduce((sum, { messages }) => messages.reduce((size, { raw }) => size + raw.length, sum), 0);
  }

  /** Messages of a folder, oldest first. Default INBOX. */
  messages(folder = "INBOX"): readonly MockMessage[] {
    return this.folder(folder)?.messages ?? [];
  }

  /** INBOX in any case; other names as they are. */
  folder(name: string): MockFolder | undefined {
    const wanted = canonical(name);
    return this.#folders.find((folder) => folder.name === wanted);
  }

  /** Puts a mail into a folder, as its operator does. */
  deliver(
    raw: Buffer | string,
    options: { folder?: string; flags?: readonly string[]; date?: Date } = {},
  ): MockMessage {
    const bytes = typeof raw === "string" ? Buffer.from(raw, "utf8") : raw;
    const folder = this.folder(options.folder ?? "INBOX") ?? this.create(options.folder ?? "INBOX");
    if (!folder) throw new RangeError("The folder cannot be made");
    return folder.append(bytes, options.date ?? this.#now(), options.flags ?? []);
  }

  /** Undefined where the name is taken, empty, or there are too many. */
  create(name: string, specialUse?: string): MockFolder | undefined {
    const wanted = canonical(name.endsWith(DELIMITER) ? name.slice(0, -1) : name);
    if (wanted === "" || this.folder(wanted) || this.#folders.length >= MAX_FOLDERS) return undefined;
    const levels = wanted.split(DELIMITER);
    if (levels.some((level) => level === "") || wanted.length > 500) return undefined;
    for (let i = 1; i < levels.length; i++) {
      const parent = levels.slice(0, i).join(DELIMITER);
      if (!this.folder(parent)) this.#add(new MockFolder(parent, this.#now()));
    }
    return this.#add(new MockFolder(wanted, this.#now(), specialUse));
  }

  #add(folder: MockFolder): MockFolder {
    this.#folders.push(this.#watched(folder));
    this.#changed();
    return folder;
  }

  #watched(folder: MockFolder): MockFolder {
    folder.onChange(this.#changed);
    return folder;
  }

  /** @internal Its folders as they are now, for `restore`. */
  save(): FolderState[] {
    return this.#folders.map((folder) => folder.save());
  }

  /** @internal Sessions that have a folder open which has changed end with BYE. */
  restore(states: readonly FolderState[]): void {
    const kept = states.map((state) => MockFolder.restored(state, this.#now()));
    for (const folder of kept) if (!this.#folders.includes(folder)) this.#watched(folder);
    const gone = this.#folders.filter((folder) => !kept.includes(folder));
    this.#folders.splice(0, this.#folders.length, ...kept);
    for (const folder of gone) folder.end();
    this.#changed();
  }

  /** False where it is not there, is INBOX, or holds folders. */
  delete(name: string): boolean {
    const folder = this.folder(name);
    if (!folder || folder.name === "INBOX" || this.hasChildren(folder)) return false;
    this.#folders.splice(this.#folders.indexOf(folder), 1);
    folder.end();
    return true;
  }

  rename(from: string, to: string): boolean {
    const folder = this.folder(from);
    const wanted = canonical(to);
    if (!folder || folder.name === "INBOX" || wanted === "" || this.folder(wanted)) return false;
    const prefix = folder.name + DELIMITER;
    for (const child of this.#folders)
      if (child.name.startsWith(prefix)) child.name = wanted + DELIMITER + child.name.slice(prefix.length);
    folder.name = wanted;
    this.#changed();
    return true;
  }

  /**
   * What an operator does that restores a folder: the same mails under another UIDVALIDITY, their UIDs and mod-sequences counted anew.
   * Sessions that have it open end with BYE. Throws `RangeError` where there is no such folder.
   */
  rebuild(name: string): MockFolder {
    const old = this.folder(name);
    if (!old) throw new RangeError("The mailbox has no such folder");
    const folder = new MockFolder(old.name, this.#now(), old.specialUse);
    folder.subscribed = old.subscribed;
    for (const message of old.messages) folder.append(message.raw, message.internalDate, message.flags);
    this.#folders[this.#folders.indexOf(old)] = this.#watched(folder);
    old.end();
    return folder;
  }

  hasChildren(folder: MockFolder): boolean {
    return this.#folders.some((other) => other.name.startsWith(folder.name + DELIMITER));
  }
}

function canonical(name: string): string {
  if (/^inbox$/i.test(name)) return "INBOX";
  return name.replace(/^inbox(?=\/)/i, "INBOX");
}
