import type { Problem } from "../errors.js";
import { windows1252 } from "../windows-1252.js";

/** Text made of bytes, and what was wrong with what the mail says of them. */
export interface DecodedText {
  text: string;
  problem?: Problem;
}

const UTF8 = /^(?:utf-?8|unicode-1-1-utf-8|utf8mb4)$/;
/** Written where the writer did not know, or for what has no letter beyond ASCII: the bytes themselves say more. */
const WEAK = /^(?:|us-ascii|ascii|ansi_x3\.4-1968|unknown|unknown-8bit|x-unknown|default|none|binary|8bit|7bit)$/;
/** One byte a letter: any bytes are valid in them, so that UTF-8 under their name is known by its own form only. */
const SINGLE_BYTE = /^(?:iso-?8859-?(?:1|9|15)|latin-?[159]|l[159]|windows-125[24]|x?-?cp-?125[24]|ansi)$/;
const ALIASES: Readonly<Record<string, string>> = {
  ansi: "windows-1252",
  "cp-1252": "windows-1252",
  latin9: "iso-8859-15",
};
const ESCAPES = /\x1b(?:\$[@B]|\([BJI])/;

/**
 * Bytes as text. The charset is what the mail says, unless the bytes show that it lies: a byte order mark wins, valid UTF-8 under
 * the name of a single-byte charset is UTF-8, invalid UTF-8 is windows-1252, an escape to Japanese is ISO-2022-JP. UTF-7 is never
 * decoded: it hides markup in letters (RFC 2152, refused by browsers too); its bytes are shown.
 */
export function decodeCharset(bytes: Uint8Array, label: string | undefined): DecodedText {
  const name = (label ?? "")
    .trim()
    .toLowerCase()
    .replace(/^["']|["']$/g, "");
  const marked = byMark(bytes);
  if (marked !== undefined) return { text: marked };
  if (/^(?:x-)?(?:unicode-[\d-]+-)?utf-?7(?:-imap)?$/.test(name)) {
    return { text: guessed(bytes), problem: warning("charset_refused", "UTF-7 is not decoded: it can hide markup.") };
  }
  if (WEAK.test(name)) return { text: guessed(bytes) };
  if (SINGLE_BYTE.test(name) && !isAscii(bytes)) {
    const text = strictUtf8(bytes);
    if (text !== undefined) return { text, problem: lied() };
  }
  if (UTF8.test(name)) {
    const text = strictUtf8(bytes);
    return text === undefined ? { text: lossy(bytes), problem: lied() } : { text };
  }
  if (/^utf-?16/.test(name) && !bytes.includes(0)) return { text: guessed(bytes), problem: lied() };
  const decoder = decoderOf(ALIASES[name] ?? name);
  if (decoder?.encoding === "windows-1252") return { text: windows1252(bytes) };
  if (decoder) return { text: decoder.decode(bytes) };
  return { text: guessed(bytes), problem: warning("charset_unknown", "The charset of the text is not a known one.") };
}

/** Mostly UTF-8 with a broken byte or a cut end stays UTF-8; else windows-1252, as old French software writes. */
function lossy(bytes: Uint8Array): string {
  const text = new TextDecoder("utf-8").decode(bytes);
  const broken = text.split("\ufffd").length - 1;
  const letters = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  return letters > broken * 4 ? text : windows1252(bytes);
}

function guessed(bytes: Uint8Array): string {
  if (isAscii(bytes)) {
    const ascii = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    return ESCAPES.test(ascii) ? new TextDecoder("iso-2022-jp").decode(bytes) : ascii;
  }
  return strictUtf8(bytes) ?? lossy(bytes);
}

function byMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return lossy(bytes.subarray(3));
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return undefined;
}

/** The end may be cut within a letter, where the text was longer than is read. */
function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function decoderOf(name: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(name);
  } catch {
    return undefined;
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 0x7f) return false;
  return true;
}

const lied = (): Problem => warning("charset_wrong", "The text is not in the charset that the mail names.");

function warning(code: string, message: string): Problem {
  return { severity: "warning", code, message };
}

/** The charset that an HTML document names in its head, for a part that names none. */
export function charsetOfHtml(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 2048)).toString("latin1");
  return /<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w:.-]{2,40})/i.exec(head)?.[1];
}
