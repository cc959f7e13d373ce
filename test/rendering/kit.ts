import { deflateSync } from "node:zlib";
import { type DefaultTreeAdapterMap, parse, parseFragment } from "parse5";
import type { CdaHeaderInput } from "../../src/cda/index.js";
import { cdaOf, pdfOf } from "../tools/documents.js";

/** A CDA of level 3: the header of the project's sample, and the sections given as XML. */
export function level3(sections: string, changes: Partial<CdaHeaderInput> = {}): Uint8Array {
  return withBody(`<component><structuredBody>${sections}</structuredBody></component>`, changes);
}

/** One section of that text. */
export function narrative(text: string, entries = "", changes: Partial<CdaHeaderInput> = {}): Uint8Array {
  return level3(
    `<component><section><title>Partie</title><text>${text}</text>${entries}</section></component>`,
    changes,
  );
}

export function withBody(component: string, changes: Partial<CdaHeaderInput> = {}): Uint8Array {
  const cda = Buffer.from(cdaOf(1, pdfOf(200), changes)).toString("utf8");
  const at = cda.lastIndexOf("<component>");
  return Buffer.from(`${cda.slice(0, at)}${component}</ClinicalDocument>`);
}

export function mediaEntry(id: string, mediaType: string, base64: string, attributes = 'representation="B64"'): string {
  return `<entry><observationMedia classCode="OBS" moodCode="EVN" ID="${id}"><value mediaType="${mediaType}" ${attributes}>${base64}</value></observationMedia></entry>`;
}

type Node = DefaultTreeAdapterMap["node"];
export type Element = DefaultTreeAdapterMap["element"];

export const isElement = (node: Node): node is Element => "tagName" in node;

/** Every element of a page, in order, as a browser reads it. */
export function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const walk = (node: Node): void => {
    if (isElement(node)) found.push(node);
    if ("content" in node) walk(node.content);
    if ("childNodes" in node) node.childNodes.forEach(walk);
  };
  walk(/^<!DOCTYPE/i.test(html) ? parse(html) : parseFragment(html));
  return found;
}

export const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((each) => each.name === name)?.value;

export const byClass = (html: string, name: string): Element[] =>
  elementsOf(html).filter((element) => (attribute(element, "class") ?? "").split(" ").includes(name));

/** The text of a node, as it stands. */
export function textOf(node: Node): string {
  if (node.nodeName === "#text") return (node as DefaultTreeAdapterMap["textNode"]).value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/** A PNG of one colour: 8 bits, colour type 2 (RGB) or 6 (RGBA). */
export function png(width: number, height: number, pixel: readonly number[]): Buffer {
  const row = Buffer.from([0, ...Array.from({ length: width }, () => pixel).flat()]);
  const raw = Buffer.concat(Array.from({ length: height }, () => row));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, pixel.length === 4 ? 6 : 2], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** The smallest GIF: one black pixel. */
export const GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==";
