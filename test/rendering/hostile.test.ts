import fc from "fast-check";
import { parse, parseFragment, serialize } from "parse5";
import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { renderHtml } from "../../src/rendering/index.js";
import { readShown } from "../../src/rendering/read.js";
import { escapeText } from "../../src/xml/index.js";
import { everywhere } from "./everywhere.js";
import { generatedPayloads } from "./generated.js";
import { elementsOf, mediaEntry, narrative, png, textOf } from "./kit.js";
import { LEAK, PAYLOADS } from "./payloads.js";
import { poisoned, WAYS } from "./poisoned.js";

/** All that a page of ours may hold; whatever else there is came from the document. */
const ELEMENTS = new Set(
  (
    "html head meta title style body main article header footer section aside h1 h2 h3 h4 h5 h6 p div span dl dt dd table caption " +
    "thead tbody tfoot tr th td ul ol li figure figcaption img a strong em u s ins del sub sup br pre code"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "lang charset http-equiv content name class id href title target rel aria-label aria-level role scope colspan rowspan src alt " +
    "width height download value tabindex"
  ).split(" "),
);

/** Fails where a page holds what only a document can have put there, now or once it was written and read again (`innerHTML`). */
function expectSafe(html: string): void {
  const elements = elementsOf(html);
  const again = elementsOf(serialize(/^<!DOCTYPE/i.test(html) ? parse(html) : parseFragment(html)));
  expect(again.map(({ tagName }) => tagName)).toEqual(elements.map(({ tagName }) => tagName));
  for (const element of elements) {
    expect(ELEMENTS, element.tagName).toContain(element.tagName);
    for (const { name, value } of element.attrs) {
      expect(ATTRIBUTES, `${element.tagName} ${name}`).toContain(name);
      if (name === "src") expect(value).toMatch(/^data:image\/(png|jpeg|gif);base64,[A-Za-z0-9+/=]*$/);
      if (name === "href")
        expect(value).toMatch(
          /^(https?:\/\/|mailto:|tel:|#|data:application\/(pdf|octet-stream);base64,[A-Za-z0-9+/=]*$)/,
        );
      if (name === "class") expect(value).toMatch(/^cda[\w-]*( cda[\w-]*)*$/);
      if (name === "id") expect(value).toMatch(/^cda-[\w.~-]+$/);
    }
  }
}

describe("a hostile document in HTML", () => {
  it.each(PAYLOADS.map((payload) => [payload]))("puts nothing into the page by %j, wherever it stands", (payload) => {
    const { html } = renderHtml(everywhere(payload), {
      compared: {
        metadata: { birthName: payload, title: payload, typeCode: payload },
        mail: { ins: { value: payload } },
      },
    });
    expectSafe(html);
    expectSafe(renderHtml(everywhere(payload), { fragment: true }).html);
  });

  it.each(WAYS)("reaches the page from most places of a document, so that these tests test something (%s)", (way) => {
    let places = 0;
    const bytes = poisoned((place) => {
      places = place + 1;
      return `ZQX${place}W`;
    }, way);
    const { html } = renderHtml(bytes);
    const shown = Array.from({ length: places }, (_, place) => html.includes(`ZQX${place}W`)).filter(Boolean).length;
    console.info(`hostile documents, ${way}: ${places} places, ${shown} of them shown`);
    expect(shown).toBeGreaterThan({ linked: 165, loose: 160, bare: 140 }[way]);
  });

  it.each(WAYS)("puts nothing into the page from every place of header and narrative (%s)", (way) => {
    for (const payload of PAYLOADS) expectSafe(renderHtml(poisoned(() => payload, way)).html);
  });

  it.each(WAYS)("puts nothing into the page by 60 generated payloads from every place (%s)", (way) => {
    for (const payload of generatedPayloads(60, 7, LEAK)) expectSafe(renderHtml(poisoned(() => payload, way)).html);
  });

  it("puts nothing into the page by payloads made of pieces of markup", () => {
    const pieces = fc.constantFrom(
      ..."< > \" ' ` & / \\ = ; : # -- ! ? <!-- --> ]]> <![CDATA[ &lt; &#x3c; &quot; \u0000 \n \t \u2028 \u202e script svg math style onerror onload src href javascript: data: data:text/html, alert(1) </title> </style> </script> </textarea> <img <a <b x=1".split(
        " ",
      ),
      ...PAYLOADS,
    );
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 12 }), (parts) => {
        const payload = parts.join("");
        expectSafe(renderHtml(everywhere(payload)).html);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it("refuses a prefix of ids that could be markup", () => {
    expect(() => renderHtml(narrative("x"), { idPrefix: '"><script>' })).toThrow(/idPrefix/);
  });

  it("keeps every word of what could be markup: it is text", () => {
    const payload = `<script>alert("x")</script><img src=x onerror='y'>&amp;`;
    const { html } = renderHtml(narrative(`<paragraph>${escapeText(payload)}</paragraph>`));
    const [paragraph] = elementsOf(html).filter(({ attrs }) => attrs.some(({ value }) => value === "cda-paragraph"));
    expect(textOf(paragraph as never)).toBe(payload);
  });
});

describe("limits of rendering", () => {
  const code = (run: () => unknown): string | undefined => {
    try {
      run();
      return undefined;
    } catch (error) {
      return isMedimailError(error) ? `${error.code} ${error.path}` : String(error);
    }
  };

  it("refuses a table of more cells than its limit, spans counted", () => {
    const row = `<tr>${'<td colspan="200">x</td>'.repeat(1)}</tr>`.repeat(30);
    const bytes = narrative(`<table><tbody>${row}</tbody></table>`);
    expect(code(() => renderHtml(bytes, { limits: { maxCells: 5_000 } }))).toBe("xml_limit_exceeded maxCells");
    expect(code(() => renderHtml(bytes, { limits: { maxCells: 6_000 } }))).toBeUndefined();
  });

  it("keeps a table within its columns, and loses no word", () => {
    const { html, problems } = renderHtml(
      narrative(
        `<table><tbody><tr>${"<td>x</td>".repeat(300)}<td>fin</td></tr><tr><td colspan="999999">y</td></tr></tbody></table>`,
      ),
    );
    expect(html).toContain('colspan="200"');
    expect(html).toContain("fin");
    expect(problems.map((problem) => problem.code)).toContain("table_too_wide");
  });

  it("refuses a page that an image repeated makes too large", () => {
    const bytes = narrative(
      '<renderMultiMedia referencedObject="M1"/>'.repeat(2_000),
      mediaEntry("M1", "image/png", png(200, 200, [1, 2, 3]).toString("base64")),
    );
    expect(code(() => renderHtml(bytes, { limits: { maxHtmlBytes: 500_000 } }))).toBe(
      "xml_limit_exceeded maxHtmlBytes",
    );
  });

  it("shows tables nested deeper than anybody nests as text, and loses no word", () => {
    const deep = `${"<table><tbody><tr><td>".repeat(40)}fond${"</td></tr></tbody></table>".repeat(40)}`;
    const { html, problems } = renderHtml(narrative(deep));
    expect(html).toContain("fond");
    expect(problems.map((problem) => problem.code)).toContain("narrative_too_deep");
  });

  it("refuses depth, elements and bytes as the reader does", () => {
    const deep = `${"<content>".repeat(300)}x${"</content>".repeat(300)}`;
    expect(code(() => renderHtml(narrative(deep)))).toBe("xml_limit_exceeded maxDepth");
    expect(code(() => renderHtml(narrative("<br/>".repeat(500)), { limits: { maxElements: 300 } }))).toBe(
      "xml_limit_exceeded maxElements",
    );
    expect(code(() => renderHtml(narrative("x"), { limits: { maxBytes: 1_000 } }))).toBe("xml_limit_exceeded maxBytes");
  });

  it("does not show an image of more pixels than its limit", () => {
    const bytes = narrative(
      '<renderMultiMedia referencedObject="M1"/>',
      mediaEntry("M1", "image/png", png(50, 50, [1, 2, 3]).toString("base64")),
    );
    const { html, problems } = renderHtml(bytes, { limits: { maxPixels: 2_499 } });
    expect(html).not.toContain("<img");
    expect(problems.map((problem) => problem.code)).toContain("image_unreadable");
  });

  /** CPU time in ms: other processes of the machine do not count. */
  const cpu = (work: () => unknown): number => {
    const start = process.cpuUsage();
    work();
    return process.cpuUsage(start).user / 1000;
  };

  it("takes a table of thousands of captions in little time", () => {
    const bytes = narrative(`<table>${"<caption>a</caption>".repeat(25_000)}<tr><td>x</td></tr></table>`);
    expect(cpu(() => renderHtml(bytes))).toBeLessThan(3_000);
  });

  it("takes more in one place than a call takes arguments: paragraphs of a cell, translations of a code, telephones", () => {
    const cell = `<td>${"<paragraph>a</paragraph>".repeat(130_000)}</td>`;
    expect(
      code(() => renderHtml(narrative(`<table><tr>${"<td>x</td>".repeat(200)}${cell}</tr></table>`))),
    ).toBeUndefined();
    const within = (place: RegExp, more: string): Buffer =>
      Buffer.from(
        Buffer.from(narrative("x"))
          .toString("utf8")
          .replace(place, (found) => `${found}${more}`),
      );
    const many = (one: (n: number) => string): string => Array.from({ length: 130_000 }, (_, n) => one(n)).join("");
    const translations = `<code code="a">${many((n) => `<translation code="t${n}"/>`)}</code>`;
    expect(code(() => renderHtml(within(/<serviceEvent[^>]*>/, translations)))).toBeUndefined();
    const telecoms = many((n) => `<telecom value="tel:${n}"/>`);
    const informant = `<informant><assignedEntity><id root="1"/>${telecoms}</assignedEntity></informant>`;
    expect(code(() => renderHtml(within(/<\/author>/, informant)))).toBeUndefined();
  });

  it("compares a list of given names as long as a mail can bring in little time", () => {
    const metadata = { givenName: "A ".repeat(20_000) };
    expect(cpu(() => renderHtml(narrative("x"), { compared: { metadata } }))).toBeLessThan(1_000);
  });

  it("holds an image once, however many regions are around it", () => {
    const regions = Array.from({ length: 50 }, (_, n) => `R${n}`);
    const opening = regions.map((id) => `<regionOfInterest ID="${id}"><entryRelationship>`).join("");
    const closing = "</entryRelationship></regionOfInterest>".repeat(regions.length);
    const image = png(9, 9, [1, 2, 3]).toString("base64");
    const media = `<observationMedia ID="M"><value mediaType="image/png" representation="B64">${image}</value></observationMedia>`;
    const { body } = readShown(
      narrative(
        regions.map((id) => `<renderMultiMedia referencedObject="${id}"/>`).join(""),
        `<entry>${opening}${media}${closing}</entry>`,
      ),
    );
    const shown = body.kind === "sections" ? (body.sections[0]?.blocks ?? []) : [];
    const files = shown.flatMap((block) => (block.kind === "media" ? block.media : []));
    expect(files).toHaveLength(50);
    expect(new Set(files.map(({ bytes }) => bytes())).size).toBe(1);
  });

  it("takes a table of 20,000 rows and spans over all of them in a few seconds", () => {
    const rows = `<tr><td rowspan="20000">a</td><td>b</td></tr>${"<tr><td>c</td><td>d</td></tr>".repeat(20_000)}`;
    const started = performance.now();
    renderHtml(narrative(`<table><tbody>${rows}</tbody></table>`));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
