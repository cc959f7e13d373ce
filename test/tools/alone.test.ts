import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const TESTS = join(import.meta.dirname, "..");

it("what replaces modules has a process of its own (*.alone.test.ts): elsewhere they may be loaded already, and nothing would be replaced", () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  const replacing = files.filter((name) =>
    /\bvi\s*\.\s*(mock|doMock|resetModules)\(/.test(
      readFileSync(join(TESTS, name), "utf8").replace(/\/\*.*?\*\//gs, ""),
    ),
  );
  expect(replacing.length).toBeGreaterThan(0);
  expect(replacing.filter((name) => !name.endsWith(".alone.test.ts"))).toEqual([]);
});
