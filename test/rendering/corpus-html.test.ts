import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { renderHtml } from "../../src/rendering/index.js";
import { openXdm } from "../../src/xdm/index.js";
import { describeWithShared } from "../tools/shared.js";
import { attribute, byClass, type Element, isElement, textOf } from "./kit.js";
import { narrativeWords } from "./oracle.js";

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

describeWithShared("the official documents in HTML", (shared) => {
  const folder = join(shared, "corpus/xdm");
  const table: string[] = [];

  it.each(readdirSync(folder).filter((name) => name.endsWith(".zip")))(
    "shows every word of %s, in its order",
    async (name) => {
      const { documents } = await openXdm(readFileSync(join(folder, name)));
      expect(documents.length).toBeGreaterThan(0);
      for (const { content } of documents) {
        const bytes = content as Uint8Array;
        const words = narrativeWords(bytes);
        const { html, problems } = renderHtml(bytes);
        const shown = shownWords(html);
        table.push(
          `${name.padEnd(66)} ${String(words.length).padStart(5)} words, ${problems.filter(({ code }) => code !== "element_missing").length} problems`,
        );
        if (readCda(bytes).body.level === "N1") expect(html).toContain('href="data:application/pdf;base64,');
        else expect(shown).toEqual(words);
        const images = (
          Buffer.from(bytes)
            .toString("latin1")
            .match(/mediaType="image\//g) ?? []
        ).length;
        expect((html.match(/<img /g) ?? []).length).toBe(images);
      }
    },
  );

  it("is all of the 44 archives", () => {
    console.info(`HTML, words of the narrative, all shown:\n${table.join("\n")}`);
    expect(table.length).toBeGreaterThanOrEqual(44);
  });
});
