import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/seams/index.js";
import { scanned as read, Tokenised } from "../../src/xml/parse.js";
import { DEFAULT_XML_LIMITS, type XmlElement, type XmlParseOptions } from "../../src/xml/types.js";
import { cdaOf, pdfOf } from "../tools/documents.js";

const OPTIONS: XmlParseOptions = { mixed: true, tolerateUndeclaredPrefixes: true };

const scanned = (text: string, options = OPTIONS): XmlElement | undefined =>
  read(text, "XML", DEFAULT_XML_LIMITS, options);

function tokenised(text: string, options = OPTIONS): XmlElement | string {
  try {
    return new Tokenised("XML", DEFAULT_XML_LIMITS, options).parse(text);
  } catch (error) {
    return String(error);
  }
}

const PARTS = [
  "plain text",
  "QUJD".repeat(40),
  `${"QUJD".repeat(40)}&`,
  "line\nline\tline",
  "line\r\nline\rline",
  "é à ü".repeat(20),
  "œuvre €",
  "😀",
  "&amp;&lt;x&gt;&quot;&apos;",
  "&nope;",
  "&#233;",
  "&#xE9;&#x1F600;&#13;&#10;&#9;",
  "&#0;",
  "&#xD800;",
  "&#xFFFF;",
  "&#1114112;",
  "&#x110000;",
  "&#;",
  "&#x;",
  "&#XE9;",
  "&#12",
  '<c d="a&#10;b&#13;&#x20;"/>',
  "& ",
  "]",
  "]]",
  "]]>",
  ">",
  "<b>",
  "</b>",
  "</b >",
  "</c>",
  "< b>",
  "<b/>",
  "<b />",
  "<b/ >",
  "<c d='1' e=\"2\"/>",
  "<c d='a\"b'/>",
  '<c d="a > b"/>',
  '<c d="a &lt; b"/>',
  '<c d="a &#60; b"/>',
  '<c d="a < b"/>',
  '<c d="a\tb"/>',
  '<c d="a\r\nb"/>',
  '<c d="1" d="2"/>',
  '<c d="1"e="2"/>',
  '<c d = "1"/>',
  "<c d/>",
  "<c d=1/>",
  '<c d="1\u0001"/>',
  '<c d="œ😀"/>',
  '<c constructor="1" __proto__="2"/>',
  '<p:c xmlns:p="urn:p" p:d="1" xml:lang="fr"/>',
  '<p:c p:d="1"/>',
  '<c xmlns="urn:c"><d/></c>',
  '<c xmlns:xml="urn:wrong"/>',
  "<p:q:c/>",
  "<:c/>",
  "<élan/>",
  "<1/>",
  "<c.d-e_1/>",
  "<!-- comment -->",
  "<!-- a -- b -->",
  "<!---->",
  "<!--->-->",
  "<!-- \u0001 -->",
  "<![CDATA[ <x> ]]>",
  "<!DOCTYPE a>",
  "<?pi data?>",
  "<?pi?>",
  "<?pi a ? b?>",
  "<?pi\ta?>",
  "<?pi \u0001?>",
  "<? pi?>",
  "<?xml?>",
  "<?XML a?>",
  "<?xmlx a?>",
  '<c d="a&amp;\nb\t\tc"/>',
  '<?xml-stylesheet type="text/xsl" href="a.xsl"?>',
  '<?xml version="1.0"?>',
  "\u0001",
  "\u0085",
  "\u007f",
  "\ufffe",
  "\ufeff",
  "",
];
const BEFORE = [
  "",
  "",
  "",
  '<?xml version="1.0"?>',
  '<?xml version="1.0" encoding="UTF-8"?>\n',
  "<?xml version='1.0' encoding='UTF-8' standalone=\"yes\" ?>",
  '<?xml version="1.1"?>',
  '<?xml encoding="UTF-8"?>',
  '<?xml version="1.0" encoding="UTF-8"?>\r\n<?xml-stylesheet type="text/xsl" href="a.xsl"?>\r\n<!-- c -->',
  "\n<?xml version='1.0'?>",
  "text",
];

describe("the scanner", () => {
  it("makes of whatever it takes the tree that saxes makes of it", () => {
    const random = seededRandom(11);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random.fraction() * from.length)] as T;
    let taken = 0;
    for (let round = 0; round < 6_000; round += 1) {
      let text = `${pick(BEFORE)}<a>`;
      for (let n = Math.floor(random.fraction() * 4); n >= 0; n -= 1) text += pick(PARTS);
      text += pick(["</a>", "</a>", "</a>\n<!-- end -->", "</b></a>", "", "</a>x", "</a><a/>"]);
      const tree = scanned(text);
      if (tree === undefined) continue;
      taken += 1;
      expect(tokenised(text), JSON.stringify(text)).toEqual(tree);
    }
    expect(taken).toBeGreaterThan(200);
  });

  it("takes nothing that saxes refuses when a byte of a document is another", () => {
    const random = seededRandom(12);
    const whole = Buffer.from(cdaOf(1, pdfOf(300))).toString("latin1");
    let taken = 0;
    for (let round = 0; round < 600; round += 1) {
      const at = Math.floor(random.fraction() * whole.length);
      const letter = String.fromCharCode(Math.floor(random.fraction() * 128));
      const text = whole.slice(0, at) + letter + whole.slice(at + 1);
      const tree = scanned(text, {});
      if (tree === undefined) continue;
      taken += 1;
      expect(tokenised(text, {}), `${at} ${JSON.stringify(letter)}`).toEqual(tree);
    }
    expect(taken).toBeGreaterThan(200);
  });

  it("takes a CDA as most software writes it, its lines ended either way", () => {
    const text = Buffer.from(cdaOf(1, pdfOf(3_000))).toString("utf8");
    expect(scanned(text)).toEqual(tokenised(text));
    const windows = text.replaceAll("\n", "\r\n");
    expect(scanned(windows)).toEqual(tokenised(text));
  });

  it("tells no text of what is skipped, and checks it", () => {
    const options: XmlParseOptions = { skip: ({ local }) => local === "b" };
    const text = "<a>1<b>no &amp; no<c/></b>2</a>";
    expect(scanned(text, options)).toEqual(tokenised(text, options));
    expect(scanned(text, options)?.text).toBe("12");
    expect(scanned("<a>1<b>no &nope;</b>2</a>", options)).toBeUndefined();
    expect(scanned("<a>1<b>\u0001</b>2</a>", options)).toBeUndefined();
  });

  it("leaves an element of many attributes to the tokeniser", () => {
    const element = (count: number) => `<a${Array.from({ length: count }, (_, n) => ` b${n}="1"`).join("")}/>`;
    expect(scanned(element(16))).toEqual(tokenised(element(16)));
    expect(scanned(element(17))).toBeUndefined();
  });
});
