/**
 * A run of scenarios against the mock Medimail: a software under test is driven, watched and judged, and a report is written. It is a verdict
 * against a mock, not a referencing nor anybody's approval.
 */

export {
  type Checklist,
  type ChecklistEntry,
  type ChecklistRow,
  type ChecklistState,
  checklistOf,
  fillFromReport,
  markEntry,
  readChecklistState,
} from "./checklist.js";
export { type Comparison, compareReports, type VerdictChange } from "./compare.js";
export { hasPassed, renderedOf } from "./conclude.js";
export type { DeclarationsFile } from "./declarations.js";
export { type Declarations, declarationsSchema, readDeclarations } from "./declarations.js";
export { deskOf } from "./desk.js";
export { type JudgeLogsOptions, judgeLogs } from "./judge-logs.js";
export { LiveJudge, mailsOf } from "./live-judge.js";
export { PATIENTS, patientBox } from "./people.js";
export type { ArrivalPlan, DocumentPlan, Reaction, ScenarioPlan, StageAct, StepPlan } from "./plan-types.js";
export { readReport } from "./read-report.js";
export type { PlayedScenario, Report } from "./report-types.js";
export { badge, checklistHtml, checklistMarkdown } from "./reports/checklist.js";
export { VERDICTS } from "./reports/words.js";
export { validate } from "./run.js";
export type { RunEvent, RunOptions, RunReady, RunResult, Walker } from "./run-types.js";
export { plansOf, SCENARIOS } from "./scenarios/index.js";
export { checkSignature, type SignedBy, type Signer, signerOf } from "./signature.js";
export { type EndReason, Stage, type StageOptions } from "./stage.js";
export { type Verification, type VerifyProblem, verifyFolder } from "./verify.js";
