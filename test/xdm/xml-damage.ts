import type { Pick } from "./strange-choices.js";

interface Element {
  start: number;
  /** After the opening tag. */
  inside: number;
  end: number;
}

/** Every element of a well-formed text, by its tags. */
function elementsOf(xml: string): Element[] {
  const found: Element[] = [];
  const open: Element[] = [];
  const pieces = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)[A-Za-z][^<>]*?(\/?)>/g;
  for (const { 0: piece, 1: closing, 2: empty, index } of xml.matchAll(pieces)) {
    if (closing === undefined) continue;
    const end = index + piece.length;
    if (closing === "/") {
      const element = open.pop();
      if (element) found.push({ ...element, end });
    } else (empty === "/" ? found : open).push({ start: index, inside: end, end });
  }
  return found;
}

const ODD = ["", " ", "constructor", "__proto__", "9".repeat(60), "&#x1F600;", "a^b|c&amp;d~\\e", "&#10;", "20261399"];

/** One node dropped, doubled, moved, put into another, made null or given an odd value; the text stays well-formed. */
export function damaged(pick: Pick, xml: string): string {
  const elements = elementsOf(xml);
  if (elements.length === 0) return xml;
  const { start, inside, end } = pick(elements);
  const [tag, element] = [xml.slice(start, inside), xml.slice(start, end)];
  const other = pick(elements);
  const put = (from: number, to: number, text: string) => xml.slice(0, from) + text + xml.slice(to);
  switch (pick(["drop", "double", "copy", "null", "value", "attribute", "text"])) {
    case "drop":
      return put(start, end, "");
    case "double":
      return put(end, end, element);
    case "copy":
      return put(inside, inside, inside === end ? "" : xml.slice(other.start, other.end));
    case "null":
      return put(start, end, `<${/[^\s</>]+/.exec(tag)?.[0]} nullFlavor="UNK"/>`);
    case "value":
      return put(start, inside, tag.replace(/="[^"]*"/, `="${pick(ODD)}"`));
    case "attribute":
      return put(start, inside, tag.replace(/\s[\w:]+="[^"]*"/, ""));
    default:
      return inside === end ? xml : put(inside, end - (element.length - element.lastIndexOf("</")), pick(ODD));
  }
}
