import type { RequirementResult } from "../compliance/index.js";
import type { ScenarioDesk } from "../mock/index.js";
import { type EndReason, REASONS, type Stage } from "./stage.js";

/** The stage as the control API and the page lead it. */
export function deskOf(stage: Stage, results: () => readonly RequirementResult[]): ScenarioDesk {
  return {
    get scenarios() {
      return stage.scenarios;
    },
    get current() {
      return stage.current;
    },
    begin: async (id, { repetition = 1 } = {}) => {
      await stage.begin(id, repetition);
    },
    end: (reason) => stage.end(isReason(reason) ? reason : "done"),
    step: (step) => stage.step(step),
    results,
  };
}

const isReason = (reason: string | undefined): reason is EndReason => REASONS.some((known) => known === reason);
