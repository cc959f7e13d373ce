import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandNamed } from "../../src/cli/commands/index.js";
import { PROFILES } from "../../src/compliance/index.js";
import { SCENARIOS } from "../../src/validator/index.js";

const root = join(import.meta.dirname, "../..");
const PAGES = [
  "docs/homologation.md",
  "docs/guide-mipih.md",
  "examples/other-languages/README.md",
  "examples/other-languages/README.en.md",
];
/** Of every command. */
const COMMON = new Set(["json", "lang", "timeout", "verbose", "help", "version"]);

/** The lines of a page that call our command, each whole: a backslash goes on. */
function calls(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replace(/\\\n\s*/g, "");
  return (text.match(/npx medimail(?:-connector)? [^\n`]+/g) ?? []).map((call) => call.replace(/\s+#.*/, ""));
}

describe.each(PAGES)("%s", (page) => {
  it.each(calls(page))("calls the command as it is: %s", (call) => {
    const words = call.split(/\s+/).slice(2);
    const end = words.indexOf("--");
    const own = end < 0 ? words : words.slice(0, end);
    const command = commandNamed(own)?.command;
    expect(command, "a command of this version").toBeDefined();
    for (const [index, word] of own.entries()) {
      if (!word.startsWith("--")) continue;
      const option = word.slice(2);
      expect([...COMMON, ...Object.keys(command?.options ?? {})]).toContain(option);
      const value = own[index + 1] ?? "";
      if (option === "profile") expect([...PROFILES, "all"]).toContain(value);
      if (option === "scenario") expect(["all", ...SCENARIOS.map(({ id }) => id)]).toContain(value);
    }
  });

  it("names files of the project that are there", () => {
    const text = readFileSync(join(root, page), "utf8");
    const links = [...text.matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
    const missing = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(root, page, "..", link)));
    expect(missing).toEqual([]);
  });
});
