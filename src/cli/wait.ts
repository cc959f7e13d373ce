import type { StoredError, SubmissionEventName } from "../seams/index.js";
import type { SubmissionEvent } from "../sending/index.js";

export type Wait = "no" | "accepted" | "delivered" | "read";

const RANK: Partial<Record<SubmissionEventName, number>> = { accepted: 1, delivered: 2, read: 3, integrated: 4 };
const FAILED: ReadonlySet<SubmissionEventName> = new Set<SubmissionEventName>(["failed", "refused", "cancelled"]);

/**
 * Faults of the session that no retry mends before a person has: trust, TLS, authentication. A token that was refused has been
 * renewed once by then.
 */
const PERMANENT: ReadonlySet<string> = new Set([
  "auth_refused",
  "certificate_invalid",
  "certificate_revoked",
  "file_not_found",
  "file_unreadable",
  "recipient_outside_trust_space",
  "revocation_unknown",
  "secret_unavailable",
  "starttls_injection",
  "starttls_missing",
  "tls_failed",
  "token_refused",
]);

export type Verdict = { ok: true } | { ok: false; error?: StoredError };

interface Standing {
  state: SubmissionEventName;
  /** The operator, or the way to it, has answered for this recipient in this run. */
  tried: boolean;
}

/**
 * What `send` waits for (CLI.md), judged by the events it has printed: done when each recipient has reached the state asked, or a
 * later one; given up at once on what waiting cannot mend. Where an address is refused, the other recipients still get their
 * first answer.
 */
export class Waiting {
  readonly #recipients: Map<string, Standing>;
  #fault: StoredError | undefined;
  #stopped = false;

  constructor(
    addresses: readonly string[],
    private readonly wait: Exclude<Wait, "no">,
    /** Events before are of an earlier run of the same submission: their states count, their deferrals do not. */
    private readonly since: number,
  ) {
    this.#recipients = new Map(addresses.map((address) => [address, { state: "queued", tried: false }]));
  }

  apply(event: SubmissionEvent): void {
    const recipient = event.recipient === undefined ? undefined : this.#recipients.get(event.recipient);
    if (!recipient) return;
    const fresh = event.at.getTime() >= this.since;
    if (event.event === "deferred") {
      if (!fresh) return;
      recipient.tried = true;
      if (event.error && (!event.error.retryable || PERMANENT.has(event.error.code))) {
        this.#stopped = true;
        this.#fault ??= event.error;
      }
      return;
    }
    recipient.state = event.event;
    recipient.tried = event.event !== "queued";
    if (FAILED.has(event.event)) this.#fault ??= event.error;
  }

  /** Undefined while there is something to wait for. */
  verdict(): Verdict | undefined {
    const all = [...this.#recipients.values()];
    if (all.every(({ state }) => this.#reached(state))) return { ok: true };
    const failed = all.some(({ state }) => FAILED.has(state) && !this.#reached(state));
    if (!this.#stopped && !(failed && all.every(({ tried }) => tried))) return undefined;
    return { ok: false, ...(this.#fault ? { error: this.#fault } : {}) };
  }

  /** True where the printed events are as far as the rows of the outbox. */
  matches(rows: readonly { address: string; state: string }[]): boolean {
    return rows.every(({ address, state }) => this.#recipients.get(address)?.state === state);
  }

  get unknown(): boolean {
    return this.#some("unknown");
  }

  /** What is left to do for those who have not reached the state: hand over, settle a doubt, or nothing but wait for receipts. */
  get left(): "delivery" | "doubt" | "receipts" {
    if (this.#some("queued")) return "delivery";
    return this.unknown ? "doubt" : "receipts";
  }

  #some(wanted: SubmissionEventName): boolean {
    return [...this.#recipients.values()].some(({ state }) => state === wanted);
  }

  #reached(state: SubmissionEventName): boolean {
    // A software that refuses to integrate has the mail: it was accepted and delivered.
    const rank = state === "refused" ? RANK.delivered : RANK[state];
    return (rank ?? 0) >= (RANK[this.wait] ?? 0);
  }
}
