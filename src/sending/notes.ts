import { errorCodeOf } from "../errors.js";
import type { Logger } from "../log.js";
import type { Clock, HandoverAnswer, MailSettlement, OutboxStore } from "../seams/index.js";

/** How long an answer waits for other writes to share its commit with, ms. Until then the mark of a later mail carries it. */
const GATHER_MS = 5;

interface Note {
  answer: HandoverAnswer;
  /** A mark of a later mail has carried it: the death of the process does not lose it any more. */
  carried: boolean;
}

export interface NotesDeps {
  store: Pick<OutboxStore, "settle">;
  clock: Clock;
  log: Logger;
  worker: string;
}

/**
 * What came of the mails, on its way into the outbox. Each commit costs an fsync: a settlement waits a little for company, and meanwhile its
 * answer goes with the next mark of a hand-over (`markHandover`).
 */
export class SettlementNotes {
  readonly #unwritten = new Set<Note>();

  constructor(private readonly deps: NotesDeps) {}

  /**
   * Resolves once it is durable. An answer must not be lost to a store that is busy: it is written again until it holds. The lease is kept
   * meanwhile. `last`: no other mail is under way.
   */
  async add(settlement: MailSettlement, answer: string | undefined, last: boolean): Promise<void> {
    const note = answer === undefined ? undefined : { answer: { mailId: settlement.mailId, answer }, carried: false };
    if (note) this.#unwritten.add(note);
    // Whatever is not plain acceptance has no other note than the settlement.
    await this.#write(settlement, note && !last ? GATHER_MS : 0);
    if (note) this.#unwritten.delete(note);
  }

  /** Runs `mark` with the answers that nothing has noted yet. */
  async carry(mark: (answers: HandoverAnswer[]) => Promise<void>): Promise<void> {
    const notes = [...this.#unwritten].filter(({ carried }) => !carried);
    await mark(notes.map(({ answer }) => answer));
    for (const note of notes) note.carried = true;
  }

  async #write(settlement: MailSettlement, waitMs: number): Promise<void> {
    const { store, clock, log, worker } = this.deps;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await store.settle([settlement], { waitMs });
        return;
      } catch (error) {
        const code = errorCodeOf(error);
        log.log("error", "delivery.note", { code, attempt, worker });
        if (code === "closed") return;
        await clock.sleep(Math.min(5_000, 50 * 2 ** attempt));
      }
    }
  }
}
