import { MedimailError } from "../../errors.js";
import { unpackZip } from "../../xdm/index.js";
import type { AccountLimits } from "./limits.js";
import { limitPassed } from "./limits.js";

/** A ZIP begins so; so does a workbook. */
export const isWorkbook = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

const OLE = [0xd0, 0xcf, 0x11, 0xe0];

/** @throws MedimailError `accounts_file_invalid` for what Excel wrote before 2007, and writes where it encrypts */
export function refuseOle(bytes: Uint8Array): void {
  if (!OLE.every((byte, at) => bytes[at] === byte)) return;
  throw new MedimailError(
    "accounts_file_invalid",
    "The file of accounts is a workbook of the old form (.xls), or is protected by a password.",
    { hint: "Open it in a spreadsheet program and save it as .xlsx, without a password." },
  );
}

/** Cells that are shown as one; rows count from 1, columns from 0. */
export interface MergedCells {
  ref: string;
  top: number;
  bottom: number;
  left: number;
}

/**
 * One sheet of a workbook as rows of text, cells as a person reads them. The library builds the whole rectangle that the cells span: what would be too
 * large is looked for before it is given the file.
 */
export async function readWorkbook(
  bytes: Uint8Array,
  sheet: string,
  limits: AccountLimits,
): Promise<{ rows: string[][]; merged: MergedCells[] }> {
  const files = await boundedFiles(bytes, limits);
  const { default: read } = await import("read-excel-file/node");
  let sheets: { sheet: string; data: readonly (readonly unknown[])[] }[];
  try {
    sheets = await read(Buffer.from(bytes), { parseNumber: (text: string) => text } as never);
  } catch (cause) {
    throw invalid("is no workbook that can be read", cause);
  }
  const wanted = sheets.find(({ sheet: name }) => name.trim().toLowerCase() === sheet.toLowerCase()) ?? sheets[0];
  if (!wanted) throw invalid("has no sheet");
  if (wanted.data.length > limits.maxRows + 1) throw limitPassed("maxRows", limits);
  const rows = wanted.data.map((row) => {
    const cells = row.map(cellText);
    if (cells.reduce((sum, cell) => sum + cell.length, 0) > limits.maxRowChars)
      throw limitPassed("maxRowChars", limits);
    return cells;
  });
  return { rows, merged: mergedIn(sheetXml(files, wanted.sheet)) };
}

type Files = Awaited<ReturnType<typeof unpackZip>>["files"];

/** The part of a sheet by its name: named in the workbook by a relation. */
function sheetXml(files: Files, name: string): string {
  const textOf = (path: string): string => {
    const found = files.find((file) => file.path.toLowerCase() === path.toLowerCase());
    return found ? new TextDecoder("utf-8").decode(found.content) : "";
  };
  const named = [...textOf("xl/workbook.xml").matchAll(/<(?:\w+:)?sheet\b[^>]*>/g)].map(([tag]) => tag);
  const tag = named.find((each) => unescaped(attribute(each, "name")) === name) ?? "";
  const relation = [...textOf("xl/_rels/workbook.xml.rels").matchAll(/<(?:\w+:)?Relationship\b[^>]*>/g)]
    .map(([each]) => each)
    .find((each) => attribute(each, "Id") === attribute(tag, "\\w+:id"));
  const target = attribute(relation ?? "", "Target");
  return target === "" ? "" : textOf(target.startsWith("/") ? target.slice(1) : `xl/${target}`);
}

const attribute = (tag: string, name: string): string =>
  new RegExp(`\\s${name}\\s*=\\s*"([^"]*)"`).exec(tag)?.[1] ?? "";

const unescaped = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");

/** More of them than that are not told one by one. */
const MOST_MERGED = 100;

function mergedIn(xml: string): MergedCells[] {
  const found: MergedCells[] = [];
  for (const [, ref = "", letters = "", top, bottom] of xml.matchAll(
    /<(?:\w+:)?mergeCell\b[^>]*?\bref="(([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7}))"/g,
  )) {
    found.push({ ref, top: Number(top), bottom: Number(bottom), left: columnNumber(letters) - 1 });
    if (found.length === MOST_MERGED) break;
  }
  return found;
}

const cellText = (cell: unknown): string => {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return String(cell);
};

async function boundedFiles(bytes: Uint8Array, limits: AccountLimits): Promise<Files> {
  const { files } = await unpackZip(bytes, {
    maxArchiveBytes: limits.maxBytes,
    maxEntryBytes: limits.maxUnpackedBytes,
    maxTotalBytes: limits.maxUnpackedBytes,
  });
  for (const { path, content } of files) {
    if (!/\.(xml|rels)$/i.test(path)) continue;
    const text = new TextDecoder("utf-8").decode(content);
    if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw invalid("has a document type inside");
    if (!/^xl\/worksheets\//i.test(path)) continue;
    // Any reference counts, also of a range or a dimension: one cell far out makes the rectangle as large.
    for (const [, letters = "", digits = ""] of text.matchAll(
      /\b(?:r|ref)="(?:\$?[A-Z]+\$?\d+:)?\$?([A-Z]{1,7})\$?(\d{1,10})"/g,
    )) {
      if (columnNumber(letters) > limits.maxColumns) throw limitPassed("maxColumns", limits);
      if (Number(digits) > limits.maxRows + 1) throw limitPassed("maxRows", limits);
    }
    for (const [, row = ""] of text.matchAll(/<(?:\w+:)?row\b[^>]*?\br="(\d{1,10})"/g))
      if (Number(row) > limits.maxRows + 1) throw limitPassed("maxRows", limits);
  }
  return files;
}

const columnNumber = (letters: string): number => [...letters].reduce((sum, c) => sum * 26 + c.charCodeAt(0) - 64, 0);

const invalid = (why: string, cause?: unknown): MedimailError =>
  new MedimailError("accounts_file_invalid", `The file of accounts ${why}.`, {
    hint: "Open it in a spreadsheet program and save it again as .xlsx.",
    cause,
  });

/** Cells as a workbook of one sheet; every cell is text, so that a number keeps its zeros and no formula runs. */
export async function writeWorkbook(
  sheet: string,
  rows: readonly (readonly string[])[],
  help: readonly (readonly string[])[],
): Promise<Uint8Array> {
  const { default: write } = await import("write-excel-file/node");
  const widths = (rows[0] ?? []).map((heading) => ({ width: Math.max(12, heading.length + 4) }));
  const cells = rows.map((row, index) =>
    row.map((value) =>
      value === ""
        ? null
        : { value, type: String, format: "@", ...(index === 0 ? { fontWeight: "bold" as const } : {}) },
    ),
  );
  const notes = help.map((row) => row.map((value) => ({ value, type: String, wrap: true })));
  const made = await write([
    { data: cells as never, sheet, columns: widths, stickyRowsCount: 1 },
    { data: notes as never, sheet: "Consignes", columns: [{ width: 28 }, { width: 60 }, { width: 40 }] },
  ] as never);
  return new Uint8Array(await made.toBuffer());
}
