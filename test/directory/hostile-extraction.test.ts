import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { importExtraction, openDirectoryIndex } from "../../src/directory/index.js";
import { EXTRACTION_COLUMNS } from "../../src/sample/index.js";
import { rowOf, searchOf, temporaryFolder, writeSample } from "./kit-extraction.js";

const folder = temporaryFolder();
const index = join(folder, "annuaire.db");
const HEADER = `${EXTRACTION_COLUMNS.join("|")}\n`;
let good: string[] = [];
let inUse: Buffer;

beforeAll(async () => {
  good = writeSample(join(folder, "good.txt"), 1_000);
  await importExtraction(join(folder, "good.txt"), { index });
  inUse = readFileSync(index);
});

async function refusal(
  name: string,
  bytes: string | Uint8Array,
  options: Parameters<typeof importExtraction>[1] = { index },
) {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return refusalOf(file, options);
}

async function refusalOf(file: string, options: Parameters<typeof importExtraction>[1] = { index }) {
  const error = await importExtraction(file, options).then(
    () => undefined,
    (thrown: { code: string; path?: string; message: string }) => thrown,
  );
  // Whatever came: the index in use is the same, and nothing half made is left.
  expect(readFileSync(index).equals(inUse)).toBe(true);
  expect(existsSync(`${index}.new`)).toBe(false);
  return error;
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

describe("a file that is no good extraction is refused, and the old index stays in use", () => {
  it.each([
    ["empty", "", "directory_file_invalid"],
    ["of one byte", "T", "directory_file_invalid"],
    ["of the header alone", HEADER, "directory_file_refused"],
    ["of another header", "nom;prenom;adresse\na;b;c\n", "directory_file_invalid"],
    ["of a header that lacks a column", `${EXTRACTION_COLUMNS.slice(1).join("|")}\n`, "directory_file_invalid"],
    ["of too many columns", `${HEADER.trimEnd()}${"|x".repeat(60)}\n`, "directory_file_invalid"],
    ["in UTF-16", utf16(`${HEADER}${rowOf({})}`), "directory_file_invalid"],
    ["in UTF-16 without a mark", utf16(`${HEADER}${rowOf({})}`).subarray(2), "directory_file_invalid"],
    ["in Latin-1", Buffer.from(`${HEADER}${rowOf({})}`, "latin1"), "directory_file_invalid"],
    ["encoded twice", Buffer.from(`${HEADER}${rowOf({})}`, "utf8").toString("latin1"), "directory_file_invalid"],
    ["of lines of another number of columns", `${HEADER}${"a|b|c\n".repeat(50)}`, "directory_file_refused"],
    ["much smaller than the one in use", `${HEADER}${rowOf({})}`, "directory_file_refused"],
  ])("%s", async (name, bytes, code) => {
    expect(await refusal(`${name.replace(/\W/g, "-")}.txt`, bytes)).toMatchObject({ code });
  });

  it("cut in the middle of a line", async () => {
    const cut = good.join("").slice(0, -25);
    expect(await refusal("cut.txt", cut)).toMatchObject({
      code: "directory_file_invalid",
      message: expect.stringContaining("cut short"),
    });
  });

  it("names the charset to a person", async () => {
    const error = await refusal("latin.txt", Buffer.from(`${HEADER}${rowOf({})}`, "latin1"));
    expect(error?.message).toContain("Latin-1");
  });

  it("with a line of 100 MB, which is never held in memory", async () => {
    const file = join(folder, "long-line.txt");
    const out = openSync(file, "w");
    writeSync(out, HEADER);
    const block = Buffer.alloc(1_000_000, "a");
    for (let count = 0; count < 100; count++) writeSync(out, block);
    closeSync(out);
    const before = process.memoryUsage();
    const error = await refusalOf(file);
    const after = process.memoryUsage();
    expect(error).toMatchObject({ code: "directory_file_invalid", path: "maxLineBytes" });
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20_000_000);
  });

  it.each([
    ["maxTextBytes", { maxTextBytes: 10_000 }],
    ["maxFileBytes", { maxFileBytes: 10_000 }],
    ["maxLines", { maxLines: 100 }],
  ])("past the limit %s, which the error names", async (path, limits) => {
    expect(await refusalOf(join(folder, "good.txt"), { index, limits })).toMatchObject({
      code: "directory_file_invalid",
      path,
    });
  });
});

