import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS, NOT_SERVED } from "../../src/cli/commands/index.js";
import { EXAMPLES } from "../../src/cli/text/examples.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

interface Failure {
  error: { code: string; message: string; retryable: boolean; hint?: string; requirement?: string };
}

const folder = temporaryFolder();

describe("a wrong command line", () => {
  it.each([
    [["sned"], 'vouliez-vous dire "medimail send" ?'],
    [["cda", "inpsect", "x.xml"], 'vouliez-vous dire "medimail cda inspect" ?'],
    [["outbox", "lst", "--config", "c"], 'vouliez-vous dire "medimail outbox list" ?'],
    [["cda", "inspect", "x.xml", "--jsn"], "vouliez-vous dire --json ?"],
    [["send", "--patiant"], "vouliez-vous dire --patient ?"],
    [["xdm", "pack", "--cda", "a", "--out", "b", "--action", "delte"], "vouliez-vous dire delete ?"],
  ])("%j is exit 2 with a suggestion", async (argv, hint) => {
    const { code, err, out } = await cli(...argv);
    expect(code).toBe(2);
    expect(err).toContain(hint);
    expect(out).toBe("");
  });

  it.each([
    [["cda", "inspect"]],
    [["cda", "inspect", "a", "b"]],
    [["cda", "wrap", "--pdf", "a"]],
    [["xdm", "pack", "--cda", "--out", "b"]],
    [["xdm", "pack", "--cda", "a", "--out", "b", "--out", "c"]],
    [["xdm", "pack", "--cda", "a", "--out="]],
    [["cda", "inspect", "a", "--json=yes"]],
    [["cda", "inspect", "a", "--timeout", "soon"]],
    [["cda", "inspect", "a", "--lang", "de"]],
    [["cda"]],
    [[]],
    [["outbox", "show", "../x", "--config", "c"]],
    [["traces", "list", "--config", "c", "--since", "yesterday"]],
    [["traces", "list", "--config", "c", "--since", "2026-02-30"]],
    [["traces", "export", "--config", "c", "--until", "2026-02-29T10:00:00+01:00"]],
    [["mailbox", "search", "--config", "c", "--since", "2026-06-31"]],
    [["send", "--config", "c", "--cda", "a"]],
    [["send", "--config", "c", "--cda", "a", "--pdf", "b", "--pdf", "c", "--to", "x@y.fr"]],
    [["mock", "--port-smtp", "99999"]],
  ])("%j is exit 2, and with --json an error on stdout", async (argv) => {
    const { code, out, value } = await cli(...argv, "--json");
    expect(code).toBe(2);
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(value<Failure>().error).toMatchObject({ code: "usage_invalid", retryable: false });
    expect(typeof value<Failure>().error.message).toBe("string");
  });

  it("takes global options before the command too", async () => {
    const { code, value } = await cli("--json", "--lang", "en", "cda", "inspect", join(folder, "none.xml"));
    expect(code).toBe(2);
    expect(value<Failure>().error.code).toBe("file_not_found");
  });
});

describe("commands that are not served yet", () => {
  it.each(NOT_SERVED)("%s is refused by name", async (name) => {
    const { code, value } = await cli(...name.split(" "), "x", "--folder", "INBOX", "--json");
    expect(code).toBe(2);
    expect(value<Failure>().error.code).toBe("not_supported");
    expect(value<Failure>().error.message).toContain(`"${name}"`);
  });

  it("are named in the help, where there are any", async () => {
    const { out } = await cli("--help");
    for (const name of NOT_SERVED) expect(out).toContain(name);
    expect(out.includes("Pas encore disponibles")).toBe(NOT_SERVED.length > 0);
  });
});

describe("--help", () => {
  it("lists every command with an example, in French by default", async () => {
    const { code, out, err } = await cli("--help");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("Options communes");
    for (const { name } of COMMANDS) expect(out).toContain(`$ ${EXAMPLES[name]}`);
  });

  it("speaks English when asked", async () => {
    expect((await cli("--help", "--lang", "en")).out).toContain("Common options");
  });

  it.each(COMMANDS.map((command) => command.name))(
    "of %s has words for each option, in both languages",
    async (name) => {
      const command = COMMANDS.find((candidate) => candidate.name === name);
      for (const lang of ["fr", "en"]) {
        const { code, out } = await cli(...name.split(" "), "--help", "--lang", lang);
        expect(code).toBe(0);
        expect(out).toContain(`$ ${EXAMPLES[name]}`);
        for (const option of Object.keys(command?.options ?? {}))
          expect(out).toMatch(new RegExp(`^  --${option}( [^ ]+)*?  +\\S`, "m"));
      }
    },
  );

  it.each(Object.entries(EXAMPLES))("gives %s an example that its own options accept", async (name, example) => {
    const command = COMMANDS.find((candidate) => candidate.name === name);
    const options = [...example.matchAll(/ --([a-z-]+)/g)].map(([, option]) => option ?? "");
    expect(options.filter((option) => option !== "json" && !(option in (command?.options ?? {})))).toEqual([]);
    for (const [option, spec] of Object.entries(command?.options ?? {}))
      if (spec.required) expect(options).toContain(option);
  });

  it("is JSON on stdout with --json", async () => {
    const { value } = await cli("--help", "--json");
    expect(value<{ command: string }[]>().map(({ command }) => command)).toEqual(COMMANDS.map(({ name }) => name));
  });
});

describe("the frame", () => {
  it("--version prints that of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect((await cli("--version")).out).toBe(`${version}\n`);
    expect((await cli("--version", "--json")).value()).toEqual({ version });
  });

  it("explains an error to a person in French, with its code", async () => {
    const { err } = await cli("cda", "inspect", join(folder, "none.xml"));
    expect(err).toContain("Erreur : fichier introuvable [file_not_found]");
  });

  it.each([
    [{ tty: true }, true],
    [{ tty: false }, false],
    [{ tty: true, env: { NO_COLOR: "1" } }, false],
    [{ tty: true, env: { CI: "true" } }, false],
    [{ tty: true, env: { TERM: "dumb" } }, false],
  ])("colours only for a person's terminal: %j", async (options, coloured) => {
    const { out } = await startCli(["--help"], options).result;
    expect(out.includes("\u001b[")).toBe(coloured);
  });
});

describe("a folder that is to be read", () => {
  it.each([
    ["validate", "--verify", "/nowhere/report"],
    ["validate", "--compare", "/nowhere/report", "--compare", "/nowhere/other"],
    ["checklist", "--state", "/nowhere/state.json", "--report", "/nowhere/report"],
  ])("and is not there is an input that isn't there: %s %s", async (...args) => {
    const result = await cli(...args, "--json");
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([2, "file_not_found"]);
  });
});
