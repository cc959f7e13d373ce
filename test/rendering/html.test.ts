import { describe, expect, it } from "vitest";
import { HTML_STYLESHEET, renderHtml } from "../../src/rendering/index.js";
import { attribute, byClass, elementsOf, GIF, level3, mediaEntry, narrative, png, textOf } from "./kit.js";

const fragment = (text: string, entries = "") => renderHtml(narrative(text, entries), { fragment: true });
/** The narrative alone, as markup. */
const body = (text: string, entries = ""): string => {
  const { html } = fragment(text, entries);
  const from = html.indexOf("</h2>\n", html.indexOf('class="cda-body"')) + 6;
  return html.slice(from, html.indexOf("\n</section>\n</div>", from));
};
const codes = (text: string, entries = "") =>
  fragment(text, entries)
    .problems.map(({ code }) => code)
    .filter((code) => code !== "element_missing");

describe("the narrative in HTML", () => {
  it("shows paragraphs, styles, line breaks, sub and sup", () => {
    expect(
      body(
        '<paragraph>Hb <content styleCode="Bold Italics">9,1</content> g/dL<br/>CO<sub>2</sub> m<sup>2</sup></paragraph>',
      ),
    ).toBe('<p class="cda-paragraph">Hb <em><strong>9,1</strong></em> g/dL<br>CO<sub>2</sub> m<sup>2</sup></p>');
  });

  it("reads styles run together, in any case, as French documents write them", () => {
    expect(
      body('<paragraph><content styleCode="BoldItalics">a</content> <content styleCode="bold">b</content></paragraph>'),
    ).toBe('<p class="cda-paragraph"><em><strong>a</strong></em> <strong>b</strong></p>');
  });

  it("takes white space as a page does, and keeps what is within an element next to its words", () => {
    expect(body("\n  un <content> deux</content>\n\ttrois  <br/>  quatre\n")).toBe(
      '<p class="cda-paragraph">un deux trois<br>quatre</p>',
    );
  });

  it("gives lists their order and markers, nested too, with captions", () => {
    expect(
      body(
        '<list listType="ordered" styleCode="LittleRoman"><caption>Traitement</caption><item>un<list><item>deux</item></list></item></list>',
      ),
    ).toBe(
      '<p class="cda-caption">Traitement</p><ol class="cda-list cda-lower-roman"><li><p class="cda-paragraph">un</p><ul class="cda-list cda-disc"><li>deux</li></ul></li></ol>',
    );
  });

  it("gives tables their caption, heads with scope, spans and alignment", () => {
    const html = body(
      '<table><caption>Hémogramme</caption><thead><tr><th rowspan="2">Examen</th><th colspan="2">Résultats</th></tr><tr><th>Jour</th><th>Antérieur</th></tr></thead>' +
        '<tbody><tr><th>Hb</th><td align="right" styleCode="Rrule">9,1</td><td>9,0</td></tr></tbody></table>',
    );
    expect(html).toContain("<caption>Hémogramme</caption>");
    expect(html).toContain(
      '<thead><tr><th scope="col" rowspan="2">Examen</th><th scope="col" colspan="2">Résultats</th></tr><tr><th scope="col">Jour</th><th scope="col">Antérieur</th></tr></thead>',
    );
    expect(html).toContain(
      '<tbody><tr><th scope="row">Hb</th><td class="cda-right cda-rule-right">9,1</td><td>9,0</td></tr></tbody>',
    );
  });

  it("takes the first rows for the head where a table has none and they are headings", () => {
    expect(body("<table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>")).toContain(
      '<thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody>',
    );
  });

  it("gives an empty heading to nobody who listens: it is a cell", () => {
    const html = body(
      "<table><thead><tr><th/><th>Jour</th></tr></thead><tbody><tr><td>Hb</td><td>9</td></tr></tbody></table>",
    );
    expect(html).toContain('<thead><tr><td class="cda-corner"></td><th scope="col">Jour</th></tr></thead>');
  });

  it("lets a table that may be wider than the window be scrolled by the keyboard", () => {
    const table = (columns: number): string =>
      body(`<table><tbody><tr>${"<td>x</td>".repeat(columns)}</tr></tbody></table>`);
    expect(table(9)).toContain(
      '<div class="cda-scroll" role="group" tabindex="0" aria-label="Tableau large, à faire défiler"><table class="cda-table cda-wide',
    );
    expect(table(3)).toContain('<div class="cda-scroll"><table class="cda-table cda-headless">');
  });

  it("ends a span where the rows or the columns of its group end", () => {
    const html = body(
      '<table><tbody><tr><td rowspan="900000">a</td><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></tbody><tbody><tr><td>e</td></tr></tbody></table>',
    );
    expect(html).toContain('<td rowspan="2">a</td>');
    expect(html).toContain("<tbody><tr><td>e</td></tr></tbody>");
  });

  it("leads within the document, to pages and to mail, and nowhere else", () => {
    const html = body(
      '<paragraph ID="cible">x</paragraph><paragraph><linkHtml href="#cible">ici</linkHtml> <linkHtml href="https://www.has-sante.fr/a?b=1&amp;c=2">HAS</linkHtml> <linkHtml href="mailto:a@b.fr">mail</linkHtml></paragraph>',
    );
    expect(html).toContain('<p class="cda-paragraph" id="cda-cible">x</p>');
    expect(html).toContain('<a href="#cda-cible">ici</a>');
    expect(html).toContain(
      '<a href="https://www.has-sante.fr/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow external">HAS</a>',
    );
    expect(html).toContain('<a href="mailto:a@b.fr">mail</a>');
  });

  it.each([
    "javascript:alert(1)",
    " java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "https://user:pass@evil.example/",
    "blob:https://a/b",
  ])("shows a link to %j as its words, and says so", (href) => {
    const text = `<paragraph><linkHtml href="${href}">mot</linkHtml></paragraph>`;
    expect(body(text)).toBe('<p class="cda-paragraph">mot</p>');
    expect(codes(text)).toEqual(["link_refused"]);
  });

  it("shows where a link relative to nothing would lead", () => {
    expect(body('<paragraph><linkHtml href="CR_2021.xml">le CR</linkHtml></paragraph>')).toContain(
      'le CR <span class="cda-address">(CR_2021.xml)</span>',
    );
  });

  it("shows a link whose place is not in the document as its words", () => {
    expect(body('<paragraph><linkHtml href="#rien">mot</linkHtml></paragraph>')).toBe(
      '<p class="cda-paragraph">mot</p>',
    );
  });

  it("numbers footnotes through the document and puts them after their section", () => {
    const { html } = renderHtml(
      level3(
        '<component><section><text><paragraph>a<footnote ID="n1">première</footnote> b</paragraph></text></section></component>' +
          '<component><section><text><paragraph>c<footnote>seconde</footnote> d<footnoteRef IDREF="n1"/></paragraph></text></section></component>',
      ),
    );
    const notes = byClass(html, "cda-notes").map((note) => textOf(note));
    expect(notes).toEqual(["première", "seconde"]);
    expect(byClass(html, "cda-call").map((call) => textOf(call))).toEqual(["1", "2", "1"]);
    expect(html).toContain('<li value="2">');
  });

  it("marks what a revision added and took away", () => {
    expect(
      body('<paragraph><content revised="delete">10 mg</content> <content revised="insert">5 mg</content></paragraph>'),
    ).toBe('<p class="cda-paragraph"><del title="supprimé">10 mg</del> <ins title="ajouté">5 mg</ins></p>');
  });

  it("keeps the order of text, tables and text within one content", () => {
    const html = body("<content>avant<table><tbody><tr><td>dans</td></tr></tbody></table>après</content>");
    expect(
      html
        .replace(/<[^>]*>/g, " ")
        .trim()
        .split(/\s+/),
    ).toEqual(["avant", "dans", "après"]);
  });

  it("shows what CDA does not have as text, and says so", () => {
    const text = "<div>un</div><blink>deux</blink><p>trois</p>";
    expect(
      body(text)
        .replace(/<[^>]*>/g, " ")
        .trim()
        .split(/\s+/),
    ).toEqual(["un", "deux", "trois"]);
    expect(fragment(text).problems.find(({ code }) => code === "narrative_unknown")?.message).toMatch(/\(3 times\)$/);
  });

  it("shows text that stands outside of items and cells, and says so", () => {
    expect(body("<table>perdu<tbody><tr>aussi<td>x</td></tr></tbody></table>")).toMatch(/perdu.*aussi.*x/s);
    expect(codes("<list>perdu<item>x</item></list>")).toEqual(["narrative_misplaced"]);
  });

  it("drops marks that would show another text than the one kept", () => {
    expect(body("<paragraph>ex\u202etac\u202c</paragraph>")).toBe('<p class="cda-paragraph">extac</p>');
    expect(codes("<paragraph>ex\u202etac</paragraph>")).toEqual(["text_marks_removed"]);
  });

  it("gives nested sections deeper headings, and none to a section without title", () => {
    const { html } = renderHtml(
      level3(
        "<component><section><title>A</title><component><section><title>B</title><component><section><code code='1' displayName='Sans titre'/><component><section><title>C</title></section></component></section></component></section></component></section></component>",
      ),
    );
    expect([...html.matchAll(/<(h\d) class="cda-heading">(.)/g)].map(([, tag, title]) => `${tag}${title}`)).toEqual([
      "h2A",
      "h3B",
      "h4C",
    ]);
    expect(html).toContain('aria-label="Sans titre"');
  });
});

