import type { Clock } from "../seams/index.js";

export interface CircuitPolicy {
  /** Faults of the operator in a row that open it. Default 5. */
  threshold: number;
  /** First pause, in ms; doubled at each probe that fails. Default 2 s. */
  pauseMs: number;
  /** Default 2 min. */
  maxPauseMs: number;
}

export const DEFAULT_CIRCUIT: CircuitPolicy = { threshold: 5, pauseMs: 2_000, maxPauseMs: 2 * 60_000 };

/**
 * One per operator: when it is down, its mails wait as they are instead of each trying and counting an attempt. After a
 * pause one mail goes as a probe; its success closes the circuit.
 */
export class Circuit {
  #failures = 0;
  #openUntil = 0;
  #pause: number;
  #probing = false;

  constructor(
    private readonly clock: Pick<Clock, "now">,
    private readonly policy: CircuitPolicy = DEFAULT_CIRCUIT,
  ) {
    this.#pause = policy.pauseMs;
  }

  get state(): "closed" | "open" | "half-open" {
    if (this.#openUntil === 0) return "closed";
    return this.clock.now() < this.#openUntil ? "open" : "half-open";
  }

  /** How many mails may go now: all, one probe, or none. */
  permits(): number {
    switch (this.state) {
      case "closed":
        return Number.POSITIVE_INFINITY;
      case "open":
        return 0;
      case "half-open":
        return this.#probing ? 0 : 1;
    }
  }

  /** When to ask again, where no mail may go now. */
  get retryAt(): number {
    return this.#openUntil;
  }

  started(): void {
    if (this.state === "half-open") this.#probing = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = 0;
    this.#probing = false;
    this.#pause = this.policy.pauseMs;
  }

  /** `final`: no retry will help before a person acts (a refused certificate): open at once, for the longest pause. */
  failed(final = false): void {
    this.#failures += 1;
    const probe = this.#probing;
    this.#probing = false;
    if (probe) this.#pause = Math.min(this.policy.maxPauseMs, this.#pause * 2);
    if (final) this.#pause = this.policy.maxPauseMs;
    if (final || probe || this.#failures >= this.policy.threshold) this.#openUntil = this.clock.now() + this.#pause;
  }

  /** The probe ended without saying anything of the operator (it was cancelled, or the mail itself was refused). */
  neutral(): void {
    this.#probing = false;
  }
}
