import { errorCodeOf, isMedimailError } from "../errors.js";
import type { MailTransport, OutboxStore } from "../seams/index.js";
import { transportFailure } from "../seams/index.js";
import { Bell } from "../sending/index.js";
import { Line, readNote, type ServiceNote, writeNote } from "../supervision/index.js";

/** Where a mailbox's service notes itself, beside the other cursors of the mailbox. */
const NOTE = "service";

type Notes = Pick<OutboxStore, "cursor" | "setCursor">;

/** What the process that serves a mailbox knows of how it goes, for itself and, by a note in the outbox, for others. */
export class ServiceWatch {
  /** Rung where what is known has changed, beside the successes that repeat. */
  readonly changed = new Bell();
  readonly operator: Line;
  readonly receipts: Line;
  #running = 0;
  #begun = false;

  constructor(private readonly now: () => number) {
    this.operator = new Line(now, () => this.changed.ring());
    this.receipts = new Line(now, () => this.changed.ring());
  }

  /** Whether this process serves the mailbox. */
  get isRunning(): boolean {
    return this.#running > 0;
  }

  /** While `work` lasts, this process serves the mailbox. */
  async while<T>(work: Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work;
    } finally {
      this.#running -= 1;
    }
  }

  /** The transport, as the delivery is to use it: what the operator answers is noted. A mail that is refused for itself says that he works. */
  over(transport: MailTransport): MailTransport {
    return {
      maxSize: () => transport.maxSize(),
      giveUp: () => transport.giveUp(),
      close: () => transport.close(),
      send: async (mail, options) => {
        try {
          const result = await transport.send(mail, options);
          this.operator.succeeded();
          return result;
        } catch (error) {
          const failure = transportFailure(error);
          if (failure?.systemic) this.operator.failed(errorCodeOf(error), failure.verdict === "permanent");
          else if (failure?.reply !== undefined) this.operator.succeeded();
          throw error;
        }
      },
    };
  }

  /** A look for receipts. */
  async looking<T>(look: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      const found = await look;
      this.receipts.succeeded();
      return found;
    } catch (error) {
      if (!signal.aborted) this.receipts.failed(errorCodeOf(error), isMedimailError(error) && !error.retryable);
      throw error;
    }
  }

  noteOf(paused: boolean): ServiceNote {
    return { at: this.now(), paused, operator: this.operator.state, receipts: this.receipts.state };
  }

  /** Writes the note; at first, what a process before this one knew is taken over. */
  async write(store: Notes, { tenant, mailbox }: { tenant: string; mailbox: string }, paused: boolean): Promise<void> {
    if (!this.#begun) {
      const before = await readServiceNote(store, { tenant, mailbox });
      if (before) for (const name of ["operator", "receipts"] as const) this[name].begin(before[name]);
      this.#begun = true;
    }
    await store.setCursor(tenant, mailbox, NOTE, writeNote(this.noteOf(paused)));
  }
}

/** What the process that serves the mailbox noted last, whichever it is. */
export async function readServiceNote(
  store: Notes,
  { tenant, mailbox }: { tenant: string; mailbox: string },
): Promise<ServiceNote | undefined> {
  return readNote(await store.cursor(tenant, mailbox, NOTE));
}
