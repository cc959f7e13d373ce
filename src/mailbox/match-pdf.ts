import type { CdaHeader } from "../cda/index.js";
import { plainName } from "../identity/index.js";
import { pdfName } from "../message/index.js";
import type { PdfFile } from "./collect.js";

/** A document that a PDF may belong to. */
export interface Wanting {
  header: CdaHeader | undefined;
  /** Digest of the PDF that a level 1 CDA holds. */
  sha256: string | undefined;
}

export type PdfMatch = { file: PdfFile; matchedBy: "bytes" | "name" };

/** Which PDF is of which document: by its bytes (level 1), else by the rule of its name (ECO.2.1.6). Each PDF is of one document. */
export function matchPdfs(documents: readonly Wanting[], pdfs: readonly PdfFile[]): (PdfMatch | undefined)[] {
  const free = new Set(pdfs);
  const matches: (PdfMatch | undefined)[] = documents.map(({ sha256 }) => {
    const file = sha256 === undefined ? undefined : [...free].find((pdf) => pdf.sha256 === sha256);
    if (!file) return undefined;
    free.delete(file);
    return { file, matchedBy: "bytes" };
  });
  for (const [index, { header }] of documents.entries()) {
    const expected = matches[index] || !header ? undefined : expectedName(header);
    if (expected === undefined) continue;
    const file = [...free].find(({ name }) => begins(plain(name), expected));
    if (!file) continue;
    free.delete(file);
    matches[index] = { file, matchedBy: "name" };
  }
  return matches;
}

function expectedName(header: CdaHeader): string | undefined {
  try {
    return plain(pdfName(header));
  } catch {
    // A document without name or date: no rule makes its PDF's name.
    return undefined;
  }
}

/** A dossier number, or the number of a second one, may follow. */
const begins = (name: string, expected: string): boolean => name === expected || name.startsWith(`${expected} `);

/** Without ending, accents, case and signs: senders differ in them, and mail software cuts and replaces some. */
const plain = (name: string): string => plainName(name.replace(/\.pdf$/i, ""));
