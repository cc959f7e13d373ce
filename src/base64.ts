/** Looked at in pieces, so that a large file is never copied whole; a multiple of four. */
const PIECE = 64 * 1024;
/** Decoded into, and emptied after: a buffer for each text would cost more than the decoding. */
const scratch = Buffer.allocUnsafeSlow((PIECE / 4) * 3);

/**
 * Whether a text is base64 as most software writes it: unbroken, padded. Decoding and encoding it again in native code costs a
 * third of looking at each character.
 */
export function isUnbrokenBase64(text: string): boolean {
  for (let from = 0; from < text.length; from += PIECE) {
    const piece = text.length <= PIECE ? text : text.slice(from, from + PIECE);
    const length = scratch.write(piece, "base64");
    const same = scratch.toString("base64", 0, length) === piece;
    scratch.fill(0, 0, length);
    if (!same) return false;
    // Padding ends a text, not a piece of it.
    if (from + PIECE < text.length && piece.endsWith("=")) return false;
  }
  return text.length > 0;
}
