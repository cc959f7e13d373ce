/** Time, as the rooms see it: tests freeze it. */
export interface Clock {
  /** Now, in milliseconds since 1970 (UTC). */
  now(): number;
  /** Resolves after `ms`, or 24.8 days where that is sooner (the longest timer of Node.js); rejects with the signal's reason when it is aborted. Does not keep the process alive where `unref`. */
  sleep(ms: number, options?: { signal?: AbortSignal; unref?: boolean }): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
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
