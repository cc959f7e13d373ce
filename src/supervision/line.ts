import type { ErrorCode } from "../error-codes.js";
import type { LineState } from "./types.js";

/** Keeps what one of the operator's services answers. */
export class Line {
  #state: LineState = {};

  constructor(
    private readonly now: () => number,
    /** Told when it begins to fail, fails otherwise, or fails no more: not with each success. */
    private readonly changed: () => void,
  ) {}

  get state(): LineState {
    return this.#state;
  }

  succeeded(): void {
    const { failing, okAt } = this.#state;
    this.#state = { okAt: this.now() };
    if (failing || okAt === undefined) this.changed();
  }

  failed(code: ErrorCode, final: boolean): void {
    const { failing, okAt } = this.#state;
    if (failing?.code === code && failing.final === final) return;
    this.#state = {
      ...(okAt === undefined ? {} : { okAt }),
      failing: { since: failing?.since ?? this.now(), code, final },
    };
    this.changed();
  }

  /** What a process before this one noted. That it failed is not taken over: whoever starts a process anew may have mended the cause. */
  begin({ okAt }: LineState): void {
    if (okAt !== undefined && this.#state.okAt === undefined) this.#state = { ...this.#state, okAt };
  }
}