describe("files of the narrative in HTML", () => {
  const picture = png(4, 3, [200, 0, 0]).toString("base64");

  it("shows an image in the page, with its size and its caption", () => {
    const html = body(
      '<renderMultiMedia referencedObject="M1"><caption>Radio</caption></renderMultiMedia>',
      mediaEntry("M1", "image/png", picture),
    );
    expect(html).toBe(
      `<figure class="cda-media"><img class="cda-image" src="data:image/png;base64,${picture}" alt="Image 1" width="4" height="3"><figcaption>Radio</figcaption></figure>`,
    );
  });

  it("judges a file by its bytes: an SVG that says it is a PNG is no image", () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>').toString("base64");
    for (const type of ["image/png", "image/svg+xml"]) {
      const html = body('<renderMultiMedia referencedObject="M1"/>', mediaEntry("M1", type, svg));
      expect(html).not.toContain("<img");
      expect(html).toContain("Image non affichée");
    }
  });

  it("shows GIF too", () => {
    expect(body('<renderMultiMedia referencedObject="M1"/>', mediaEntry("M1", "image/gif", GIF))).toContain(
      "data:image/gif",
    );
  });

  it("puts a PDF behind a link that saves it, or only tells of it", () => {
    const pdf = Buffer.from("%PDF-1.4\n").toString("base64");
    const bytes = narrative('<renderMultiMedia referencedObject="M1"/>', mediaEntry("M1", "application/pdf", pdf));
    expect(renderHtml(bytes).html).toContain(
      `<a class="cda-save" href="data:application/pdf;base64,${pdf}" download="fichier-joint-1.pdf">`,
    );
    const named = renderHtml(bytes, { files: "name" }).html;
    expect(named).toContain("Fichier joint PDF (9 octets)");
    expect(named).not.toContain("data:application");
  });

  it("loads nothing from outside, and says where the file would be", () => {
    const entry =
      '<entry><observationMedia ID="M1"><value mediaType="image/png"><reference value="http://evil.example/x.png"/></value></observationMedia></entry>';
    const { html, problems } = fragment('<renderMultiMedia referencedObject="M1"/>', entry);
    expect(html).toContain("<code>http://evil.example/x.png</code>");
    expect(elementsOf(html).some((element) => element.attrs.some(({ value }) => value.startsWith("http")))).toBe(false);
    expect(problems.map(({ code }) => code)).toContain("media_outside");
  });

  it("says where a file is missing", () => {
    expect(body('<renderMultiMedia referencedObject="M9"/>')).toContain("Fichier absent du document.");
    expect(codes('<renderMultiMedia referencedObject="M9"/>')).toContain("media_missing");
  });

  it("finds the image of a region, and says that the region is not drawn", () => {
    const entry = `<entry><regionOfInterest ID="R1"><code code="ELLIPSE"/><value value="3"/><entryRelationship typeCode="SUBJ"><observationMedia ID="M1"><value mediaType="image/png" representation="B64">${picture}</value></observationMedia></entryRelationship></regionOfInterest></entry>`;
    const html = body('<renderMultiMedia referencedObject="R1"/>', entry);
    expect(html).toContain("<img");
    expect(html).toContain("Une zone est repérée");
  });

  it("unpacks a compressed file, and takes as it is one that only says so", async () => {
    const { deflateRawSync } = await import("node:zlib");
    const packed = deflateRawSync(png(4, 3, [1, 2, 3])).toString("base64");
    for (const base64 of [packed, picture])
      expect(
        body(
          '<renderMultiMedia referencedObject="M1"/>',
          mediaEntry("M1", "image/png", base64, 'representation="B64" compression="DF"'),
        ),
      ).toContain("<img");
  });

  it("does not show what stands in the entries only", () => {
    const html = fragment(
      "<paragraph>x</paragraph>",
      `${mediaEntry("M1", "image/png", picture)}<entry><observation><value value="42"/><text>invisible</text></observation></entry>`,
    ).html;
    expect(html).not.toContain("<img");
    expect(html).not.toContain("invisible");
  });
});

