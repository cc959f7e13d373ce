import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { isUnbrokenBase64 } from "../../src/base64.js";
import { measureBase64 } from "../../src/cda/base64.js";
import { seededRandom } from "../../src/seams/index.js";
import { decodeXmlBytes } from "../../src/xml/index.js";
import { Tokeniser } from "../../src/xml/tokeniser.js";

const OPTIONS = { xmlns: false, forceXMLVersion: true, defaultXMLVersion: "1.0" } as const;

/** All that a tokeniser says of a document, faults with their places included. */
function saidBy(parser: SaxesParser<typeof OPTIONS>, pieces: readonly string[]): string[] {
  const said: string[] = [];
  parser.on("opentag", ({ name }) => void said.push(`open ${name} ${parser.line}:${parser.column}`));
  parser.on("closetag", ({ name }) => void said.push(`close ${name} ${parser.position}`));
  parser.on("text", (text) => void said.push(`text ${text}`));
  parser.on("error", (error) => void said.push(`error ${error.message}`));
  for (const piece of pieces) parser.write(piece);
  parser.close();
  // Text may come in one piece or in several.
  return said.reduce<string[]>((all, line) => {
    const last = all.length - 1;
    if (line.startsWith("text ") && all[last]?.startsWith("text ")) all[last] += line.slice(5);
    else all.push(line);
    return all;
  }, []);
}

describe("the tokeniser", () => {
  it("says what saxes says, over runs long and short, faults and their places included", () => {
    const random = seededRandom(7);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random.fraction() * from.length)] as T;
    const parts = [
      "QUJD".repeat(40),
      "plain words, and more of them; ".repeat(9),
      "line\n".repeat(30),
      "line\r\n".repeat(5),
      "\r",
      "\n",
      "é".repeat(80),
      "œuvre €".repeat(20),
      "😀".repeat(40),
      "&amp;",
      "&nope;",
      "]",
      "]]",
      ">",
      "]]>",
      "<b>",
      "</b>",
      "<c/>",
      "\u0001",
      "\ufffe",
      " ".repeat(100),
      "=".repeat(70),
    ];
    for (let round = 0; round < 3_000; round += 1) {
      let text = "<a>";
      for (let n = Math.floor(random.fraction() * 8); n >= 0; n -= 1) text += pick(parts);
      text += pick(["</a>", "", "</a>x"]);
      const cut = Math.floor(random.fraction() * text.length);
      for (const pieces of [[text], [text.slice(0, cut), text.slice(cut)]]) {
        expect(saidBy(new Tokeniser(OPTIONS), pieces)).toEqual(saidBy(new SaxesParser(OPTIONS), pieces));
      }
    }
  });
});

describe("base64", () => {
  it.each([
    ["AAAA", true],
    ["AAA=", true],
    ["AA==", true],
    ["", false],
    ["AAA", false],
    ["AAB=", false],
    ["AAAA\n", false],
    ["AA-_", false],
    ["AA==AAAA", false],
    ["AAA&", false],
  ])("%j is unbroken: %j", (text, unbroken) => {
    expect(isUnbrokenBase64(text)).toBe(unbroken);
  });

  it("is looked at to its end, beyond a piece of 64 KB", () => {
    const whole = Buffer.alloc(100_000, 5).toString("base64");
    expect(isUnbrokenBase64(whole)).toBe(true);
    expect(isUnbrokenBase64(`${whole.slice(0, -4)}AA<A`)).toBe(false);
    expect(isUnbrokenBase64(`${whole.slice(0, 65_532)}AAA=${whole.slice(65_536)}`)).toBe(false);
  });

  it("has the size of its bytes, broken into lines or not", () => {
    for (let length = 1; length < 200; length += 1) {
      const text = Buffer.alloc(length, length).toString("base64");
      expect(measureBase64(text)).toBe(length);
      expect(measureBase64(text.replace(/.{1,76}/g, "$&\r\n"))).toBe(length);
      expect(measureBase64(text.replace(/=+$/, ""))).toBe(length);
    }
  });
});

describe("a document in UTF-8", () => {
  it("reads the same wherever its last accent stands", () => {
    for (const accent of ["é", "€", "😀"]) {
      for (let at = 0; at < 2_200; at += 7) {
        const text = `${"a".repeat(at)}${accent}${"b".repeat(2_200 - at)}`;
        expect(decodeXmlBytes(Buffer.from(text)) === text).toBe(true);
      }
    }
  });

  it("is refused where a character is cut, whatever follows", () => {
    for (const rest of [0, 10, 1_023, 1_024, 1_025, 5_000]) {
      const bytes = Buffer.concat([Buffer.from("aé").subarray(0, 2), Buffer.alloc(rest, 0x61)]);
      expect(() => decodeXmlBytes(bytes)).toThrow(expect.objectContaining({ code: "xml_invalid" }));
    }
  });
});
