/**
 * The raccordement to Medimail as data and files: steps, domains, accounts, a dated plan. Pure: bytes and data in, bytes and data out; what the guide
 * doesn't say is an estimate or a description of ours, and marked as such.
 */
export * from "./accounts/index.js";
export type { DomainAdvice } from "./domain.js";
export { adviseDomain, DECLARATION_DAYS, GENERIC_DOMAINS, strayDomains } from "./domain.js";
export { CONTACTS, FORM_FIELDS, PARTIES, PARTS, STRUCTURES } from "./guide/parties.js";
export type { SolutionAdvice, SolutionNeeds, SolutionSheet } from "./guide/solutions.js";
export { adviseSolution, SOLUTIONS } from "./guide/solutions.js";
export type { Pointer, Statement } from "./guide/statements.js";
export { STATEMENTS } from "./guide/statements.js";
export { STEPS, stepNamed } from "./guide/steps.js";
export type { Actor, Duration, Part, Solution, Step, StructureKind } from "./guide/types.js";
export * from "./indicators/index.js";
export { type Paper, paperToHtml, paperToMarkdown } from "./paper.js";
export type { Plan, PlannedStep, PlanRequest } from "./plan/index.js";
export { planOnboarding, planToHtml, planToIcs, planToMarkdown } from "./plan/index.js";
export * from "./sheet/index.js";
export * from "./templates/index.js";
export type { Bilingual, Lang } from "./text.js";
