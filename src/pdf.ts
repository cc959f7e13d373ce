import { readFileSync } from "node:fs";
import { MedimailError } from "./errors.js";
import { dependencyFile } from "./package-files.js";
import {
  type FontSet,
  type RenderedPdf,
  type RenderPdfOptions,
  renderPdf as render,
  type ShownDocument,
} from "./rendering/index.js";

/** `fonts`: of the caller's, in place of the package's. */
export type PdfOptions = Omit<RenderPdfOptions, "fonts"> & Partial<Pick<RenderPdfOptions, "fonts">>;

/**
 * A CDA R2 document as a PDF (ECO.2.1.1, ECO.2.1.5): the one that it encapsulates, byte for byte, else a PDF/A-1b of header and narrative.
 * What makes it (pdfkit, fonts) is loaded at the first call.
 *
 * @throws MedimailError `cda_invalid`, `xml_invalid`, `xml_dtd_refused`, `xml_limit_exceeded` (also `maxPages`, `maxMs`), `file_not_found` where a
 * bundler left the fonts behind
 */
export async function renderPdf(cda: Uint8Array | ShownDocument, options: PdfOptions = {}): Promise<RenderedPdf> {
  return await render(cda, { ...options, fonts: options.fonts ?? defaultFonts() });
}

let loaded: FontSet | undefined;

/**
 * DejaVu Sans Condensed, of the package `dejavu-fonts-ttf`: French, Greek, Cyrillic, mathematical and medical signs. Read at the
 * first PDF (2.5 MB), and kept.
 *
 * @throws MedimailError `file_not_found` where a bundler left the fonts behind
 */
export function defaultFonts(): FontSet {
  loaded ??= { regular: face(""), bold: face("-Bold"), italic: face("-Oblique"), boldItalic: face("-BoldOblique") };
  return loaded;
}

function face(name: string): Uint8Array {
  try {
    return readFileSync(dependencyFile(`dejavu-fonts-ttf/ttf/DejaVuSansCondensed${name}.ttf`));
  } catch (cause) {
    throw new MedimailError(
      "file_not_found",
      "The fonts of the package dejavu-fonts-ttf are not there to make a PDF with.",
      {
        cause,
        hint: "leave dejavu-fonts-ttf (and pdfkit) out of the bundle, and install them beside it",
      },
    );
  }
}
