import type { Both } from "../types.js";

/** What a person needs to know of a row beside its title. */
export interface Guidance {
  /** What it means, and how to get there; in our words. */
  help: Both;
  /**
   * What a program sees when all is well is a part of the row only: somebody must still say that the screen, or the files of the
   * software, are as they should. A breach that a program sees is a breach all the same.
   */
  needsPerson?: boolean;
  /** For what no program can see: what to attest, what to join, and why. */
  attest?: { question: Both; evidence: Both; reason: Both };
}

export type GuidanceTable = Readonly<Record<string, Guidance>>;
