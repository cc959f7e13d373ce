import { isMedimailError, MedimailError } from "../errors.js";
import type { OutboxStore } from "../seams/index.js";

/** A store that holds the delivery up (a full disk, a lock held too long), or undefined where it does no more. */
export type StoreFaultListener = (fault: MedimailError | undefined) => void;

type Step = "claim" | "heartbeat" | "recover" | "settle";

/**
 * What the delivery worker bears with: it logs that the store was not written, and tries again. Who waits for the delivery hears here what it waits
 * for. A fault is over when the same step was written again.
 */
export class StoreFaults {
  readonly #held = new Map<Step, MedimailError>();
  readonly #listeners = new Set<StoreFaultListener>();

  /** Tells what there is to tell already, then each change; the answer ends it. */
  listen(listener: StoreFaultListener): () => void {
    this.#listeners.add(listener);
    if (this.#held.size > 0) listener(this.current);
    return () => this.#listeners.delete(listener);
  }

  /** The store, as the worker is to use it. */
  watch(store: OutboxStore): OutboxStore {
    return Object.assign(Object.create(store) as OutboxStore, {
      heartbeat: (worker, now) => this.#heard("heartbeat", store.heartbeat(worker, now)),
      claim: (query) => this.#heard("claim", store.claim(query)),
      recover: (query) => this.#heard("recover", store.recover(query)),
      settle: (settlements, options) => this.#heard("settle", store.settle(settlements, options)),
    } satisfies Pick<OutboxStore, Step>);
  }

  async #heard<T>(step: Step, work: Promise<T>): Promise<T> {
    try {
      const done = await work;
      if (this.#held.delete(step)) this.#tell();
      return done;
    } catch (error) {
      this.#held.delete(step);
      this.#held.set(
        step,
        isMedimailError(error) ? error : new MedimailError("internal", "the outbox was not written"),
      );
      this.#tell();
      throw error;
    }
  }

  /** The fault that holds the worker up now. */
  get current(): MedimailError | undefined {
    return [...this.#held.values()].at(-1);
  }

  #tell(): void {
    const fault = this.current;
    for (const listener of [...this.#listeners]) listener(fault);
  }
}
