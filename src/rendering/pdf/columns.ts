import type { Shape } from "./piece.js";

export interface Sized {
  column: number;
  colspan: number;
  shape: Pick<Shape, "min" | "max">;
}

export interface Columns {
  min: number[];
  max: number[];
}

/** How narrow and how wide each column of a table would be: by its cells, those that span columns last. */
export function measureColumns(cells: readonly Sized[], columns: number, padding: number): Columns {
  const min = new Array<number>(columns).fill(2 * padding);
  const max = new Array<number>(columns).fill(2 * padding);
  for (const { column, colspan, shape } of cells) {
    if (colspan > 1) continue;
    min[column] = Math.max(min[column] as number, shape.min + 2 * padding);
    max[column] = Math.max(max[column] as number, shape.max + 2 * padding);
  }
  const spanning = cells.filter(({ colspan }) => colspan > 1).sort((a, b) => a.colspan - b.colspan);
  for (const { column, colspan, shape } of spanning) {
    widen(min, column, colspan, shape.min + 2 * padding);
    widen(max, column, colspan, shape.max + 2 * padding);
  }
  for (let at = 0; at < columns; at++) max[at] = Math.max(max[at] as number, min[at] as number);
  return { min, max };
}

function widen(widths: number[], column: number, colspan: number, wanted: number): void {
  const have = sum(widths.slice(column, column + colspan));
  if (have >= wanted) return;
  for (let at = column; at < column + colspan; at++)
    widths[at] = have === 0 ? wanted / colspan : ((widths[at] as number) * wanted) / have;
}

/** Widths that fill no more than the room: what all columns want, else between narrow and wide in proportion, else cut. */
export function fitColumns({ min, max }: Columns, room: number): number[] {
  // One column of long text must not leave the others their narrowest.
  const wide = max.map((width, at) => Math.max(min[at] as number, Math.min(width, room * 0.8)));
  const [least, most] = [sum(min), sum(wide)];
  if (sum(max) <= room) return [...max];
  if (most <= room) return wide.map((width) => (width * room) / most);
  if (least <= room) {
    const share = most === least ? 0 : (room - least) / (most - least);
    return wide.map((width, at) => (min[at] as number) + (width - (min[at] as number)) * share);
  }
  return squeezed(min, room);
}

/** Narrow columns keep what they need; the wide ones share what is left. */
function squeezed(min: readonly number[], room: number): number[] {
  const widths = [...min];
  let left = room;
  let open = min.map((_, at) => at);
  for (;;) {
    const fair = left / Math.max(1, open.length);
    const narrow = open.filter((at) => (min[at] as number) <= fair);
    if (narrow.length === 0 || narrow.length === open.length) {
      for (const at of open) widths[at] = narrow.length === 0 ? fair : (min[at] as number);
      return widths;
    }
    for (const at of narrow) left -= min[at] as number;
    open = open.filter((at) => !narrow.includes(at));
  }
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
