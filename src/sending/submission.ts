import { MedimailError, type Problem } from "../errors.js";
import type { OutboxStore, RecipientState, SubmissionRow } from "../seams/index.js";
import { type EventReader, FINAL_STATES } from "./events.js";
import type { SettledSubmission, Submission, SubmissionEvent, Until } from "./types.js";

const REACHED: Record<Until, ReadonlySet<RecipientState>> = {
  accepted: new Set<RecipientState>(["accepted", "delivered", "read", "integrated"]),
  delivered: new Set<RecipientState>(["delivered", "read", "integrated"]),
  read: new Set<RecipientState>(["read", "integrated"]),
  integrated: new Set<RecipientState>(["integrated"]),
};

/** Whether the recipient has reached the state asked, or a later one (integrated > read > delivered > accepted). */
export function hasReached(state: RecipientState, until: Until): boolean {
  // A refusal to integrate says that the mail was accepted and delivered.
  if (state === "refused") return until === "accepted" || until === "delivered";
  return REACHED[until].has(state);
}

/** A submission in the caller's hands; it reads the outbox, and holds nothing itself. */
export class SubmissionHandle implements Submission {
  readonly messageIds: string[];
  constructor(
    row: SubmissionRow,
    readonly created: boolean,
    readonly problems: Problem[],
    private readonly deps: {
      store: OutboxStore;
      reader: EventReader;
      cancel: (id: string) => Promise<SubmissionRow>;
      /** Nothing but a late receipt or a person settles an `unknown`: waiting for it is vain. */
      unknownIsFinal: boolean;
      /** Somebody waits for receipts: they are looked for more often (+1), or no longer (-1). */
      eager: (by: 1 | -1) => void;
    },
  ) {
    this.id = row.id;
    this.messageIds = [...new Set(row.recipients.map((recipient) => recipient.messageId))];
  }

  readonly id: string;

  async status(): Promise<SubmissionRow> {
    const row = await this.deps.store.get(this.id);
    if (!row) throw new MedimailError("submission_not_found", "The submission is not in the outbox.");
    return row;
  }

  async *events({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<SubmissionEvent> {
    let after = 0;
    while (!signal?.aborted) {
      // The state is read before the events: where it is final, the events read after it are all there are.
      const ended = (await this.status()).recipients.every(({ state }) => FINAL_STATES.has(state));
      const page = await this.deps.reader.page({ after, submission: this.id });
      for (const event of page) {
        after = event.seq;
        yield event;
      }
      if (page.length > 0) continue;
      if (ended) return;
      await this.deps.reader.wait(signal);
    }
  }

  async settled({
    until = "accepted",
    signal,
  }: {
    until?: Until;
    signal?: AbortSignal;
  } = {}): Promise<SettledSubmission> {
    if (until === "accepted") return this.#settled(until, signal);
    this.deps.eager(1);
    try {
      return await this.#settled(until, signal);
    } finally {
      this.deps.eager(-1);
    }
  }

  async #settled(until: Until, signal: AbortSignal | undefined): Promise<SettledSubmission> {
    for (;;) {
      const row = await this.status();
      const ended = row.recipients.every(
        ({ state }) =>
          hasReached(state, until) || FINAL_STATES.has(state) || (state === "unknown" && this.deps.unknownIsFinal),
      );
      if (ended) return settledOf(row, until);
      if (signal?.aborted) {
        throw new MedimailError("aborted", `The wait for "${until}" was aborted; the submission goes on.`, {
          cause: signal.reason,
        });
      }
      await this.deps.reader.wait(signal);
    }
  }

  cancel(): Promise<SubmissionRow> {
    return this.deps.cancel(this.id);
  }
}

function settledOf(row: SubmissionRow, until: Until): SettledSubmission {
  return {
    submission: row,
    ok: row.recipients.every(({ state }) => hasReached(state, until)),
    recipients: row.recipients.map(({ address, kind, state, messageId, error }) => ({
      address,
      kind,
      state,
      messageId,
      ...(error ? { error } : {}),
    })),
  };
}
