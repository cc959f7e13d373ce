export { planToIcs } from "./calendar.js";
export { planOnboarding } from "./plan.js";
export { planToHtml, planToMarkdown } from "./render.js";
export type { Plan, PlannedStep, PlanRequest } from "./types.js";
