import type { Declaration } from "../../compliance/index.js";
import type { Report } from "../report-types.js";
import {
  CERTAINTIES,
  OBLIGATIONS,
  PROFILE_NAMES,
  SECTIONS,
  sectionOf,
  VERDICT_ORDER,
  VERDICTS,
  WORDS,
} from "./words.js";

/** A cell or a sentence: nothing of it may be taken for Markdown, HTML included. */
export function plain(value: string): string {
  return value
    .replace(/[\\`*_{}[\]<>#|~]/g, (char) => `\\${char}`)
    .replace(/\s+/g, " ")
    .trim();
}

/** `rapport.md`: to be read in a repository, or pasted into a request. */
export function markdownOf(report: Report, declarations: readonly Declaration[]): string {
  const { lang, results } = report;
  const words = WORDS[lang];
  const lines = [
    `# ${words.title}`,
    "",
    `> ${report.notice}`,
    "",
    ...identity(report),
    "",
    `## ${words.summary}`,
    "",
    ...summary(report),
  ];
  const failed = results.filter(({ verdict }) => verdict === "fail");
  lines.push("", `## ${words.failed}`, "");
  if (failed.length === 0) lines.push(words.nothingFailed);
  for (const row of failed) {
    lines.push(
      `### ${plain(row.code)} — ${plain(row.title)}`,
      "",
      `${OBLIGATIONS[lang][row.obligation]}, ${CERTAINTIES[lang][row.certainty]}`,
      "",
    );
    lines.push(...row.evidence.map(({ what, where, at }) => `- ${plain(what)} — ${plain(where)} (${plain(at)})`), "");
  }
  lines.push(
    "",
    `## ${words.verdict}s`,
    "",
    `| ${words.code} | ${words.requirement} | ${words.obligation} | ${words.verdict} |`,
    "|---|---|---|---|",
  );
  for (const row of results)
    lines.push(
      `| ${plain(row.code)} | ${plain(row.title)} | ${row.obligation.replace("*", "\\*")} | ${VERDICTS[lang][row.verdict]} |`,
    );
  lines.push(...attestations(report), ...declared(report, declarations), ...played(report));
  lines.push("", report.masked ? words.masked : words.unmasked, "", words.checkIt, "");
  return lines.join("\n");
}

function identity({ lang, connector, profile, startedAt, catalogue, observations, tool }: Report): string[] {
  const words = WORDS[lang];
  const rows: [string, string][] = [
    [words.software, connector.software ?? words.notSeen],
    [words.version, connector.version ?? words.notSeen],
    ...(connector.publisher === undefined ? [] : ([[words.publisher, connector.publisher]] as [string, string][])),
    [words.nil, connector.nil ?? words.notSeen],
    [words.profile, PROFILE_NAMES[lang][profile]],
    [words.date, startedAt],
    [words.catalogue, catalogue],
    [words.judgedBy, `${tool.name} ${tool.version}`],
    [words.observations(observations.count, observations.mails), observations.sha256],
  ];
  return rows.map(([name, value]) => `- ${name}${words.colon} ${plain(value)}`);
}

function summary({ lang, results }: Report): string[] {
  const words = WORDS[lang];
  const head = `| ${words.chapter} | ${VERDICT_ORDER.map((verdict) => VERDICTS[lang][verdict]).join(" | ")} |`;
  const count = (rows: Report["results"]) =>
    VERDICT_ORDER.map((verdict) => rows.filter((row) => row.verdict === verdict).length).join(" | ");
  const chapters = [...new Set(results.map(({ code }) => sectionOf(code)))].sort((a, b) => a - b);
  return [
    head,
    `|---|${"---|".repeat(VERDICT_ORDER.length)}`,
    ...chapters.map(
      (chapter) =>
        `| ${chapter}. ${SECTIONS[lang][chapter]} | ${count(results.filter(({ code }) => sectionOf(code) === chapter))} |`,
    ),
    `| ${words.total} | ${count(results)} |`,
  ];
}

function attestations({ lang, results }: Report): string[] {
  const words = WORDS[lang];
  const left = results.filter(({ verdict }) => verdict === "to-declare");
  if (left.length === 0) return [];
  return [
    "",
    `## ${words.toAttest}`,
    "",
    words.toAttestIntro,
    "",
    ...left.flatMap((row) => [
      `- [ ] **${plain(row.code)}** ${plain(row.attest?.question ?? row.title)}`,
      ...(row.attest ? [`  - ${words.proof}${words.colon} ${plain(row.attest.evidence)}`] : []),
    ]),
  ];
}

function declared({ lang, attachments }: Report, declarations: readonly Declaration[]): string[] {
  const words = WORDS[lang];
  if (declarations.length === 0) return [];
  return [
    "",
    `## ${words.declarations}`,
    "",
    ...declarations.flatMap(({ code, signer, date, statement, answer }) => [
      `- **${plain(code)}** ${plain(statement ?? "")} — ${plain(signer)}, ${plain(date)}${answer === "not-applicable" ? ` (${VERDICTS[lang]["not-applicable"]})` : ""}`,
      ...attachments
        .filter((file) => file.code === code)
        .map(({ file, sha256 }) => `  - ${plain(file)} — SHA-256 ${sha256}`),
    ]),
  ];
}

function played({ lang, scenarios, problems }: Report): string[] {
  const words = WORDS[lang];
  return [
    ...(scenarios.length === 0 ? [] : ["", `## ${words.scenarios}`, ""]),
    ...scenarios.map(
      ({ id, repetition, reason }) => `- ${plain(id)} (${repetition})${words.colon} ${words.reasons[reason] ?? reason}`,
    ),
    ...(problems.length === 0 ? [] : ["", `## ${words.problems}`, ""]),
    ...problems.map(({ what, where }) => `- ${plain(what)} — ${plain(where)}`),
  ];
}
