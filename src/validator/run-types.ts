import type { Profile, RequirementResult, Scenario } from "../compliance/index.js";
import type { MockMedimail, MockReady } from "../mock/index.js";
import type { Observation } from "../seams/index.js";
import type { CommandEnd } from "./command.js";
import type { Declarations } from "./declarations.js";
import type { Report } from "./report-types.js";
import type { Signer } from "./signature.js";
import type { EndReason, Stage } from "./stage.js";

/** The ready object of CLI.md, its scenarios included. */
export type RunReady = MockReady & {
  scenarios: Scenario[];
  control?: { url: string; token: string };
  console?: { url: string };
};

/** What happens in a run, as it happens. */
export type RunEvent =
  | RunReady
  | { event: "scenario"; id: string; what: "begin"; repetition: number; scenario: Scenario }
  | { event: "scenario"; id: string; what: "end"; repetition: number; reason: EndReason }
  | ({ event: "command"; scenario?: string } & CommandEnd)
  | { event: "output"; text: string };

/** Who goes through the scenarios where no command does: a person at a keyboard. */
export interface Walker {
  /** Resolves when the person is done with the scenario; `stop` ends the run. */
  done(scenario: Scenario, signal: AbortSignal): Promise<"next" | "stop">;
}

export interface RunOptions {
  /** Where the report is written. What a former run has written there is replaced. */
  out: string;
  profile: Profile;
  /** Ids, each played alone; `all`: every one of the profile. Absent: none is begun, the software is only watched. */
  scenarios?: readonly string[] | "all";
  /** Default 1. */
  repeat?: number;
  /** Program and arguments of the software under test. */
  command?: readonly string[];
  /** The software under test in this process, in place of a command; it is called once a scenario. What it throws ends the scenario as `command-failed`. */
  driver?: (ready: RunReady, scenario: Scenario, signal: AbortSignal) => Promise<unknown>;
  /** Of the whole run. */
  stopAfterMs?: number;
  /** Ends the run as its time does: what was seen is judged. */
  signal?: AbortSignal;
  onEvent?: (event: RunEvent) => void | Promise<void>;
  onObservation?: (observation: Observation) => void;
  walker?: Walker;
  /** Functional traces of the software under test, one JSON object a line (`traces export --json`), read at the end: ECO.4.1.2. */
  tracesFile?: string;
  declarations?: Declarations;
  /** Path of the file that they were read from: the run keeps a copy. */
  declarationsFile?: string;
  /** Files that they join, by the name that they are kept under. */
  declaredFiles?: ReadonlyMap<string, Uint8Array>;
  signer?: Signer;
  /** Health data in the evidence are masked. Default true. */
  mask?: boolean;
  lang?: "fr" | "en";
  /** `json`: only `report.json`, for who runs hundreds. Default: every form. */
  outputs?: "all" | "json";
  /**
   * Called when the mock and its scenarios are ready, to serve a control API and a page; what it returns stands in the ready object. Closed with
   * the run. Default: the mock's own control API, without a page.
   */
  control?: (mock: MockMedimail, stage: Stage, results: () => RequirementResult[]) => Promise<RunControl | undefined>;
}

export interface RunControl {
  control: { url: string; token: string };
  /** The page, where it is served. */
  console?: { url: string };
  close(): Promise<void>;
}

export interface RunResult {
  report: Report;
  /** True where no requirement with obligation M or M* fails. */
  passed: boolean;
}
