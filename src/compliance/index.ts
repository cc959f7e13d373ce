/**
 * The requirements of an MSSanté client, and how far this version meets each. Pure: knows no server. It is no approval: that is ANS's
 * and Mipih's to give.
 *
 * @packageDocumentation
 */
export { REQUIREMENTS, requirement } from "./catalogue.js";
export { COVERAGE, coverageOf } from "./coverage.js";
export type {
  Coverage,
  CoverageStatus,
  Evidence,
  Obligation,
  Profile,
  Requirement,
  RequirementResult,
  Scenario,
  ScenarioStep,
  SeenBy,
  Verdict,
} from "./types.js";
