import { formatSize } from "../format.js";
import { textOf } from "../inline.js";
import { textOfFile } from "../media.js";
import type { Block, Cell, Language, ListItem, Marker, Media, Row, Table } from "../types.js";
import type { Words } from "../words.js";
import { type Color, FILL, SOFT } from "./ink.js";
import { type LineTools, type TextStyle, textShape, textStyle, withStyles } from "./lines.js";
import { pictureShape } from "./picture.js";
import { indented, type Piece, type Shape, stack } from "./piece.js";
import { plainTextShape } from "./plain.js";
import { BORDER, HEAD_FILL, measureTable, type ShapedCell, type ShapedTable, tableShape } from "./table.js";

/** What laying out the blocks of a document needs. */
export interface Tools extends LineTools {
  words: Words;
  language: Language;
  /** Opened for this file by number; absent for one that cannot be embedded. */
  pictures: ReadonlyMap<number, Picture>;
  /** Width and height of what a page has room for. */
  page: { width: number; height: number };
}

export interface Picture {
  width: number;
  height: number;
  draw(x: number, y: number, width: number, height: number): void;
}

/** Shapes of blocks, with room between them. */
export function blocksShape(blocks: readonly Block[], style: TextStyle, tools: Tools, align?: Cell["align"]): Shape {
  return stack(
    blocks
      .map((block, index) => {
        const shape = blockShape(block, style, tools, align);
        return announces(block, blocks[index + 1]) ? keeping(shape) : shape;
      })
      .filter((shape) => shape.max > 0),
    style.size * 0.3,
  );
}

/** A short line right before a table or a list is its title, whatever the document calls it. */
function announces(block: Block, next: Block | undefined): boolean {
  if (block.kind !== "paragraph" || (next?.kind !== "table" && next?.kind !== "list")) return false;
  return textOf(block.inlines).length <= 120;
}

const keeping = (shape: Shape): Shape => ({
  ...shape,
  lay: (width) => shape.lay(width).map((piece): Piece => ({ ...piece, keep: true })),
});

function blockShape(block: Block, style: TextStyle, tools: Tools, align?: Cell["align"]): Shape {
  const shape = bareShape(block, style, tools, align);
  const anchor = block.id === undefined ? undefined : tools.anchor(block.id);
  const anchored = anchor === undefined ? shape : anchoredShape(shape, anchor, tools);
  if (block.kind === "table" || block.caption === undefined || block.caption.length === 0) return anchored;
  return stack([captionShape(block.caption, style, tools), anchored], style.size * 0.2);
}

export function anchoredShape(shape: Shape, anchor: string, { ink }: Tools): Shape {
  return {
    ...shape,
    lay: (width) => {
      const [first, ...rest] = shape.lay(width);
      if (first === undefined) return [];
      const draw = (x: number, y: number): void => {
        ink.anchor(anchor, x, y);
        first.draw(x, y);
      };
      return [{ ...first, draw }, ...rest];
    },
  };
}

function captionShape(caption: Parameters<typeof textShape>[0], style: TextStyle, tools: Tools): Shape {
  return textShape(caption, { ...style, bold: true }, tools, { keep: true });
}

function bareShape(block: Block, style: TextStyle, tools: Tools, align?: Cell["align"]): Shape {
  switch (block.kind) {
    case "paragraph":
      return textShape(block.inlines, withStyles(style, block.styles), tools, align ? { align } : {});
    case "group":
      return blocksShape(block.blocks, withStyles(style, block.styles, block.revised), tools, align);
    case "list":
      return listShape(block, style, tools);
    case "table":
      return narrativeTable(block, style, tools);
    case "media":
      return stack(
        block.media.map((media) => mediaShape(media, style, tools)),
        style.size * 0.4,
      );
  }
}

function listShape(list: Extract<Block, { kind: "list" }>, style: TextStyle, tools: Tools): Shape {
  const indent = style.size * (list.ordered ? 2 : 1.3);
  const items = list.items.map((item, index) => {
    const mark = textShape([markOf(list.marker, index + 1)], style, tools).lay(indent * 4)[0];
    return indented(itemShape(item, style, tools), indent, (x, y) => mark?.draw(x + style.size * 0.2, y));
  });
  return stack(items, style.size * 0.15);
}

function itemShape({ id, styles, caption, blocks }: ListItem, style: TextStyle, tools: Tools): Shape {
  const inner = withStyles(style, styles);
  const shapes = [
    ...(caption && caption.length > 0 ? [captionShape(caption, inner, tools)] : []),
    blocksShape(blocks, inner, tools),
  ].filter((shape) => shape.max > 0);
  // An empty item has its mark.
  const shape = shapes.length === 0 ? textShape([" \u00a0"], inner, tools) : stack(shapes);
  const anchor = id === undefined ? undefined : tools.anchor(id);
  return anchor === undefined ? shape : anchoredShape(shape, anchor, tools);
}

const ROMAN: readonly [number, string][] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];

