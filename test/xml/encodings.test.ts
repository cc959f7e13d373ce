import { describe, expect, it } from "vitest";
import {
  decodeXmlBytes,
  escapeAttribute,
  escapeText,
  isXmlText,
  parseXml,
  stripForbidden,
} from "../../src/xml/index.js";

const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><a>`;
const single = (encoding: string, ...bytes: number[]): Uint8Array =>
  Buffer.concat([Buffer.from(declared(encoding), "latin1"), Buffer.from(bytes), Buffer.from("</a>")]);
const wide = (text: string, big: boolean, mark: boolean): Uint8Array => {
  const bytes = Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
  return big ? bytes.swap16() : bytes;
};

describe("the encoding of a document", () => {
  it("is UTF-8 without a declaration, with or without a byte order mark", () => {
    expect(parseXml(Buffer.from("<a>é€</a>")).text).toBe("é€");
    expect(parseXml(Buffer.from("\ufeff<?xml version='1.0'?><a>é</a>")).text).toBe("é");
    expect(parseXml("\ufeff<a>é</a>").text).toBe("é");
  });

  it("is the one declared: ISO-8859-1, ISO-8859-15, windows-1252, US-ASCII", () => {
    expect(parseXml(single("ISO-8859-1", 0xe9)).text).toBe("é");
    expect(parseXml(single("iso-8859-15", 0xa4)).text).toBe("€");
    expect(parseXml(single("windows-1252", 0x80)).text).toBe("€");
    expect(parseXml(single("US-ASCII", 0x41)).text).toBe("A");
  });

  it("is windows-1252 where ISO-8859-1 is declared and printable characters of the former are written", () => {
    expect(parseXml(single("ISO-8859-1", 0x9c, 0x80)).text).toBe("œ€");
  });

  for (const big of [false, true]) {
    it(`is UTF-16 ${big ? "big" : "little"}-endian by its mark, or by its first bytes`, () => {
      for (const mark of [true, false]) expect(parseXml(wide(`${declared("UTF-16")}é</a>`, big, mark)).text).toBe("é");
    });
  }

  it("is UTF-8 where UTF-16 is declared and the bytes are not", () => {
    expect(parseXml(Buffer.from(`${declared("utf-16")}é</a>`)).text).toBe("é");
  });

  it("is that of the mark where the declaration says otherwise", () => {
    expect(parseXml(Buffer.from(`\ufeff${declared("ISO-8859-1")}é</a>`)).text).toBe("é");
  });

  const refused: Record<string, Uint8Array> = {
    "bytes that are not UTF-8": Buffer.from([0x3c, 0x61, 0x3e, 0xe9, 0x3c, 0x2f, 0x61, 0x3e]),
    "half a UTF-16 pair": wide("<a>\ud800</a>", false, true),
    "UTF-16 of an odd length": wide("<a/>", false, true).subarray(0, 9),
    "UTF-32": Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]),
    "an encoding that is not supported": single("EBCDIC-FR", 0x41),
    "an encoding named as a property of objects": single("constructor", 0x41),
    "bytes over 127 in US-ASCII": single("US-ASCII", 0xe9),
  };
  for (const [name, bytes] of Object.entries(refused)) {
    it(`is refused: ${name}`, () => {
      expect(() => decodeXmlBytes(bytes)).toThrowError(expect.objectContaining({ code: "xml_invalid" }));
    });
  }
});

describe("writing text and attributes", () => {
  const nasty = `<a href="x">&amp; ]]> 'é€😀'\t\n\r\u00a0\u2028</a>`;

  it("reads back as the very same string", () => {
    const root = parseXml(`<r a="${escapeAttribute(nasty)}">${escapeText(nasty)}</r>`);
    expect(root.text).toBe(nasty);
    expect(root.attrs["a"]).toBe(nasty);
  });

  for (const character of ["\0", "\u0008", "\u000b", "\u001f", "\ud800", "\udc00x", "\ufffe", "\uffff"]) {
    it(`refuses ${JSON.stringify(character)}, which XML cannot hold, and does not quote the text`, () => {
      for (const write of [escapeText, escapeAttribute]) {
        expect(() => write(`SECRET${character}`)).toThrowError(
          expect.objectContaining({ code: "xml_invalid", message: expect.not.stringContaining("SECRET") }),
        );
      }
      expect(isXmlText(`a${character}`)).toBe(false);
      expect(stripForbidden(`a${character[0]}b`)).toBe("ab");
    });
  }
});
