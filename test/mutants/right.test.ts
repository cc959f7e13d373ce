import { beforeAll, describe, expect, it } from "vitest";
import { OTHER_LANGUAGES } from "../examples/other-languages.js";
import { commands, judged } from "./harness.js";

/** What a report says against a connector: every row that failed, whatever its obligation. */
async function failures(command: readonly string[]): Promise<string[]> {
  const { report } = await judged(command, "all");
  return report.results
    .filter(({ verdict }) => verdict === "fail")
    .map(({ code, evidence: [first] }) => `${code}: ${first?.what} (${first?.where})`);
}

describe("a right connector fails no requirement, whatever scenario it plays", () => {
  it("in Node, over our own composer", { timeout: 300_000 }, async () => {
    const command = await commands();
    expect(await failures(command("node", "right"))).toEqual([]);
  });

  describe.each(OTHER_LANGUAGES)("in $name", (language) => {
    if (language.missing) console.info(`skipped: the connector in ${language.name} (needs ${language.missing})`);
    describe.skipIf(language.missing !== undefined)("from examples/other-languages", () => {
      beforeAll(() => {
        language.prepare();
        Object.assign(process.env, language.env);
      });

      it("plays them all", { timeout: 300_000 }, async () => {
        expect(await failures(language.command)).toEqual([]);
      });
    });
  });
});
