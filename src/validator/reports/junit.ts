import { escapeAttribute, escapeText, stripForbidden } from "../../xml/index.js";
import type { Report } from "../report-types.js";
import { SECTIONS, sectionOf, VERDICTS } from "./words.js";

const attribute = (value: string): string => escapeAttribute(stripForbidden(value));
const text = (value: string): string => escapeText(stripForbidden(value));

/** The verdicts as continuous integration reads them: one suite a chapter, one case a requirement. */
export function junitOf({ results, startedAt, endedAt, profile, lang }: Report): string {
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000).toFixed(3);
  const chapters = [...new Set(results.map(({ code }) => sectionOf(code)))].sort((a, b) => a - b);
  const counted = (all: readonly Report["results"][number][]) => {
    const failures = all.filter(({ verdict }) => verdict === "fail").length;
    const skipped = all.filter(
      ({ verdict }) => verdict !== "fail" && verdict !== "pass" && verdict !== "declared",
    ).length;
    return `tests="${all.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
  };
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="medimail validate (${attribute(profile)})" ${counted(results)} time="${seconds}">`,
  ];
  for (const chapter of chapters) {
    const rows = results.filter(({ code }) => sectionOf(code) === chapter);
    const name = SECTIONS[lang][chapter] ?? String(chapter);
    lines.push(
      `  <testsuite name="${attribute(name)}" ${counted(rows)} timestamp="${attribute(startedAt.slice(0, 19))}">`,
    );
    for (const row of rows) lines.push(...caseOf(row, name, lang));
    lines.push("  </testsuite>");
  }
  lines.push("</testsuites>", "");
  return lines.join("\n");
}

function caseOf(row: Report["results"][number], chapter: string, lang: "fr" | "en"): string[] {
  const head = `    <testcase classname="${attribute(chapter)}" name="${attribute(`${row.code} ${row.title}`)}"`;
  const evidence = row.evidence.map(({ what, where, at }) => `${what} — ${where} (${at})`).join("\n");
  if (row.verdict === "pass" || row.verdict === "declared") {
    return evidence === ""
      ? [`${head}/>`]
      : [`${head}>`, `      <system-out>${text(evidence)}</system-out>`, "    </testcase>"];
  }
  const verdict = VERDICTS[lang][row.verdict];
  const inner =
    row.verdict === "fail"
      ? `<failure type="${attribute(row.obligation)}" message="${attribute(row.evidence[0]?.what ?? verdict)}">${text(evidence)}</failure>`
      : `<skipped message="${attribute(verdict)}"/>`;
  return [`${head}>`, `      ${inner}`, "    </testcase>"];
}
