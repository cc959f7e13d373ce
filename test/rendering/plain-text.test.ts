import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/rendering/index.js";
import { describeWithProgram } from "../tools/programs.js";
import { byClass, textOf, withBody } from "./kit.js";
import { pdfFrom, placedWords } from "./pdf-kit.js";

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

const ofText = (text: string) =>
  withBody(
    `<component><nonXMLBody><text mediaType="text/plain" representation="B64">${Buffer.from(text).toString("base64")}</text></nonXMLBody></component>`,
  );

/** The result of the day is often missing where the one before is not: only its place says which one a figure is. */
const COLUMNS = `Analyse              Résultat    Antérieur
HÉMOGLOBINE GLYQUÉE      6,1        6,4
Ferritine                           112
Sodium\t\t\t 140        138
Conclusion : rien de particulier à signaler, à revoir à distance du traitement en cours chez le médecin traitant.
`;

describeWithProgram("pdftotext", "poppler-utils", "a level-1 body of text in columns", () => {
  it("has its words under one another", async () => {
    const words = placedWords((await pdfFrom(ofText(COLUMNS))).pdf);
    const left = (text: string) => words.find((word) => word.text === text)?.left ?? Number.NaN;
    for (const [one, other] of [
      ["6,4", "112"],
      ["6,1", "140"],
    ] as const)
      expect(Math.abs(left(one) - left(other)), one).toBeLessThan(0.5);
    expect(left("112")).toBeGreaterThan(left("6,1") + 30);
    for (const { right } of words) expect(right).toBeLessThan(555);
  });

  it("loses none of its words, and stays on the page, however wide it is", async () => {
    const row = Array.from({ length: 9 }, (_, index) => `colonne${index}`.padEnd(30)).join("");
    const text = `${row}\n${row}${"suite ".repeat(30)}\n${"\t".repeat(200)}loin\n\n   ${"retrait ".repeat(40)}`;
    const words = placedWords((await pdfFrom(ofText(text))).pdf);
    for (const word of ["colonne8", "loin", "suite", "retrait"])
      expect(words.filter((each) => each.text === word)).toHaveLength(text.split(word).length - 1);
    for (const { left, right } of words) expect(left > 41 && right < 555).toBe(true);
  });
});

describe("a level-1 body of text on a page", () => {
  it("has letters of one width where it has columns, and only there", () => {
    const classOf = (text: string) => byClass(renderHtml(ofText(text)).html, "cda-columned").length;
    expect(classOf(COLUMNS)).toBe(1);
    expect(classOf("Cher confrère,\n\n  Merci.  Bien à vous.  Cordialement.\n  À bientôt.  Dr X\n")).toBe(0);
  });
});

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
