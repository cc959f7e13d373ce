import { z } from "zod";
import { defined } from "../../../defined.js";
import { ControlError } from "../failure.js";
import { operation } from "../operation.js";
import * as schemas from "../schemas.js";
import type { ControlState } from "../state.js";

const tag = "scenarios";
const current = z
  .strictObject({ id: z.string(), since: z.string(), step: z.int().optional() })
  .optional()
  .describe("The one that runs");
const list = z.strictObject({ scenarios: z.array(schemas.scenario), current }).meta({ id: "Scenarios" });

// The members of a caller's own scenario are plain data: they go out as they are.
const viewOf = ({ desk }: ControlState): z.input<typeof list> => ({
  scenarios: desk.scenarios.map((scenario) => ({ ...scenario }) as unknown as z.input<typeof schemas.scenario>),
  ...(desk.current
    ? { current: defined({ id: desk.current.id, since: desk.current.since, step: desk.current.step }) }
    : {}),
});

const answer = { status: 200, schema: list, what: "The scenarios, and the one that runs" } as const;

export const scenarios = [
  operation({
    id: "listScenarios",
    method: "GET",
    path: "/scenarios",
    tag,
    summary: "Scenarios with their steps, and the one that runs; 404 where nobody leads any through this mock",
    answer,
    run: viewOf,
  }),
  operation({
    id: "beginScenario",
    method: "POST",
    path: "/scenarios/{id}/begin",
    tag,
    summary: "Begins a scenario: the mock is set to what it does meanwhile. The one that ran ends",
    params: z.strictObject({ id: z.string().max(100) }),
    body: z.strictObject({ repetition: z.int().min(1).optional() }),
    answer,
    async run(state, { params, body }) {
      if (!state.desk.scenarios.some(({ id }) => id === params.id))
        throw new ControlError("not_found", "There is no such scenario", { path: "id" });
      if (state.desk.current) await state.desk.end("stopped");
      await state.desk.begin(params.id, defined(body));
      return viewOf(state);
    },
  }),
  operation({
    id: "reachStep",
    method: "POST",
    path: "/scenarios/step",
    tag,
    summary: "The scenario that runs has reached a step, counted from 1",
    body: z.strictObject({ step: z.int().min(1).max(1000) }),
    answer,
    run(state, { body }) {
      if (!state.desk.current) throw new ControlError("conflict", "No scenario runs");
      state.desk.step?.(body.step);
      return viewOf(state);
    },
  }),
  operation({
    id: "endScenario",
    method: "POST",
    path: "/scenarios/end",
    tag,
    summary: "Ends the scenario that runs; nothing where none does",
    body: z.strictObject({ reason: z.enum(["done", "time", "stopped", "command-failed"]).default("done") }),
    answer,
    async run(state, { body }) {
      if (state.desk.current) await state.desk.end(body.reason);
      return viewOf(state);
    },
  }),
  operation({
    id: "listVerdicts",
    method: "GET",
    path: "/verdicts",
    tag,
    summary: "What the observations so far say of each requirement",
    answer: { status: 200, schema: z.array(schemas.verdict), what: "The verdicts" },
    async run({ desk }) {
      const found = (await desk.results?.()) ?? [];
      return found.map((result) => ({ ...result, evidence: result.evidence.map((one) => ({ ...one })) }));
    },
  }),
];
