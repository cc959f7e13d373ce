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

/**
 * How many of the words are found, in order, in a text; those that are found in pieces, as the end of a line leaves them; and those
 * that are not.
 */
export function coverage(words: readonly string[], shown: readonly string[]) {
  let at = 0;
  let found = 0;
  const missing: string[] = [];
  const broken: string[] = [];
  for (const word of words) {
    let next = shown.indexOf(word, at);
    let end = next + 1;
    if (next < 0) {
      [next, end] = inPieces(word, shown, at);
      if (next >= 0) broken.push(word);
    }
    if (next < 0) missing.push(word);
    else {
      at = end;
      found++;
    }
  }
  return { found, broken, missing };
}

/** Where a word stands as several that follow each other, and where it ends; -1 where nowhere. */
function inPieces(word: string, shown: readonly string[], from: number): [number, number] {
  for (let start = from; start < shown.length; start++) {
    let rest = word;
    let at = start;
    while (rest !== "" && at < shown.length && rest.startsWith(shown[at] as string))
      rest = rest.slice((shown[at++] as string).length);
    if (rest === "") return [start, at];
  }
  return [-1, -1];
}
