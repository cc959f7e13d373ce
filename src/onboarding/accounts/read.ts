import { MedimailError } from "../../errors.js";
import { isPlain, plainOf } from "../../plain-text.js";
import { structureDomain } from "../domain.js";
import { say } from "../text.js";
import { checkAccounts, typeOf } from "./check.js";
import { readCsv } from "./csv.js";
import { folded } from "./fold.js";
import { isFormula, unguarded } from "./formula.js";
import { DEFAULT_LAYOUT } from "./layout.js";
import type { AccountLimits } from "./limits.js";
import { DEFAULT_LIMITS, limitPassed } from "./limits.js";
import type { Account, AccountColumn, AccountFile, AccountLayout, AccountProblem, AccountRow } from "./types.js";
import { isWorkbook, type MergedCells, readWorkbook, refuseOle } from "./xlsx.js";

export interface ReadAccountsOptions {
  layout?: AccountLayout;
  /** The structure's domain: addresses of another are told. */
  domain?: string;
  limits?: Partial<AccountLimits>;
  /** Looked at between pieces of a long file. */
  signal?: AbortSignal;
  /** Rows read so far, of how many: told between pieces. */
  onProgress?: (read: number, of: number) => void;
}

const PIECE = 2_000;

/** Lets others have their turn; a file that nobody waits for any more is left. */
async function breathe({ signal, onProgress }: ReadAccountsOptions, read: number, of: number): Promise<void> {
  onProgress?.(read, of);
  await new Promise((resolve) => setImmediate(resolve));
  if (signal?.aborted)
    throw new MedimailError("aborted", "the reading of accounts was interrupted", { cause: signal.reason });
}

/**
 * Reads a load file of accounts, `.xlsx` or `.csv`, and says by row and column what is wrong with it: it never throws for what a row holds.
 *
 * @throws MedimailError `invalid_argument` for a domain that is not of the MSSanté space; `aborted`; `accounts_file_invalid` where the file cannot be read at all, or is beyond a limit
 * @throws MedimailError `archive_limit_exceeded`, `archive_invalid`, … for a workbook whose ZIP is hostile or damaged
 */
export async function readAccounts(bytes: Uint8Array, options: ReadAccountsOptions = {}): Promise<AccountFile> {
  const layout = options.layout ?? DEFAULT_LAYOUT;
  const domain = options.domain === undefined ? undefined : structureDomain(options.domain);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  if (bytes.byteLength > limits.maxBytes) throw limitPassed("maxBytes", limits);
  if (bytes.byteLength === 0) throw new MedimailError("accounts_file_invalid", "The file of accounts is empty.");
  refuseOle(bytes);
  const isXlsx = isWorkbook(bytes);
  const { rows: table, merged } = isXlsx
    ? await readWorkbook(bytes, layout.sheet, limits)
    : { rows: readCsv(bytes, limits), merged: [] };
  // A formula in a workbook comes as its value; in a CSV file the mark before a text that looks like one is ours.
  const text = isXlsx ? (value: string) => value : unguarded;
  const names = namesOf(layout);
  const start = headingsAt(table, (cell) => names.has(folded(plainOf(text(cell)))));
  const headings = (table[start] ?? []).map((cell) => plainOf(text(cell)).trim());
  if (headings.length > limits.maxColumns) throw limitPassed("maxColumns", limits);
  const { columns, problems } = columnsOf(headings, names);
  const rows: AccountRow[] = [];
  for (let index = start + 1; index < table.length && start >= 0; index++) {
    if (index % PIECE === 0) await breathe(options, index, table.length);
    const cells = table[index] ?? [];
    if (cells.every((cell) => cell.trim() === "")) continue;
    rows.push(rowOf(cells, index + 1, columns, headings, text, isXlsx));
  }
  problems.push(...missingColumns(rows, columns, layout), ...mergedCells(merged, start, headings));
  if (rows.length === 0)
    problems.push({
      severity: "error",
      code: "empty-file",
      message: say("le fichier ne contient aucun compte", "the file has no account"),
    });
  const headingOf = new Map(columns.map(({ column, index }) => [column.field, headings[index] ?? column.heading]));
  const checked = checkAccounts(rows, layout, {
    headingOf,
    ...(domain === undefined ? {} : { domain }),
  });
  return { layout: layout.name, format: isXlsx ? "xlsx" : "csv", rows: checked, problems };
}

