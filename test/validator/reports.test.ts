import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { PROFILES as CLI_PROFILES } from "../../src/cli/profiles.js";
import { PROFILES, REQUIREMENTS } from "../../src/compliance/index.js";
import {
  badge,
  checklistHtml,
  checklistMarkdown,
  checklistOf,
  fillFromReport,
  markEntry,
  type Report,
  readChecklistState,
  readReport,
  renderedOf,
  validate,
} from "../../src/validator/index.js";
import { parseXml } from "../../src/xml/index.js";
import { cli } from "../cli/harness.js";
import { useVisits, visit } from "../rendering/browser.js";
import { describeWithProgram } from "../tools/programs.js";
import { folderFor, smallConnector } from "./kit.js";

const folder = folderFor("reports");
const out = join(folder, "run");
let report: Report;

beforeAll(async () => {
  const command = smallConnector(folder, "reported", { messageId: false, nil: true });
  ({ report } = await validate({ out, profile: "all", scenarios: ["envoi-niveau-1"], command }));
}, 120_000);

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror=alert(2)> & "'\u0000 | \`x\` [a](b)`;

/** The report as a software under test that means harm would have it. */
function hostile(): Report {
  const evidence = [{ what: HOSTILE, where: HOSTILE, at: HOSTILE }];
  return {
    ...report,
    connector: { software: HOSTILE, version: HOSTILE, nil: HOSTILE },
    results: report.results.map((row) => ({ ...row, evidence })),
  };
}

const rendered = (of: Report, name: string) => renderedOf(of, []).find(([file]) => file === name)?.[1] ?? "";

describe("the forms of a report", () => {
  it("has junit.xml well-formed, a case for each requirement, a failure for each that fails", () => {
    for (const one of [report, hostile()]) {
      const text = rendered(one, "junit.xml");
      expect(parseXml(Buffer.from(text)).local ?? "testsuites").toBe("testsuites");
      expect(text.match(/<testcase /g)).toHaveLength(REQUIREMENTS.length);
      expect(text.match(/<failure /g)?.length).toBe(one.summary.fail);
    }
  });

  it("says what it is and is not in every form", () => {
    for (const name of ["rapport.md", "report.html"]) expect(rendered(report, name)).toContain("ni un référencement");
    expect(report.notice).toContain("ni un agrément");
  });

  it("has nothing of a mail in it that a browser or Markdown takes for its own", () => {
    const html = rendered(hostile(), "report.html");
    expect(html).not.toMatch(/<script|<img|onerror="/);
    expect(rendered(hostile(), "rapport.md")).not.toMatch(/(?<!\\)<script|(?<!\\)\[a\]\(b\)/);
  });

  it("prints the totals once, below the last chapter: a foot of a table is repeated on every page", () => {
    expect(rendered(report, "report.html")).toMatch(/@media print\{.*tfoot\{display:table-row-group\}/);
  });

  it("is the same to the byte when it is made again", () => {
    for (const [name, content] of renderedOf(readReport(out), []))
      expect(readFileSync(join(out, name), "utf8")).toBe(content);
  });
});

describeWithProgram("chromium", "chromium", "the report in a browser", () => {
  useVisits();

  it("asks for nothing and runs nothing", { timeout: 120_000 }, async () => {
    const { dom, requests } = await visit(() => rendered(hostile(), "report.html"));
    expect(requests).toEqual([]);
    expect(dom).toContain("Reste à attester");
  });
});

describe("the checklist", () => {
  it("has the profiles of the catalogue", () => {
    expect([...CLI_PROFILES].sort()).toEqual([...PROFILES].sort());
  });

  it("is filled from a report, and by a person, and counts what is mandatory", () => {
    const filled = fillFromReport({ format: 1, items: {} }, report);
    const met = report.results.filter(({ verdict }) => verdict === "pass").map(({ code }) => code);
    expect(met.length).toBeGreaterThan(0);
    for (const code of met) expect(filled.items[code]).toMatchObject({ done: true, by: "validate" });
    const marked = markEntry(filled, "SC.MSS/CONF.05", { done: true, by: "A. Exemple" });
    expect(marked.items["ECO.1.0.1"]).toMatchObject({ done: true, by: "A. Exemple" });
    const list = checklistOf("lis", marked, "fr");
    expect(list.rows.length).toBeLessThan(REQUIREMENTS.length);
    expect(list.progress.doneMandatory).toBe(
      list.rows.filter((row) => row.done && row.obligation.startsWith("M")).length,
    );
    expect(checklistMarkdown(list, "fr")).toContain("- [x] **ECO.1.0.1**");
    expect(checklistHtml(list, "en")).not.toContain("<script");
    expect(badge(list, "fr")).toContain(`${list.progress.doneMandatory}/${list.progress.mandatory}`);
  });

  it("keeps its state in a file, through the command", async () => {
    const state = join(folder, "etat.json");
    const done = await cli(
      "checklist",
      "--profile",
      "gp",
      "--state",
      state,
      "--done",
      "ECO.4.1.1",
      "--by",
      "A. Exemple",
      "--badge",
      join(folder, "b.svg"),
      "--json",
    );
    expect(done.code).toBe(0);
    expect(readChecklistState(state)).toMatchObject({
      profile: "gp",
      items: { "ECO.4.1.1": { done: true, by: "A. Exemple" } },
    });
    const later = await cli("checklist", "--state", state);
    expect(later.out).toContain("- [x] **ECO.4.1.1**");
    const unknown = await cli("checklist", "--state", state, "--done", "NO.SUCH", "--json");
    expect(unknown.code).toBe(2);
  });
});

describe("medimail validate", { timeout: 120_000 }, () => {
  it("prints the ready object first and the report last, and ends with 1 where a mandatory requirement fails", async () => {
    const command = smallConnector(folder, "by-command", { messageId: false, nil: true });
    const result = await cli(
      "validate",
      "--json",
      "--out",
      join(folder, "by-command"),
      "--scenario",
      "envoi-niveau-1",
      "--",
      ...command,
    );
    const lines = result.lines<{ event: string; fail?: number }>();
    expect([result.code, lines[0]?.event, lines.at(-1)?.event]).toEqual([1, "ready", "report"]);
    expect(lines.at(-1)?.fail).toBeGreaterThan(0);
    const verified = await cli("validate", "--verify", join(folder, "by-command"), "--json");
    expect([verified.code, verified.lines<{ ok: boolean }>()[0]?.ok]).toEqual([0, true]);
  });

  it("could not run where the command does not start: 3; knows no such scenario, or has no folder: 2", async () => {
    const missing = await cli("validate", "--json", "--out", join(folder, "missing"), "--", join(folder, "nothing"));
    const unknown = await cli("validate", "--json", "--out", join(folder, "unknown"), "--scenario", "nothing");
    const nowhere = await cli("validate", "--json");
    expect([missing.code, unknown.code, nowhere.code]).toEqual([3, 2, 2]);
  });

  it("lists the scenarios of a profile", async () => {
    const { code, lines } = await cli("validate", "--list", "--profile", "ris", "--json");
    expect(code).toBe(0);
    expect(lines<{ id: string }>().map(({ id }) => id)).toContain("envoi-imagerie");
  });
});
