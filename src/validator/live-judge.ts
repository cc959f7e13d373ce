import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Judge, type Judgement, type JudgeOptions } from "../compliance/index.js";
import type { Observation } from "../seams/index.js";

/** The bytes of a mail of the run, by the name that its observation has. */
export function mailsOf(folder: string): JudgeOptions["mail"] {
  return (file) => {
    // The name comes from a file that somebody else may have written: never out of the folder.
    if (!/^mails\/[\w.-]{1,80}\.eml$/.test(file)) return undefined;
    try {
      return readFileSync(join(folder, file));
    } catch {
      return undefined;
    }
  };
}

/** The verdicts while the run goes on, for whoever looks at it. The report is judged again, from what was written. */
export class LiveJudge {
  readonly #judge: Judge;
  #work: Promise<void> = Promise.resolve();

  constructor(options: JudgeOptions) {
    this.#judge = new Judge(options);
  }

  add(observation: Observation): void {
    this.#work = this.#work.then(() => this.#judge.add(observation)).catch(() => {});
  }

  /** As far as the observations have been looked at. */
  results(): Judgement {
    return this.#judge.results();
  }
}
