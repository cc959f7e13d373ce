import { MedimailError } from "../../errors.js";
import { STEPS } from "../guide/steps.js";
import type { Actor, Duration, Part, Step } from "../guide/types.js";
import type { Plan, PlannedStep, PlanRequest } from "./types.js";

const DAY_MS = 86_400_000;

/**
 * A dated plan of the raccordement of a structure: the steps of the guide that concern it, in an order that can be followed, each at the earliest
 * day that what stands before it allows. Lengths that the guide doesn't give are estimates of ours, and marked.
 *
 * @throws MedimailError `invalid_argument` for a day that is none, an unknown step, a length below 0 or above ten years
 */
export function planOnboarding(request: PlanRequest): Plan {
  const start = dayOf(request.start, "start");
  const steps = inOrder(STEPS.filter((step) => concerns(step, request)));
  const known = new Set(steps.map(({ id }) => id));
  const done = new Set(request.done ?? []);
  for (const id of [...done, ...Object.keys(request.days ?? {})]) requireStep(id);
  const lengths = new Map(steps.map((step) => [step.id, lengthOf(step, request)]));
  const ends = new Map<string, number>();
  const begins = new Map<string, number>();
  for (const step of steps) {
    const from = Math.max(0, ...before(step, known).map((id) => ends.get(id) ?? 0));
    const length = done.has(step.id) ? 0 : (lengths.get(step.id)?.days ?? 0);
    begins.set(step.id, from);
    ends.set(step.id, from + length);
  }
  const wanted = steps.filter(({ optional, id }) => !optional && !done.has(id));
  const last = Math.max(0, ...wanted.map(({ id }) => ends.get(id) ?? 0));
  const critical = criticalSteps(steps, known, ends, begins, wanted, last);
  const planned = steps.map((step): PlannedStep => {
    const blockedBy = before(step, known).filter((id) => !done.has(id));
    const duration = lengths.get(step.id) as Duration;
    if (done.has(step.id)) return { step, state: "done", blockedBy: [], duration, critical: false };
    const from = begins.get(step.id) ?? 0;
    return {
      step,
      state: blockedBy.length > 0 ? "blocked" : "ready",
      blockedBy,
      from: dayAfter(start, from),
      until: dayAfter(start, Math.max(from, from + duration.days - 1)),
      duration,
      critical: critical.has(step.id),
    };
  });
  return {
    structure: request.structure,
    solution: request.solution,
    start: request.start,
    ...(request.domain ? { domain: request.domain } : {}),
    steps: planned,
    ready: dayAfter(start, Math.max(0, last - 1)),
    next: planned.filter(({ state }) => state === "ready").map(({ step }) => step.id),
    byActor: grouped(planned, ({ step }) => step.who.slice(0, 1) as Actor[]),
    byPart: grouped(planned, ({ step }) => [step.part] as Part[]),
  };
}

const concerns = ({ structures, solutions }: Step, { structure, solution }: PlanRequest): boolean =>
  (structures === undefined || structures.includes(structure)) &&
  (solutions === undefined || solutions.includes(solution));

/** What stands before a step, of the steps of this plan. */
const before = ({ needs }: Step, known: ReadonlySet<string>): string[] => needs.filter((id) => known.has(id));

function lengthOf(step: Step, { days, domain }: PlanRequest): Duration {
  const given = days?.[step.id];
  if (given !== undefined) {
    if (!Number.isInteger(given) || given < 0 || given > 3_650)
      throw new MedimailError("invalid_argument", `the length of ${step.id} is not a number of days`, {
        path: `days.${step.id}`,
      });
    return { days: given, source: "estimate" };
  }
  // A domain that is declared already only has to be chosen.
  if (step.id === "domain" && domain && domain.state !== "to-declare") return { days: 1, source: "estimate" };
  return step.duration;
}

function requireStep(id: string): void {
  if (STEPS.some((step) => step.id === id)) return;
  throw new MedimailError(
    "invalid_argument",
    `no step of the raccordement is called ${JSON.stringify(id).slice(0, 60)}`,
    {
      path: "done",
      hint: `One of: ${STEPS.map((step) => step.id).join(", ")}.`,
    },
  );
}

/** Each after what it needs; where nothing decides, as the guide has them. */
function inOrder(steps: readonly Step[]): Step[] {
  const left = new Map(steps.map((step) => [step.id, step]));
  const ordered: Step[] = [];
  while (left.size > 0) {
    const next = [...left.values()].find(({ needs }) => !needs.some((id) => left.has(id)));
    // The table is ours, and a test holds that it has no circle.
    if (!next) throw new MedimailError("internal", "the steps of the raccordement wait for each other");
    ordered.push(next);
    left.delete(next.id);
  }
  return ordered;
}

/** Backwards from what ends last: the steps that leave no day between them. */
function criticalSteps(
  steps: readonly Step[],
  known: ReadonlySet<string>,
  ends: ReadonlyMap<string, number>,
  begins: ReadonlyMap<string, number>,
  wanted: readonly Step[],
  last: number,
): Set<string> {
  const critical = new Set<string>();
  const follow = wanted.filter(({ id }) => ends.get(id) === last && last > 0);
  while (follow.length > 0) {
    const step = follow.pop() as Step;
    if (critical.has(step.id)) continue;
    critical.add(step.id);
    const tight = before(step, known).filter((id) => ends.get(id) === begins.get(step.id) && (ends.get(id) ?? 0) > 0);
    follow.push(...steps.filter(({ id }) => tight.includes(id)));
  }
  return critical;
}

function grouped<K extends string | number>(
  planned: readonly PlannedStep[],
  keys: (step: PlannedStep) => readonly K[],
): Partial<Record<K, string[]>> {
  const groups: Partial<Record<K, string[]>> = {};
  for (const each of planned)
    for (const key of keys(each)) {
      const ids: string[] = groups[key] ?? [];
      ids.push(each.step.id);
      groups[key] = ids;
    }
  return groups;
}

/** Midnight UTC of a day: plans count days, and know no hours. */
function dayOf(day: string, path: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day)
    throw new MedimailError("invalid_argument", "not a day of the form YYYY-MM-DD", { path });
  return at;
}

const dayAfter = (start: number, days: number): string => new Date(start + days * DAY_MS).toISOString().slice(0, 10);
