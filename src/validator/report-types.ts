import type { LogLeftOut, Profile, RequirementResult, Summary } from "../compliance/index.js";
import type { Attachment, DeclaredConnector } from "./declarations.js";
import type { EndReason } from "./stage.js";

/** Version of the form of `report.json`; rises where a reader must change. */
export const REPORT_FORMAT = 1;

/** A scenario that was played, as the report keeps it: the judge needs its steps. */
export interface PlayedScenario {
  id: string;
  repetition: number;
  reason: EndReason;
}

/** `report.json` (CLI.md). */
export interface Report {
  format: typeof REPORT_FORMAT;
  profile: Profile;
  /** Version of the catalogue: its rows, and the SHA-256 of them. */
  catalogue: string;
  startedAt: string;
  endedAt: string;
  /** Version of the package that judged. */
  tool: { name: string; version: string };
  connector: DeclaredConnector;
  observations: { sha256: string; count: number; mails: number };
  scenarios: readonly PlayedScenario[];
  /** How the command under test ended, each time that it was run. */
  commands: readonly { scenario?: string; code?: number; signal?: string; ended?: "time" | "stopped" }[];
  /** Where the observations come from logs of a server (`--import`) and not from a run: which, of whom, and what was left out. */
  imported?: {
    files: readonly string[];
    clients: readonly { address: string; connections: number }[];
    leftOut: LogLeftOut;
  };
  /** Files that declarations join, as they were at the end of the run. */
  attachments: readonly Attachment[];
  /** Language of the words; the keys are the same in all. */
  lang: "fr" | "en";
  /** Whether health data in the evidence are masked. */
  masked: boolean;
  /** What this is, and what it is not. */
  notice: string;
  results: readonly RequirementResult[];
  summary: Summary;
  /** What could not be judged, and why: never a verdict. */
  problems: readonly { what: string; where: string }[];
}
