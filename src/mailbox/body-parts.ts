import type { ImapPart } from "../transport/imap/index.js";

/** A stretch of the body: its text, its HTML, or both as two forms of the same. */
export interface BodySegment {
  plain?: ImapPart;
  html?: ImapPart;
}

/** A mail whose body is in more pieces shows the first ones. */
const MAX_SEGMENTS = 20;

interface Node {
  subtype: string;
  key: string;
  children: (Node | ImapPart)[];
}

/** Which parts a person reads as the body (RFC 2046 §5.1.4: of alternatives the last that can be shown), in order. */
export function bodyParts(parts: readonly ImapPart[]): BodySegment[] {
  const root: Node = { subtype: "mixed", key: "", children: [] };
  for (const part of parts) place(root, part);
  const read = segmentsOf(root, isBody);
  // A mail of one text that has a name is still read.
  return (read.length > 0 ? read : segmentsOf(root, isText)).slice(0, MAX_SEGMENTS);
}

function place(root: Node, part: ImapPart): void {
  let node = root;
  for (const key of part.within ?? []) {
    const last = node.children.at(-1);
    if (last && "children" in last && last.key === key) node = last;
    else {
      const inner: Node = { subtype: key.slice(0, key.indexOf(":")), key, children: [] };
      node.children.push(inner);
      node = inner;
    }
  }
  node.children.push(part);
}

const isText = ({ mimeType, disposition }: ImapPart): boolean =>
  /^text\/(?:plain|html|x-html|enriched|richtext)$/.test(mimeType) && disposition !== "attachment";
const isBody = (part: ImapPart): boolean => isText(part) && part.name === undefined;

function segmentsOf(node: Node | ImapPart, wanted: (part: ImapPart) => boolean): BodySegment[] {
  if (!("children" in node)) {
    if (!wanted(node)) return [];
    return [/html$/.test(node.mimeType) ? { html: node } : { plain: node }];
  }
  const children = node.children.map((child) => segmentsOf(child, wanted)).filter((found) => found.length > 0);
  if (node.subtype !== "alternative") return children.flat();
  const html = children.findLast((found) => found.some((segment) => segment.html));
  const plain = children.findLast((found) => found.every((segment) => !segment.html));
  if (!html) return plain ?? [];
  const [text] = plain ?? [];
  // Of a text and an HTML form, the one stands for the other.
  return text?.plain && plain?.length === 1 ? joined(html, text.plain) : html;
}

/** The text belongs to the whole of the HTML: to its first piece, whose others then are told in HTML only. */
function joined(html: BodySegment[], plain: ImapPart): BodySegment[] {
  const [first, ...others] = html;
  return first && others.length === 0 ? [{ ...first, plain: first.plain ?? plain }] : html;
}
