import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { bundle } from "../tools/bundle.js";

const run = promisify(execFile);

const src = join(import.meta.dirname, "../../src");
const sources = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(src, name), "utf8") }));

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

  // As webpack does, which is too large to be tried here (docs/service.md says what was).
  it("finds what a dependency brings where the bundler left the address of another machine", async () => {
    const define = { "import.meta.url": '"file:///another-machine/dist/index.js"' };
    const file = await bundle(join(import.meta.dirname, "../../src/package-files.ts"), { format: "cjs", define });
    const { dependencyFile } = createRequire(import.meta.url)(file);
    expect(dependencyFile("dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf")).toMatch(/DejaVuSansCondensed\.ttf$/);
    expect(() => dependencyFile("dejavu-fonts-ttf/none.ttf")).toThrow("none.ttf");
  });

  it.each([
    [
      "webpack's own createRequire, which it takes for Node's where that is imported by its name",
      /import \{[^}]*createRequire/,
    ],
    [
      "every file of the package for a thread, as Turbopack does where it sees a Worker of what it cannot know",
      /new Worker\(/,
    ],
  ])("is not given %s", (_what, wrong) => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter(({ text }) => wrong.test(text)).map(({ name }) => name)).toEqual([]);
  });
});