describe("an archive", () => {
  const zipOf = (files: Record<string, Uint8Array>) => zipSync(files, { level: 6 });
  const text = () => Buffer.from(good.join(""));

  it("is read as the text in it", async () => {
    const file = join(folder, "good.zip");
    writeFileSync(file, zipOf({ "Extraction_Correspondance_MSSante_202611280405.txt": text() }));
    const report = await importExtraction(file, { index: join(folder, "zip.db") });
    expect(report).toMatchObject({ asOf: "2026-11-28T03:05:00.000Z", lines: 1_000 });
  });

  it.each([
    ["cut short", () => zipOf({ "a.txt": text() }).subarray(0, 20_000), "archive_invalid"],
    ["without an end", () => zipOf({ "a.txt": text() }).subarray(0, -30), "archive_invalid"],
    ["of two texts", () => zipOf({ "a.txt": text(), "b.txt": text() }), "directory_file_invalid"],
    ["without a file", () => zipOf({}), "directory_file_invalid"],
    [
      "that unpacks to much more than it is",
      () => zipOf({ "a.txt": Buffer.alloc(60_000_000, "|") }),
      "directory_file_invalid",
    ],
  ])("%s is refused", async (name, make, code) => {
    expect(await refusal(`${name.replace(/\W/g, "-")}.zip`, make())).toMatchObject({ code });
  });

  it("whose bytes were altered is refused by its checksum", async () => {
    const stored = Buffer.from(zipSync({ "a.txt": text() }, { level: 0 }));
    const at = stored.indexOf("mssante.fr");
    stored.write("MSSANTE", at);
    expect(await refusal("altered.zip", stored)).toMatchObject({ code: "archive_invalid" });
  });

  it("that lies about the size of its text is refused", async () => {
    const zip = Buffer.from(zipOf({ "a.txt": text() }));
    const central = zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    zip.writeUInt32LE(1_000, central + 24);
    expect(await refusal("liar.zip", zip)).toMatchObject({ code: "archive_invalid" });
  });
});

describe("malformed lines of a good file", () => {
  it("are counted and listed by number and reason, and the others imported", async () => {
    const file = join(folder, "some.txt");
    const bad = [
      "PER|too|few\n",
      rowOf({ 0: "XYZ" }),
      rowOf({ 1: "claire.morel(at)mssante.fr" }),
      rowOf({ 1: "claire.morel@gmail.com" }),
      rowOf({ 9: "", 10: "", 18: "", 19: "" }),
    ];
    const charset = Buffer.concat([Buffer.from(rowOf({ 9: "LEF" }).slice(0, -1)), Buffer.from([0xe8, 10])]);
    writeFileSync(file, Buffer.concat([Buffer.from(good.join("")), Buffer.from(bad.join("")), charset]));
    const report = await importExtraction(file, { index: join(folder, "some.db"), limits: { maxListed: 5 } });
    expect(report.malformed).toEqual({
      count: 6,
      first: [
        { line: 1_002, reason: "columns" },
        { line: 1_003, reason: "type" },
        { line: 1_004, reason: "address" },
        { line: 1_005, reason: "address" },
        { line: 1_006, reason: "name" },
      ],
    });
  });

  it("text that a spreadsheet would run stays text", async () => {
    const formula = '=HYPERLINK("http://exemple.invalid","x")';
    const file = join(folder, "formula.txt");
    writeFileSync(file, `${HEADER}${rowOf({ 9: formula, 18: "\u001b[31m=cmd" })}`);
    const path = join(folder, "formula.db");
    await importExtraction(file, { index: path });
    const directory = openDirectoryIndex({ index: path });
    const [entry] = await searchOf(directory, "claire");
    expect(entry).toMatchObject({ family: formula, structure: { name: "[31m=cmd" } });
    await directory.close();
  });
});
