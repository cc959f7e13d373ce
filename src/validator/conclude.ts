import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Declaration, Scenario } from "../compliance/index.js";
import { ensureFolder } from "../folders.js";
import { CATALOGUE_VERSION } from "./catalogue-version.js";
import { connectorSeen, judgeFolder } from "./judge-folder.js";
import { sealFolder } from "./manifest.js";
import { ATTACHMENTS_FOLDER } from "./outputs.js";
import { type PlayedScenario, REPORT_FORMAT, type Report } from "./report-types.js";
import { htmlOf } from "./reports/html.js";
import { junitOf } from "./reports/junit.js";
import { markdownOf } from "./reports/markdown.js";
import { importedNotice, noticeOf } from "./reports/words.js";
import type { RunOptions, RunResult } from "./run-types.js";
import { TOOL } from "./tool.js";

export interface Conclusion {
  options: RunOptions;
  startedAt: Date;
  scenarios: readonly Scenario[];
  played: readonly PlayedScenario[];
  commands: Report["commands"];
  imported?: Report["imported"];
}

/** Judges what the run has written, and writes the reports beside it. */
export async function concludeRun(conclusion: Conclusion): Promise<RunResult> {
  const { options, startedAt, scenarios, played, commands, imported } = conclusion;
  const { out, profile, declarations, lang = "fr", mask = true, signer } = options;
  const write = (name: string, content: string) => writeFileSync(join(out, name), content);
  write("scenarios.json", `${JSON.stringify(scenarios.map(withoutPaths), undefined, 2)}\n`);
  if (options.declarationsFile !== undefined) copyFileSync(options.declarationsFile, join(out, "declarations.json"));
  if (options.tracesFile !== undefined && existsSync(options.tracesFile))
    copyFileSync(options.tracesFile, join(out, "traces.jsonl"));
  for (const [name, content] of options.declaredFiles ?? []) {
    ensureFolder(join(out, ATTACHMENTS_FOLDER));
    writeFileSync(join(out, name), content);
  }
  const nil = declarations?.connector.nil;
  const judged = await judgeFolder(out, {
    profile,
    startedAt,
    scenarios,
    declarations: declarations?.declarations ?? [],
    ...(nil === undefined ? {} : { nil }),
    mask,
    lang,
  });
  const report: Report = {
    format: REPORT_FORMAT,
    profile,
    catalogue: CATALOGUE_VERSION,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    tool: TOOL,
    connector: { ...connectorSeen(out), ...declarations?.connector },
    observations: { sha256: judged.sha256, count: judged.observations, mails: judged.mails },
    scenarios: played,
    commands,
    ...(imported ? { imported } : {}),
    attachments: declarations?.attachments ?? [],
    lang,
    masked: mask,
    notice: imported ? importedNotice(lang) : noticeOf(lang),
    results: judged.results,
    summary: judged.summary,
    problems: judged.problems,
  };
  write("report.json", `${JSON.stringify(report, undefined, 2)}\n`);
  if (options.outputs !== "json")
    for (const [name, content] of renderedOf(report, declarations?.declarations ?? [])) write(name, content);
  await sealFolder(out, signer);
  return { report, passed: hasPassed(report) };
}

/** The forms of a report for people and for continuous integration; made again, they are the same to the byte. */
export function renderedOf(report: Report, declarations: readonly Declaration[]): [name: string, content: string][] {
  return [
    ["junit.xml", junitOf(report)],
    ["rapport.md", markdownOf(report, declarations)],
    ["report.html", htmlOf(report, declarations)],
  ];
}

/** The exit code's rule (CLI.md): no requirement with obligation M or M* fails. */
export function hasPassed({ results }: Pick<Report, "results">): boolean {
  return !results.some(({ verdict, obligation }) => verdict === "fail" && (obligation === "M" || obligation === "M*"));
}

/** The documents are gone with the run; what they were called stays. */
function withoutPaths(scenario: Scenario): Scenario {
  return {
    ...scenario,
    steps: scenario.steps.map((step) =>
      step.action === "send"
        ? {
            ...step,
            documents: step.documents.map(({ cda, pdf }) => ({
              cda: last(cda),
              ...(pdf === undefined ? {} : { pdf: last(pdf) }),
            })),
          }
        : step,
    ),
  };
}

const last = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
