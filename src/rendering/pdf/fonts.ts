/** The four faces of one TrueType family, as bytes: embedded, as PDF/A-1 wants it, the glyphs used only. */
export interface FontSet {
  regular: Uint8Array;
  bold: Uint8Array;
  italic: Uint8Array;
  boldItalic: Uint8Array;
}
