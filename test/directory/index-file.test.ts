import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DirectoryIndex, importExtraction, openDirectoryIndex } from "../../src/directory/index.js";
import { sampleExtraction, sampleRows } from "../../src/sample/index.js";

describe("an imported extraction", () => {
  const dir = mkdtempSync(join(tmpdir(), "medimail-directory-"));
  const index = join(dir, "annuaire.db");
  let directory: DirectoryIndex;

  beforeAll(async () => {
    const file = join(dir, "Extraction_Correspondance_MSSante_202611280405.txt");
    writeFileSync(file, [...sampleExtraction({ lines: 3_000, seed: 3 })].join(""));
    await importExtraction(file, { index });
    directory = openDirectoryIndex({ index });
  });
  afterAll(async () => {
    await directory.close();
    rmSync(dir, { recursive: true });
  });

  it("says its age by the name of the file, in the time of Paris", () => {
    expect(directory.info()).toMatchObject({ source: "extraction", asOf: "2026-11-28T03:05:00.000Z" });
  });

  it("finds one person by RPPS (SC.MSS/UX.41)", async () => {
    const rpps = [...sampleRows({ lines: 3_000, seed: 3 })].find(([type]) => type === "PER")?.[3] ?? "";
    const found = [];
    for await (const entry of directory.search({ rpps })) found.push(entry);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ rpps }) => rpps))).toEqual(new Set([rpps]));
  });

  it("refuses a query of nothing", async () => {
    const search = directory.search({ text: "  " })[Symbol.asyncIterator]();
    await expect(search.next()).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("says where there is no index", () => {
    expect(() => openDirectoryIndex({ index: join(dir, "none.db") })).toThrowError(
      expect.objectContaining({ code: "directory_index_missing" }),
    );
  });

  it("says that a file is no index of its own", () => {
    writeFileSync(join(dir, "other.db"), "not a database, and longer than a header of one would be".repeat(40));
    expect(() => openDirectoryIndex({ index: join(dir, "other.db") })).toThrowError(
      expect.objectContaining({ code: "directory_index_damaged" }),
    );
  });
});
