import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { styleFor } from "../../src/cli/style.js";
import { frenchDetail } from "../../src/cli/text/french/index.js";
import { verifiedText } from "../../src/cli/views/validate.js";
import type { Verification } from "../../src/validator/index.js";

const SOURCE = readFileSync(new URL("../../src/validator/verify.ts", import.meta.url), "utf8");

it("says in French whatever is found of a folder that was handed over", () => {
  const said = [...SOURCE.matchAll(/(?:what: |\? )["`]([a-z][^"`]* [^"`]*)["`]/g)].map(([, what = ""]) => what);
  expect(said.length).toBeGreaterThanOrEqual(10);
  const shown = said.map((what) => what.replace(/\$\{[^}]*\}/g, "7"));
  expect(shown.filter((what) => frenchDetail(what) === what)).toEqual([]);
});

it("prints the problems in the language of the person", () => {
  const what = "the report says pass, the observations give fail";
  const found = {
    ok: false,
    problems: [{ code: "verdict-changed", what, where: "ECO.1.0.1" }],
    report: { connector: { nil: "LAB1" }, startedAt: "2026-01-05T10:00:00Z" },
  } as unknown as Verification;
  const style = styleFor(false, { NO_COLOR: "1" });
  expect(verifiedText(found, "fr", style)).toContain("indique « conforme », les observations donnent « non conforme »");
  expect(verifiedText(found, "en", style)).toContain(what);
});
