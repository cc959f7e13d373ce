import { createHash } from "node:crypto";
import { MedimailError } from "../errors.js";
import { MockClock } from "./clock.js";
import { Delivery, findMail, traced } from "./delivery.js";
import { Faults } from "./faults.js";
import { mailWriter } from "./mail-files.js";
import { Journal, Observer } from "./observer.js";
import type { AutoReceipts, MockMailboxOptions, MockMedimailOptions } from "./options.js";
import { defaultMailboxes } from "./options.js";
import { Recipients } from "./recipients.js";
import type { MockMailbox } from "./store/mailbox.js";
import type { MockMessage } from "./store/message.js";
import { MockStore } from "./store/store.js";
import type { AcceptedMail, AcceptedRecipient } from "./submission.js";

/** What a mail that comes from elsewhere is told of. */
export interface IncomingOptions {
  /** What it is, for who judges the answers: `document`, `replace`, `delete`, `patient`, `dsn`, `mdn`, `ko`… */
  what?: string;
  /** The envelope sender, empty for a report. Default empty. */
  from?: string;
  /** Default INBOX. */
  folder?: string;
}

/** All that a mock holds without a socket: mailboxes, mails, faults, time, and what its recipients do. The servers stand on it. */
export class World {
  readonly clock: MockClock;
  readonly faults = new Faults();
  readonly store: MockStore;
  readonly observer: Observer;
  readonly mails: Journal<AcceptedMail>;
  readonly delivery: Delivery;
  readonly recipients: Recipients;
  readonly autoReceipts: AutoReceipts;
  readonly #write: ((id: number | string, raw: Buffer) => string) | undefined;
  readonly #watchers = new Set<() => void>();
  #delivered = 0;

  constructor(options: MockMedimailOptions, failed: (error: unknown) => void) {
    this.clock = new MockClock(options.now ?? (() => new Date()), failed);
    const { now } = this.clock;
    this.store = new MockStore(options.mailboxes ?? defaultMailboxes, now, () => this.#changed());
    this.observer = new Observer({
      keep: options.keepObservations ?? 50_000,
      now,
      failed,
      ...(options.onObservation ? { sink: options.onObservation } : {}),
    });
    for (const { address, type } of this.store.mailboxes) this.#announce(address, type);
    this.observer.journal.listen(() => this.#changed());
    this.mails = new Journal(options.keepMails ?? 10_000);
    this.recipients = new Recipients(this.store, now);
    this.autoReceipts = { ...options.autoReceipts };
    const folder = options.mailsDir ?? options.dir;
    this.#write = folder === undefined ? undefined : mailWriter(folder);
    this.delivery = new Delivery({
      store: this.store,
      mails: this.mails,
      observe: this.observer.observe,
      clock: this.clock,
      filesSent: options.filesSent ?? false,
      autoReceipts: this.autoReceipts,
      failed,
      onDelivered: (address, message) => this.recipients.automatic(address, message, this.autoReceipts, this.clock),
      ...(this.#write ? { write: this.#write } : {}),
    });
  }

  /** Told after each change of what it holds or has seen; the function given back ends it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** One more mailbox, which is told as those of the start were. */
  addMailbox(options: MockMailboxOptions): MockMailbox {
    const mailbox = this.store.add(options);
    this.#announce(mailbox.address, mailbox.type);
    return mailbox;
  }

  #announce(address: string, type: string): void {
    this.observer.observe({ connection: "mock", kind: "mailbox", address, type });
  }

  mailbox(address: string): MockMailbox {
    const found = this.store.lookup(address);
    if ("unknown" in found)
      throw new MedimailError("invalid_argument", "The mock has no such mailbox", { path: "address" });
    return found.mailbox;
  }

  /** The mail that was accepted for a recipient. */
  accepted(address: string, messageId: string): { mail: AcceptedMail; recipient: AcceptedRecipient } {
    return findMail(this.mails.entries, address, messageId);
  }

  deliver(address: string, raw: Uint8Array, { what, from = "", folder }: IncomingOptions): MockMessage {
    const bytes = traced(Buffer.from(raw), from, address, this.clock.now());
    const message = this.mailbox(address).deliver(bytes, folder === undefined ? {} : { folder });
    const file = this.#write?.(`in-${String(++this.#delivered).padStart(6, "0")}`, bytes);
    this.observer.observe({
      connection: "mock",
      kind: "delivered",
      mailbox: address.toLowerCase(),
      from,
      ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
      ...(what === undefined ? {} : { what }),
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      ...(file === undefined ? {} : { file }),
    });
    return message;
  }

  /** What it is now; the function given back makes it so again. */
  save(): () => void {
    const parts = [this.store, this.faults, this.delivery, this.clock].map((part) => part.save());
    const [observed, accepted] = [this.observer.journal.last, this.mails.last];
    const autoReceipts = { ...this.autoReceipts };
    return () => {
      for (const restore of parts) restore();
      this.observer.journal.forgetAfter(observed);
      this.mails.forgetAfter(accepted);
      for (const name of Object.keys(this.autoReceipts) as (keyof AutoReceipts)[]) delete this.autoReceipts[name];
      Object.assign(this.autoReceipts, autoReceipts);
      this.#changed();
    };
  }

  close(): void {
    this.clock.close();
    this.observer.journal.close();
    this.mails.close();
    this.#changed();
    this.#watchers.clear();
  }
}
