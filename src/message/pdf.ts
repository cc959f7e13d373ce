import type { Cda } from "../cda/index.js";
import type { Problem } from "../errors.js";
import { MedimailError } from "../errors.js";
import { declaresPdfA1, looksLikePdf } from "../pdf-file.js";
import type { MailDocument } from "./types.js";

/** The PDF that goes beside the archive for one document; undefined where the caller waives it. */
export interface ChosenPdf {
  bytes?: Uint8Array;
  problems: Problem[];
}

const view = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Whether the body of the document is an encapsulated PDF. */
export function hasPdfBody(cda: Cda): boolean {
  const { level, mediaType } = cda.body;
  return level === "N1" && /^application\/pdf\b/i.test(mediaType ?? "");
}

/**
 * The PDF of a document (ECO.2.1.1, ECO.2.1.5): the encapsulated bytes of a level-1 PDF, else the one given by the caller.
 *
 * @throws MedimailError `pdf_missing` (none given, not waived), `pdf_invalid` (not a PDF)
 */
export function choosePdf(document: MailDocument, index: number, withoutPdf: boolean): ChosenPdf {
  const path = `documents[${index}].pdf`;
  const problems: Problem[] = [];
  const body = hasPdfBody(document.cda) ? document.cda.encapsulated() : undefined;
  if (body !== undefined && document.pdf !== undefined && !view(body).equals(view(document.pdf)))
    problems.push({
      severity: "warning",
      code: "pdf_ignored",
      message: "the PDF given differs from the one that the document holds, which is sent (ECO.2.1.5)",
      path,
    });
  const bytes = body ?? document.pdf;
  if (bytes === undefined) {
    if (!withoutPdf)
      throw new MedimailError("pdf_missing", "the document needs its PDF/A-1 beside the archive", {
        path,
        hint: "give the PDF of the document, or waive it with withoutPdf",
      });
    problems.push({
      severity: "warning",
      code: "pdf_waived",
      message: "the document goes without its PDF: ECO.2.1.1 is not met",
      path,
    });
    return { problems };
  }
  if (!looksLikePdf(bytes)) throw new MedimailError("pdf_invalid", "the file is not a PDF", { path });
  if (!declaresPdfA1(bytes))
    problems.push({
      severity: "warning",
      code: "pdf_not_pdfa1",
      message: "the PDF does not declare PDF/A-1 (ECO.2.1.5)",
      path,
    });
  return { bytes, problems };
}