describe("the page", () => {
  it("needs nothing from outside and allows nothing: its policy names its own style only", () => {
    const { html } = renderHtml(narrative("x"));
    const metas = elementsOf(html).filter(({ tagName }) => tagName === "meta");
    const policy = metas.find((meta) => attribute(meta, "http-equiv") === "Content-Security-Policy");
    expect(attribute(policy as never, "content")).toMatch(
      /^default-src 'none'; img-src data:; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/,
    );
    const tags = new Set(elementsOf(html).map(({ tagName }) => tagName));
    for (const tag of ["script", "link", "iframe", "object", "embed", "form", "base", "svg"])
      expect(tags).not.toContain(tag);
    expect(html).not.toMatch(/ style=/);
  });

  it("is in French, in English on demand, and says the language of the document apart", () => {
    const french = renderHtml(narrative("x", "", { languageCode: "de-DE" })).html;
    expect(french).toContain('<html lang="fr">');
    expect(french).toContain('<div class="cda-body" lang="de-DE">');
    expect(french).toContain("<dt>Nom de naissance</dt><dd>MOREL</dd>");
    const english = renderHtml(narrative("x"), { language: "en" }).html;
    expect(english).toContain('<html lang="en">');
    expect(english).toContain("<dt>Birth name</dt><dd>MOREL</dd>");
  });

  it("shows who the patient is: names, sex, birth, matricule with its nature", () => {
    const { html } = renderHtml(narrative("x"));
    const facts = byClass(html, "cda-patient").map(textOf).join("");
    for (const text of ["MOREL Élodie", "Élodie Marie", "Féminin", "12/05/1985", "(NIR)", "2 85 05 78 006 048"])
      expect(facts).toContain(text);
  });

  it("shows type, date, version, author with organisation, signatory, and what the document replaces", () => {
    const { html } = renderHtml(
      narrative("x", "", {
        versionNumber: 2,
        relatedDocuments: [{ typeCode: "RPLC", id: "1.2.250.1.999.1.1.7^D0" }],
        recipients: [{ address: "dr.petit@chu-exemple.mssante.fr", person: { family: "PETIT", given: "Luc" } }],
      }),
    );
    const facts = byClass(html, "cda-document").map(textOf).join("");
    for (const text of [
      "CR d'examens biologiques",
      "05/01/2026 à 10:30",
      "Dr Anne LEROY, Médecin - Biologie médicale (SM), CH EXEMPLE",
      "Remplace le documentD0 (1.2.250.1.999.1.1.7)",
      "Luc PETIT, dr.petit@chu-exemple.mssante.fr",
    ])
      expect(facts).toContain(text);
  });

  it("marks where the metadata and the mail do not agree with the document, and only there", () => {
    const bytes = narrative("x");
    const agreed = renderHtml(bytes, {
      compared: { metadata: { birthName: "Morel", givenName: "ELODIE", birthDate: "19850512", gender: "F" } },
    }).html;
    expect(agreed).not.toContain('class="cda-alert"');
    const { html } = renderHtml(bytes, {
      compared: { metadata: { birthName: "DURAND" }, mail: { ins: { value: "285057800600411" } } },
    });
    const [alert] = byClass(html, "cda-alert");
    expect(textOf(alert as never)).toMatch(/ne concordent pas.*Matricule INS.*2 85 05 78 006 004 11/s);
    expect(textOf(alert as never)).toContain("DURAND");
    expect(byClass(html, "cda-differs")).toHaveLength(2);
  });

  it("is a fragment without style on demand, every class of it under one prefix, every id under the publisher's", () => {
    const { html } = renderHtml(narrative('<paragraph ID="a">x</paragraph>'), {
      fragment: true,
      idPrefix: "doc7-",
      headingLevel: 3,
    });
    expect(html.startsWith('<article class="cda" lang="fr">')).toBe(true);
    for (const element of elementsOf(html)) {
      for (const name of (attribute(element, "class") ?? "cda").split(" ")) expect(name).toMatch(/^cda(-|$)/);
      const id = attribute(element, "id");
      if (id !== undefined) expect(id).toMatch(/^doc7-/);
      expect(element.tagName).not.toBe("style");
    }
    expect(html).toContain('<h3 class="cda-title">');
  });

  it("gives each id once, whatever the document repeats", () => {
    const { html } = renderHtml(
      narrative('<paragraph ID="a">x</paragraph><paragraph ID="a">y</paragraph><content ID="à b">z</content>'),
    );
    const ids = elementsOf(html).flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^\S+$/.test(id))).toBe(true);
  });

  it("has a class in the style for each class in the page", () => {
    const { html } = renderHtml(
      narrative(
        '<paragraph>x<footnote>n</footnote></paragraph><list><item>y</item></list><table><tbody><tr><td align="center">z</td></tr></tbody></table>',
      ),
    );
    const names = new Set(
      elementsOf(html).flatMap((element) => (attribute(element, "class") ?? "").split(" ").filter(Boolean)),
    );
    const structural = new Set([
      "cda",
      "cda-header",
      "cda-patient",
      "cda-document",
      "cda-body",
      "cda-headless",
      "cda-group",
    ]);
    for (const name of names) if (!structural.has(name)) expect(HTML_STYLESHEET).toContain(`.${name}`);
  });

  it("of level 1 shows the header, and gives the file (SC.CDA/VISU.03, SC.CDA/DD.15)", async () => {
    const { cdaOf, pdfOf } = await import("../tools/documents.js");
    const pdf = pdfOf(3_000);
    const { html } = renderHtml(cdaOf(1, pdf));
    const [save] = byClass(html, "cda-save");
    const url = attribute(save as never, "href") ?? "";
    expect(Buffer.from(url.slice(url.indexOf(",") + 1), "base64").equals(Buffer.from(pdf))).toBe(true);
  });
});
