/** What windows-1252 has where ISO-8859-1 has controls (0x80 to 0x9F), as browsers read it. */
const HIGH = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** By hand: the decoder of Node 20 leaves 0x80 to 0x9F as controls. */
export function windows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1")
    .replace(/[\x80-\x9f]/g, (control) => HIGH[control.charCodeAt(0) - 0x80] as string);
}