function markOf(marker: Marker, number: number): string {
  switch (marker) {
    case "disc":
      return "•";
    case "circle":
      return "◦";
    case "square":
      return "▪";
    case "decimal":
      return `${number}.`;
    case "lower-alpha":
      return `${letters(number)}.`;
    case "upper-alpha":
      return `${letters(number).toUpperCase()}.`;
    case "lower-roman":
      return `${roman(number)}.`;
    case "upper-roman":
      return `${roman(number).toUpperCase()}.`;
  }
}

function letters(number: number): string {
  const rest = (number - 1) % 26;
  return (number > 26 ? letters((number - 1 - rest) / 26) : "") + String.fromCharCode(97 + rest);
}

function roman(number: number): string {
  if (number > 3_999) return String(number);
  let left = number;
  let text = "";
  for (const [value, sign] of ROMAN) {
    while (left >= value) {
      text += sign;
      left -= value;
    }
  }
  return text;
}

/** No smaller: a page is read on paper. */
const LEAST = 6;
const PADDING = 2.6;

function narrativeTable(table: Table, style: TextStyle, tools: Tools): Shape {
  const wanted = Math.min(style.size, style.size > 8.5 ? style.size - 0.5 : style.size);
  let shaped = shapeTable(table, { ...style, size: wanted }, tools);
  const least = measureTable(shaped).min.reduce((total, width) => total + width, 0);
  const { width } = tools.page;
  // Wider than the page even with every word on its own line: smaller letters, once.
  if (least > width && wanted > LEAST) {
    const size = Math.max(LEAST, Math.floor(((wanted * width) / least) * 2) / 2);
    shaped = shapeTable(table, { ...style, size }, tools);
  }
  const shape = tableShape(shaped, tools.ink);
  if (table.caption === undefined || table.caption.length === 0) return shape;
  return stack([captionShape(table.caption, style, tools), shape], style.size * 0.2);
}

function shapeTable(table: Table, style: TextStyle, tools: Tools): ShapedTable {
  const rows = (list: readonly Row[]) => list.map((row) => row.cells.map((cell) => shapeCell(cell, row, style, tools)));
  return {
    columns: table.columns,
    head: rows(table.head),
    bodies: [...table.bodies.map(rows), rows(table.foot)],
    border: BORDER,
    padding: PADDING,
  };
}

function shapeCell(cell: Cell, row: Row, style: TextStyle, tools: Tools): ShapedCell {
  const own = withStyles(style, [...row.styles, ...cell.styles, ...(cell.heading ? (["bold"] as const) : [])]);
  const shape = blocksShape(cell.blocks, own, tools, cell.align);
  const anchor = cell.id === undefined ? undefined : tools.anchor(cell.id);
  return {
    column: cell.column,
    colspan: cell.colspan,
    rowspan: cell.rowspan,
    shape: anchor === undefined ? shape : anchoredShape(shape, anchor, tools),
    ...(cell.heading && { fill: HEAD_FILL }),
    rules: cell.rules,
  };
}

/** An image, or what stands for a file that the page does not show. */
export function mediaShape(media: Media, style: TextStyle, tools: Tools): Shape {
  const { words } = tools;
  const picture = tools.pictures.get(media.number);
  if (picture) {
    const shape = pictureShape(picture, tools.page);
    return media.region ? stack([shape, noteShape(words.region, style, tools)]) : shape;
  }
  switch (media.kind) {
    case "text":
      return plainTextShape(textOfFile(media), style, tools);
    case "absent":
      return noteShape(words.absent, style, tools);
    case "outside":
      return noteShape(`${words.outside} ${(media.address ?? "").slice(0, 500)}`, style, tools);
    case "png":
    case "jpeg":
    case "gif":
      return noteShape(words.imageHidden, style, tools);
    default: {
      const type = media.kind === "pdf" ? "PDF" : `${words.fileOf} ${media.mediaType || words.unknownType}`;
      const size = formatSize(media.size, tools.language);
      return noteShape(`${words.file} ${type} (${size}). ${words.fileElsewhere}`, style, tools);
    }
  }
}

/** Words of ours, apart from the document's. */
export function noteShape(text: string, style: TextStyle, tools: Tools, background: Color = FILL): Shape {
  const shape = textShape([text], textStyle(Math.min(style.size, 8.5), { italic: true, color: SOFT }), tools);
  const padding = 3;
  return {
    min: shape.min + 2 * padding,
    max: shape.max + 2 * padding,
    lay: (width) => {
      const pieces = shape.lay(Math.max(1, width - 2 * padding));
      const height = pieces.reduce((sum, piece) => sum + piece.height, 0) + 2 * padding;
      const piece: Piece = {
        height,
        draw: (x, y) => {
          tools.ink.fill(x, y, Math.min(width, shape.max + 2 * padding), height, background);
          let at = y + padding;
          for (const each of pieces) {
            each.draw(x + padding, at);
            at += each.height;
          }
        },
      };
      return [piece];
    },
  };
}
