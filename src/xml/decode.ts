import { isAscii, isUtf8 } from "node:buffer";
import { MedimailError } from "../errors.js";

const SUPPORTED: Readonly<Record<string, string>> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "us-ascii": "us-ascii",
  ascii: "us-ascii",
  // Software that declares ISO-8859-1 writes the euro sign and the œ of windows-1252; the two differ in control characters only.
  "iso-8859-1": "windows-1252",
  "iso8859-1": "windows-1252",
  iso_8859_1: "windows-1252",
  "iso_8859-1": "windows-1252",
  latin1: "windows-1252",
  "windows-1252": "windows-1252",
  cp1252: "windows-1252",
  "iso-8859-15": "iso-8859-15",
  "iso8859-15": "iso-8859-15",
  latin9: "iso-8859-15",
};

/** Where an encoding of one byte differs from ISO-8859-1. By hand: TextDecoder of some Node 20 and 22 takes windows-1252 for it. */
const ONE_BYTE: Readonly<Record<string, Uint16Array>> = {
  "windows-1252": table(0x80, "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"),
  "iso-8859-15": table(0xa4, "€¥Š§š©ª«¬\u00ad®¯°±²³Žµ¶·ž¹º»ŒœŸ"),
};

function table(from: number, characters: string): Uint16Array {
  const codes = Uint16Array.from({ length: 256 }, (_, byte) => byte);
  for (let i = 0; i < characters.length; i++) codes[from + i] = characters.charCodeAt(i);
  return codes;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

function decodeWith(label: string, bytes: Uint8Array, what: string): string {
  let decoder = decoders.get(label);
  if (!decoder) {
    decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
    decoders.set(label, decoder);
  }
  try {
    return label === "utf-8" ? decodeUtf8(decoder, bytes) : decoder.decode(bytes);
  } catch {
    throw new MedimailError("xml_invalid", `The ${what} has bytes that are not ${label}.`);
  }
}

/** Longer ones are left to the decoder: what is put together here is one copy more. */
const LATIN_MAX = 1024 * 1024;
const STEP = 1024;

function decodeUtf8(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string {
  return (bytes.length > LATIN_MAX ? undefined : latinOf(bytes)) ?? decoder.decode(bytes);
}

/**
 * Text of characters of ISO-8859-1 alone, as most French documents: written with one byte for each, and read as that, several times
 * faster; undefined for any other. The tail of most documents is the base64 of a file, and is copied whole.
 */
function latinOf(bytes: Uint8Array): string | undefined {
  let tail = bytes.length;
  while (tail > 0 && isAscii(bytes.subarray(Math.max(0, tail - STEP), tail))) tail = Math.max(0, tail - STEP);
  if (tail === 0) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const latin = Buffer.allocUnsafe(bytes.length);
  let end = 0;
  for (let at = 0; at < tail; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x80) latin[end++] = byte;
    else {
      const next = bytes[++at] ?? 0;
      // U+0080 to U+00FF: 110000xx 10xxxxxx.
      if ((byte !== 0xc2 && byte !== 0xc3) || (next & 0xc0) !== 0x80) return undefined;
      latin[end++] = ((byte & 3) << 6) | (next & 0x3f);
    }
  }
  latin.set(bytes.subarray(tail), end);
  return latin.toString("latin1", 0, end + bytes.length - tail);
}

/** `encoding` of the XML declaration, in lower case, of a document in an encoding that agrees with ASCII. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x3c || bytes[1] !== 0x3f) return undefined;
  let head = "";
  for (let i = 0; i < bytes.length && i < 256; i++) {
    const code = bytes[i] as number;
    if (code === 0x3e) break;
    head += String.fromCharCode(code);
  }
  return /^<\?xml\s[^?]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(head)?.[1]?.toLowerCase();
}

/**
 * The characters of an XML document: by its byte order mark, else by the look of UTF-16, else by the declared encoding
 * (UTF-8, US-ASCII, ISO-8859-1, ISO-8859-15, windows-1252), else UTF-8. The mark itself is dropped.
 *
 * @throws MedimailError `xml_invalid` for bytes that are not of the encoding, and for an encoding that is not supported.
 */
export function decodeXmlBytes(bytes: Uint8Array, what = "XML"): string {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return decodeWith("utf-8", bytes.subarray(3), what);
  const wide = (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && (c === 0xfe || c === 0));
  if (wide) throw new MedimailError("xml_invalid", `The ${what} is in UTF-32, which is not supported.`);
  if (a === 0xff && b === 0xfe) return decodeWith("utf-16le", bytes.subarray(2), what);
  if (a === 0xfe && b === 0xff) return decodeWith("utf-16be", bytes.subarray(2), what);
  if (a === 0x3c && b === 0) return decodeWith("utf-16le", bytes, what);
  if (a === 0 && b === 0x3c) return decodeWith("utf-16be", bytes, what);

  const declared = declaredEncoding(bytes);
  // A document made as a string and saved as UTF-8 often still declares the UTF-16 of that string; its first bytes show that it is not.
  if (declared === undefined || declared.startsWith("utf-16")) return decodeWith("utf-8", bytes, what);
  const label = Object.hasOwn(SUPPORTED, declared) ? SUPPORTED[declared] : undefined;
  if (label === undefined) {
    throw new MedimailError("xml_invalid", `The ${what} declares an encoding that is not supported.`, {
      hint: "Write the document in UTF-8.",
    });
  }
  if (label === "us-ascii") {
    if (bytes.some((byte) => byte > 0x7f)) {
      throw new MedimailError("xml_invalid", `The ${what} has bytes that are not us-ascii.`);
    }
    return decodeWith("utf-8", bytes, what);
  }
  const codes = ONE_BYTE[label];
  return codes === undefined ? decodeWith(label, bytes, what) : decodeOneByte(codes, bytes);
}

/** Where no byte differs the text is that of ISO-8859-1, of one byte a character in memory too. */
function decodeOneByte(codes: Uint16Array, bytes: Uint8Array): string {
  let same = true;
  for (let i = 0; same && i < bytes.length; i++) same = codes[bytes[i] as number] === bytes[i];
  if (same) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const wide = Buffer.allocUnsafe(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) wide.writeUInt16LE(codes[bytes[i] as number] as number, 2 * i);
  return wide.toString("utf16le");
}

/**
 * The characters of a text that is no XML: by its byte order mark, else in UTF-8 where it is that, else by the encoding that it is said
 * to have, else in windows-1252, which French software writes without a word. Never refused: what cannot be read is U+FFFD.
 */
export function decodeTextBytes(bytes: Uint8Array, encoding = ""): string {
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe) return Buffer.from(bytes.subarray(2)).toString("utf16le");
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const marked = a === 0xef && b === 0xbb && c === 0xbf;
  const text = marked ? bytes.subarray(3) : bytes;
  const said = encoding.trim().toLowerCase();
  if (marked || isUtf8(text)) return Buffer.from(text.buffer, text.byteOffset, text.length).toString("utf8");
  const label = Object.hasOwn(SUPPORTED, said) ? SUPPORTED[said] : undefined;
  return decodeOneByte((ONE_BYTE[label ?? ""] ?? ONE_BYTE["windows-1252"]) as Uint16Array, text);
}
