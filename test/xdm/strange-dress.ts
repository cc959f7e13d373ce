import type { Pick } from "./strange-choices.js";

type Dress = (xml: string) => Uint8Array;
const HL7 = "urn:hl7-org:v3";
const utf8 = (text: string) => Buffer.from(text, "utf8");
const PI = '<?xml-stylesheet type="text/xsl" href="cda.xsl"?>';

/** Every element under a prefix; attributes have none. */
const prefixed = (prefix: string) => (xml: string) =>
  xml
    .replace(/<!\[CDATA\[.*?\]\]>|<(\/?)([A-Za-z]\w*)(?=[\s/>])/g, (found, slash: string, name?: string) =>
      name === undefined ? found : `<${slash}${prefix}:${name}`,
    )
    .replace(`xmlns="${HL7}"`, `xmlns:${prefix}="${HL7}"`);
/** What one byte cannot hold is a character reference. */
const within = (xml: string, holds: (character: string) => boolean) =>
  xml.replace(/[^\0-\x7f]/gu, (c) => (holds(c) ? c : `&#${c.codePointAt(0)};`));
const CP1252 = Object.fromEntries([..."€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ"].map((c, i) => [c, 0x80 + i]));
const selfRendering = (body: string) =>
  `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n1="${HL7}"><xsl:template match="/"><html><title>x</title></html></xsl:template><xsl:variable name="doc">${body}</xsl:variable></xsl:stylesheet>`;

/** The same document in other clothes: encodings, prefixes, comments, instructions, references, a stylesheet around it. */
const DRESSES: Readonly<Record<string, Dress>> = {
  plain: utf8,
  "declared UTF-8, instruction and comments": (xml) =>
    utf8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${PI}<!-- x -->${xml}<!-- end -->\n`),
  "byte order mark": (xml) => utf8(`\ufeff<?xml version='1.0' encoding='utf-8'?>${xml}`),
  "XML 1.1": (xml) => utf8(`<?xml version="1.1" encoding="UTF-8"?>${xml}`),
  "odd prefix": (xml) => utf8(prefixed("n1")(xml)),
  "prefix of letters, dots and dashes": (xml) => utf8(prefixed("hl7-v3.cda")(xml)),
  "prefix for xsi": (xml) => utf8(xml.replaceAll("xsi:", "i:").replace("xmlns:xsi", "xmlns:i")),
  "declared again within": (xml) => utf8(xml.replaceAll("<patient>", `<patient xmlns="${HL7}" xmlns:q="q">`)),
  "comments between": (xml) => utf8(xml.replaceAll("><", "><!-- [1..1] <id root='0'/> --><?pi a?>\n  <")),
  "single quotes": (xml) => utf8(xml.replace(/="([^"']*)"/g, "='$1'")),
  "blanks around equals": (xml) => utf8(xml.replace(/(\w)="/g, '$1 =\n "')),
  "CRLF everywhere": (xml) => utf8(xml.replaceAll("><", ">\r\n\t<")),
  "ASCII and references": (xml) => utf8(within(`<?xml version="1.0" encoding="US-ASCII"?>${xml}`, () => false)),
  "ISO-8859-1": (xml) =>
    Buffer.from(
      within(`<?xml version="1.0" encoding="ISO-8859-1"?>${xml}`, (c) => c <= "\xff"),
      "latin1",
    ),
  "ISO-8859-15": (xml) =>
    Buffer.from(
      within(`<?xml version="1.0" encoding="ISO-8859-15"?>${xml}`, (c) => c <= "\xff" && !/[¤¦¨´¸¼½¾]/.test(c)),
      "latin1",
    ),
  "windows-1252": (xml) =>
    Buffer.from(
      [
        ...within(`<?xml version="1.0" encoding="Windows-1252"?>${xml}`, (c) => c in CP1252 || /[\xa0-\xff]/.test(c)),
      ].map((c) => CP1252[c] ?? (c.codePointAt(0) as number)),
    ),
  "UTF-16 with its mark": (xml) => Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${xml}`, "utf16le"),
  "UTF-16 without a mark": (xml) => Buffer.from(`<?xml version="1.0" encoding="UTF-16LE"?>${xml}`, "utf16le"),
  "UTF-16, big-endian": (xml) =>
    Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16BE"?>${xml}`, "utf16le").swap16(),
  "declared UTF-16 in UTF-8": (xml) => utf8(`<?xml version="1.0" encoding="utf-16"?>${xml}`),
  "self-rendering": (xml) => utf8(`<?xml version="1.0"?>${PI}${selfRendering(xml)}`),
  "self-rendering, prefixed": (xml) => utf8(selfRendering(prefixed("n1")(xml))),
};

export const DRESS_NAMES = Object.keys(DRESSES);

export function dressed(pick: Pick, xml: string): { name: string; content: Uint8Array; selfRendering: boolean } {
  const name = pick(DRESS_NAMES);
  return {
    name,
    content: (DRESSES[name] as Dress)(xml),
    selfRendering: name.startsWith("self-rendering"),
  };
}
