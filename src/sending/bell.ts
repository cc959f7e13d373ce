import { firstAborted } from "../first-aborted.js";
import type { Clock } from "../seams/index.js";

/** Something to do may have come: who sleeps until then is woken, however long before. */
export class Bell {
  #rings = 0;
  readonly #wakes = new Set<() => void>();

  ring(): void {
    this.#rings += 1;
    for (const wake of [...this.#wakes]) wake();
  }

  /** Hears each ring from now on; any number may listen. */
  listen(): Ear {
    let heard = this.#rings;
    return {
      heard: async (mostMs, clock, signal, { unref = true } = {}) => {
        if (heard === this.#rings) await this.#asleep(mostMs, clock, signal, unref);
        heard = this.#rings;
      },
    };
  }

  async #asleep(ms: number, clock: Pick<Clock, "sleep">, signal: AbortSignal, unref: boolean): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    this.#wakes.add(wake);
    const either = firstAborted(signal, woken.signal);
    try {
      await clock.sleep(ms, { signal: either.signal, unref });
    } catch (error) {
      if (!woken.signal.aborted || signal.aborted) throw error;
    } finally {
      either.release();
      this.#wakes.delete(wake);
    }
  }
}

export interface Ear {
  /** Until the bell rings, has rung since the last time, or `mostMs` have passed. Rejects with the signal. `unref`: default true. */
  heard(mostMs: number, clock: Pick<Clock, "sleep">, signal: AbortSignal, options?: { unref?: boolean }): Promise<void>;
}
