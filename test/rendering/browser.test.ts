import { expect, it } from "vitest";
import { renderHtml } from "../../src/rendering/index.js";
import { describeWithProgram } from "../tools/programs.js";
import { visit } from "./browser.js";
import { everywhere } from "./everywhere.js";
import { level3 } from "./kit.js";
import { LEAK, PAYLOADS } from "./payloads.js";

const ran = (dom: string): boolean => /<html[^>]*data-ran/.test(dom);

describeWithProgram("chromium", "chromium", "a hostile document in a browser", () => {
  it("would be seen running a script and asking for a file: the test itself works", async () => {
    const { dom, requests } = await visit(
      (base) =>
        `<!DOCTYPE html><html><body><script>document.documentElement.dataset.ran=1</script><img src="${base}/leak"></body></html>`,
    );
    expect(ran(dom)).toBe(true);
    expect(requests).toContain("/leak");
  });

  it("runs no script and sends no request, with every payload in every place", async () => {
    const { dom, requests } = await visit((base) => {
      // One page for all: the narratives of all payloads, and the header of each in turn would be as many pages.
      const sections = PAYLOADS.map((payload) => {
        const cda = Buffer.from(everywhere(payload.replaceAll(LEAK, `${base}/leak`))).toString("utf8");
        return cda.slice(cda.indexOf("<structuredBody>") + 16, cda.lastIndexOf("</structuredBody>"));
      });
      return renderHtml(level3(sections.join(""))).html;
    });
    expect(dom).toContain('class="cda"');
    expect(ran(dom)).toBe(false);
    expect(requests).toEqual([]);
  });

  it("runs no script and sends no request, with payloads in the header", async () => {
    for (const payload of PAYLOADS.filter((text) => text.includes("<")).slice(0, 4)) {
      const { dom, requests } = await visit(
        (base) => renderHtml(everywhere(payload.replaceAll(LEAK, `${base}/leak`))).html,
      );
      expect(ran(dom)).toBe(false);
      expect(requests).toEqual([]);
    }
  });

  it("runs nothing and asks for nothing even where markup would get into the page: the policy forbids it", async () => {
    const { dom, requests } = await visit((base) => {
      const { html } = renderHtml(level3("<component><section><text>ICI</text></section></component>"));
      const attack = `<script>document.documentElement.dataset.ran=1</script><img src="${base}/img" onerror="document.documentElement.dataset.ran=1"><link rel="stylesheet" href="${base}/css"><iframe src="${base}/frame"></iframe><style>body{background:url(${base}/bg)}</style><object data="${base}/object"></object><video src="${base}/video" autoplay></video><base href="${base}/base/"><script src="${base}/js"></script>`;
      return html.replace("ICI", () => attack);
    });
    expect(dom).toContain("<iframe");
    expect(ran(dom)).toBe(false);
    expect(requests).toEqual([]);
  });
});
