import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Observation } from "../seams/index.js";

/** Name of the file of observations, one JSON object a line. */
export const OBSERVATIONS = "observations.jsonl";

/** Writes each observation as it happens: a run that is killed leaves what it has seen. */
export class Recorder {
  readonly observations: Observation[] = [];
  readonly #file: number;
  readonly #open = new Set<string>();
  readonly #idle = new Set<() => void>();
  #closed = false;

  constructor(folder: string) {
    this.#file = openSync(join(folder, OBSERVATIONS), "w");
  }

  add(observation: Observation): void {
    if (this.#closed) return;
    this.observations.push(observation);
    writeSync(this.#file, `${JSON.stringify(observation)}\n`);
    if (observation.kind !== "tcp") return;
    if (observation.what === "open") this.#open.add(observation.connection);
    else this.#open.delete(observation.connection);
    if (this.#open.size === 0) for (const wake of [...this.#idle]) wake();
  }

  /** Resolves when no session of mail is open, or the time is over: what the software under test has sent is then known. */
  idle(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#idle.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#idle.add(done);
    });
  }

  /** What happens from now on is not recorded: the servers are closed after the end of the run. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }
}
