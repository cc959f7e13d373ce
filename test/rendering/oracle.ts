import { XmlCData, XmlDocument, XmlElement, type XmlNode, XmlText } from "libxml2-wasm";

const HL7 = "urn:hl7-org:v3";
/** What stands in a line: its words are one with those around it. */
const IN_LINE = new Set(["content", "linkHtml", "sub", "sup", "footnoteRef"]);

/** Every word of the narrative and of the titles of its sections, in the order of the document: by libxml2, not by our reader. */
export function narrativeWords(cda: Uint8Array): string[] {
  const document = XmlDocument.fromBuffer(cda);
  try {
    const words: string[] = [];
    for (const section of document.find(
      "//h:structuredBody//h:section/h:title | //h:structuredBody//h:section/h:text",
      { h: HL7 },
    ))
      words.push(
        ...textOf(section)
          .split(/[\s\u00a0]+/)
          .filter(Boolean),
      );
    return words;
  } finally {
    document.dispose();
  }
}

function textOf(node: XmlNode): string {
  if (node instanceof XmlText || node instanceof XmlCData) return node.content;
  if (!(node instanceof XmlElement)) return "";
  let text = "";
  for (let child = node.firstChild; child; child = child.next) text += textOf(child);
  return IN_LINE.has(node.name) ? text : ` ${text} `;
}

/** How many of the words are found, in order, in a text; and the first that is not. */
export function coverage(words: readonly string[], found: readonly string[]): { found: number; missing: string[] } {
  let at = 0;
  let count = 0;
  const missing: string[] = [];
  for (const word of words) {
    const next = found.indexOf(word, at);
    if (next < 0) missing.push(word);
    else {
      at = next + 1;
      count++;
    }
  }
  return { found: count, missing };
}
