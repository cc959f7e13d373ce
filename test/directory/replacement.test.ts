import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryDelta, importEntries, importExtraction, openDirectoryIndex } from "../../src/directory/index.js";
import { EXTRACTION_COLUMNS } from "../../src/sample/index.js";
import type { DirectoryEntry } from "../../src/seams/index.js";
import { rowOf, searchOf, temporaryFolder, writeSample } from "./kit-extraction.js";

const folder = temporaryFolder();
const HEADER = `${EXTRACTION_COLUMNS.join("|")}\n`;
const file = join(folder, "sample.txt");
const LINES = writeSample(file, 4_000).length - 1;

function write(name: string, rows: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${HEADER}${rows.join("")}`);
  return path;
}

describe("an import (ANN/va1.01–.04)", () => {
  it("joins lines that say the same, and counts them", async () => {
    const path = write("twice.txt", [rowOf({}), rowOf({ 9: "DURAND" }), rowOf({}), rowOf({})]);
    const report = await importExtraction(path, { index: join(folder, "twice.db") });
    expect(report).toMatchObject({ lines: 4, entries: 2, duplicates: 2 });
  });

  it("takes columns by their name, wherever they stand, and one that is new", async () => {
    const moved = (row: string) => ["new", ...row.trimEnd().split("|").reverse()].join("|");
    const path = join(folder, "moved.txt");
    writeFileSync(path, `${moved(HEADER)}\n${moved(rowOf({}))}\n`);
    const index = join(folder, "moved.db");
    await importExtraction(path, { index });
    const directory = openDirectoryIndex({ index });
    expect(await searchOf(directory, "morel")).toMatchObject([
      { family: "MOREL", rpps: "99000000010", city: "LYON 03" },
    ]);
    await directory.close();
  });

  it("tells its progress", async () => {
    const told: string[] = [];
    await importExtraction(file, {
      index: join(folder, "progress.db"),
      onProgress: ({ stage, lines, share }) => told.push(`${stage} ${lines} ${share?.toFixed(1)}`),
    });
    expect(told.at(-1)).toBe(`finishing ${LINES} 1.0`);
    expect(told.length).toBeGreaterThan(5);
  });

  it("stopped, leaves the index in use, and goes on from there the next time", async () => {
    const index = join(folder, "stopped.db");
    const old = write("old.txt", [rowOf({})]);
    await importExtraction(old, { index });
    const stop = new AbortController();
    const stopped = importExtraction(file, { index, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    const directory = openDirectoryIndex({ index });
    expect(directory.info().entries).toBe(1);
    const report = await importExtraction(file, { index });
    expect(report.resumedAfter).toBeGreaterThan(100);
    expect(report.lines).toBe(LINES);
    // The same as an import in one go, also to those who search.
    const whole = join(folder, "whole.db");
    await importExtraction(file, { index: whole });
    const other = openDirectoryIndex({ index: whole });
    expect(directory.info().entries).toBe(other.info().entries);
    for (const text of ["martin paris", "infirmière", "dupond", "ehpad"])
      expect(await searchOf(directory, text)).toEqual(await searchOf(other, text));
    await Promise.all([directory.close(), other.close()]);
  });

  it("stopped, and begun with another file, begins anew", async () => {
    const index = join(folder, "anew.db");
    const stop = new AbortController();
    await importExtraction(file, { index, signal: stop.signal, onProgress: () => stop.abort() }).catch(() => {});
    const report = await importExtraction(write("other.txt", [rowOf({})]), { index });
    expect(report).toMatchObject({ entries: 1, lines: 1 });
    expect(report.resumedAfter).toBeUndefined();
  });

  it("never runs twice at a time into one index", async () => {
    const index = join(folder, "both.db");
    const both = await Promise.allSettled([importExtraction(file, { index }), importExtraction(file, { index })]);
    // Whichever has opened the file first: that is the system's to say.
    const byStatus = (status: string) => both.filter((one) => one.status === status);
    expect(byStatus("fulfilled")).toMatchObject([{ value: { lines: LINES } }]);
    expect(byStatus("rejected")).toMatchObject([{ reason: { code: "storage_failed", retryable: true } }]);
  });

  it("of far fewer entries replaces the index only where it is forced to", async () => {
    const index = join(folder, "fewer.db");
    await importExtraction(file, { index });
    const few = write("few.txt", [rowOf({})]);
    await expect(importExtraction(few, { index })).rejects.toMatchObject({ code: "directory_file_refused" });
    expect((await importExtraction(few, { index, force: true })).entries).toBe(1);
  });
});

describe("a replacement", () => {
  it("keeps the index before it, which can be put back", async () => {
    const index = join(folder, "kept.db");
    await importExtraction(file, { index });
    const report = await importExtraction(write("one.txt", [rowOf({})]), { index, force: true });
    expect(report.previous?.entries).toBeGreaterThan(1_000);
    expect(existsSync(`${index}.previous`)).toBe(true);
    copyFileSync(`${index}.previous`, index);
    const directory = openDirectoryIndex({ index });
    expect(directory.info().entries).toBe(report.previous?.entries);
    await directory.close();
  });

  it("is answered by searches all the while, by the old index and then by the new one", async () => {
    const index = join(folder, "while.db");
    await importExtraction(write("before.txt", [rowOf({ 9: "ANCIEN" })]), { index });
    const directory = openDirectoryIndex({ index });
    const seen: number[] = [];
    let searching = Promise.resolve();
    await importExtraction(file, {
      index,
      onProgress: () => {
        searching = searching.then(async () => void seen.push((await searchOf(directory, "ancien")).length));
      },
    });
    await searching;
    expect(seen.length).toBeGreaterThan(5);
    expect(seen[0]).toBe(1);
    expect(directory.info().entries).toBeGreaterThan(1_000);
    expect((await searchOf(directory, "ancien")).filter(({ family }) => family === "ANCIEN")).toEqual([]);
    await directory.close();
  });

  it("shows what came, went and changed", async () => {
    const index = join(folder, "delta.db");
    const row = (family: string, more: Record<number, string> = {}) =>
      rowOf({ 1: `${family.toLowerCase()}@medecin-exemple.mssante.fr`, 9: family, ...more });
    await importExtraction(
      write(
        "monday.txt",
        ["A", "B", "C", "D", "E"].map((name) => row(`NOM${name}`)),
      ),
      { index },
    );
    const tuesday = [
      row("NOMA"),
      row("NOMB"),
      row("NOMC", { 27: "69008 LYON 08", 28: "69008" }),
      row("NOMD"),
      row("NOMF"),
    ];
    const { delta } = await importExtraction(write("tuesday.txt", tuesday), { index });
    expect(delta).toEqual({ added: 1, gone: 1, changed: 1 });
    const all = [...directoryDelta(index)].map(({ kind, entry, before }) => [
      kind,
      entry.family,
      entry.city,
      before?.city,
    ]);
    expect(all).toEqual([
      ["added", "NOMF", "LYON 03", undefined],
      ["gone", "NOME", "LYON 03", undefined],
      ["changed", "NOMC", "LYON 08", "LYON 03"],
    ]);
  });
});

describe("entries of another source", () => {
  const entry = (more: Partial<DirectoryEntry>): DirectoryEntry => ({
    address: "accueil@chu-exemple.mssante.fr",
    type: "ORG",
    name: "Accueil",
    source: "regional",
    asOf: "2026-11-28T00:00:00Z",
    ...more,
  });

  it("are imported and searched like the extraction, without those of the red list", async () => {
    const index = join(folder, "regional.db");
    const entries = [
      entry({ name: "Accueil cardiologie" }),
      entry({ address: "secret@chu-exemple.mssante.fr", name: "Accueil secret", redList: true }),
    ];
    await importEntries(entries, { index, source: "regional", asOf: "2026-11-28T00:00:00Z" });
    const directory = openDirectoryIndex({ index });
    expect(directory.source).toBe("regional");
    expect((await searchOf(directory, "accueil")).map(({ name }) => name)).toEqual(["Accueil cardiologie"]);
    expect(await searchOf(directory, { address: "secret@chu-exemple.mssante.fr" })).toEqual([]);
    await directory.close();
  });
});
