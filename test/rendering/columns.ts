import { XmlCData, XmlDocument, XmlElement, type XmlNode, XmlText } from "libxml2-wasm";
import type { PlacedWord } from "./pdf-kit.js";

const HL7 = "urn:hl7-org:v3";
const IN_LINE = new Set(["content", "linkHtml", "sub", "sup", "footnoteRef"]);

/** The words of a cell, by their numbers in the narrative: from the first to before the last. */
interface Cell {
  from: number;
  to: number;
}

/** A table without spans or tables in it: its columns, each with all its cells. */
export interface PlainTable {
  columns: Cell[][];
}

/** The words of the narrative in order, and its plain tables, as libxml2 reads them. */
export function plainTables(cda: Uint8Array): { words: string[]; tables: PlainTable[] } {
  const document = XmlDocument.fromBuffer(cda);
  try {
    const words: string[] = [];
    const tables: PlainTable[] = [];
    let pending = "";
    const flush = (): void => {
      words.push(...pending.split(/[\s\u00a0]+/).filter(Boolean));
      pending = "";
    };
    const walk = (node: XmlNode, table: PlainTable | undefined): void => {
      if (node instanceof XmlText || node instanceof XmlCData) pending += node.content;
      if (!(node instanceof XmlElement)) return;
      const inside = node.name === "table" ? (isPlain(node) ? { columns: [] } : undefined) : table;
      if (node.name === "table" && inside) tables.push(inside);
      const space = IN_LINE.has(node.name) ? "" : " ";
      pending += space;
      const isCell = inside !== undefined && (node.name === "td" || node.name === "th");
      if (isCell) flush();
      const from = words.length;
      for (let child = node.firstChild; child; child = child.next) walk(child, inside);
      pending += space;
      if (!isCell) return;
      flush();
      const column = columnOf(node);
      inside.columns[column] ??= [];
      inside.columns[column]?.push({ from, to: words.length });
    };
    const places = "//h:structuredBody//h:section/h:title | //h:structuredBody//h:section/h:text";
    for (const place of document.find(places, { h: HL7 })) {
      walk(place, undefined);
      flush();
    }
    return { words, tables };
  } finally {
    document.dispose();
  }
}

/** Each cell of one column and one row, and a heading row at least. */
function isPlain(table: XmlElement): boolean {
  const all = [...elementsOf(table)];
  const spans = (one: XmlElement): boolean =>
    ["colspan", "rowspan"].some((name) => (one.attr(name)?.content ?? "1") !== "1");
  return all.some(({ name }) => name === "thead") && !all.some((one) => one.name === "table" || spans(one));
}

function* elementsOf(parent: XmlElement): Generator<XmlElement> {
  for (let child = parent.firstChild; child; child = child.next)
    if (child instanceof XmlElement) {
      yield child;
      yield* elementsOf(child);
    }
}

function columnOf(cell: XmlElement): number {
  let column = 0;
  for (let before = cell.prev; before; before = before.prev) if (before instanceof XmlElement) column++;
  return column;
}

/** Where each word of the narrative is drawn; undefined for one that is broken over lines. */
export function placesOf(words: readonly string[], drawn: readonly PlacedWord[]): (PlacedWord | undefined)[] {
  let at = 0;
  return words.map((word, index) => {
    const next = words[index + 1];
    // Right behind the one before; else, since headings are repeated, where the next word follows too; else anywhere.
    const isHere = (place: number): boolean => drawn[place]?.text === word;
    let found = isHere(at) ? at : -1;
    for (let place = at; found < 0 && place < drawn.length; place++)
      if (isHere(place) && (next === undefined || drawn[place + 1]?.text === next)) found = place;
    for (let place = at; found < 0 && place < drawn.length; place++) if (isHere(place)) found = place;
    if (found < 0) return undefined;
    at = found + 1;
    return drawn[found];
  });
}

/** The columns of a table that are not beside each other: none, where each cell stands under its heading. */
export function overlaps({ columns }: PlainTable, places: readonly (PlacedWord | undefined)[]): number[] {
  const extents = columns.map((cells) => {
    const drawn = cells.flatMap(({ from, to }) => places.slice(from, to)).filter((place) => place !== undefined);
    return drawn.length === 0
      ? undefined
      : { left: Math.min(...drawn.map(({ left }) => left)), right: Math.max(...drawn.map(({ right }) => right)) };
  });
  const filled = extents.flatMap((extent, column) => (extent ? [{ ...extent, column }] : []));
  return filled
    .slice(1)
    .flatMap(({ left, column }, index) => (left < (filled[index]?.right ?? 0) - 0.5 ? [column] : []));
}
