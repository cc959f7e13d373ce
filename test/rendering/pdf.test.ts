import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { defaultFonts } from "../../src/pdf.js";
import { renderPdf } from "../../src/rendering/index.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { mediaEntry, narrative, withBody } from "./kit.js";
import { pdfFrom } from "./pdf-kit.js";
import { biology, imaging } from "./samples.js";

const text = (pdf: Uint8Array): string => Buffer.from(pdf).toString("latin1");
const codesOf = ({ problems }: { problems: { code: string }[] }): string[] => problems.map(({ code }) => code);

describe("the PDF of a level 1", () => {
  it("is the encapsulated file, byte for byte, with a warning where it does not declare PDF/A-1 (ECO.2.1.5)", async () => {
    const file = pdfOf(5_000);
    const { pdf, origin, pdfA1, problems } = await pdfFrom(cdaOf(1, file));
    expect(Buffer.from(pdf).equals(file)).toBe(true);
    expect({ origin, pdfA1 }).toEqual({ origin: "encapsulated", pdfA1: false });
    expect(problems.filter(({ code }) => code === "pdf_not_pdfa1").map(({ severity }) => severity)).toEqual([
      "warning",
    ]);
  });

  it("is not lost where the body has sections beside it, and none that can be shown", async () => {
    const file = pdfOf(5_000);
    const cda = Buffer.from(cdaOf(1, file)).toString("utf8").replace("</nonXMLBody>", "</nonXMLBody><structuredBody/>");
    const made = await pdfFrom(Buffer.from(cda));
    expect(Buffer.from(made.pdf).equals(file)).toBe(true);
    expect(codesOf(made)).toContain("body_twice");
  });

  it("is given without a warning where it declares PDF/A-1", async () => {
    const file = Buffer.concat([pdfOf(500), Buffer.from("<pdfaid:part>1</pdfaid:part>")]);
    const made = await pdfFrom(cdaOf(1, file));
    expect([made.pdfA1, codesOf(made)]).toEqual([true, []]);
  });

  it.each([
    ["an image", "image/png", imageBase64(), "made", []],
    ["text", "text/plain", Buffer.from("Examen normal.").toString("base64"), "made", []],
    [
      "a file that pages cannot show",
      "application/rtf",
      Buffer.from("{\\rtf1 x}").toString("base64"),
      "made",
      ["file_not_shown"],
    ],
  ])("of %s is laid out, or said not to be", async (_, type, base64, origin, problems) => {
    const made = await pdfFrom(
      withBody(
        `<component><nonXMLBody><text mediaType="${type}" representation="B64">${base64}</text></nonXMLBody></component>`,
      ),
    );
    expect([made.origin, codesOf(made)]).toEqual([origin, problems]);
  });
});

