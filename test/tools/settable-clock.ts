import { type Clock, systemClock } from "../../src/seams/index.js";

export const HOUR = 3_600_000;
export const YEAR = 365 * 24 * HOUR;

export interface SettableClock extends Clock {
  elapsed(): number;
  /** Sets the clock on the wall, forward or back; what has gone by stays what it is. */
  set(by: number): void;
  /** Time goes by, for both. */
  pass(ms: number): void;
}

/** The machine's clock, which a person or a time server sets while the work goes on. */
export function settableClock(): SettableClock {
  let ahead = 0;
  let passed = 0;
  return {
    now: () => Date.now() + ahead + passed,
    elapsed: () => systemClock.elapsed() + passed,
    sleep: systemClock.sleep,
    set(by) {
      ahead += by;
    },
    pass(ms) {
      passed += ms;
    },
  };
}
