import { createReadStream } from "node:fs";
import { MedimailError } from "../../errors.js";
import type { RegionalCharset } from "./charset.js";
import type { RegionalLimits } from "./types.js";

export type Separator = ";" | "," | "|" | "\t";

export interface CsvRow {
  /** Of the file, from 1. */
  line: number;
  /** Undefined where a quote is not closed, or there are too many columns. */
  cells: string[] | undefined;
}

/** Line breaks that a quoted cell may have: a quote that is forgotten would else swallow the file. */
const MOST_BREAKS = 20;

/** The lines of a text, of bounded length, in any charset. @throws MedimailError `directory_file_invalid` */
async function* linesOf(
  file: string,
  charset: RegionalCharset,
  { maxLineBytes, maxFileBytes }: RegionalLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<string[]> {
  const decoder = new TextDecoder(charset);
  let rest = "";
  let bytes = 0;
  let count = 0;
  for await (const chunk of createReadStream(file, signal ? { signal } : {}) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxFileBytes) throw tooMuch(`the file has more than ${maxFileBytes} bytes`, "limits.maxFileBytes");
    const text = decoder.decode(chunk, { stream: true });
    if (text.length > 0 && !text.includes("\n")) {
      rest += text;
    } else {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      count += lines.length;
      for (const [at, line] of lines.entries())
        if (line.length > maxLineBytes)
          throw tooMuch(
            `line ${count - lines.length + at + 1} has more than ${maxLineBytes} characters`,
            "limits.maxLineBytes",
          );
      yield lines.map(withoutReturn);
    }
    if (rest.length > maxLineBytes)
      throw tooMuch(`line ${count + 1} has more than ${maxLineBytes} characters`, "limits.maxLineBytes");
  }
  rest += decoder.decode();
  if (rest !== "") yield [withoutReturn(rest)];
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

/**
 * Rows of a CSV file (RFC 4180, any of four separators), in lists, as a stream. A row that is none is told and the next one is read.
 *
 * @param separator Default: the one that the first line has most of
 * @throws MedimailError `directory_file_invalid` beyond the limits, or where no separator is found
 */
export async function* csvRows(
  file: string,
  options: {
    charset: RegionalCharset;
    separator?: Separator | undefined;
    limits: RegionalLimits;
    signal?: AbortSignal | undefined;
  },
): AsyncGenerator<CsvRow[]> {
  let separator = options.separator;
  let at = 0;
  // Lines that are not rows yet: a quote is open.
  let waiting: string[] = [];
  const { limits } = options;
  for await (const lines of linesOf(file, options.charset, limits, options.signal)) {
    const rows: CsvRow[] = [];
    // Lines that are read again come before the others.
    const again: string[] = [];
    let place = 0;
    for (;;) {
      const next = again.pop() ?? lines[place++];
      if (next === undefined) break;
      at += 1;
      if (at > limits.maxLines) throw tooMuch(`the file has more than ${limits.maxLines} lines`, "limits.maxLines");
      separator ??= separatorOf(next);
      waiting.push(next);
      const cells = cellsOf(waiting.join("\n"), separator, limits.maxColumns);
      if (cells !== "open") {
        if (waiting.length > 1 || next !== "") rows.push({ line: at - waiting.length + 1, cells });
        waiting = [];
      } else if (waiting.length > MOST_BREAKS) {
        // The quote was a slip: its own line is none, the following ones are read again.
        rows.push({ line: at - waiting.length + 1, cells: undefined });
        at -= waiting.length - 1;
        again.push(...waiting.slice(1).reverse());
        waiting = [];
      }
    }
    yield rows;
  }
  while (waiting.length > 0) {
    const [, ...again] = waiting;
    const rows: CsvRow[] = [{ line: at - waiting.length + 1, cells: undefined }];
    waiting = [];
    let line = at - again.length;
    for (const text of again) {
      line += 1;
      const cells = cellsOf(text, separator ?? ";", limits.maxColumns);
      if (text !== "") rows.push({ line, cells: cells === "open" ? undefined : cells });
    }
    yield rows;
  }
}

/** The separator that a line has most of. */
function separatorOf(line: string): Separator {
  const plain = line.replace(/"[^"]*"/g, "");
  const counted = ([";", "\t", "|", ","] as const).map((one) => ({ one, count: plain.split(one).length - 1 }));
  const [best] = counted.sort((a, b) => b.count - a.count);
  if (best && best.count > 0) return best.one;
  throw new MedimailError("directory_file_invalid", "no separator (; , | or tab) is found in the first line", {
    path: "directory.regional.separator",
    hint: "Set directory.regional.separator.",
  });
}

/** The cells of a row; `open` where a quote is not closed; undefined where it has too many, or something after a closing quote. */
function cellsOf(row: string, separator: Separator, most: number): string[] | undefined | "open" {
  if (!row.includes('"')) {
    const cells = row.split(separator, most + 1);
    return cells.length > most ? undefined : cells;
  }
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (cells.length >= most) return undefined;
    if (row[at] === '"') {
      let cell = "";
      at += 1;
      for (;;) {
        const end = row.indexOf('"', at);
        if (end < 0) return "open";
        cell += row.slice(at, end);
        at = end + 1;
        if (row[at] !== '"') break;
        cell += '"';
        at += 1;
      }
      cells.push(cell);
      if (at >= row.length) return cells;
      if (row[at] !== separator) return undefined;
      at += 1;
    } else {
      const end = row.indexOf(separator, at);
      cells.push(row.slice(at, end < 0 ? undefined : end));
      if (end < 0) return cells;
      at = end + 1;
    }
  }
}

const tooMuch = (what: string, path: string): MedimailError =>
  new MedimailError("directory_file_invalid", what, { path, hint: "The index in use stays." });
