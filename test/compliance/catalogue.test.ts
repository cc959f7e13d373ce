import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COVERAGE, coverageOf, REQUIREMENTS, requirement } from "../../src/compliance/index.js";
import { describeWithShared } from "../tools/shared.js";

it("gives a row by its id, and by any code that stands for it", () => {
  expect(requirement("MSS-va1.13")?.codes).toContain("MSS/va1.13");
  expect(requirement("MSS/va1.13")?.id).toBe("MSS-va1.13");
  expect(requirement("SC.MSS/CONF.05")?.id).toBe("ECO.1.0.1");
  expect(requirement("ECO.9.9.9")).toBeUndefined();
});

it("gives the coverage by any code of the row", () => {
  expect(coverageOf("SC.MSS/CONF.28")).toBe(COVERAGE["ECO.1.2.5"]);
  expect(coverageOf("ECO.9.9.9")).toBeUndefined();
});

it("has no id and no code twice", () => {
  const names = REQUIREMENTS.flatMap((row) => [...new Set([row.id, ...row.codes])]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("has ids that are fit for a file name", () => {
  expect(REQUIREMENTS.map((row) => row.id).filter((id) => !/^[A-Za-z0-9.-]+$/.test(id))).toEqual([]);
});

describeWithShared("the catalogue and ../shared/mssante/requirements.json", (shared) => {
  it("hold the same rows", () => {
    expect(REQUIREMENTS).toEqual(JSON.parse(readFileSync(join(shared, "mssante/requirements.json"), "utf8")));
  });
});
