import type { Clock } from "../seams/index.js";

/** Something to do may have come: who waits for it is woken, however long before. */
export class Bell {
  #rung = true;
  #wake: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Until it is rung, was rung since the last time, or `mostMs` have passed. Rejects with the signal. */
  async heard(mostMs: number, clock: Pick<Clock, "sleep">, signal: AbortSignal): Promise<void> {
    if (!this.#rung) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await clock
        .sleep(mostMs, { signal: AbortSignal.any([signal, woken.signal]), unref: true })
        .catch(() => signal.throwIfAborted());
    }
    this.#rung = false;
  }
}
