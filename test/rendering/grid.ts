import { XmlDocument, type XmlElement } from "libxml2-wasm";
import { attribute, type Element, elementsOf, isElement, textOf } from "./kit.js";

/** A cell as it is written, in the document or in the page. */
interface Written {
  text: string;
  columns: number;
  rows: number;
}

/** A cell that is no head, and the heads over it, the highest first. */
export interface UnderHeads {
  text: string;
  heads: string[];
}

/** Puts cells into columns as HTML does: by themselves, so that document and page can be compared. */
function underHeads(head: readonly Written[][], bodies: readonly Written[][][]): UnderHeads[] {
  const over: string[][] = [];
  for (const { cell, column } of placed(head))
    for (let at = column; at < column + cell.columns; at++) over[at] = [...(over[at] ?? []), cell.text];
  return bodies.flatMap((body) =>
    placed(body).map(({ cell, column }) => ({
      text: cell.text,
      heads: (over[column] ?? []).filter((text) => text !== ""),
    })),
  );
}

function placed(rows: readonly Written[][]): { cell: Written; column: number }[] {
  const free: number[] = [];
  return rows.flatMap((cells, row) => {
    let column = 0;
    return cells.map((cell) => {
      while ((free[column] ?? 0) > row) column++;
      const at = column;
      for (let next = 0; next < cell.columns; next++) free[column++] = Math.min(row + cell.rows, rows.length);
      return { cell, column: at };
    });
  });
}

const tidied = (text: string): string => text.replace(/[\s\u00a0]+/g, "");
const spanOf = (value: string | null | undefined): number => Number(value ?? 1) || 1;

/** Every table with a head of the document's narrative: by libxml2, not by our reader. */
export function tablesOfDocument(cda: Uint8Array): UnderHeads[][] {
  const document = XmlDocument.fromBuffer(cda);
  try {
    const names = { h: "urn:hl7-org:v3" };
    const find = (node: XmlElement, path: string) => node.find(path, names) as XmlElement[];
    const rowsOf = (group: XmlElement): Written[][] =>
      find(group, "h:tr").map((row) =>
        find(row, "h:th | h:td").map((cell) => ({
          text: tidied(cell.content),
          columns: spanOf(cell.attr("colspan")?.value),
          rows: spanOf(cell.attr("rowspan")?.value),
        })),
      );
    return (document.find("//h:structuredBody//h:section/h:text//h:table[h:thead/h:tr]", names) as XmlElement[]).map(
      (table) =>
        underHeads(
          find(table, "h:thead").flatMap(rowsOf),
          [...find(table, "h:tbody"), ...find(table, "h:tfoot")].map(rowsOf),
        ),
    );
  } finally {
    document.dispose();
  }
}

/** The text of a cell without what we say ourselves of a file or of where a link would lead. */
const saidBy = (cell: Element): string =>
  cell.childNodes
    .map((node) => {
      if (!isElement(node)) return textOf(node);
      return /^cda-(file|address)$/.test(attribute(node, "class") ?? "") ? "" : saidBy(node);
    })
    .join("");

/** Every table with a head of a page, as a browser reads it; heads are what `scope` says that they are. */
export function tablesOfPage(html: string): UnderHeads[][] {
  const children = (element: Element, ...names: string[]): Element[] =>
    element.childNodes.filter((node): node is Element => isElement(node) && names.includes(node.tagName));
  const rowsOf = (group: Element): Written[][] =>
    children(group, "tr").map((row) =>
      children(row, "th", "td").map((cell) => ({
        // What is no `th` of a column heads nothing.
        text: group.tagName !== "thead" || attribute(cell, "scope") === "col" ? tidied(saidBy(cell)) : "",
        columns: spanOf(attribute(cell, "colspan")),
        rows: spanOf(attribute(cell, "rowspan")),
      })),
    );
  return elementsOf(html)
    .filter((element) => (attribute(element, "class") ?? "").split(" ").includes("cda-table"))
    .filter((table) => children(table, "thead").length > 0)
    .map((table) =>
      underHeads(
        children(table, "thead").flatMap(rowsOf),
        [...children(table, "tbody"), ...children(table, "tfoot")].map(rowsOf),
      ),
    );
}

/** The images that the narrative shows, in its order, as base64: by libxml2. */
export function imagesOfDocument(cda: Uint8Array): string[] {
  const document = XmlDocument.fromBuffer(cda);
  try {
    const names = { h: "urn:hl7-org:v3" };
    return (document.find("//h:structuredBody//h:renderMultiMedia", names) as XmlElement[])
      .flatMap((shown) => (shown.attr("referencedObject")?.value ?? "").split(/\s+/))
      .flatMap((id) =>
        document.find(`//h:observationMedia[@ID="${id}"]/h:value[starts-with(@mediaType, "image/")]`, names),
      )
      .map((value) => (value as XmlElement).content.replace(/\s+/g, ""));
  } finally {
    document.dispose();
  }
}

/** The images of a page, in its order, as base64. */
export const imagesOfPage = (html: string): string[] =>
  elementsOf(html)
    .filter(({ tagName }) => tagName === "img")
    .map((image) => (attribute(image, "src") ?? "").replace(/^data:image\/(?:png|jpeg|gif);base64,/, ""));
