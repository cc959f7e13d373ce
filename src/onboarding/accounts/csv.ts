import { CsvError, parse } from "csv-parse/sync";
import { MedimailError } from "../../errors.js";
import { decodeText } from "./decode.js";
import type { AccountLimits } from "./limits.js";
import { limitPassed } from "./limits.js";

const SEPARATORS = [";", ",", "\t", "|"] as const;

/** A CSV file as rows of text. The separator is the one that the line of headings has most of. */
export function readCsv(bytes: Uint8Array, limits: AccountLimits): string[][] {
  const { text, separator } = withoutSep(decodeText(bytes));
  // The parser holds a record as long as a quote is open: a line without an end is refused before it.
  if (longestLine(text) > limits.maxRowChars) throw limitPassed("maxRowChars", limits);
  // A title may stand above the headings.
  const lines = text.slice(0, limits.maxRowChars).split(/\r\n|\r|\n/, 20);
  const first = lines.find((line) => SEPARATORS.some((each) => line.includes(each))) ?? "";
  const delimiter =
    separator ?? SEPARATORS.reduce((best, each) => (count(first, each) > count(first, best) ? each : best), ";");
  try {
    const rows: string[][] = parse(bareWrapped(text), {
      delimiter,
      bom: true,
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: limits.maxRowChars,
      to: limits.maxRows + 2,
    });
    if (rows.length > limits.maxRows + 1) throw limitPassed("maxRows", limits);
    return rows.map((row) => row.map(unwrapped));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    if (cause.code === "CSV_MAX_RECORD_SIZE") throw limitPassed("maxRowChars", limits);
    const line = (cause as { lines?: number }).lines;
    throw new MedimailError(
      "accounts_file_invalid",
      `The file of accounts is no CSV${line ? ` (line ${line})` : ""}.`,
      {
        hint: "A quote that is opened must be closed; a quote inside a value is doubled.",
        cause,
      },
    );
  }
}

/** `="0123"`, by which exports keep a spreadsheet from taking zeros away, is that text: bare in its field, or quoted once more. */
const bareWrapped = (text: string): string => text.replace(/(^|[;,\t|\r\n])="([^"\r\n]*)"(?=[;,\t|\r\n]|$)/g, '$1"$2"');

const unwrapped = (cell: string): string => /^="([^"]*)"$/.exec(cell)?.[1] ?? cell;

/** A first line `sep=;` is a word to spreadsheet programs, which do not show it: nor is it a row here. */
function withoutSep(text: string): { text: string; separator?: string } {
  const [line, separator] = /^\ufeff?"?sep=([;,\t|])"?[ \t;,]*(?:\r\n|\r|\n)/i.exec(text) ?? [];
  return line === undefined || separator === undefined ? { text } : { text: text.slice(line.length), separator };
}

function longestLine(text: string): number {
  let longest = 0;
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end === -1 ? text.length : end;
    longest = Math.max(longest, stop - at);
    at = stop + 1;
  }
  return longest;
}

const count = (text: string, char: string): number => text.split(char).length - 1;

/** Cells as CSV: `;` and a byte order mark, as French spreadsheets open it; lines end by CRLF (RFC 4180). */
export function writeCsv(rows: readonly (readonly string[])[]): Uint8Array {
  const lines = rows.map((row) =>
    row.map((cell) => (/[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(";"),
  );
  return new TextEncoder().encode(`\ufeff${lines.join("\r\n")}\r\n`);
}
