import type { Cda } from "../../cda/index.js";
import { loosely } from "./naming.js";
import { pdfText } from "./pdf-text.js";

/** Letters that a file must show before its silence about a word says anything. */
const ENOUGH = 150;
/** Share of the narrative's words that the PDF must have: tables are cut and hyphenated, another document has nearly none. */
const SHARE = 0.3;

const squeezed = (text: string) => loosely(text).replace(/[^a-z0-9]/g, "");

/** Words of four letters or more of the narrative of a level-3 document. */
function narrativeWords(bytes: Uint8Array): string[] {
  const xml = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 5_000_000)).toString("utf8");
  const words = new Set<string>();
  for (const [, block = ""] of xml
    .slice(Math.max(0, xml.indexOf("structuredBody")))
    .matchAll(/<(?:\w+:)?text\b[^>]*>([\s\S]{0,500000}?)<\/(?:\w+:)?text>/g)) {
    const text = block.replace(/<[^>]{0,2000}>/g, " ").replace(/&#?\w{1,8};/g, " ");
    for (const word of loosely(text).match(/[a-z]{4,}/g) ?? []) if (words.size < 400) words.add(word);
  }
  return [...words];
}

/**
 * Whether the PDF of a level-3 document is of that document (ECO.2.1.5): its header and a good part of the narrative's words. `unknown` where the text
 * of the PDF cannot be read: no fault is made of what we cannot see.
 */
export function agreesWithCda(
  pdf: Uint8Array,
  cda: Cda,
  document: Uint8Array,
): "agrees" | "other-narrative" | "no-header" | "unknown" {
  const text = squeezed(pdfText(pdf) ?? "");
  if (text.length < ENOUGH) return "unknown";
  const words = narrativeWords(document);
  const found = words.filter((word) => text.includes(word)).length;
  if (words.length >= 5 && found / words.length < SHARE) return "other-narrative";
  const { header } = cda;
  const told = [
    header.title,
    header.authors[0]?.person?.family,
    header.authors[0]?.organization?.name ?? header.custodian?.name,
  ]
    .map((part) => squeezed(part ?? ""))
    .filter((part) => part.length > 2);
  return told.length >= 2 && told.every((part) => !text.includes(part)) ? "no-header" : "agrees";
}
