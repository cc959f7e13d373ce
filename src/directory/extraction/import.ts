import { type ImportOptions, type ImportReport, type ReadLine, runImport } from "../import.js";
import { type Columns, fieldsOf, readHeader } from "./columns.js";
import { EXTRACTION_LIMITS, type ExtractionLimits, invalid } from "./limits.js";
import { type Line, LineSplitter } from "./lines.js";
import { readRow } from "./row.js";
import { type ExtractionText, openExtraction } from "./source.js";
import { publishedAt } from "./stamp.js";

export interface ImportExtractionOptions extends ImportOptions {
  limits?: Partial<ExtractionLimits>;
}

/**
 * Imports the public extraction `Extraction_Correspondance_MSSante` (its ZIP or its text) into an index, and puts that in the place of the one in
 * use in one step (ECO.3.1.4, ANN/va1.01–.04). Memory does not grow with the lines, but with the number of different words.
 *
 * @throws MedimailError `file_not_found`, `file_unreadable`, `directory_file_invalid`, `directory_file_refused`, `archive_invalid`,
 * `archive_encrypted`, `aborted`, `storage_failed`; the index in use is then as it was
 */
export async function importExtraction(file: string, options: ImportExtractionOptions): Promise<ImportReport> {
  const limits = { ...EXTRACTION_LIMITS, ...options.limits };
  const text = await openExtraction(file, limits);
  const splitter = new LineSplitter(limits);
  const asOf = publishedAt(text.name) ?? text.modified.toISOString();
  try {
    return await runImport(
      {
        source: "extraction",
        asOf,
        origin: text.name,
        fingerprint: text.fingerprint,
        maxListed: limits.maxListed,
        maxMalformedShare: limits.maxMalformedShare,
        lines: (skip) => linesOf(text, splitter, { skip, asOf, limits }),
        share: () => Math.min(1, splitter.bytes / Math.max(1, text.size)),
      },
      options,
    );
  } finally {
    text.close();
  }
}

async function* linesOf(
  { chunks }: ExtractionText,
  splitter: LineSplitter,
  { skip, asOf, limits }: { skip: number; asOf: string; limits: ExtractionLimits },
): AsyncGenerator<readonly ReadLine[]> {
  let columns: Columns | undefined;
  const readAll = (lines: Iterable<Line>): ReadLine[] => {
    const read: ReadLine[] = [];
    for (const line of lines) {
      if (!columns) columns = readHeader(line, limits);
      else if (line.number > skip + 1) read.push(readLine(line, columns, asOf));
    }
    return read;
  };
  for await (const chunk of chunks) yield readAll(splitter.push(chunk));
  yield readAll(splitter.end());
  if (!columns) throw invalid("the file is empty");
}

function readLine({ number, text, isOpen }: Line, columns: Columns, asOf: string): ReadLine {
  const fields = text === undefined ? undefined : fieldsOf(text, columns);
  if (!fields) {
    // A good last line may lack its line end; one that lacks more was cut.
    if (isOpen) throw invalid(`the file is cut short in line ${number}`);
    return { line: number, fault: text === undefined ? "charset" : "columns" };
  }
  const entry = readRow(fields, asOf);
  return typeof entry === "string" ? { line: number, fault: entry } : { line: number, entry };
}
