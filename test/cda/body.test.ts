import { describe, expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { cda, errorOf } from "./fixtures.js";

const PDF = Buffer.from("%PDF-1.4 invented, é");
const nonXml = (attributes: string, content: string): { body: string } => ({
  body: `<component><nonXMLBody><text ${attributes}>${content}</text></nonXMLBody></component>`,
});
const pdf = (content: string, attributes = `mediaType="application/pdf" representation="B64"`) =>
  readCda(cda(nonXml(attributes, content)));

describe("the body of a CDA", () => {
  it("of level 1 gives the bytes of its file, and their number", () => {
    const read = pdf(PDF.toString("base64"));
    expect(read.body).toEqual({ level: "N1", mediaType: "application/pdf", size: PDF.length });
    expect(Buffer.compare(read.encapsulated() as Uint8Array, PDF)).toBe(0);
    expect(read.encapsulated()).toBe(read.encapsulated());
    expect(read.problems).toEqual([]);
  });

  for (let length = 5; length < 9; length++) {
    it(`of level 1 counts ${length} bytes right, in lines, with comments, without padding`, () => {
      const bytes = Buffer.from("%PDF-1.7".slice(0, length));
      const base64 = bytes.toString("base64");
      for (const text of [
        base64,
        base64.replace(/=/g, ""),
        `\r\n  ${base64.slice(0, 3)}\r\n${base64.slice(3)}\n`,
        `<!-- x -->${base64}`,
      ]) {
        const read = pdf(text);
        expect(read.body.size).toBe(length);
        expect(Buffer.compare(read.encapsulated() as Uint8Array, bytes)).toBe(0);
      }
    });
  }

  it("of level 1 may be plain text", () => {
    for (const attributes of [`mediaType="text/plain"`, `mediaType="text/plain" representation="TXT"`]) {
      const read = pdf("Compte rendu : 5 &lt; 6", attributes);
      expect(read.body).toMatchObject({ level: "N1", mediaType: "text/plain", size: 20 });
      expect(Buffer.from(read.encapsulated() as Uint8Array).toString()).toBe("Compte rendu : 5 < 6");
    }
  });

  it("of level 3 has no file, and its content is not kept", () => {
    const body =
      "<component><structuredBody><component><section><text>x</text></section></component></structuredBody></component>";
    const read = readCda(cda({ body }));
    expect(read.body).toEqual({ level: "N3" });
    expect(read.encapsulated()).toBeUndefined();
  });

  const broken: Record<string, string> = {
    "a character that is not base64": "JVBE*i0x",
    "characters after the padding": "JVBERg==JVBE",
    "one character too many": "JVBER",
    "too much padding": "JVBERi0x=",
    "nothing but padding": "====",
    "a character outside of ASCII": "JVBEéi0x",
  };
  for (const [name, text] of Object.entries(broken)) {
    it(`with broken base64 (${name}) is an error, and gives no file`, () => {
      const read = pdf(text);
      expect(read.problems).toMatchObject([{ severity: "error", code: "body_base64_invalid" }]);
      expect(read.body.size).toBeUndefined();
      expect(read.encapsulated()).toBeUndefined();
    });
  }

  const told: [string, string, string][] = [
    ["representation_missing", `mediaType="application/pdf"`, PDF.toString("base64")],
    ["media_type_missing", `representation="B64"`, PDF.toString("base64")],
    ["body_not_pdf", `mediaType="application/pdf" representation="B64"`, Buffer.from("{\\rtf1}").toString("base64")],
    ["body_empty", `mediaType="application/pdf" representation="B64"`, " \n "],
    ["body_empty", `mediaType="application/pdf" representation="B64"`, `<reference value="file.pdf"/>`],
    ["body_compressed", `mediaType="application/pdf" representation="B64" compression="DF"`, PDF.toString("base64")],
  ];
  for (const [code, attributes, content] of told) {
    it(`${code}: ${attributes}`, () => {
      const { problems } = pdf(content, attributes);
      expect(problems.map((problem) => problem.code)).toEqual([code]);
    });
  }

  it("that is a file and sections is told: which of the two is read is a guess", () => {
    const { body } = nonXml(`mediaType="application/pdf" representation="B64"`, PDF.toString("base64"));
    const read = readCda(cda({ body: body.replace("</component>", "<structuredBody/></component>") }));
    expect(read.problems).toMatchObject([{ severity: "error", code: "body_twice" }]);
    expect(read.body.level).toBe("N1");
  });

  it("that is missing is an error, not an exception", () => {
    const read = readCda(cda({ body: "" }));
    expect(read.problems).toMatchObject([{ severity: "error", code: "body_missing" }]);
    expect(read.encapsulated()).toBeUndefined();
  });

  it("counts against the limit on bytes", () => {
    const big = nonXml(`mediaType="application/pdf" representation="B64"`, "A".repeat(100_000));
    expect(errorOf(() => readCda(cda(big), { limits: { maxBytes: 100_000 } })).code).toBe("xml_limit_exceeded");
  });
});
