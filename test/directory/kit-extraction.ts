import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type DirectoryIndex, openDirectoryIndex } from "../../src/directory/index.js";
import { sampleExtraction, sampleRows } from "../../src/sample/index.js";
import type { DirectoryEntry, DirectoryQuery } from "../../src/seams/index.js";

/** A folder that goes with the tests of the file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "medimail-directory-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function writeSample(path: string, lines: number, seed = 3): string[] {
  const text = [...sampleExtraction({ lines, seed })];
  writeFileSync(path, text.join(""));
  return text;
}

export const samplePeople = (lines: number, seed = 3): (readonly string[])[] =>
  [...sampleRows({ lines, seed })].filter(([type]) => type === "PER");

/** A row of the extraction, all columns but those given as of an invented doctor. */
export function rowOf(changes: Readonly<Record<number, string>>): string {
  const row =
    "PER|claire.morel@medecin-exemple.mssante.fr|8|99000000010|899000000010|1|1990000000||DR|MOREL|Claire|C|Civil|10|Médecin|SM04|Cardiologie et maladies vasculaires|O|CENTRE HOSPITALIER DE LYON||||12||RUE|PASTEUR||69003 LYON 03|69003|69|FRANCE".split(
      "|",
    );
  for (const [at, value] of Object.entries(changes)) row[Number(at)] = value;
  return `${row.join("|")}\n`;
}

export async function searchOf(
  directory: DirectoryIndex,
  query: DirectoryQuery | string,
  limit = 10,
): Promise<DirectoryEntry[]> {
  const found: DirectoryEntry[] = [];
  for await (const entry of directory.search(typeof query === "string" ? { text: query } : query, { limit }))
    found.push(entry);
  return found;
}

export { openDirectoryIndex };
