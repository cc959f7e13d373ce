import type { MailboxType, MockMailboxAuth } from "../options.js";
import { MockFolder } from "./folder.js";
import type { MockMessage } from "./message.js";

const STANDARD: readonly [string, string | undefined][] = [
  ["INBOX", undefined],
  ["Sent", "\\Sent"],
  ["Drafts", "\\Drafts"],
  ["Trash", "\\Trash"],
  ["Junk", "\\Junk"],
];

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
  readonly #folders: MockFolder[];
  readonly #now: () => Date;

  constructor(options: {
    address: string;
    type: MailboxType | "patient";
    label: string;
    auth?: MockMailboxAuth;
    now: () => Date;
  }) {
    this.address = options.address;
    this.type = options.type;
    this.label = options.label;
    this.auth = options.auth;
    this.#now = options.now;
    this.#folders = STANDARD.map(([name, use]) => new MockFolder(name, options.now(), use));
  }

  get folders(): readonly MockFolder[] {
    return this.#folders;
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
  create(name: string): MockFolder | undefined {
    const wanted = canonical(name.endsWith(DELIMITER) ? name.slice(0, -1) : name);
    if (wanted === "" || this.folder(wanted) || this.#folders.length >= MAX_FOLDERS) return undefined;
    const levels = wanted.split(DELIMITER);
    if (levels.some((level) => level === "") || wanted.length > 500) return undefined;
    for (let i = 1; i < levels.length; i++) {
      const parent = levels.slice(0, i).join(DELIMITER);
      if (!this.folder(parent)) this.#folders.push(new MockFolder(parent, this.#now()));
    }
    const folder = new MockFolder(wanted, this.#now());
    this.#folders.push(folder);
    return folder;
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
    return true;
  }

  hasChildren(folder: MockFolder): boolean {
    return this.#folders.some((other) => other.name.startsWith(folder.name + DELIMITER));
  }
}

function canonical(name: string): string {
  if (/^inbox$/i.test(name)) return "INBOX";
  return name.replace(/^inbox(?=\/)/i, "INBOX");
}
