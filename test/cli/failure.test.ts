import { describe, expect, it } from "vitest";
import { exitCodeOf, printError } from "../../src/cli/failure.js";
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

describe("an error of a machine without any network", () => {
  const unreached = (code: string) =>
    new MedimailError("connection_refused", "imap.example:143 cannot be connected to", {
      cause: Object.assign(new Error(code), { code }),
    });
  const named = new MedimailError("directory_unavailable", "the directory does not answer", {
    cause: new MedimailError("dns_failed", "not resolved", {
      cause: Object.assign(new Error(), { code: "EAI_AGAIN" }),
    }),
  });

  it("is exit 3: nothing was learnt of the other side", () => {
    expect([unreached("ENETUNREACH"), named].map((error) => exitCodeOf(error, () => ({})))).toEqual([3, 3]);
  });

  it("is exit 1 where there is a network, or where this machine itself has answered", () => {
    const connected = () => ({ eth0: [] });
    expect([unreached("ENETUNREACH"), named].map((error) => exitCodeOf(error, connected))).toEqual([1, 1]);
    expect(exitCodeOf(unreached("ECONNREFUSED"), () => ({}))).toBe(1);
  });
});
