import { inColumns, type PlainLine, plainLines } from "../plain-lines.js";
import { type LineTools, type TextStyle, textShape } from "./lines.js";
import { indented, type Piece, type Shape } from "./piece.js";

/** Narrower than this no part is broken into lines beside the others. */
const LEAST = 90;

/**
 * The text of a file, line by line. Words that spaces or tabs put under one another stand under one another: the font has letters of several
 * widths, so each part of such a line is set at its place.
 */
export function plainTextShape(text: string, style: TextStyle, tools: LineTools): Shape {
  const lines = plainLines(text);
  const shaped = (part: string): Shape => textShape([part], style, tools);
  const space = shaped("n n").max - shaped("nn").max;
  const figure = shaped("0").max;
  const unit = inColumns(lines) ? unitOf(lines, shaped, figure, space) : undefined;
  return {
    min: LEAST,
    max: lines.reduce((most, line) => Math.max(most, widthOf(line, shaped, unit ?? space)), 0),
    lay: (width) => {
      const fitted = unit === undefined ? undefined : Math.min(unit, roomFor(lines, width, figure * 0.75));
      return lines.flatMap((line) => layLine(line, { shaped, space, unit: fitted, width }));
    },
  };
}

type Shaped = (part: string) => Shape;

/** How wide a letter's place is: as a figure, or as what fills the narrowest column wants it, within reason. */
function unitOf(lines: readonly PlainLine[], shaped: Shaped, figure: number, space: number): number {
  let unit = figure;
  for (const { parts } of lines)
    for (const [index, { column }] of parts.slice(1).entries()) {
      const { column: before, text } = parts[index] as PlainLine["parts"][number];
      unit = Math.max(unit, Math.min(figure * 1.5, (shaped(text).max + space) / (column - before)));
    }
  return unit;
}

function widthOf({ parts }: PlainLine, shaped: Shaped, unit: number): number {
  const last = parts.at(-1);
  return last ? last.column * unit + shaped(last.text).max : 0;
}

/** What a letter's place may have for the last column to keep room. Lines that are too wide all the same do not press the others together. */
function roomFor(lines: readonly PlainLine[], width: number, least: number): number {
  let furthest = 1;
  for (const { parts } of lines) {
    const column = parts.at(-1)?.column ?? 0;
    if (column * least <= width - LEAST) furthest = Math.max(furthest, column);
  }
  return (width - LEAST) / furthest;
}

interface Line {
  shaped: Shaped;
  space: number;
  /** Undefined for a text without columns. */
  unit: number | undefined;
  width: number;
}

function layLine({ parts }: PlainLine, { shaped, space, unit, width }: Line): Piece[] {
  const [first, ...others] = parts;
  if (!first) return shaped("\u00a0").lay(width);
  const whole = (): Piece[] => {
    const indent = Math.min(first.column * (unit ?? space), width / 3);
    return indented(shaped(parts.map(({ text }) => text).join(" ")), indent).lay(width);
  };
  if (unit === undefined || others.length === 0) return whole();
  let end = 0;
  const placed = parts.map(({ column, text }, index) => {
    const shape = shaped(text);
    const x = Math.max(column * unit, index === 0 ? 0 : end + space);
    end = x + shape.max;
    return { x, shape };
  });
  const last = placed.pop() as (typeof placed)[number];
  const room = width - last.x;
  if (room < Math.min(LEAST, last.shape.max)) return whole();
  const before = placed.map(({ x, shape }) => ({ x, piece: shape.lay(Number.POSITIVE_INFINITY)[0] }));
  return indented(last.shape, last.x, (x, y) => {
    for (const each of before) each.piece?.draw(x + each.x, y);
  }).lay(width);
}
