import { type Defined, defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import type { PdfOptions } from "../pdf.js";
import type { Compared, Notice, RenderedHtml, RenderedPdf, RenderHtmlOptions } from "../rendering/index.js";
import type { HealthDocument } from "./open-types.js";

/** How a received document is shown; what it is compared with, and what its reader is told before, are given by its mail. */
export type DocumentHtmlOptions = Omit<RenderHtmlOptions, "compared" | "notices">;

/** The same for its PDF. */
export type DocumentPdfOptions = Omit<PdfOptions, "compared" | "notices">;

/** What shows a document. */
export type Shown = Pick<HealthDocument, "html" | "pdf">;

/**
 * The ways to show a received document. Fonts and what writes a PDF are loaded at its first use: who shows no document does not hold them.
 */
export function shownBy(document: Omit<HealthDocument, keyof Shown>): Shown {
  return {
    async html(options: DocumentHtmlOptions = {}): Promise<RenderedHtml> {
      const content = contentOf(document);
      const { renderHtml } = await import("../rendering/index.js");
      return renderHtml(content, { ...options, compared: comparedOf(document), notices: noticesOf(document) });
    },
    async pdf(options: DocumentPdfOptions = {}): Promise<RenderedPdf> {
      const content = contentOf(document);
      const { renderPdf } = await import("../pdf.js");
      return await renderPdf(content, { ...options, compared: comparedOf(document), notices: noticesOf(document) });
    },
  };
}

/** What a reader must know of the mail before the document (LGC.MSS/UX.05, ITI-32: he is told of a hash or a size that is wrong). */
function noticesOf({ action, seen, integrity }: Omit<HealthDocument, keyof Shown>): Notice[] {
  return [
    ...(action === "delete" ? (["deletion"] as const) : []),
    ...(seen === "obsolete" && action !== "delete" ? (["obsolete"] as const) : []),
    ...(integrity?.hash === "mismatch" || integrity?.size === "mismatch" ? (["damaged"] as const) : []),
  ];
}

function contentOf({ content, path }: Omit<HealthDocument, keyof Shown>): Uint8Array {
  if (content !== undefined) return content;
  throw new MedimailError("document_missing", "The archive names the document and does not hold it.", { path });
}

/** What METADATA.XML and the mail say of the document and its patient, to be marked where the CDA says otherwise (ECO.2.1.2). */
export function comparedOf({ metadata, patient }: Omit<HealthDocument, keyof Shown>): Defined<Compared> {
  return defined({
    metadata:
      metadata &&
      defined({
        ...patient.metadata,
        uniqueId: metadata.uniqueId,
        title: metadata.title,
        typeCode: metadata.typeCode?.code,
      }),
    mail: patient.addressIns === undefined ? undefined : { ins: { value: patient.addressIns } },
  });
}
