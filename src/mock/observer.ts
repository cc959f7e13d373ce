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

interface Waiter<T> {
  test: (value: T) => boolean;
  done: (value: T) => void;
  fail: (error: Error) => void;
}

/** A bounded journal that can be waited on: past entries count, so a wait never races with what it waits for. */
export class Journal<T> {
  readonly #entries: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  readonly #keep: number;

  constructor(keep: number) {
    this.#keep = keep;
  }

  get entries(): readonly T[] {
    return this.#entries;
  }

  add(entry: T): void {
    this.#entries.push(entry);
    // Trimmed by a tenth at a time: shifting one by one would cost the whole array for each entry.
    if (this.#entries.length > this.#keep * 1.1) this.#entries.splice(0, this.#entries.length - this.#keep);
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
        () => waiter.fail(new MedimailError("timeout", `No ${what} within ${timeoutMs} ms`)),
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
