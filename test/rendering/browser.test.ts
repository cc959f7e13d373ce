import { expect, it } from "vitest";
import { HTML_STYLESHEET, renderHtml } from "../../src/rendering/index.js";
import { describeWithProgram } from "../tools/programs.js";
import { useVisits, visit } from "./browser.js";
import { generatedPayloads } from "./generated.js";
import { level3 } from "./kit.js";
import { LEAK, PAYLOADS } from "./payloads.js";
import { poisoned, WAYS } from "./poisoned.js";

/** Does to every element what a person could. */
const TOUCH = `<script>
for (const element of document.querySelectorAll("body *"))
  for (const type of ["mouseover", "focus", "blur", "pointerenter", "toggle", "error", "load", "animationstart"]) element.dispatchEvent(new Event(type));
for (const element of document.querySelectorAll("body *")) if (element.tagName !== "A") element.dispatchEvent(new Event("click"));
document.documentElement.dataset.touched = document.querySelectorAll("article.cda").length;
</script>`;

/** A publisher's page of one document for each payload, which is in every place of it and in what it is compared with. */
function pageOf(payloads: readonly string[]): string {
  const fragments = payloads.map((payload, index) => {
    const way = WAYS[index % WAYS.length] ?? "linked";
    return renderHtml(
      poisoned(() => payload, way),
      {
        fragment: true,
        idPrefix: `d${index}-`,
        compared: {
          metadata: { birthName: payload, title: payload, typeCode: payload, gender: payload },
          mail: { ins: { value: payload } },
        },
      },
    ).html;
  });
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><style>${HTML_STYLESHEET}</style></head><body>${fragments.join("")}${TOUCH}</body></html>`;
}

const ran = (dom: string): boolean => /<html[^>]*data-ran/.test(dom);

describeWithProgram("chromium", "chromium", "a hostile document in a browser", () => {
  useVisits();

  it("would be seen running a script and asking for a file: the test itself works", async () => {
    const { dom, requests } = await visit(
      (base) =>
        `<!DOCTYPE html><html><body><script>document.documentElement.dataset.ran=1</script><img src="${base}/leak"></body></html>`,
    );
    expect(ran(dom)).toBe(true);
    expect(requests).toContain("/leak");
  });

  it("would be seen asking any other host, and running at the touch of a person", async () => {
    const { dom, requests } = await visit(
      () =>
        `<!DOCTYPE html><html><body><img src="http://evil.example/pixel"><p onclick="document.documentElement.dataset.ran=1">x</p>${TOUCH}</body></html>`,
    );
    expect(requests).toContain("/pixel");
    expect(ran(dom)).toBe(true);
  });

  // Without our policy: that nothing runs is then due to what is written alone.
  it("runs no script and sends no request, with every payload in every place of header and narrative", async () => {
    const { dom, requests } = await visit((base) =>
      pageOf(PAYLOADS.map((text) => text.replaceAll(LEAK, `${base}/leak`))),
    );
    expect(dom).toContain(`data-touched="${PAYLOADS.length}"`);
    expect(ran(dom)).toBe(false);
    expect(requests).toEqual([]);
  });

  it.each([1, 2, 3])("runs no script and sends no request, with 200 generated payloads (seed %i)", async (seed) => {
    const { dom, requests } = await visit((base) => pageOf(generatedPayloads(200, seed, `${base}/leak`)));
    expect(dom).toContain('data-touched="200"');
    expect(ran(dom)).toBe(false);
    expect(requests).toEqual([]);
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
