import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GLOBAL_OPTIONS, Options, splitArgs } from "../../src/cli/args.js";
import { COMMANDS, commandNamed } from "../../src/cli/commands/index.js";
import { blocksOf, pages, root } from "./blocks.js";

const CALL = /^(?:npx )?medimail(?:-connector)? (.+)$/;
const SPECS = Object.assign({}, GLOBAL_OPTIONS, ...COMMANDS.map(({ options }) => options));
/** "Any command of", and what stands for several. */
const GENERAL = /[|…*]|^[a-z-]+$|^--|^COMMAND /;

/** The calls of a page's shell blocks: each is a line that can be copied. */
const whole = (page: string): string[] =>
  blocksOf(page, ["sh", "bash"])
    .flatMap(({ code }) => code.replace(/\\\n\s*/g, "").split("\n"))
    .flatMap((line) => CALL.exec(line.replace(/\s+#.*/, "").trim())?.[1] ?? []);

/** Those in the text: the name of a command, and some of its options. */
const inText = (page: string): string[] =>
  [
    ...readFileSync(join(root, page), "utf8")
      .replace(/^```[\s\S]*?^```/gm, "")
      .matchAll(/`((?:npx )?medimail [^`]+)`/g),
  ]
    .flatMap(([, call = ""]) => CALL.exec(call.replace(/\s+/g, " "))?.[1] ?? [])
    .filter((call) => commandNamed(call.split(" ")) !== undefined || !GENERAL.test(call));

/** The words of a line of the shell, those in quotes whole; those of another program left out. */
const wordsOf = (call: string): string[] =>
  [...call.replace(/ -- .*/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");

describe.each(pages())("%s", (page) => {
  it("gives commands that can be copied", () => {
    for (const call of whole(page)) {
      const raw = splitArgs(wordsOf(call), SPECS);
      const found = commandNamed(raw.positionals);
      expect(found, call).toBeDefined();
      if (!found) continue;
      const specs = { ...GLOBAL_OPTIONS, ...found.command.options };
      const { min = 0, max = 0 } = found.command.positionals ?? {};
      expect(() => new Options(raw.options, specs).require(specs), call).not.toThrow();
      expect(found.rest.length >= min && found.rest.length <= max, call).toBe(true);
    }
  });

  it("names commands and options that there are", () => {
    for (const call of inText(page)) {
      const command = commandNamed(call.split(" "))?.command;
      expect(command, call).toBeDefined();
      for (const [, option = ""] of call.matchAll(/(?:^|[ [(])--([a-z][a-z-]*)/g))
        expect(Object.keys({ ...GLOBAL_OPTIONS, ...command?.options }), call).toContain(option);
    }
  });
});
