import { type Clock, elapsedOf } from "../seams/index.js";

/** Less is what a clock is set right by in daily life, and what a busy machine takes between two looks. */
const LEAST_MS = 5_000;
/** So many are remembered; a laptop that sleeps each night comes to two in the age of a mail. */
const MOST = 100;

/** What is done to the clock on the wall while this process lives; a machine that slept looks as if it had been set forward. */
export class ClockWatch {
  #ahead: number;
  #setBack = false;
  /** Times at which it was set forward, by the clock before, and by how much. */
  readonly #forward: { at: number; by: number }[] = [];

  constructor(private readonly clock: Pick<Clock, "now" | "elapsed">) {
    this.#ahead = this.#aheadNow();
  }

  /** Whether it was set back since this was last asked. */
  wasSetBack(): boolean {
    this.#look();
    const was = this.#setBack;
    this.#setBack = false;
    return was;
  }

  /** What it was set forward by since `at` (ms since 1970): nobody lived through that time. */
  skippedSince(at: number): number {
    this.#look();
    return this.#forward.reduce((sum, set) => (set.at >= at ? sum + set.by : sum), 0);
  }

  #look(): void {
    const ahead = this.#aheadNow();
    const by = ahead - this.#ahead;
    if (Math.abs(by) < LEAST_MS) return;
    const at = elapsedOf(this.clock) + this.#ahead;
    this.#ahead = ahead;
    if (by < 0) {
      this.#setBack = true;
      this.#takeBack(-by);
      return;
    }
    this.#forward.push({ at, by });
    if (this.#forward.length > MOST) this.#forward.shift();
  }

  /** Forward and back again is as if nothing had been. */
  #takeBack(by: number): void {
    let left = by;
    for (let last = this.#forward.at(-1); last && left > 0; last = this.#forward.at(-1)) {
      const taken = Math.min(left, last.by);
      left -= taken;
      last.by -= taken;
      if (last.by === 0) this.#forward.pop();
    }
  }

  #aheadNow(): number {
    return this.clock.now() - elapsedOf(this.clock);
  }
}