describe("the PDF of a level 3", () => {
  it("is PDF 1.4 that declares PDF/A-1b, with the title, the author and the language of the document", async () => {
    const { pdf, origin, pdfA1 } = await pdfFrom(biology(3));
    expect([origin, pdfA1]).toEqual(["made", true]);
    expect(text(pdf).slice(0, 8)).toBe("%PDF-1.4");
    expect(text(pdf)).toMatch(/<pdfaid:part>1<\/pdfaid:part>\s*<pdfaid:conformance>B</);
    const xmp = Buffer.from(pdf).toString("utf8");
    expect(xmp).toContain("Compte rendu de biologie — MOREL Élodie");
    expect(xmp).toContain("<rdf:li>Dr Anne LEROY</rdf:li>");
    expect(text(pdf)).toMatch(/\/Lang \(fr-FR\)/);
  });

  it("is the same, byte for byte, for the same document: a submission that is repeated stays the same", async () => {
    const [first, second] = [await pdfFrom(imaging()), await pdfFrom(imaging())];
    expect(Buffer.from(first.pdf).equals(second.pdf)).toBe(true);
    expect(text(first.pdf)).toContain("<xmp:CreateDate>2026-01-05T09:30:00Z<");
  });

  it("keeps a title from writing metadata of its own", async () => {
    const title = "Bilan & suivi </rdf:li><x> \"'";
    const { pdf } = await pdfFrom(narrative("<paragraph>x</paragraph>", "", { title }));
    const xmp = Buffer.from(pdf).toString("utf8");
    expect(xmp).toContain("Bilan &#38; suivi &#60;/rdf:li&#62;&#60;x&#62; &#34;&#39;");
    expect(xmp.match(/<x>/g)).toBeNull();
  });

  it("says which characters the font has no glyph for, and where a script turns", async () => {
    expect(codesOf(await pdfFrom(narrative("<paragraph>診断 : RAS</paragraph>")))).toEqual(["characters_missing"]);
    expect(codesOf(await pdfFrom(narrative("<paragraph>שלום</paragraph>")))).toEqual(["text_direction"]);
    expect(codesOf(await pdfFrom(narrative("<paragraph>α β ≥ ≤ ± µ ° → ♀ ♂ ½ Œ œ Ÿ ’</paragraph>")))).toEqual([]);
  });

  it("says that an image is missing, damaged, or of colours that PDF/A-1 has no place for", async () => {
    const show = '<renderMultiMedia referencedObject="M"/>';
    expect(codesOf(await pdfFrom(narrative(show)))).toEqual(["media_missing"]);
    const cut = Buffer.from(imageBase64(), "base64").subarray(0, 60).toString("base64");
    expect(codesOf(await pdfFrom(narrative(show, mediaEntry("M", "image/png", cut))))).toEqual(["image_unreadable"]);
    const cmyk = "/9j/wAAUCAAIAAgEAREAAhEAAxEABBEA/9k=";
    expect(codesOf(await pdfFrom(narrative(show, mediaEntry("M", "image/jpeg", cmyk))))).toEqual(["image_unreadable"]);
  });

  it("holds no transparency: a veil is laid on white", async () => {
    const { pdf } = await pdfFrom(imaging());
    expect(text(pdf)).not.toMatch(/\/SMask|\/ca |\/CA /);
    expect(text(pdf).match(/\/Subtype \/Image/g)).toHaveLength(3);
  });

  it("leads within the document and outside, and has its parts as a table of contents", async () => {
    const { pdf } = await pdfFrom(
      narrative(
        '<paragraph ID="p1">x <linkHtml href="#p1">là</linkHtml> <linkHtml href="https://example.org/a">ici</linkHtml></paragraph>',
      ),
    );
    expect(text(pdf)).toContain("/URI (https://example.org/a)");
    expect(text(pdf)).toMatch(/\/S \/GoTo/);
    expect(text(pdf)).toMatch(/\/Outlines \d+ 0 R/);
  });

  it.each(["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])("makes no link of %s", async (href) => {
    const { pdf } = await pdfFrom(narrative(`<paragraph><linkHtml href="${href}">ici</linkHtml></paragraph>`));
    expect(text(pdf)).not.toContain("/URI");
  });

  it("has a limit of pages", async () => {
    const error = await pdfFrom(biology(400), { limits: { maxPages: 3 } }).catch((thrown: unknown) => thrown);
    expect(isMedimailError(error) && [error.code, error.path]).toEqual(["xml_limit_exceeded", "maxPages"]);
  });

  it("has a limit of time", async () => {
    const error = await pdfFrom(biology(400), { limits: { maxMs: 0 } }).catch((thrown: unknown) => thrown);
    expect(isMedimailError(error) && [error.code, error.path]).toEqual(["xml_limit_exceeded", "maxMs"]);
  });

  it.each([
    ["a word without end", "x".repeat(1_000_000)],
    ["marks upon marks", `e${"\u0301".repeat(200_000)}`],
    ["a word of hyphens", "ab-".repeat(300_000)],
    [
      "tables in tables",
      `${"<table><tbody><tr><td>".repeat(20)}${"x".repeat(2_000)}${"</td></tr></tbody></table>".repeat(20)}`,
    ],
    [
      "a cell over 5,000 rows",
      `<table><tbody><tr><td rowspan="5000">${"x ".repeat(30_000)}</td><td>1</td></tr>${"<tr><td>y</td></tr>".repeat(4_999)}</tbody></table>`,
    ],
  ])("lays out %s well within that limit", async (_, words) => {
    expect((await pdfFrom(narrative(words), { limits: { maxMs: 20_000 } })).origin).toBe("made");
  });

  it("refuses a face that is no font", async () => {
    const error = await renderPdf(biology(1), { fonts: { ...defaultFonts(), bold: new Uint8Array(10) } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(isMedimailError(error) && [error.code, error.path]).toEqual(["invalid_argument", "fonts.bold"]);
  });
});

function imageBase64(): string {
  const cda = Buffer.from(imaging()).toString("utf8");
  return /ID="I1"><value mediaType="image\/png" representation="B64">([^<]+)</.exec(cda)?.[1] as string;
}
