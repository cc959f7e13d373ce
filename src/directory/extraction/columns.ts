import { EXTRACTION_COLUMNS } from "../../sample/index.js";
import { fold } from "../words.js";
import { type ExtractionLimits, invalid, tooMuch } from "./limits.js";
import type { Line } from "./lines.js";

/** Where each column of the published header stands in this file. */
export interface Columns {
  /** Of every line. */
  count: number;
  /** For each published column, its place. */
  places: readonly number[];
}

const SEPARATOR = "|";

/**
 * Reads the header line. Columns are known by their name, so that one that is added or moved harms nobody; one that is missing does.
 *
 * @throws MedimailError `directory_file_invalid`
 */
export function readHeader({ text }: Line, limits: ExtractionLimits): Columns {
  if (text === undefined)
    throw invalid(
      "the header is not UTF-8: the file seems to be Latin-1 (or Windows-1252)",
      "header",
      "Give the file as it was downloaded, or convert it: iconv -f WINDOWS-1252 -t UTF-8",
    );
  const names = text.replace(/^\ufeff/, "").split(SEPARATOR, limits.maxColumns + 1);
  if (names.length > limits.maxColumns) throw tooMuch("maxColumns", limits);
  const folded = names.map(fold);
  const places = EXTRACTION_COLUMNS.map((name) => folded.indexOf(fold(name)));
  const missing = EXTRACTION_COLUMNS.filter((_, at) => (places[at] ?? -1) < 0);
  if (missing.length === EXTRACTION_COLUMNS.length)
    throw invalid(
      "the first line is not the header of Extraction_Correspondance_MSSante",
      "header",
      "Give the ZIP or the text file of that extraction; other files of the directory have other columns.",
    );
  if (missing.length > 0)
    throw invalid(
      `the header lacks ${missing.length} of ${EXTRACTION_COLUMNS.length} columns, first: ${missing[0]}`,
      "header",
    );
  return { count: names.length, places };
}

/** The fields of a line in the published order; undefined where it has not as many as the header. */
export function fieldsOf(text: string, { count, places }: Columns): readonly string[] | undefined {
  const fields = text.split(SEPARATOR);
  if (fields.length !== count) return undefined;
  return places.map((place) => fields[place] ?? "");
}
