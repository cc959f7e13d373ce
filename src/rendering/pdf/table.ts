import type { Rule } from "../types.js";
import { fitColumns, measureColumns, sum } from "./columns.js";
import { type Color, FILL, INK, type Ink, LINE } from "./ink.js";
import { cut, drawAll, heightOf, type Piece, type Shape } from "./piece.js";

/** A cell to be laid out. */
export interface ShapedCell {
  column: number;
  colspan: number;
  rowspan: number;
  shape: Shape;
  fill?: Color;
  rules?: readonly Rule[];
}

export interface ShapedTable {
  columns: number;
  /** Rows of headings: one group. */
  head: readonly (readonly ShapedCell[])[];
  /** Groups that no cell spans out of. */
  bodies: readonly (readonly (readonly ShapedCell[])[])[];
  /** Lines around cells. */
  border: Color | undefined;
  /** As wide as there is room. */
  stretch?: boolean;
  padding: number;
}

/** A cell where it stands in its group, with what it holds at its width. */
interface Laid {
  row: number;
  rowspan: number;
  x: number;
  width: number;
  pieces: Piece[];
  cell: ShapedCell;
}

export function measureTable({ columns, head, bodies, padding }: ShapedTable) {
  return measureColumns([...head.flat(), ...bodies.flat(2)], columns, padding);
}

export function tableShape(table: ShapedTable, ink: Ink): Shape {
  const columns = measureTable(table);
  return {
    min: sum(columns.min),
    max: sum(columns.max),
    lay: (width) => {
      const fitted = fitColumns(columns, width);
      const total = sum(fitted);
      const widths = table.stretch && total > 0 ? fitted.map((each) => (each * width) / total) : fitted;
      const grid: Grid = { widths, starts: starts(widths) };
      const heads = group(table.head, grid, table, ink);
      const rows = table.bodies.flatMap((body) => group(body, grid, table, ink));
      for (const row of rows) row.heads = heads;
      // Heads alone at the foot of a page say nothing.
      for (const head of heads) if (rows.length > 0) head.keep = true;
      return [...heads, ...rows];
    },
  };
}

interface Grid {
  widths: readonly number[];
  starts: readonly number[];
}

/** Where each begins when they stand one after the other. */
function starts(lengths: readonly number[]): number[] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return at - length;
  });
}

/** Rows as pieces: those that a cell spans are one. */
function group(
  rows: readonly (readonly ShapedCell[])[],
  { widths, starts }: Grid,
  table: ShapedTable,
  ink: Ink,
): Piece[] {
  const pieces: Piece[] = [];
  for (let first = 0; first < rows.length; ) {
    let last = first;
    for (let row = first; row <= last; row++)
      for (const { rowspan } of rows[row] ?? []) last = Math.min(rows.length - 1, Math.max(last, row + rowspan - 1));
    const cells = rows.slice(first, last + 1).flatMap((row, index) =>
      row.map((cell): Laid => {
        const width = sum(widths.slice(cell.column, cell.column + cell.colspan));
        const pieces = cell.shape.lay(Math.max(1, width - 2 * table.padding));
        return { row: index, rowspan: cell.rowspan, x: starts[cell.column] ?? 0, width, pieces, cell };
      }),
    );
    pieces.push(rowsPiece(cells, last - first + 1, table, ink));
    first = last + 1;
  }
  return pieces;
}

/** Rows that belong together, cut between two of them, or within one where it alone is higher than the room. */
function rowsPiece(cells: readonly Laid[], rows: number, table: ShapedTable, ink: Ink): Piece {
  const heights = rowHeights(cells, rows, table.padding);
  const tops = starts(heights);
  return {
    height: sum(heights),
    draw: (x, y) => {
      for (const laid of cells) {
        const height = sum(heights.slice(laid.row, laid.row + laid.rowspan));
        drawCell(laid, x + laid.x, y + (tops[laid.row] as number), height, table, ink);
      }
    },
    split: (room) => {
      let whole = 0;
      let taken = 0;
      while (whole < rows && taken + (heights[whole] as number) <= room) taken += heights[whole++] as number;
      if (whole > 0) return cutAfter(cells, rows, whole, heights, table, ink);
      return cutWithin(cells, rows, room, table, ink);
    },
  };
}

