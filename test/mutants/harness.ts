import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { impliedBy, type RequirementResult } from "../../src/compliance/index.js";
import { type Report, validate } from "../../src/validator/index.js";
import { bundle } from "../tools/bundle.js";
import type { Mutant } from "./mutant.js";
import { NODE_MUTANTS } from "./node/mutants.js";

const RUN = join(import.meta.dirname, "python/run.py");

/** What a mutant is measured by. */
export interface Outcome {
  mutant: Mutant;
  /** Its own row has failed. */
  killed: boolean;
  verdict: string;
  /** Mandatory rows that failed beside it and what it implies. */
  collateral: readonly string[];
  /** Every row that failed, with the first evidence. */
  failed: readonly { code: string; what: string; where: string }[];
  /** What the mutant said on its streams. */
  said: string;
  /** The mutant could not do what it is for: it mutates nothing. */
  broken: boolean;
}

/** Both tables as one. */
export function mutants(): Mutant[] {
  const python = JSON.parse(execFileSync("python3", [RUN, "--table"], { encoding: "utf8" })) as Mutant[];
  const node = Object.entries(NODE_MUTANTS).map(
    ([name, { breaks, scenario = "envoi-niveau-1", how }]): Mutant => ({
      name,
      breaks,
      scenario,
      how,
      language: "node",
    }),
  );
  return [...python, ...node];
}

/** How a mutant is started, `right` for the connector that breaks nothing. */
export async function commands(): Promise<(language: Mutant["language"], name: string) => string[]> {
  const main = await bundle(join(import.meta.dirname, "node/main.ts"));
  return (language, name) => (language === "python" ? ["python3", RUN, name] : [process.execPath, main, name]);
}

/** One run of `validate`, as the command makes it, in a folder that goes with it. */
export async function judged(
  command: readonly string[],
  scenarios: readonly string[] | "all",
): Promise<{ report: Report; said: string }> {
  const out = mkdtempSync(join(tmpdir(), "medimail-mutant-"));
  let said = "";
  try {
    const { report } = await validate({
      out,
      profile: "all",
      scenarios,
      command,
      lang: "en",
      onEvent: (event) => {
        if ("event" in event && event.event === "output") said += event.text;
      },
    });
    return { report, said };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

export async function outcomeOf(mutant: Mutant, command: readonly string[]): Promise<Outcome> {
  const { report, said } = await judged(command, [mutant.scenario]);
  const failed = report.results.filter(({ verdict }) => verdict === "fail");
  const allowed = new Set([mutant.breaks, ...impliedBy(mutant.breaks)]);
  const [command_] = report.commands;
  return {
    mutant,
    killed: failed.some(({ code }) => code === mutant.breaks),
    verdict: report.results.find(({ code }) => code === mutant.breaks)?.verdict ?? "no such row",
    collateral: failed.filter((row) => isMandatory(row) && !allowed.has(row.code)).map(({ code }) => code),
    failed: failed.map(({ code, evidence: [first] }) => ({ code, what: first?.what ?? "", where: first?.where ?? "" })),
    said,
    broken: /Traceback|nothing to change|no part with|has no \//.test(said) || command_?.code === undefined,
  };
}

export const isMandatory = ({ obligation }: Pick<RequirementResult, "obligation">): boolean =>
  obligation === "M" || obligation === "M*";

/** Does the work for each, `width` at a time, in order of arrival; results in order of the input. */
export async function eachOf<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await work(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** The table that the tests print: killed, missed, collateral. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ mutant, killed, verdict, collateral, broken }) =>
    [
      broken ? "broken" : killed ? "killed" : `missed (${verdict})`,
      mutant.name,
      mutant.language,
      mutant.breaks,
      mutant.scenario,
      collateral.length > 0 ? `collateral: ${collateral.join(" ")}` : "",
    ].join("\t"),
  );
  const count = (test: (outcome: Outcome) => boolean) => outcomes.filter(test).length;
  const rows = new Set(outcomes.filter(({ killed }) => killed).map(({ mutant }) => mutant.breaks)).size;
  return [
    ...lines,
    `${outcomes.length} mutants: ${count(({ killed }) => killed)} killed (of ${rows} requirements), ${count(({ killed }) => !killed)} missed, ${count(({ collateral }) => collateral.length > 0)} with collateral`,
  ].join("\n");
}
