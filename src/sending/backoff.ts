import type { Random } from "../seams/index.js";

export interface BackoffPolicy {
  /** Wait after the first failure, in ms. Default 1 s. */
  baseMs: number;
  /** Longest wait, in ms. Default 15 min. */
  maxMs: number;
  /** Part of the wait that chance takes away, 0 to 1, so that mails that failed together do not come back together. Default 0.25. */
  jitter: number;
}

export const DEFAULT_BACKOFF: BackoffPolicy = { baseMs: 1_000, maxMs: 15 * 60_000, jitter: 0.25 };

/** Wait before the next attempt, `attempt` being the number of those made (1, 2, …). */
export function backoffMs(attempt: number, policy: BackoffPolicy, random: Pick<Random, "fraction">): number {
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  return Math.round(full * (1 - policy.jitter * random.fraction()));
}