function rowHeights(cells: readonly Laid[], rows: number, padding: number): number[] {
  const heights = new Array<number>(rows).fill(0);
  const wanted = ({ pieces }: Laid): number => heightOf(pieces) + 2 * padding;
  for (const laid of cells)
    if (laid.rowspan === 1) heights[laid.row] = Math.max(heights[laid.row] as number, wanted(laid));
  for (const laid of [...cells].sort((a, b) => a.rowspan - b.rowspan)) {
    if (laid.rowspan === 1) continue;
    const last = Math.min(rows, laid.row + laid.rowspan) - 1;
    const have = sum(heights.slice(laid.row, last + 1));
    if (wanted(laid) > have) heights[last] = (heights[last] as number) + wanted(laid) - have;
  }
  return heights;
}

/** Between two rows: a cell that spans both goes on where the next page begins. */
function cutAfter(
  cells: readonly Laid[],
  rows: number,
  whole: number,
  heights: readonly number[],
  table: ShapedTable,
  ink: Ink,
): [Piece, Piece] | undefined {
  if (whole >= rows) return undefined;
  const before: Laid[] = [];
  const after: Laid[] = [];
  for (const laid of cells) {
    if (laid.row >= whole) {
      after.push({ ...laid, row: laid.row - whole });
      continue;
    }
    const inside = Math.min(laid.rowspan, whole - laid.row);
    const [first, rest] = cut(laid.pieces, sum(heights.slice(laid.row, laid.row + inside)) - 2 * table.padding);
    const goesOn = laid.rowspan > inside;
    before.push({ ...laid, rowspan: inside, pieces: goesOn ? first : laid.pieces });
    if (goesOn) after.push({ ...laid, row: 0, rowspan: laid.rowspan - inside, pieces: rest });
  }
  return [rowsPiece(before, whole, table, ink), rowsPiece(after, rows - whole, table, ink)];
}

/** Within the first row: each of its cells is cut. */
function cutWithin(
  cells: readonly Laid[],
  rows: number,
  room: number,
  table: ShapedTable,
  ink: Ink,
): [Piece, Piece] | undefined {
  const before: Laid[] = [];
  const after: Laid[] = [];
  let moved = false;
  for (const laid of cells) {
    if (laid.row > 0) {
      after.push(laid);
      continue;
    }
    const [first, rest] = cut(laid.pieces, room - 2 * table.padding);
    if (first.length > 0) moved = true;
    before.push({ ...laid, rowspan: 1, pieces: first });
    after.push({ ...laid, pieces: rest });
  }
  return moved ? [rowsPiece(before, 1, table, ink), rowsPiece(after, rows, table, ink)] : undefined;
}

function drawCell(
  { cell, width, pieces }: Laid,
  x: number,
  y: number,
  height: number,
  table: ShapedTable,
  ink: Ink,
): void {
  if (cell.fill) ink.fill(x, y, width, height, cell.fill);
  if (table.border) ink.frame(x, y, width, height, table.border);
  for (const rule of cell.rules ?? []) {
    const right = x + width;
    const bottom = y + height;
    if (rule === "left") ink.line(x, y, x, bottom, INK, 1);
    else if (rule === "right") ink.line(right, y, right, bottom, INK, 1);
    else if (rule === "top") ink.line(x, y, right, y, INK, 1);
    else ink.line(x, bottom, right, bottom, INK, 1);
  }
  drawAll(pieces, x + table.padding, y + table.padding);
}

export const BORDER = LINE;
export const HEAD_FILL = FILL;
