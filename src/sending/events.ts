import { MedimailError } from "../errors.js";
import type { EventRow, OutboxStore, RecipientState } from "../seams/index.js";
import type { SubmissionEvent } from "./types.js";

export interface EventQuery {
  submission?: string;
  tenant?: string;
  mailbox?: string;
}

/** After these nothing more is to come but a late or contradictory receipt. */
export const FINAL_STATES: ReadonlySet<RecipientState> = new Set<RecipientState>([
  "integrated",
  "refused",
  "failed",
  "cancelled",
]);

/** Events read at once. */
const PAGE = 200;
/** Events of all mailboxes looked through at once. */
const PIECE = 20_000;

/**
 * Events are rows of the outbox, so that they survive a crash and reach a process that did not send. Readers wake at once for changes of
 * this process, and look every `pollMs` for those of others.
 */
export class EventReader {
  readonly #waiting = new Set<() => void>();
  #closed = false;
  /** Counts the changes of this process. */
  #changes = 0;
  /** A change is about to be told. */
  #told = false;

  constructor(
    private readonly store: Pick<OutboxStore, "events" | "lastEventSeq">,
    private readonly pollMs = 500,
    private readonly onNotify: () => void = () => {},
  ) {}

  /**
   * This process changed something. Readers wake once for all that changes in one turn of the event loop, since each asks the store: mails that
   * share a commit are told of together.
   */
  notify(): void {
    if (this.#told) return;
    this.#told = true;
    setImmediate(() => {
      this.#told = false;
      this.#tell();
    });
  }

  close(): void {
    this.#closed = true;
    this.#tell();
  }

  #tell(): void {
    this.#changes += 1;
    this.onNotify();
    for (const wake of [...this.#waiting]) wake();
  }

  async lastSeq(): Promise<number> {
    return this.store.lastEventSeq();
  }

  async page(query: EventQuery & { after: number; upTo?: number }): Promise<SubmissionEvent[]> {
    return (await this.store.events({ ...query, limit: PAGE })).map(toEvent);
  }

  /** Events after the cursor, as they come, until the signal or `close`. Ends without an error: the caller knows why it stopped. */
  async *read({
    signal,
    ...query
  }: EventQuery & { after: number; signal?: AbortSignal }): AsyncGenerator<SubmissionEvent> {
    let after = query.after;
    while (!this.#closed && !signal?.aborted) {
      const changes = this.#changes;
      const last = await this.lastSeq();
      // One mailbox of a large outbox, from far back: piece by piece, so that other work of the process has its turns between.
      const upTo = query.submission === undefined && last - after > PIECE ? after + PIECE : undefined;
      const page = await this.page({ ...query, after, ...(upTo === undefined ? {} : { upTo }) });
      for (const event of page) {
        after = event.seq;
        yield event;
        if (this.#closed || signal?.aborted) return;
      }
      // The events of others up to then are not looked through again: of a mailbox that is quiet in a busy outbox there are many.
      if (page.length < PAGE) after = Math.max(after, upTo ?? last);
      if (upTo !== undefined) await new Promise((resolve) => setImmediate(resolve));
      // A page that is not full was all there is, unless something changed since it was asked for.
      else if (page.length < PAGE && changes === this.#changes && !this.#closed) await this.wait(signal);
    }
  }

  /** Until something changed here, `pollMs` has passed, or the signal. */
  wait(signal?: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.reject(new MedimailError("closed", "The connector is closed."));
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, this.pollMs);
      this.#waiting.add(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}

function toEvent(row: EventRow): SubmissionEvent {
  return {
    event: row.event,
    submission: row.submission,
    at: new Date(row.at),
    seq: row.seq,
    ...(row.recipient === undefined ? {} : { recipient: row.recipient }),
    ...(row.messageId === undefined ? {} : { messageId: row.messageId }),
    ...(row.error === undefined ? {} : { error: row.error }),
    ...(row.reference === undefined ? {} : { reference: row.reference }),
  };
}
