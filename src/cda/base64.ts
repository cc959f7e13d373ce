const OTHER = 0;
const DIGIT = 1;
const SPACE = 2;
const PAD = 3;

const CLASSES = new Uint8Array(128);
for (const digit of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  CLASSES[digit.charCodeAt(0)] = DIGIT;
for (const space of " \t\r\n") CLASSES[space.charCodeAt(0)] = SPACE;
CLASSES["=".charCodeAt(0)] = PAD;

const NO_DIGIT = /[^A-Za-z0-9+/]/;

/**
 * Bytes that a base64 text stands for, without decoding it; undefined where it is no base64. White space is allowed
 * anywhere, and the padding may be missing.
 */
export function measureBase64(text: string): number | undefined {
  // Without line breaks, as most software writes it, all but its end is digits.
  const first = text.search(NO_DIGIT);
  let digits = first < 0 ? text.length : first;
  let pads = 0;
  for (let i = digits; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? CLASSES[code] : OTHER;
    if (kind === DIGIT) {
      if (pads > 0) return undefined;
      digits++;
    } else if (kind === PAD) pads++;
    else if (kind === OTHER) return undefined;
  }
  return bytesOf(digits, pads);
}

function bytesOf(digits: number, pads: number): number | undefined {
  const rest = digits % 4;
  if (digits === 0 || rest === 1 || (pads > 0 && rest + pads !== 4)) return undefined;
  return Math.floor((digits * 3) / 4);
}
