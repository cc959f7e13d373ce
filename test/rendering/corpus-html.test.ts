import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import type { Problem } from "../../src/errors.js";
import { renderHtml } from "../../src/rendering/index.js";
import { openXdm } from "../../src/xdm/index.js";
import { describeWithShared } from "../tools/shared.js";
import { imagesOfDocument, imagesOfPage, tablesOfDocument, tablesOfPage } from "./grid.js";
import { attribute, byClass, type Element, isElement, textOf } from "./kit.js";
import { coverage, narrativeWords } from "./oracle.js";

const IN_LINE = new Set(["span", "a", "strong", "em", "u", "s", "sub", "sup", "ins", "del"]);
/** What we say ourselves in the body: it is no word of the document. */
const OURS = new Set(["cda-file", "cda-parties", "cda-address"]);

/** The words of the body of a page as they are read. */
function shownWords(html: string): string[] {
  const [body] = byClass(html, "cda-body");
  const walk = (node: Parameters<typeof textOf>[0]): string => {
    if (!isElement(node)) return textOf(node);
    if (OURS.has(attribute(node, "class") ?? "")) return " ";
    const text = node.childNodes.map(walk).join("");
    return IN_LINE.has(node.tagName) ? text : ` ${text} `;
  };
  return walk(body as Element)
    .split(/[\s\u00a0]+/)
    .filter(Boolean);
}

interface Row {
  name: string;
  words: number;
  found: number;
  /** In tables with a head. */
  cells: number;
  images: number;
  problems: readonly Problem[];
}

describeWithShared("the official documents in HTML", (shared) => {
  const folder = join(shared, "corpus/xdm");
  const rows: Row[] = [];

  it.each(readdirSync(folder).filter((name) => name.endsWith(".zip")))(
    "shows every word of %s in its order, every cell under its heads, every image",
    async (name) => {
      const { documents } = await openXdm(readFileSync(join(folder, name)));
      expect(documents.length).toBeGreaterThan(0);
      for (const { content } of documents) {
        const bytes = content as Uint8Array;
        const words = narrativeWords(bytes);
        const { html, problems } = renderHtml(bytes);
        const shown = shownWords(html);
        const [tables, images] = [tablesOfDocument(bytes), imagesOfDocument(bytes)];
        const { found } = coverage(words, shown);
        rows.push({ name, words: words.length, found, cells: tables.flat().length, images: images.length, problems });
        if (readCda(bytes).body.level === "N1") expect(html).toContain('href="data:application/pdf;base64,');
        else expect(shown).toEqual(words);
        expect(tablesOfPage(html)).toEqual(tables);
        expect(imagesOfPage(html)).toEqual(images);
      }
    },
  );

  it("is all of the 44 archives, with tables and images among them", () => {
    const cell = (value: number, width: number): string => String(value).padStart(width);
    console.info(
      [
        `${"HTML of the official documents".padEnd(62)} words   shown  cells images  problems`,
        ...rows.map(({ name, words, found, cells, images, problems }) => {
          const share = words === 0 ? "level 1" : `${((100 * found) / words).toFixed(1)} %`;
          const told = problems.filter(({ code }) => code !== "element_missing").map(({ code }) => code);
          return `${name.replace(/\.zip$/, "").padEnd(62)} ${cell(words, 5)} ${share.padStart(7)} ${cell(cells, 6)} ${cell(images, 6)}  ${told.join(", ")}`;
        }),
      ].join("\n"),
    );
    const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
    expect(rows).toHaveLength(44);
    expect(rows.filter(({ words }) => words === 0)).toHaveLength(4);
    expect(sum(({ found }) => found)).toBe(sum(({ words }) => words));
    expect(sum(({ words }) => words)).toBeGreaterThan(15_000);
    expect(sum(({ cells }) => cells)).toBeGreaterThan(1_500);
    expect(sum(({ images }) => images)).toBe(12);
  });
});