/** Columns that the type of some row needs, and that the file does not have. */
function missingColumns(
  rows: readonly AccountRow[],
  columns: readonly FoundColumn[],
  layout: AccountLayout,
): AccountProblem[] {
  const types = new Set(rows.map(({ account }) => typeOf(account)));
  return layout.columns
    .filter((column) => !columns.some((found) => found.column === column))
    .filter(({ field, required = [] }) => field === "type" || required.some((type) => types.has(type)))
    .map(({ field, heading }) => ({
      severity: field === "type" ? "error" : "warning",
      code: "missing-column",
      column: heading,
      message: say("colonne absente", "the column is missing"),
    }));
}

interface FoundColumn {
  column: AccountColumn;
  index: number;
}

const namesOf = (layout: AccountLayout): Map<string, AccountColumn> =>
  new Map(
    layout.columns.flatMap((column) => [column.heading, ...column.synonyms].map((name) => [folded(name), column])),
  );

/** Rows above the headings in which a title may stand. */
const TITLE_ROWS = 20;

/** Where the headings are: below a title, in the first row that names two columns; else in the first row that has anything. */
function headingsAt(table: readonly (readonly string[])[], isHeading: (cell: string) => boolean): number {
  const named = table.slice(0, TITLE_ROWS).findIndex((row) => row.filter(isHeading).length >= 2);
  return named >= 0 ? named : table.findIndex((row) => row.some((cell) => cell.trim() !== ""));
}

/** Of merged cells only the first has the value, whatever a person sees in the others. */
function mergedCells(merged: readonly MergedCells[], start: number, headings: readonly string[]): AccountProblem[] {
  return merged
    .filter(({ top, bottom, left }) => bottom > start + 1 && top !== start + 1 && headings[left] !== undefined)
    .map(({ ref, top, left }) => ({
      severity: "warning",
      code: "merged",
      row: top,
      column: headings[left] ?? "",
      message: say(
        `cellules fusionnées (${ref}) : seule la première a la valeur ; répétez-la dans chacune`,
        `merged cells (${ref}): only the first has the value; repeat it in each`,
      ),
    }));
}

function columnsOf(
  headings: readonly string[],
  names: ReadonlyMap<string, AccountColumn>,
): { columns: FoundColumn[]; problems: AccountProblem[] } {
  const columns: FoundColumn[] = [];
  const problems: AccountProblem[] = [];
  for (const [index, heading] of headings.entries()) {
    if (heading === "") continue;
    const column = names.get(folded(heading));
    if (!column) {
      const shown = heading.slice(0, 60);
      problems.push({
        severity: "warning",
        code: "unknown-column",
        column: shown,
        message: say(`colonne « ${shown} » inconnue : ignorée`, `unknown column "${shown}": ignored`),
      });
    } else if (columns.some((found) => found.column === column)) {
      problems.push({
        severity: "error",
        code: "duplicate-column",
        column: heading,
        message: say(
          `deux colonnes pour « ${column.heading} » : la première est lue`,
          `two columns for "${column.heading}": the first is read`,
        ),
      });
    } else columns.push({ column, index });
  }
  return { columns, problems };
}

function rowOf(
  cells: readonly string[],
  row: number,
  columns: readonly FoundColumn[],
  headings: readonly string[],
  text: (value: string) => string,
  isXlsx: boolean,
): AccountRow {
  const account: Record<string, string> = {};
  const problems: AccountProblem[] = [];
  for (const { column, index } of columns) {
    const raw = text(cells[index] ?? "").normalize("NFC");
    const value = plainOf(raw.replace(/[\s\u00a0]+/g, " ")).trim();
    if (value === "") continue;
    account[column.field] = value;
    const heading = headings[index] ?? column.heading;
    if (!isPlain(raw.replace(/[\s\u00a0]+/g, " ")))
      problems.push({
        severity: "warning",
        code: "format",
        row,
        column: heading,
        message: say("caractères de contrôle retirés", "control characters taken out"),
      });
    if (!isXlsx && isFormula(cells[index] ?? "") && !/^[+-]?[\d\s().-]+$/.test(value))
      problems.push({
        severity: "warning",
        code: "formula",
        row,
        column: heading,
        message: say(
          "un tableur prendrait cette valeur pour une formule",
          "a spreadsheet would take this value for a formula",
        ),
      });
  }
  return { row, account: account as Account, problems };
}
