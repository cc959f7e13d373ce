import type { Verdict } from "../../compliance/index.js";
import type { Comparison, Report, RunEvent, ScenarioPlan, Verification } from "../../validator/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import { type Lang, textFor } from "../text/index.js";
import { validateText } from "../text/validate.js";

export function scenarioList(
  {
    id,
    title,
    titleEn,
    requirements,
  }: Pick<ScenarioPlan, "id" | "title" | "titleEn" | "profiles" | "requirements" | "seconds" | "steps">,
  lang: Lang,
  style: Style,
): string {
  return `${style.bold(id)}  ${lang === "fr" ? title : titleEn}\n    ${style.dim(requirements.join(" "))}`;
}

/** What a person sees of a run while it goes on. */
export function eventText(event: Exclude<RunEvent, { event: "output" }>, lang: Lang, style: Style): string {
  const words = validateText(lang);
  switch (event.event) {
    case "ready":
      return [
        style.bold(words.ready),
        `  SMTP  ${event.smtp.host}:${event.smtp.port}`,
        `  IMAP  ${event.imap.host}:${event.imap.port}`,
        ...(event.control ? [`  API   ${event.control.url}`] : []),
        ...(event.console ? [`  Page  ${event.console.url}`] : []),
        `  ${words.scenarios(event.scenarios.length)}`,
      ].join("\n");
    case "scenario": {
      if (event.what === "end") return `   ${style.dim(words.ended(words.reasons[event.reason] ?? event.reason))}`;
      const { scenario, repetition } = event;
      const title = lang === "fr" ? scenario.title : scenario.titleEn;
      const steps = scenario.steps.map((step, index) => `   ${index + 1}. ${lang === "fr" ? step.text : step.textEn}`);
      return [`${style.cyan("▸")} ${style.bold(title)} ${style.dim(`${scenario.id} (${repetition})`)}`, ...steps].join(
        "\n",
      );
    }
    case "command":
      return event.code === 0 ? "" : `   ${style.yellow(words.command(event.code, event.ended ?? event.signal))}`;
  }
}

/** The end: what failed, what is left to attest, where the report is. */
export function endText(report: Report, out: string, lang: Lang, style: Style): string {
  const words = validateText(lang);
  const { summary } = report;
  const failed = report.results.filter(({ verdict }) => verdict === "fail");
  const lines = failed.map(
    ({ code, title, obligation, evidence }) =>
      `${style.red("✗")} ${style.bold(code)} ${printable(title)} (${obligation})\n    ${printable(evidence[0] ? `${evidence[0].what} — ${evidence[0].where}` : "")}`,
  );
  const counts = [
    style.green(`${summary.pass} ${words.pass(summary.pass)}`),
    summary.fail > 0 ? style.red(`${summary.fail} ${words.fail(summary.fail)}`) : `0 ${words.fail(0)}`,
    `${summary.notObserved} ${words.notObserved(summary.notObserved)}`,
    `${summary.toDeclare} ${words.toDeclare(summary.toDeclare)}`,
    `${summary.declared} ${words.declared(summary.declared)}`,
    `${summary.notApplicable} ${words.notApplicable(summary.notApplicable)}`,
  ];
  return [...lines, "", counts.join(" · "), `${words.written} ${printable(out)}`, style.dim(report.notice)].join("\n");
}

/** Where nothing was observed at all: said aloud, since the exit code is that of no failure (CLI.md). */
export function silenceText(
  { results, commands }: Pick<Report, "results" | "commands">,
  lang: Lang,
): string | undefined {
  if (results.some(({ checks }) => checks.some(({ seen }) => seen > 0))) return undefined;
  const words = validateText(lang);
  const failed = commands.filter(({ code, ended }) => ended === undefined && code !== 0);
  const codes = [...new Set(failed.map(({ code, signal }) => String(code ?? signal ?? "?")))].slice(0, 10);
  return failed.length === 0
    ? words.nothingSeen
    : `${words.nothingSeen} ${words.commandsFailed(failed.length, commands.length, codes.join(", "))}`;
}

/** What was read of logs, and what was left out. */
export function importedText({ imported, observations }: Report, lang: Lang, style: Style): string {
  const words = validateText(lang);
  const { files = [], clients = [], leftOut } = imported ?? {};
  const shown = clients.slice(0, 10).map(({ address, connections }) => `${address || "?"} (${connections})`);
  const left = (Object.keys(words.leftOutOf) as (keyof typeof words.leftOutOf)[]).flatMap((name) => {
    const count = leftOut?.[name] ?? 0;
    return count === 0 ? [] : [`${count} ${words.leftOutOf[name]}`];
  });
  return [
    style.bold(words.imported(files.length, observations.count)),
    `  ${words.clients} ${printable(shown.join(", "))}${clients.length > 10 ? " …" : ""}`,
    ...(left.length === 0 ? [] : [style.dim(`  ${words.leftOut} ${left.join(", ")}`)]),
  ].join("\n");
}

/** What was found of a folder that was handed over. */
export function verifiedText(
  { ok, problems, report, signedBy, trusted }: Verification,
  lang: Lang,
  style: Style,
): string {
  const words = validateText(lang);
  const { detail } = textFor(lang);
  const { connector, startedAt } = report;
  return [
    ok ? style.green(`✓ ${words.untouched}`) : style.red(`✗ ${words.touched(problems.length)}`),
    ...problems
      .slice(0, 100)
      .map(({ code, what, where }) => `  ${style.bold(printable(where))}  ${printable(detail(what))} [${code}]`),
    `  ${printable([connector.software, connector.version, connector.nil].filter(Boolean).join(" "))}, ${printable(startedAt)}`,
    signedBy
      ? `  ${words.signedBy(printable(signedBy.subject), printable(signedBy.issuer), printable(signedBy.signedAt ?? ""))}`
      : style.yellow(`  ${words.unsigned}`),
    ...(trusted === undefined ? [] : [trusted ? style.green(`  ${words.trusted}`) : style.red(`  ${words.untrusted}`)]),
  ].join("\n");
}

export function comparedText(
  { changes, regressed }: Comparison,
  verdicts: Readonly<Record<Verdict, string>>,
  lang: Lang,
  style: Style,
): string {
  const name = (verdict: Verdict | undefined): string => (verdict === undefined ? "—" : verdicts[verdict]);
  const words = validateText(lang);
  const marks = { better: style.green("↑"), worse: style.red("↓"), other: style.dim("·") };
  const lines = changes.map(
    ({ code, title, before, after, change }) =>
      `${marks[change]} ${style.bold(code)} ${printable(title)}: ${name(before)} → ${name(after)}`,
  );
  return [...(lines.length === 0 ? [words.same] : lines), ...(regressed ? [style.red(words.regressed)] : [])].join(
    "\n",
  );
}
