import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LONG, TESTS } from "./longest-first.js";

it("what is named to begin first is there, each once: a file that was renamed would begin last", () => {
  expect(LONG.filter((name) => !existsSync(join(TESTS, name)))).toEqual([]);
  expect(new Set(LONG).size).toBe(LONG.length);
});
