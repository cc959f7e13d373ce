import { Bell } from "../sending/index.js";

/** Who waits for a receipt just now. */
export class Waiters {
  /** Rung when somebody begins. */
  readonly begun = new Bell();
  #count = 0;

  get any(): boolean {
    return this.#count > 0;
  }

  add(by: 1 | -1): void {
    this.#count += by;
    if (by > 0) this.begun.ring();
  }
}
