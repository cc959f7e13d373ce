import type { Logger } from "../log.js";
import type { Clock, MailTransport, OutboxStore, Random, TraceEntry, WorkerIdentity } from "../seams/index.js";
import { type BackoffPolicy, DEFAULT_BACKOFF } from "./backoff.js";
import type { Circuit } from "./circuit.js";
import type { TraceDraft } from "./outcome.js";

export interface DeliverySettings {
  /** Mails under way at once. Default 5. */
  concurrency: number;
  /**
   * Mails that may stand between the final dot and the note of its answer at once: a process that is killed leaves at most so many
   * `unknown` (a machine that loses its power leaves those that were prepared: docs/concepts.md). Default 1; more is faster against a slow
   * operator.
   */
  maxInDoubt: number;
  backoff: BackoffPolicy;
  /** A mail not accepted by then is given up. Default 2 days, in ms. */
  maxAgeMs: number;
  /** Longest sleep while nothing is due, in ms: how soon another process' submission, or a dead one's, is seen. Default 1 s. */
  pollMs: number;
  /** Time limit of one hand-over, in ms. Default 5 min. */
  sendTimeoutMs: number;
}

export const DEFAULT_DELIVERY: DeliverySettings = {
  concurrency: 5,
  maxInDoubt: 1,
  backoff: DEFAULT_BACKOFF,
  maxAgeMs: 2 * 24 * 3_600_000,
  pollMs: 1_000,
  sendTimeoutMs: 5 * 60_000,
};

export interface DeliveryDeps {
  store: OutboxStore;
  transport: MailTransport;
  circuit: Circuit;
  worker: WorkerIdentity;
  isDead: Parameters<OutboxStore["recover"]>[0]["isDead"];
  clock: Clock;
  random: Random;
  log: Logger;
  tenant: string;
  mailbox: string;
  /** Completes a trace with tenant, mailbox, actor and local time. */
  trace: (entry: TraceDraft, actor: string | undefined, now: number) => TraceEntry;
  /** Something changed: events are to be read. */
  changed: () => void;
}
