import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/tools/longest-first.js";

const report = process.env["MEDIMAIL_TEST_REPORT"];

const ALONE = "test/**/*.alone.test.ts";

const src = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  // Examples import the package by its name, as a publisher does.
  resolve: {
    alias: [
      { find: /^medimail-connector$/, replacement: src("index.ts") },
      { find: /^medimail-connector\/mock$/, replacement: src("mock/index.ts") },
      { find: /^medimail-connector\/compliance$/, replacement: src("compliance/index.ts") },
    ],
  },
  test: {
    exclude: ["test/consumers/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    // On two cores too: tests wait for clocks, servers and processes about half of their time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: report ? ["default", "json"] : ["default"],
    ...(report ? { outputFile: { json: report } } : {}),
    // Files share a process and its modules, which else would be loaded 300 times; what replaces modules (vi.mock) has a process of its own.
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: ["test/consumers/**", ALONE],
        },
      },
      { extends: true, test: { name: "alone", include: [ALONE] } },
    ],
  },
});
