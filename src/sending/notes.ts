import { isMedimailError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Clock, HandoverAnswer, MailSettlement, OutboxStore } from "../seams/index.js";

/** Settlements that share a commit at most wait so long for others, in ms. */
const GATHER_MS = 3;

interface Note {
  settlement: MailSettlement;
  answer: HandoverAnswer | undefined;
  /** A mark of a later mail has carried the answer: the death of the process does not lose it any more. */
  carried: boolean;
  done: () => void;
}

export interface NotesDeps {
  store: Pick<OutboxStore, "settle">;
  clock: Clock;
  log: Logger;
  worker: string;
  /** So many settlements are written at once. */
  group: number;
}

/**
 * What came of the mails, on its way into the outbox: written some at a time, since each commit costs an fsync. Until it is written an answer
 * is carried by the next mark of a hand-over (`markHandover`).
 */
export class SettlementNotes {
  #gathered: Note[] = [];
  readonly #unwritten = new Set<Note>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly deps: NotesDeps) {}

  /**
   * Resolves once it is durable. An answer must not be lost to a store that is busy: it is written again until it holds. The lease is kept
   * meanwhile.
   */
  add(settlement: MailSettlement, answer: string | undefined, last: boolean): Promise<void> {
    return new Promise((done) => {
      const { mailId } = settlement;
      const note = { settlement, answer: answer === undefined ? undefined : { mailId, answer }, carried: false, done };
      this.#gathered.push(note);
      this.#unwritten.add(note);
      // Whatever is not plain acceptance has no other note than this.
      if (last || answer === undefined || this.#gathered.length >= this.deps.group) this.flush();
      else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
    });
  }

  /** Writes what was gathered: for who is about to have a commit anyway. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const notes = this.#gathered;
    if (notes.length === 0) return;
    this.#gathered = [];
    void this.#write(notes);
  }

  /** Runs `mark` with the answers that nothing has noted yet. */
  async carry(mark: (answers: HandoverAnswer[]) => Promise<void>): Promise<void> {
    const notes = [...this.#unwritten].filter(({ answer, carried }) => answer && !carried);
    await mark(notes.flatMap(({ answer }) => answer ?? []));
    for (const note of notes) note.carried = true;
  }

  async #write(notes: Note[]): Promise<void> {
    try {
      await this.deps.store.settle(notes.map(({ settlement }) => settlement));
      for (const note of notes) this.#over(note);
    } catch (error) {
      // One of them may be the reason: each by itself then.
      await Promise.all(notes.map((note) => this.#insist(note, error)));
    }
  }

  async #insist(note: Note, first: unknown): Promise<void> {
    const { store, clock, log, worker } = this.deps;
    let error = first;
    for (let attempt = 1; ; attempt += 1) {
      log.log("error", "delivery.note", { code: codeOf(error), attempt, worker });
      if (codeOf(error) === "closed") break;
      await clock.sleep(Math.min(5_000, 50 * 2 ** attempt));
      try {
        await store.settle([note.settlement]);
        break;
      } catch (again) {
        error = again;
      }
    }
    this.#over(note);
  }

  #over(note: Note): void {
    this.#unwritten.delete(note);
    note.done();
  }
}

function codeOf(error: unknown): string {
  return isMedimailError(error) ? error.code : "internal";
}
