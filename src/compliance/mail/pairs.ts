import type { Cda } from "../../cda/index.js";
import type { SentDocument, SentMail, SentPdf } from "./sent-mail.js";
import { cdasOf } from "./sent-mail.js";

export interface Pair {
  document: SentDocument & { cda: Cda };
  pdf: SentPdf | undefined;
  /** The very bytes that the document holds. */
  same: boolean;
}

/**
 * Which PDF belongs to which document: by its bytes where the document holds a PDF, the rest in order. A mail with fewer PDFs than
 * documents leaves some without: that is ECO.2.1.1's to tell.
 */
export function matchPdfs(mail: SentMail): Pair[] {
  const cdas = cdasOf(mail);
  if (!cdas) return [];
  const left = [...mail.pdfs];
  const pairs: Pair[] = cdas.map((document) => {
    const held = document.cda.body.level === "N1" ? document.cda.encapsulated() : undefined;
    const at = held ? left.findIndex(({ bytes }) => Buffer.compare(bytes, held) === 0) : -1;
    return at < 0 ? { document, pdf: undefined, same: false } : { document, pdf: left.splice(at, 1)[0], same: true };
  });
  const waiting = pairs.filter(({ pdf }) => pdf === undefined);
  // With fewer files than documents nobody knows whose they are.
  if (left.length >= waiting.length) for (const pair of waiting) pair.pdf = left.shift();
  return pairs;
}
