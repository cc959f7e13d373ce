/** Time, as the rooms see it: tests freeze it. */
export interface Clock {
  /** Now, in milliseconds since 1970 (UTC): what the machine's clock says, which may be set at any moment, forward or back. */
  now(): number;
  /**
   * Milliseconds on a clock that nobody sets, from any beginning: for what lasts. It may stand still while the machine sleeps. Absent: `now` is
   * all there is.
   */
  elapsed?(): number;
  /** Resolves after `ms`, or 24.8 days where that is sooner (the longest timer of Node.js); rejects with the signal's reason when it is aborted. Does not keep the process alive where `unref`. */
  sleep(ms: number, options?: { signal?: AbortSignal; unref?: boolean }): Promise<void>;
}

export const systemClock: Clock & { elapsed(): number } = {
  now: () => Date.now(),
  // On Linux and macOS it begins with the machine, hence is the same for all processes: `performance.now` begins with the process.
  elapsed() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000 + nanoseconds / 1e6;
  },
  sleep(ms, { signal, unref } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(ms, 2 ** 31 - 1),
      );
      if (unref) timer.unref();
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};

/** 2025-01-01: no machine whose clock is right has run this package before. One without a battery begins in 1970, until its time server answers. */
export const EARLIEST_MS = 1_735_689_600_000;

/** What has gone by, whatever is done to the clock meanwhile. */
export const elapsedOf = (clock: Pick<Clock, "now" | "elapsed">): number => clock.elapsed?.() ?? clock.now();

const steady = new WeakMap<object, () => number>();

/**
 * `now` for what is to happen some time from now in this process: never set back, so that nothing waits an hour longer because the clock was.
 * Set ahead, it goes with the clock: a machine that slept has timers that did not run.
 */
export function steadyNow(clock: Pick<Clock, "now" | "elapsed">): () => number {
  if (!clock.elapsed) return () => clock.now();
  let now = steady.get(clock);
  if (!now) {
    let ahead = Number.NEGATIVE_INFINITY;
    now = () => {
      const elapsed = elapsedOf(clock);
      ahead = Math.max(ahead, clock.now() - elapsed);
      return Math.floor(elapsed + ahead);
    };
    steady.set(clock, now);
  }
  return now;
}

/** The same clock with {@link steadyNow}. */
export function steadyClock(clock: Clock): Clock {
  return {
    now: steadyNow(clock),
    elapsed: () => elapsedOf(clock),
    sleep: (ms, options) => clock.sleep(ms, options),
  };
}
