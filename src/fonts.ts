import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MedimailError } from "./errors.js";
import type { FontSet } from "./rendering/index.js";

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
    return readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/DejaVuSansCondensed${name}.ttf`));
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
