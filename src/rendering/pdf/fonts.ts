import type { Font } from "fontkit";
import { MedimailError } from "../../errors.js";

/** The four faces of one TrueType family, as bytes: embedded, as PDF/A-1 wants it, the glyphs used only. */
export interface FontSet {
  regular: Uint8Array;
  bold: Uint8Array;
  italic: Uint8Array;
  boldItalic: Uint8Array;
}

export type Face = keyof FontSet;
export type Faces = Record<Face, Font>;

/** Fonts that were opened: reading their tables costs more than a page, so they are kept as long as their bytes are. */
const OPENED = new WeakMap<Uint8Array, Font>();

/** @throws MedimailError `invalid_argument` where a face is not a font. */
export async function openFonts(set: FontSet): Promise<Faces> {
  const { create } = await import("fontkit");
  const face = (name: Face): Font => {
    const bytes = set[name];
    const known = OPENED.get(bytes);
    if (known) return known;
    const font = opened(bytes, name, create);
    OPENED.set(bytes, font);
    return font;
  };
  return { regular: face("regular"), bold: face("bold"), italic: face("italic"), boldItalic: face("boldItalic") };
}

function opened(bytes: Uint8Array, name: Face, create: (bytes: Buffer) => unknown): Font {
  try {
    const font = create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) as Font | { fonts: unknown };
    if (!("fonts" in font)) return font;
  } catch {
    // Said below.
  }
  throw new MedimailError("invalid_argument", "A face is not a TrueType or OpenType font.", { path: `fonts.${name}` });
}
