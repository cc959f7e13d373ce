import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { layoutOf } from "../../src/cli/accounts-file.js";
import { GLOBAL_OPTIONS, Options, splitArgs } from "../../src/cli/args.js";
import { parseConfig } from "../../src/config/index.js";
import { parseJsonc } from "../../src/settings/index.js";
import { declarationsSchema } from "../../src/validator/index.js";
import { type Block, blocksOf, pages } from "./blocks.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-json-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a configuration has beside the part that a page shows. */
const REST = {
  mailbox: { address: "labo@chu-exemple.mssante.fr", type: "APP" },
  operator: { imap: { host: "imap.operateur.example" }, smtp: { host: "smtp.operateur.example" } },
  auth: { method: "certificate", p12: "client.p12" },
  software: { name: "LabSoft", version: "4.2", nil: "LABSOFT001" },
  sender: { label: "Laboratoire" },
};

const named = (blocks: Block[]) => blocks.map((block) => [`${block.page}:${block.line}`, block.code] as const);
const json = named(pages().flatMap((page) => blocksOf(page, ["json"])));
const jsonc = named(pages().flatMap((page) => blocksOf(page, ["jsonc"])));

/** Each a whole object, or members of one: several of them stand for ways to write the same. */
function partsOf(code: string): unknown[] {
  const whole = parseJsonc(code);
  if ("value" in whole) return [whole.value];
  const members = parseJsonc(`{${code}}`);
  const lines = "value" in members ? [code] : code.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const parsed = parseJsonc(`{${line}\n}`);
    if (!("value" in parsed)) throw new Error(`not JSON: ${line}`);
    return parsed.value;
  });
}

/** The form that a file shown has, by its own reader. */
function read(value: object): unknown {
  if ("declarations" in value) return declarationsSchema.parse(value);
  if ("columns" in value) {
    const file = join(folder, "layout.json");
    writeFileSync(file, JSON.stringify(value));
    const specs = { ...GLOBAL_OPTIONS, layout: { type: "string" as const, value: "FILE" } };
    return layoutOf(new Options(splitArgs(["--layout", file], specs).options, specs));
  }
  return undefined;
}

describe("the JSON of the pages", () => {
  it("is found", () => {
    expect(json.length).toBeGreaterThanOrEqual(3);
    expect(jsonc.length).toBeGreaterThanOrEqual(3);
  });

  it.each(json)("%s is what the reader of such a file takes", (_where, code) => {
    expect(read(JSON.parse(code) as object)).toBeDefined();
  });

  it.each(jsonc)("%s is a configuration that this version takes, or a part of one", (_where, code) => {
    // What a page leaves out for the reader to fill in.
    for (const part of partsOf(code.replaceAll("SHA256:…", `SHA256:${"A".repeat(43)}`)))
      expect(() => parseConfig({ ...REST, ...(part as object) })).not.toThrow();
  });
});
