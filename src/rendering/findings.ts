import type { Problem } from "../errors.js";

/** Collects what is not shown as written: one problem for each kind, with its count and the first place. Never a value. */
export class Findings {
  readonly #found = new Map<string, { problem: Problem; count: number }>();

  warn(code: string, message: string, path?: string): void {
    this.#add("warning", code, message, path);
  }

  error(code: string, message: string, path?: string): void {
    this.#add("error", code, message, path);
  }

  get problems(): Problem[] {
    return [...this.#found.values()].map(({ problem, count }) =>
      count === 1 ? problem : { ...problem, message: `${problem.message} (${count} times)` },
    );
  }

  #add(severity: Problem["severity"], code: string, message: string, path: string | undefined): void {
    const known = this.#found.get(code);
    if (known) known.count++;
    else
      this.#found.set(code, {
        problem: { severity, code, message, ...(path === undefined ? {} : { path }) },
        count: 1,
      });
  }
}
