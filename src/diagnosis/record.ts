import type { MailService } from "../discovery/index.js";
import { isMedimailError, MedimailError } from "../errors.js";
import { adviceOf } from "./advice.js";
import { type AdviceCode, type Seen, STEPS, type Step, type StepName } from "./types.js";

/** The steps of one service as they are taken; a step that is taken again (the next host, a renewed token) replaces what it was. */
export class StepRecord {
  readonly #steps = new Map<StepName, Step>();

  constructor(readonly service: MailService) {}

  ok(step: StepName, seen: Seen, ms?: number, warning?: AdviceCode): void {
    this.#put(step, {
      state: warning ? "warning" : "ok",
      seen,
      ...(ms === undefined ? {} : { ms: Math.round(ms) }),
      ...(warning ? { advice: warning } : {}),
    });
  }

  failed(step: StepName, thrown: unknown, ms?: number, seen: Seen = {}, advice?: AdviceCode): void {
    const error = isMedimailError(thrown)
      ? thrown
      : new MedimailError("internal", "unforeseen fault of the diagnosis", { cause: thrown });
    const { code, message, retryable, requirement, hint } = error.toJSON();
    // Who gave up himself needs no advice.
    const told = code === "aborted" ? undefined : (advice ?? adviceOf(step, error));
    this.#put(step, {
      state: "failed",
      seen: { ...this.#steps.get(step)?.seen, ...seen },
      error: { code, message, retryable, ...(requirement ? { requirement } : {}), ...(hint ? { hint } : {}) },
      ...(told ? { advice: told } : {}),
      ...(ms === undefined ? {} : { ms: Math.round(ms) }),
    });
  }

  /** What was learnt of a step afterwards. */
  saw(step: StepName, seen: Seen): void {
    const known = this.#steps.get(step);
    if (known) known.seen = { ...known.seen, ...seen };
  }

  /** All steps of the service in their order, those not reached as skipped. */
  steps(): Step[] {
    return STEPS.filter((step) => step !== "folders" || this.service === "imap").map(
      (step) => this.#steps.get(step) ?? { service: this.service, step, state: "skipped", seen: {} },
    );
  }

  #put(step: StepName, taken: Omit<Step, "service" | "step">): void {
    this.#steps.set(step, { service: this.service, step, ...taken });
  }
}
