import { errorCodeOf } from "../errors.js";
import type { Logger } from "../log.js";
import type { Clock } from "../seams/index.js";
import type { Bell, Ear } from "./bell.js";
import type { DeliveryWorker } from "./delivery.js";

/** One kind of periodic work beside the delivery itself. */
export interface Chore {
  name: string;
  /** Wait before the next round, in ms; asked again after each. */
  everyMs: () => number;
  /** Rung before that, it begins the next round at once, but `restMs` after the last. */
  wake?: { bell: Bell; restMs: number };
  run: (signal: AbortSignal) => Promise<unknown>;
  /** Also once at the start. */
  atStart: boolean;
}

export interface ServiceDeps {
  worker: DeliveryWorker;
  chores: Chore[];
  clock: Clock;
  log: Logger;
}

/**
 * The delivery worker and its chores (receipts, doubts, erasure), until the signal. A chore that fails is logged and tried
 * again later; it stops neither the delivery nor the others.
 */
export async function runService(
  deps: ServiceDeps,
  options: { signal: AbortSignal; submission?: string },
): Promise<void> {
  const { signal } = options;
  await Promise.all([deps.worker.run(options), ...deps.chores.map((chore) => repeat(chore, deps, signal))]);
}

async function repeat(chore: Chore, { clock, log }: ServiceDeps, signal: AbortSignal): Promise<void> {
  let first = chore.atStart;
  const ear = chore.wake?.bell.listen();
  while (!signal.aborted) {
    if (!first) {
      try {
        await rest(chore, ear, clock, signal);
      } catch {
        return;
      }
    }
    first = false;
    if (signal.aborted) return;
    try {
      await chore.run(signal);
    } catch (error) {
      if (signal.aborted) return;
      log.log("warn", `chore.${chore.name}`, { code: errorCodeOf(error) });
    }
  }
}

async function rest({ everyMs, wake }: Chore, ear: Ear | undefined, clock: Clock, signal: AbortSignal): Promise<void> {
  const least = wake?.restMs ?? everyMs();
  await clock.sleep(least, { signal, unref: true });
  const left = everyMs() - least;
  if (left > 0) await ear?.heard(left, clock, signal);
}
