import type { DomainAdvice } from "../domain.js";
import type { Actor, Duration, Part, Solution, Step, StructureKind } from "../guide/types.js";

export interface PlanRequest {
  structure: StructureKind;
  solution: Solution;
  /** First day, `YYYY-MM-DD`. */
  start: string;
  /** Ids of the steps that are done. */
  done?: readonly string[];
  /** As the domain was advised: a generic or listed one takes no time. */
  domain?: DomainAdvice;
  /** Other lengths in days than ours, by id of the step: what was agreed. */
  days?: Readonly<Record<string, number>>;
}

export interface PlannedStep {
  step: Step;
  /** `ready`: nothing stands before it. `blocked`: something does, see `blockedBy`. */
  state: "done" | "ready" | "blocked";
  /** Ids of the steps that are not done and stand before it. */
  blockedBy: readonly string[];
  /** First and last day, `YYYY-MM-DD`; absent once done. A step without length ends where it begins. */
  from?: string;
  until?: string;
  duration: Duration;
  /** A day more here is a day more for the first mail. */
  critical: boolean;
}

export interface Plan {
  structure: StructureKind;
  solution: Solution;
  start: string;
  domain?: DomainAdvice;
  /** In an order in which they can be done. */
  steps: readonly PlannedStep[];
  /** The day on which everything that must be done is, `YYYY-MM-DD`. */
  ready: string;
  /** Ids of what can be begun now. */
  next: readonly string[];
  /** What each has to do, in order. */
  byActor: Readonly<Partial<Record<Actor, readonly string[]>>>;
  byPart: Readonly<Partial<Record<Part, readonly string[]>>>;
}
