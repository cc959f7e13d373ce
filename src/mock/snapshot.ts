import { MedimailError } from "../errors.js";
import type { MockState } from "./mock-state.js";

/** A state of a mock, to come back to: made by `mock.snapshot()`, taken by `mock.restore(snapshot)`. */
export class MockSnapshot {
  readonly #of: MockState;
  readonly #restore: () => void;

  /** @internal */
  constructor(of: MockState, restore: () => void) {
    this.#of = of;
    this.#restore = restore;
  }

  /** @internal */
  restore(mock: MockState): void {
    if (mock !== this.#of)
      throw new MedimailError("invalid_argument", "This is a snapshot of another mock", { path: "snapshot" });
    this.#restore();
  }
}
