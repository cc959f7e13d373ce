import { MedimailError } from "../errors.js";
import type { XmlElement } from "../xml/index.js";
import type { Findings } from "./findings.js";
import { wordsOf } from "./flatten.js";
import type { RenderLimits } from "./limits.js";
import { readAlign, readStyleCode } from "./styles.js";
import type { Align, Block, Cell, Inline, Row, Table } from "./types.js";

/** How the words within a table are read. */
export interface CellReader {
  blocks(element: XmlElement): Block[];
  line(element: XmlElement): Inline[];
  /** What stands where no text may stand. */
  stray(nodes: readonly (XmlElement | string)[]): Block[];
}

interface Group {
  rows: XmlElement[];
  align: Align | undefined;
}

/** Reads tables, and puts each cell in its column: what spans, spans what is there. */
export class TableReader {
  #cells = 0;

  constructor(
    private readonly findings: Findings,
    private readonly limits: RenderLimits,
    private readonly reader: CellReader,
  ) {}

  /** @returns undefined for a table without a cell or a caption. */
  read(element: XmlElement, path: string): Block | undefined {
    const head: Group[] = [];
    const bodies: Group[] = [];
    const foot: Group[] = [];
    const stray: (XmlElement | string)[] = [];
    const captions: Inline[][] = [];
    let loose: Group | undefined;
    for (const node of element.nodes ?? []) {
      const local = typeof node === "string" ? "" : node.local;
      if (typeof node === "string" || !KNOWN.has(local)) {
        stray.push(node);
        continue;
      }
      if (local === "tr") {
        if (!loose) {
          loose = { rows: [], align: undefined };
          bodies.push(loose);
        }
        loose.rows.push(node);
        continue;
      }
      loose = undefined;
      if (local === "caption") captions.push(this.reader.line(node));
      else if (local === "thead") head.push(this.#group(node, stray));
      else if (local === "tfoot") foot.push(this.#group(node, stray));
      else if (local === "tbody") bodies.push(this.#group(node, stray));
      else stray.push(wordsOf(node));
    }
    const caption =
      captions.length === 0 ? undefined : captions.flatMap((line, index) => (index === 0 ? line : [" ", ...line]));
    const table: Table = {
      kind: "table",
      ...idOf(element),
      ...(caption && { caption }),
      columns: 0,
      head: head.flatMap((group) => this.#place(group, "head", path)),
      bodies: bodies.map((group) => this.#place(group, "body", path)).filter((rows) => rows.length > 0),
      foot: foot.flatMap((group) => this.#place(group, "foot", path)),
      border: /^[1-9]/.test(element.attrs["border"] ?? ""),
    };
    promoteHead(table);
    for (const row of [...table.head, ...table.bodies.flat(), ...table.foot])
      for (const cell of row.cells) table.columns = Math.max(table.columns, cell.column + cell.colspan);
    const outside = this.reader.stray(stray);
    if (outside.length > 0)
      this.findings.warn(
        "narrative_misplaced",
        "Text of a list or a table stands outside of its items or cells.",
        path,
      );
    if (table.columns === 0 && caption === undefined && outside.length === 0) return undefined;
    return outside.length === 0 ? table : { kind: "group", styles: [], blocks: [...outside, table] };
  }

  #group(element: XmlElement, stray: (XmlElement | string)[]): Group {
    const rows: XmlElement[] = [];
    for (const node of element.nodes ?? []) {
      if (typeof node !== "string" && node.local === "tr") rows.push(node);
      else stray.push(node);
    }
    return { rows, align: alignOf(element) };
  }

  #place({ rows, align }: Group, part: "head" | "body" | "foot", path: string): Row[] {
    // For each column, the first row that is free.
    const free: number[] = [];
    return rows.map((element, index) => {
      const row: Row = { ...idOf(element), styles: this.#styles(element, path), cells: [] };
      const inherited = alignOf(element) ?? align;
      let column = 0;
      for (const found of cellsOf(element)) {
        while ((free[column] ?? 0) > index) column++;
        const last = row.cells.at(-1);
        if (column >= this.limits.maxColumns && last) {
          this.findings.warn(
            "table_too_wide",
            "A table has more columns than are shown: the last one has the others.",
            path,
          );
          for (const block of this.#blocks(found)) last.blocks.push(block);
          continue;
        }
        const cell = this.#cell(found, part, column, rows.length - index, inherited, path);
        let end = column + 1;
        while (end < column + cell.colspan && end < this.limits.maxColumns && (free[end] ?? 0) <= index) end++;
        cell.colspan = end - column;
        for (let at = column; at < end; at++) free[at] = index + cell.rowspan;
        this.#cells += cell.colspan;
        if (this.#cells > this.limits.maxCells)
          throw new MedimailError(
            "xml_limit_exceeded",
            `The CDA passes the limit maxCells (${this.limits.maxCells}).`,
            {
              path: "maxCells",
            },
          );
        row.cells.push(cell);
        column = end;
      }
      // A row of nothing but headings is over the rows that follow.
      if (isHeading(row)) for (const cell of row.cells) cell.scope = "col";
      return row;
    });
  }

  #cell(
    found: XmlElement | (XmlElement | string)[],
    part: "head" | "body" | "foot",
    column: number,
    rowsLeft: number,
    inherited: Align | undefined,
    path: string,
  ): Cell {
    const blocks = this.#blocks(found);
    if (Array.isArray(found))
      return {
        heading: false,
        column,
        colspan: 1,
        rowspan: 1,
        ...(inherited && { align: inherited }),
        styles: [],
        rules: [],
        blocks,
      };
    const { attrs } = found;
    const { styles, rules, align: ruled, unknown } = readStyleCode(attrs["styleCode"]);
    if (unknown) this.findings.warn("style_unknown", "A style of the narrative is none of CDA's.", path);
    const heading = found.local === "th" || part === "head";
    const cell: Cell = {
      heading,
      column,
      colspan: attrs["colspan"] === undefined ? 1 : spanOf(attrs["colspan"]) || 1,
      rowspan: attrs["rowspan"] === undefined ? 1 : Math.min(spanOf(attrs["rowspan"]) || 1, rowsLeft),
      styles,
      rules,
      blocks,
    };
    // Member by member: tables have most of the cells of a document, and each spread is another object.
    const id = attrs["ID"]?.trim();
    if (id) cell.id = id;
    if (heading) cell.scope = part === "head" ? "col" : "row";
    const align = readAlign(attrs["align"]) ?? ruled ?? inherited;
    if (align) cell.align = align;
    return cell;
  }

  #blocks(found: XmlElement | (XmlElement | string)[]): Block[] {
    return Array.isArray(found) ? this.reader.stray(found) : this.reader.blocks(found);
  }

  #styles(element: XmlElement, path: string) {
    const { styles, unknown } = readStyleCode(element.attrs["styleCode"]);
    if (unknown) this.findings.warn("style_unknown", "A style of the narrative is none of CDA's.", path);
    return styles;
  }
}

/** `col` and `colgroup` say widths, which are ours to choose. */
const KNOWN = new Set(["caption", "col", "colgroup", "thead", "tbody", "tfoot", "tr"]);

/** Cells of a row; what stands between them is a cell too. */
function cellsOf(row: XmlElement): (XmlElement | (XmlElement | string)[])[] {
  const cells: (XmlElement | (XmlElement | string)[])[] = [];
  for (const node of row.nodes ?? []) {
    if (typeof node === "string" ? node.trim() === "" : node.local === "th" || node.local === "td") {
      if (typeof node !== "string") cells.push(node);
      continue;
    }
    const last = cells.at(-1);
    if (Array.isArray(last)) last.push(node);
    else cells.push([node]);
  }
  return cells;
}

/** A table without `thead` that begins with rows of nothing but headings: these are its head. */
function promoteHead(table: Table): void {
  const [first] = table.bodies;
  if (table.head.length > 0 || first === undefined) return;
  let rows = 0;
  while (rows < first.length - 1 && isHeading(first[rows] as Row)) rows++;
  const spansOut = first.slice(0, rows).some((row, index) => row.cells.some((cell) => index + cell.rowspan > rows));
  if (rows === 0 || spansOut) return;
  table.head = first.splice(0, rows);
}

const isHeading = ({ cells }: Row): boolean => cells.length > 0 && cells.every((cell) => cell.heading);

function alignOf(element: XmlElement): Align | undefined {
  return readAlign(element.attrs["align"]);
}

function spanOf(value: string | undefined): number {
  const span = /^\s*(\d{1,6})/.exec(value ?? "")?.[1];
  return span === undefined ? 1 : Number(span);
}

function idOf(element: XmlElement): { id?: string } {
  const id = element.attrs["ID"]?.trim();
  return id ? { id } : {};
}
