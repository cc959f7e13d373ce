/**
 * The requirements of an MSSanté client, and how far this version meets each. Pure: knows no server. It is no approval: that is ANS's
 * and Mipih's to give.
 *
 * @packageDocumentation
 */
export { howSeen, REQUIREMENTS, requirement, titleOf } from "./catalogue.js";
export type { Check } from "./checks/check.js";
export { CHECKS } from "./checks/index.js";
export { COVERAGE, coverageOf } from "./coverage.js";
export type { Guidance } from "./guidance/index.js";
export { GUIDANCE, guidanceOf } from "./guidance/index.js";
export { IMPLIES, impliedBy } from "./implies.js";
export type { Judgement, JudgeOptions, JudgeProblem } from "./judge/judge.js";
export { certaintyOf, Judge, judge, summarise } from "./judge/judge.js";
export type { TraceLine } from "./judge/run.js";
export type { ImportedLogs, ImportOptions, LogContent, LogLeftOut, LogLimits, ServerLog } from "./logs/index.js";
export { importServerLogs } from "./logs/index.js";
export { appliesTo, PROFILES } from "./profiles.js";
export type { LeftOut, ObservationLimits } from "./read-observations.js";
export { readObservation, readObservations } from "./read-observations.js";
export type {
  Both,
  CheckOutcome,
  Coverage,
  CoverageStatus,
  Declaration,
  Evidence,
  Obligation,
  Profile,
  Requirement,
  RequirementResult,
  Scenario,
  ScenarioStep,
  SeenBy,
  Summary,
  Verdict,
} from "./types.js";
