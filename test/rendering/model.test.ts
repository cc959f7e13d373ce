import { describe, expect, it } from "vitest";
import { type Block, readShown, type Section } from "../../src/rendering/index.js";
import { textOf } from "../../src/rendering/inline.js";
import { level3, mediaEntry, narrative, png } from "./kit.js";

type TableBlock = Extract<Block, { kind: "table" }>;
const tableOf = (bytes: Uint8Array): TableBlock => sectionsOf(bytes)[0]?.blocks[0] as TableBlock;

const sectionsOf = (bytes: Uint8Array): Section[] => {
  const { body } = readShown(bytes);
  return body.kind === "sections" ? body.sections : [];
};
const codes = (bytes: Uint8Array): string[] =>
  readShown(bytes)
    .problems.map(({ code }) => code)
    .filter((code) => code !== "element_missing");
const wordsOf = (value: unknown): string => JSON.stringify(value);
const picture = mediaEntry("M1", "image/png", png(4, 3, [1, 2, 3]).toString("base64"));

describe("the model of the narrative", () => {
  it("keeps a footnote of a title with its own section", () => {
    const [first, second] = sectionsOf(
      level3(
        "<component><section><title>A<footnote>note a</footnote></title><text>x</text></section></component>" +
          "<component><section><title>B<footnote>note b</footnote></title><text>y<footnote>note c</footnote></text></section></component>",
      ),
    );
    expect(first?.notes.map(({ number, blocks }) => [number, wordsOf(blocks).includes("note a")])).toEqual([[1, true]]);
    expect(second?.notes.map(({ number }) => number)).toEqual([2, 3]);
  });

  it("shows blocks of a caption as one line, with their styles, and says so", () => {
    const bytes = narrative(
      '<table><caption>Titre <content><list><item>un</item><item><content styleCode="Bold">deux</content></item></list></content></caption><tbody><tr><td>x</td></tr></tbody></table>',
    );
    const table = tableOf(bytes);
    expect(table.caption).toEqual([
      "Titre",
      { kind: "break" },
      "un",
      { kind: "break" },
      { kind: "span", styles: ["bold"], children: ["deux"] },
    ]);
    expect(codes(bytes)).toEqual(["narrative_flattened"]);
  });

  it("says where an image stands in a caption, or too deep, and so is not shown", () => {
    const image = '<renderMultiMedia referencedObject="M1"/>';
    const deep = `${"<list><item>".repeat(30)}${image}${"</item></list>".repeat(30)}`;
    expect(codes(narrative(`<paragraph><caption><content>${image}</content></caption>x</paragraph>`, picture))).toEqual(
      ["narrative_flattened", "media_misplaced"],
    );
    expect(codes(narrative(deep, picture))).toEqual(["narrative_too_deep", "media_misplaced"]);
  });

  it("keeps the address of a link without words apart from the words around", () => {
    const words = (text: string) => {
      const [block] = sectionsOf(narrative(text))[0]?.blocks ?? [];
      return block?.kind === "paragraph" ? textOf(block.inlines) : undefined;
    };
    expect(words('<paragraph>Voir<linkHtml href="annexes/a.pdf"/>puis agir</paragraph>')).toBe(
      "Voir annexes/a.pdf puis agir",
    );
    expect(words('<paragraph><linkHtml href="https://exemple.fr/a"></linkHtml></paragraph>')).toBe(
      "https://exemple.fr/a",
    );
  });

  it("says where one place shows more files than are shown", () => {
    const ids = Array.from({ length: 60 }, () => "M1").join(" ");
    const bytes = narrative(`<renderMultiMedia referencedObject="${ids}"/>`, picture);
    expect(codes(bytes)).toEqual(["media_too_many"]);
    expect(sectionsOf(bytes)[0]?.blocks[0]).toMatchObject({ media: { length: 50 } });
  });

  it("loses no word that stands where a table has none", () => {
    const bytes = narrative(
      "<table><colgroup>perdu<col>aussi</col></colgroup><tbody><tr><td>x</td></tr></tbody></table>",
    );
    expect(wordsOf(sectionsOf(bytes))).toMatch(/perdu aussi/);
    expect(codes(bytes)).toEqual(["narrative_misplaced"]);
  });

  it("takes a heading for one of its row, and a row of headings for one of its columns", () => {
    const bytes = narrative(
      "<table><thead><tr><td>a</td><th colspan='2'>b</th></tr></thead><tbody><tr><th>r</th><td>1</td><td>2</td></tr>" +
        "<tr><th colspan='3'>Sous-titre</th></tr><tr><th rowspan='2'>s</th><td>3</td><td>4</td></tr><tr><td>5</td><td>6</td></tr></tbody></table>",
    );
    const table = tableOf(bytes);
    const scopes = [...table.head, ...table.bodies.flat()].map(({ cells }) => cells.map(({ scope }) => scope));
    expect(scopes).toEqual([
      ["col", "col"],
      ["row", undefined, undefined],
      ["col"],
      ["row", undefined, undefined],
      [undefined, undefined],
    ]);
  });
});
