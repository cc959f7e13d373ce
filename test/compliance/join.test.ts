import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CHECKS, GUIDANCE, IMPLIES, impliedBy, judge, REQUIREMENTS } from "../../src/compliance/index.js";
import { renderCoverage, renderReference } from "../tools/generate-compliance-docs.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const ids = new Set(REQUIREMENTS.map(({ id }) => id));
const page = (name: string) => readFileSync(join(root, "docs", name), "utf8");
const checksOf = (id: string) => CHECKS.filter(({ rows }) => rows.includes(id));

describe("catalogue, checks and pages", () => {
  it("have guidance for every row, and for no other", () => {
    expect(new Set(Object.keys(GUIDANCE))).toEqual(ids);
    const empty = Object.entries(GUIDANCE).filter(([, { help }]) => help.fr.length < 20 || help.en.length < 20);
    expect(empty.map(([id]) => id)).toEqual([]);
  });

  it("name rows that exist, in the checks and in what a breach implies", () => {
    const named = [...CHECKS.flatMap(({ rows }) => rows), ...Object.keys(IMPLIES), ...Object.values(IMPLIES).flat()];
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
    expect(impliedBy("SC.MSS/CONF.05")).toContain("ECO.1.1.1");
  });

  it("have a check once, by its name", () => {
    const names = CHECKS.map(({ id }) => id);
    expect(names.filter((id, at) => names.indexOf(id) !== at)).toEqual([]);
  });

  it("check every row that a program sees, or say why not", () => {
    const silent = REQUIREMENTS.filter(
      ({ id, seen }) =>
        seen.includes("program") && !checksOf(id).some(({ guard }) => !guard) && !GUIDANCE[id]?.unchecked,
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
    const both = REQUIREMENTS.filter(({ id }) => checksOf(id).some(({ guard }) => !guard) && GUIDANCE[id]?.unchecked);
    expect(both.map(({ id }) => id)).toEqual([]);
  });

  it("ask what to attest, with evidence and reason, wherever a person must", () => {
    const asked = REQUIREMENTS.filter(({ seen }) => seen.includes("screen") || seen.includes("declared")).map(
      ({ id }) => id,
    );
    expect(asked.filter((id) => !GUIDANCE[id]?.attest)).toEqual([]);
    expect(Object.keys(GUIDANCE).filter((id) => GUIDANCE[id]?.attest && !asked.includes(id))).toEqual([]);
  });

  it("have tests that name every check", () => {
    const folder = join(root, "test/compliance");
    const tests = readdirSync(folder)
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    expect(CHECKS.filter(({ id }) => !tests.includes(`"${id}"`)).map(({ id }) => id)).toEqual([]);
  });

  it("are what docs/requirements-reference.md and docs/compliance-coverage.md show (else: node test/tools/generate-compliance-docs.mjs)", () => {
    expect(page("requirements-reference.md")).toBe(renderReference(REQUIREMENTS, GUIDANCE, CHECKS, IMPLIES));
    expect(page("compliance-coverage.md")).toBe(renderCoverage(REQUIREMENTS, GUIDANCE, CHECKS));
  });

  it("give a result for each row, in the order of the catalogue", async () => {
    const { results, summary } = await judge([], { mail: () => undefined });
    expect(results.map(({ code }) => code)).toEqual(REQUIREMENTS.map(({ id }) => id));
    expect(Object.values(summary).reduce((sum, count) => sum + count, 0)).toBe(REQUIREMENTS.length);
    expect([summary.pass, summary.fail, summary.declared]).toEqual([0, 0, 0]);
  });
});
