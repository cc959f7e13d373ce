import { MedimailError } from "../errors.js";
import type { Observation, ObservationSink } from "../seams/observations.js";

type OmitFixed<T> = T extends unknown ? Omit<T, "v" | "at"> : never;
/** An observation before it is stamped. */
export type ObservationBody = OmitFixed<Observation>;

export interface WaitOptions {
  /** Default 5000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Of every wait that came to nothing. */
export const WAITED_HINT = "mock.observations says what came until then.";

interface Waiter<T> {
  test: (value: T) => boolean;
  done: (value: T) => void;
  fail: (error: Error) => void;
}

/** A bounded journal that can be waited on: past entries count, so a wait never races with what it waits for. */
export class Journal<T> {
  readonly #entries: T[] = [];
  /** The rank of each entry, counted from 1 since the start: it never goes back, even where entries are forgotten. */
  readonly #ranks: number[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  readonly #listeners = new Set<(entry: T, rank: number) => void>();
  readonly #keep: number;
  #last = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  get entries(): readonly T[] {
    return this.#entries;
  }

  /** The rank of the newest entry; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Entries kept whose rank is above, oldest first, with the rank to go on from. */
  since(rank: number, limit = Number.POSITIVE_INFINITY): { entries: { rank: number; entry: T }[]; next: number } {
    let [low, high] = [0, this.#ranks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranks[middle] ?? 0) > rank) high = middle;
      else low = middle + 1;
    }
    const entries = this.#entries
      .slice(low, low + limit)
      .map((entry, index) => ({ rank: this.#ranks[low + index] ?? 0, entry }));
    return { entries, next: entries.at(-1)?.rank ?? rank };
  }

  /** Told of each entry from now on; the function given back ends it. */
  listen(listener: (entry: T, rank: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets what is newer than a rank. */
  forgetAfter(rank: number): void {
    const kept = this.#ranks.filter((other) => other <= rank).length;
    this.#entries.length = kept;
    this.#ranks.length = kept;
  }

  add(entry: T): void {
    this.#entries.push(entry);
    this.#ranks.push(++this.#last);
    // Trimmed by a tenth at a time: shifting one by one would cost the whole array for each entry.
    if (this.#entries.length > this.#keep * 1.1) {
      const beyond = this.#entries.length - this.#keep;
      this.#entries.splice(0, beyond);
      this.#ranks.splice(0, beyond);
    }
    for (const listener of [...this.#listeners]) listener(entry, this.#last);
    for (const waiter of [...this.#waiters]) {
      try {
        if (waiter.test(entry)) waiter.done(entry);
      } catch (error) {
        // The test's own predicate failed: it is told, not the session that was observed.
        waiter.fail(error as Error);
      }
    }
  }

  wait(test: (value: T) => boolean, what: string, { timeoutMs = 5000, signal }: WaitOptions = {}): Promise<T> {
    const past = this.#entries.find(test);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const waiter: Waiter<T> = {
        test,
        done: (value) => settle(() => resolve(value)),
        fail: (error) => settle(() => reject(error)),
      };
      const onAbort = () => waiter.fail(new MedimailError("aborted", `Waiting for ${what} was aborted`));
      const timer = setTimeout(
        () => waiter.fail(new MedimailError("timeout", `No ${what} within ${timeoutMs} ms`, { hint: WAITED_HINT })),
        timeoutMs,
      );
      this.#waiters.add(waiter);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  close(): void {
    for (const waiter of [...this.#waiters]) waiter.fail(new MedimailError("closed", "The mock was closed"));
  }
}

/** Stamps what the servers see, keeps it, and tells the caller. */
export class Observer {
  readonly journal: Journal<Observation>;
  readonly #sink: ObservationSink | undefined;
  readonly #now: () => Date;
  readonly #failed: (error: unknown) => void;

  constructor(options: { keep: number; now: () => Date; failed: (error: unknown) => void; sink?: ObservationSink }) {
    this.#failed = options.failed;
    this.journal = new Journal(options.keep);
    this.#sink = options.sink;
    this.#now = options.now;
  }

  readonly observe = (body: ObservationBody): void => {
    const observation = { v: 1, at: this.#now().toISOString(), ...body } as Observation;
    this.journal.add(observation);
    try {
      this.#sink?.(observation);
    } catch (error) {
      this.#failed(error);
    }
  };
}
