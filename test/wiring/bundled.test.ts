import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { bundle } from "../tools/bundle.js";

const run = promisify(execFile);

describe("a program that a bundler made one file of", () => {
  it.each(["esm", "cjs"] as const)(
    "sends, and makes a PDF, as %s: threads are done without, fonts are found beside it",
    async (format) => {
      const file = await bundle(join(import.meta.dirname, "bundled-program.ts"), { format });
      const { stdout } = await run(process.execPath, [file], { timeout: 110_000 });
      expect(JSON.parse(stdout)).toEqual({ ok: true, mails: 1, origin: "made" });
    },
    120_000,
  );
});
