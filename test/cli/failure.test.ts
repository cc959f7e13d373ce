import { describe, expect, it } from "vitest";
import { printError } from "../../src/cli/failure.js";
import type { CliIo } from "../../src/cli/io.js";
import { styleFor } from "../../src/cli/style.js";
import { type Lang, textFor } from "../../src/cli/text/index.js";
import { MedimailError } from "../../src/errors.js";

async function printed(error: MedimailError, lang: Lang): Promise<string[]> {
  let said = "";
  const err = async (text: string): Promise<void> => {
    said += text;
  };
  const io = { err } as unknown as CliIo;
  await printError(io, error, { json: false, verbose: false, text: textFor(lang), style: styleFor(false, {}) });
  return said.trimEnd().split("\n");
}

describe("an error, for people", () => {
  const absent = new MedimailError("folder_not_found", "the mailbox has no folder of this name", {
    hint: "List them.",
  });

  it("begins in English with what was said where the code has no phrase of its own", async () => {
    expect(await printed(absent, "en")).toEqual([
      "Error: the mailbox has no folder of this name [folder_not_found]",
      expect.stringContaining("List them."),
    ]);
  });

  it("begins with the phrase of the code where there is one", async () => {
    const [first, second] = await printed(new MedimailError("internal", "unforeseen fault (Error)"), "en");
    expect(first).toBe("Error: unforeseen fault of the connector [internal]");
    expect(second).toBe("  unforeseen fault (Error)");
  });

  it("says in French what the code is, then what was said", async () => {
    const [first] = await printed(absent, "fr");
    expect(first).toMatch(/^Erreur.: dossier introuvable \[folder_not_found\]$/);
  });
});
