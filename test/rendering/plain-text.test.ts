import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/rendering/index.js";
import { byClass, textOf, withBody } from "./kit.js";
import { pdfFrom } from "./pdf-kit.js";

const TEXT = "Bilan œdème : 20 €, fièvre";
const one = (codes: Record<string, number>) =>
  Buffer.from([...TEXT].map((character) => codes[character] ?? (character.codePointAt(0) as number)));
const FILES: Record<string, [mediaType: string, bytes: Buffer]> = {
  "UTF-8": ["text/plain", Buffer.from(TEXT)],
  "UTF-8 with its mark": ["text/plain", Buffer.from(`\ufeff${TEXT}`)],
  "UTF-16 with its mark": ["text/plain", Buffer.from(`\ufeff${TEXT}`, "utf16le")],
  "UTF-16, big-endian": ["text/plain; charset=UTF-16", Buffer.from(`\ufeff${TEXT}`, "utf16le").swap16()],
  "windows-1252 that nobody names": ["text/plain", one({ œ: 0x9c, "€": 0x80 })],
  "ISO-8859-15 that is named": ['text/plain; charset="ISO-8859-15"', one({ œ: 0xbd, "€": 0xa4 })],
  "windows-1252 that is called UTF-8": ["text/plain;charset=utf-8", one({ œ: 0x9c, "€": 0x80 })],
};

describe("a level-1 body of text is read in the encoding that it has", () => {
  it.each(Object.entries(FILES))("%s", async (_, [mediaType, bytes]) => {
    const type = mediaType.replaceAll('"', "&quot;");
    const cda = withBody(
      `<component><nonXMLBody><text mediaType="${type}" representation="B64">${bytes.toString("base64")}</text></nonXMLBody></component>`,
    );
    const [shown] = byClass(renderHtml(cda).html, "cda-text");
    expect(shown && textOf(shown)).toBe(TEXT);
    const { origin, problems } = await pdfFrom(cda);
    expect([origin, problems]).toEqual(["made", []]);
  });
});
