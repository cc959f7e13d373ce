import { isUnbrokenBase64 } from "../base64.js";

const OTHER = 0;
const DIGIT = 1;
const SPACE = 2;
const PAD = 3;

const CLASSES = new Uint8Array(128);
for (const digit of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  CLASSES[digit.charCodeAt(0)] = DIGIT;
for (const space of " \t\r\n") CLASSES[space.charCodeAt(0)] = SPACE;
CLASSES["=".charCodeAt(0)] = PAD;

/**
 * Bytes that a base64 text stands for, without decoding it; undefined where it is no base64. White space is allowed
 * anywhere, and the padding may be missing.
 */
export function measureBase64(text: string): number | undefined {
  if (isUnbrokenBase64(text)) {
    const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    return (text.length / 4) * 3 - padding;
  }
  let digits = 0;
  let pads = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? CLASSES[code] : OTHER;
    if (kind === DIGIT) {
      if (pads > 0) return undefined;
      digits++;
    } else if (kind === PAD) pads++;
    else if (kind === OTHER) return undefined;
  }
  const rest = digits % 4;
  if (digits === 0 || rest === 1 || (pads > 0 && rest + pads !== 4)) return undefined;
  return Math.floor((digits * 3) / 4);
}
