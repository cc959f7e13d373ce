import type { ImapFlow } from "imapflow";
import { inFolder } from "./folders.js";
import type { ImapLink } from "./link.js";
import type { FetchedMail, FetchNewOptions, ImapCursor } from "./mailbox.js";
import { folderPath } from "./special.js";
import { failed } from "./wire.js";

interface Plan {
  path: string;
  uidValidity: string;
  uids: number[];
}

/** How often a reading ends before a mail whose content the server says is not there; then it is shown without. */
const TRIES = 3;
const MAX_MISSING = 1_000;

/** Mails whose content was not there, by folder and UID, and how often. */
export type MissingContents = Map<string, number>;

/** Told that a mail is passed over for want of its content. */
export type OnMissing = (attempt: number) => void;

/**
 * The new mails of a folder. Each is fetched when it is asked for, by a command of its own: between two, the session is
 * free for other work, which inside a running FETCH of imapflow would wait for ever. A session lost on the way is
 * replaced, and the reading goes on where it was.
 */
export class NewMail implements AsyncIterable<FetchedMail> {
  readonly #link: ImapLink;
  readonly #options: FetchNewOptions & { maxBytes: number };
  readonly #missing: MissingContents;
  readonly #onMissing: OnMissing;
  #cursor: ImapCursor | undefined;

  constructor(
    link: ImapLink,
    options: FetchNewOptions & { maxBytes: number },
    missing: MissingContents,
    onMissing: OnMissing,
  ) {
    this.#missing = missing;
    this.#onMissing = onMissing;
    this.#link = link;
    this.#options = options;
  }

  /** Where the reading stands: undefined before the server was asked; keep it when the iteration has ended. */
  get cursor(): ImapCursor | undefined {
    return this.#cursor;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FetchedMail> {
    const { signal } = this.#options;
    const plan = await this.#link.run("looking for new mails", signal, (client) => this.#plan(client));
    const same = plan.uidValidity === (this.#options.uidValidity ?? plan.uidValidity);
    this.#cursor = { uidValidity: plan.uidValidity, lastUid: same ? (this.#options.lastUid ?? 0) : 0 };
    for (const uid of plan.uids) {
      const mail = await this.#link.run("reading a mail", signal, (client) => this.#fetch(client, plan, uid));
      this.#cursor = { uidValidity: plan.uidValidity, lastUid: uid };
      // Deleted by someone else meanwhile.
      if (mail) yield { ...mail, cursor: this.#cursor };
    }
  }

  async #plan(client: ImapFlow): Promise<Plan> {
    const { folder, limit = 200, since } = this.#options;
    const path = await folderPath(client, folder);
    return await inFolder(client, path, async ({ validity: uidValidity }) => {
      const after =
        this.#options.uidValidity === undefined || this.#options.uidValidity === uidValidity
          ? (this.#options.lastUid ?? 0)
          : 0;
      const found = await client.search(
        { uid: `${after + 1}:*`, ...(since && after === 0 ? { since } : {}) },
        { uid: true },
      );
      if (!Array.isArray(found)) throw failed("the server refuses to list new mails");
      // `n:*` names the last mail even where its UID is under n (RFC 9051 §9, seq-range).
      const uids = found.filter((uid) => uid > after).sort((a, b) => a - b);
      return { path, uidValidity, uids: uids.slice(0, limit) };
    });
  }

  async #fetch(
    client: ImapFlow,
    { path, uidValidity }: Plan,
    uid: number,
  ): Promise<Omit<FetchedMail, "cursor"> | undefined> {
    const { maxBytes } = this.#options;
    return await inFolder(client, path, async ({ validity }) => {
      if (validity !== uidValidity) throw failed("the folder was made anew while it was read");
      const message = await client.fetchOne(
        String(uid),
        { uid: true, size: true, source: { start: 0, maxLength: maxBytes } },
        { uid: true },
      );
      if (!message || message.uid !== uid) return undefined;
      // Of NIL imapflow makes `false`, whatever its types say. Some servers say it of a mail that they have just moved on their disks.
      if (!message.source) return this.#withoutContent(`${path} ${uidValidity} ${uid}`, uid, message.size ?? 0);
      const size = message.size ?? message.source.length;
      return {
        uid,
        raw: message.source,
        size,
        truncated: message.source.length >= maxBytes && size > message.source.length,
      };
    });
  }

  /** Tried again by the next readings, for the mail is there; but not so that none after it is ever read. */
  #withoutContent(key: string, uid: number, size: number): Omit<FetchedMail, "cursor"> {
    const tries = (this.#missing.get(key) ?? 0) + 1;
    this.#missing.delete(key);
    if (size > 0 && tries < TRIES) {
      if (this.#missing.size >= MAX_MISSING) this.#missing.clear();
      this.#missing.set(key, tries);
      throw failed("the server does not give the content of a mail that it has", { retryable: true });
    }
    // A receipt among them is lost to whoever waits for it: somebody should know.
    if (size > 0) this.#onMissing(tries);
    return { uid, raw: Buffer.alloc(0), size, truncated: size > 0 };
  }
}
