/** Looked at in pieces, so that a large file is never copied whole; a multiple of four. */
const PIECE = 64 * 1024;

/**
 * Whether a text is base64 as most software writes it: unbroken, padded. Decoding and encoding it again in native code costs a
 * third of looking at each character.
 */
export function isUnbrokenBase64(text: string): boolean {
  for (let from = 0; from < text.length; from += PIECE) {
    const piece = text.length <= PIECE ? text : text.slice(from, from + PIECE);
    if (Buffer.from(piece, "base64").toString("base64") !== piece) return false;
    // Padding ends a text, not a piece of it.
    if (from + PIECE < text.length && piece.endsWith("=")) return false;
  }
  return text.length > 0;
}
