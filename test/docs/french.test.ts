import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "./blocks.js";

/** Words of others, kept as they are: national tables, samples, headings of files that are not ours. */
const OF_OTHERS =
  /^(?:terminology|sample|mock\/samples|cda\/vocabulary|directory\/professions|xdm\/tables|onboarding\/accounts\/layout|onboarding\/guide\/statements|compliance\/tables\/requirements|validator\/(?:people|documents))/;
const PAGES = [
  "README.fr.md",
  "docs/raccordement.md",
  "docs/guide-mipih.md",
  "docs/homologation.md",
  "docs/console.md",
  "docs/requirements-reference.md",
  "examples/other-languages/README.md",
];

interface Text {
  where: string;
  text: string;
}

const FRENCH = /[éèêàçùôîœÉÈÀ]|\b(?:le|les|des|du|est|une|pas|sur|votre|vous|dans|pour)\b|(?:^|\s)[ldnsc]'/;
const ENGLISH = /<!DOCTYPE|\b(?:login|answer|health|the|of|and|is|are|with|that|for|to|in|it)\b/i;
const isFrench = (text: string) =>
  FRENCH.test(text) && !ENGLISH.test(text.replace(/\bà\b/g, "")) && /[a-zé] /i.test(text);

/** The French texts of the source: its literals, each with `7` where a value stands. */
function sourceTexts(): Text[] {
  const src = join(root, "src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\.(?:ts|js)$/.test(file) && !OF_OTHERS.test(file));
  return files.flatMap((file) => {
    const tree = ts.createSourceFile(file, readFileSync(join(src, file), "utf8"), ts.ScriptTarget.Latest, true);
    const found: Text[] = [];
    const visit = (node: ts.Node) => {
      const text = textOf(node);
      if (text !== undefined && isFrench(text))
        found.push({ where: `src/${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`, text });
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `7${literal.text}`).join("");
  return undefined;
}

/** Lines that the reference takes from the catalogue as they are. */
const FROM_CATALOGUE = /^(?:Obligation `|\*\*.*\*\* · )/;

/** The French of the pages, without code. */
function pageTexts(): Text[] {
  return PAGES.flatMap((page) =>
    readFileSync(join(root, page), "utf8")
      .replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ""))
      .split("\n")
      .map((line) => (page.endsWith("requirements-reference.md") && FROM_CATALOGUE.test(line) ? "" : line))
      .map((line, index) => ({ where: `${page}:${index + 1}`, text: line.replace(/`[^`]*`|\]\([^)]*\)|<[^>]*>/g, "") }))
      .filter(({ text }) => isFrench(text)),
  );
}

/** The last column of the glossary. */
const AVOIDED = readFileSync(join(root, "docs/glossary.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .flatMap((line) => [...(line.split("|").at(-2) ?? "").matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word));

const texts = [...sourceTexts(), ...pageTexts()];
const broken = (rule: (text: string) => boolean) =>
  texts.filter(({ text }) => rule(text)).map(({ where, text }) => `${where} ${text}`);

describe("the French of this package", () => {
  it("is found: screens, errors, reports, papers, pages", () => {
    expect(texts.length).toBeGreaterThan(2_500);
    for (const place of [
      "cli/text/fr.ts",
      "cli/text/french",
      "validator/reports",
      "console/page",
      "onboarding/",
      "compliance/guidance",
      "rendering/words",
    ])
      expect(
        texts.some(({ where }) => where.includes(place)),
        place,
      ).toBe(true);
  });

  it.each(AVOIDED)("has the glossary's term instead of « %s »", (word) => {
    const wrong = new RegExp(`(?<![\\p{L}-])${word}e?s?(?![\\p{L}])`, "iu");
    expect(broken((text) => wrong.test(text))).toEqual([]);
  });

  it("has a space before : ; ? and inside guillemets", () => {
    // A field of a mail, a key, an option or a scheme ends by its own colon; a parameter follows its type.
    const named =
      /(?:\b[A-Z][\w-]*-[\w-]+|\b(?:Re|Error|FROM|fr|en|tel|mailto|https?|memory)|\bprocessed\/error|\b[a-z]+\.[\w.]+|--[a-z-]+):|multipart\/report;/gi;
    expect(
      broken((text) => /[\p{L}\d)»][;?](?=\s|$)|[\p{L})»]: |«[^\s\u00a0]|[^\s\u00a0]»/u.test(text.replace(named, ""))),
    ).toEqual([]);
  });

  it("has no exclamation mark but that of the mark of a failed integration", () => {
    expect(broken((text) => /!/.test(text.replace(/syst[èe]me !|int[ée]gration !/gi, "").replace(/!\[/g, "")))).toEqual(
      [],
    );
  });

  it("has its accents on capitals too", () => {
    const wrong =
      /\b(?:Etat|Ecran|Etape|Evolution|Etablissement|Editeur|Emetteur|Echec|Ecri\w+|Evalu\w+|A (?:l[ae']|partir|qui|faire|compléter))\b/;
    expect(broken((text) => wrong.test(text.replace(/A VALIDER/g, "")))).toEqual([]);
  });
});
