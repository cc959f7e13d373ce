import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { HTML_STYLESHEET, type Language, renderHtml } from "../../src/rendering/index.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { describeWithProgram } from "../tools/programs.js";
import { useVisits, visit } from "./browser.js";
import { everyKind } from "./sample.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds in a page of a publisher's that holds a fragment: contrasts need a browser's layout. */
async function violations(fragment: string): Promise<string[]> {
  const { dom } = await visit(
    () => `<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>x</title><style>${HTML_STYLESHEET}</style></head>
<body><main>${fragment}</main><script>${axe}</script><script>
axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }).then(({ passes, violations }) => {
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200)));
  document.documentElement.dataset.axe = JSON.stringify({ passes: passes.map(({ id }) => id), found });
});</script></body></html>`,
  );
  const told = /data-axe="([^"]*)"/.exec(dom)?.[1] ?? "null";
  const { passes, found } = JSON.parse(told.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
  expect(passes).toContain("document-title");
  return found;
}

const fragmentOf = (cda: Uint8Array, language: Language = "fr"): string =>
  renderHtml(cda, {
    fragment: true,
    language,
    compared: { metadata: { birthName: "DURAND" }, mail: { ins: { value: "185057800604822" } } },
  }).html;

describeWithProgram(
  "chromium",
  "chromium",
  "a document in a publisher's page, for who cannot see it or sees badly",
  () => {
    useVisits();

    it.each<Language>(["fr", "en"])("breaks no rule of WCAG 2.1 A and AA that axe knows (%s)", async (language) => {
      expect(await violations(fragmentOf(everyKind(), language))).toEqual([]);
    });

    it("would be told of a pale text, an image without words and a heading out of order: the test itself works", async () => {
      const faults =
        '<p style="color:#aaa;background:#fff">pâle</p><img src="data:image/gif;base64,R0"><h1>a</h1><h4>b</h4>';
      const found = (await violations(faults)).map((fault) => fault.split(":")[0]);
      expect(found).toEqual(expect.arrayContaining(["color-contrast", "image-alt", "heading-order"]));
    });

    it("breaks none with a file for a body", async () => {
      expect(await violations(fragmentOf(cdaOf(1, pdfOf(500))))).toEqual([]);
    });
  },
);
