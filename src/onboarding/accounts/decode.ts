import { MedimailError } from "../../errors.js";
import { windows1252 } from "../../windows-1252.js";

/** Bytes of a text file as text: by its byte order mark, else UTF-8 where it is valid, else Windows-1252 (French software of old). */
export function decodeText(bytes: Uint8Array): string {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return strict("utf-8", bytes);
  if (a === 0xff && b === 0xfe) return strict("utf-16le", bytes);
  if (a === 0xfe && b === 0xff) return strict("utf-16be", bytes);
  // UTF-16 without a mark: every other byte of Latin text is zero. Neither UTF-8 nor Windows-1252 text holds one.
  const zeros = countZeros(bytes);
  if (zeros.even > 0 || zeros.odd > 0) {
    // A stray zero in a text of single bytes is damage, and no sign of UTF-16.
    const many = Math.min(bytes.length, LOOKED_AT) / 8;
    if (zeros.even === 0 && zeros.odd > many) return strict("utf-16le", bytes);
    if (zeros.odd === 0 && zeros.even > many) return strict("utf-16be", bytes);
    throw unreadable("holds zero bytes");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return windows1252(bytes);
  }
}

const LOOKED_AT = 65_536;

function strict(charset: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(`is not valid ${charset}`, cause);
  }
}

function countZeros(bytes: Uint8Array): { even: number; odd: number } {
  const zeros = { even: 0, odd: 0 };
  for (let at = 0; at < Math.min(bytes.length, LOOKED_AT); at++)
    if (bytes[at] === 0) zeros[at % 2 === 0 ? "even" : "odd"]++;
  return zeros;
}

const unreadable = (why: string, cause?: unknown): MedimailError =>
  new MedimailError("accounts_file_invalid", `The file of accounts ${why}.`, {
    hint: "Save it as .xlsx, or as .csv in UTF-8.",
    cause,
  });
