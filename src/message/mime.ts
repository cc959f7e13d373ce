import { hash } from "node:crypto";
import { cutName } from "../plain-text.js";
import type { Pieces } from "./types.js";

const CRLF = "\r\n";
const CR = 13;
const LF = 10;
const EQUALS = 61;

/** Bytes encoded at a time: whole lines of 57, so that a large file never stands as one string. */
const BLOCK = 57 * 512;
const LINE = 76;

/** Base64 in lines of 76 characters, each with its CRLF. */
export function base64Lines(bytes: Uint8Array): Buffer {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encodedLength = Math.ceil(source.length / 3) * 4;
  const out = Buffer.allocUnsafe(encodedLength + Math.ceil(encodedLength / LINE) * 2);
  let at = 0;
  for (let from = 0; from < source.length; from += BLOCK) {
    const encoded = source.toString("base64", from, Math.min(from + BLOCK, source.length));
    // Written where the block ends, its lines then moved to the front: a string of each would cost more than the encoding.
    const end = at + encoded.length + Math.ceil(encoded.length / LINE) * 2;
    let line = end - encoded.length;
    out.write(encoded, line, "latin1");
    while (line < end) {
      const length = Math.min(LINE, end - line);
      out.copyWithin(at, line, line + length);
      line += length;
      at += length;
      out[at++] = CR;
      out[at++] = LF;
    }
  }
  return out;
}

/** The same of bytes that come in pieces. */
export async function* base64Pieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = Buffer.concat([rest, piece]);
    const lines = bytes.length - (bytes.length % 57);
    rest = Buffer.from(bytes.subarray(lines));
    if (lines > 0) yield base64Lines(bytes.subarray(0, lines));
  }
  if (rest.length > 0) yield base64Lines(rest);
}

/** Text with CRLF only, ended by one. */
export function crlf(text: string): string {
  const lines = text.replace(/\r\n?|\n/g, CRLF);
  return lines === "" || lines.endsWith(CRLF) ? lines : lines + CRLF;
}

const HEX = Buffer.from("0123456789ABCDEF", "latin1");
/** The last character of a line of 76 is kept for the soft break. */
const QP_COLUMNS = 75;

function quotedPrintable(bytes: Uint8Array): Buffer {
  // Three for each byte at most, and a soft break of three after 73 of these at least.
  const out = Buffer.allocUnsafe(3 * bytes.length + 3 * Math.ceil((3 * bytes.length) / (QP_COLUMNS - 2)));
  let at = 0;
  let column = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === CR && bytes[index + 1] === LF) {
      out[at++] = CR;
      out[at++] = LF;
      column = 0;
      index += 1;
      continue;
    }
    const endsLine = index + 1 === bytes.length || bytes[index + 1] === CR;
    const clear = (byte > 32 && byte < 127 && byte !== EQUALS) || ((byte === 32 || byte === 9) && !endsLine);
    const length = clear ? 1 : 3;
    if (column + length > QP_COLUMNS) {
      out[at++] = EQUALS;
      out[at++] = CR;
      out[at++] = LF;
      column = 0;
    }
    column += length;
    if (clear) out[at++] = byte;
    else {
      out[at++] = EQUALS;
      out[at++] = HEX[byte >> 4] as number;
      out[at++] = HEX[byte & 15] as number;
    }
  }
  return out.subarray(0, at);
}

/** A MIME entity: its fields (each with CRLF) and its content. */
export interface Entity<Content = Buffer> {
  fields: string;
  content: Content;
}

/** A text entity in UTF-8 (ECO.2.2.3), 7bit, quoted-printable or base64, whichever is readable and short. */
export function textEntity(subtype: "plain" | "html", text: string): Entity {
  const normal = crlf(text);
  const type = `Content-Type: text/${subtype}; charset=utf-8${CRLF}`;
  const long = normal.split(CRLF).some((line) => line.length > 76);
  if (!long && /^[\x09\x0d\x20-\x7e\n]*$/.test(normal) && !normal.includes("=_"))
    return { fields: `${type}Content-Transfer-Encoding: 7bit${CRLF}`, content: Buffer.from(normal, "latin1") };
  const bytes = Buffer.from(normal, "utf8");
  let foreign = 0;
  for (const byte of bytes) if (byte > 127) foreign += 1;
  if (foreign * 3 > bytes.length)
    return { fields: `${type}Content-Transfer-Encoding: base64${CRLF}`, content: base64Lines(bytes) };
  return {
    fields: `${type}Content-Transfer-Encoding: quoted-printable${CRLF}`,
    content: quotedPrintable(bytes),
  };
}

/** Characters of a file name that stand on one line: 998 is the limit of the line (RFC 5322 §2.1.1), many readers' is lower. */
const MAX_PARAMETER = 700;
const MAX_ASCII_NAME = 200;

const ATTRIBUTE = /[^A-Za-z0-9!#$&+.^_`{|}~-]/g;

/** `filename=` and, beyond ASCII, `filename*=` (RFC 2183, 2231). */
function dispositionOf(name: string, ascii: string): string {
  const plain = `Content-Disposition: attachment; filename="${ascii}"`;
  if (name === ascii) return plain.length <= 78 ? plain : plain.replace("; ", `;${CRLF} `);
  const encoded = [...name]
    .map((character) =>
      character.replace(ATTRIBUTE, (found) =>
        [...Buffer.from(found, "utf8")].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
      ),
    )
    .join("");
  const start = `Content-Disposition: attachment;${CRLF} filename="${ascii}";${CRLF}`;
  if (encoded.length <= MAX_PARAMETER) return `${start} filename*=UTF-8''${encoded}`;
  // RFC 2231 §3: a value too long for a line goes on in numbered pieces, an escape never across two.
  const pieces = encoded.match(/(?:%[0-9A-F]{2}|[^%]){1,200}/g) ?? [];
  return start + pieces.map((piece, n) => ` filename*${n}*=${n === 0 ? "UTF-8''" : ""}${piece}`).join(`;${CRLF}`);
}

const QUOTABLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Only ASCII, and what a quoted string carries without escape; a long name keeps its ending. */
export function asciiName(name: string): string {
  if (QUOTABLE.test(name)) return cutName(name, MAX_ASCII_NAME);
  const ascii = name
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[œŒ]/g, (found) => (found === "œ" ? "oe" : "OE"))
    .replace(/[^\x20-\x7e]/gu, "_")
    .replace(/["\\]/g, "-");
  return cutName(ascii, MAX_ASCII_NAME);
}

/** An attached file, base64. The name is expected free of controls. */
export function fileEntity(mimeType: string, name: string, bytes: Uint8Array): Entity {
  return { fields: fileFields(mimeType, name), content: base64Lines(bytes) };
}

/** The same of a file that is read when it is wanted. */
export function streamedEntity(mimeType: string, name: string, pieces: Pieces): Entity<Pieces> {
  return { fields: fileFields(mimeType, name), content: () => base64Pieces(pieces()) };
}

function fileFields(mimeType: string, name: string): string {
  const ascii = asciiName(name);
  return (
    `Content-Type: ${mimeType};${CRLF} name="${ascii}"${CRLF}` +
    `Content-Transfer-Encoding: base64${CRLF}${dispositionOf(name, ascii)}${CRLF}`
  );
}

/** A boundary that no base64 or quoted-printable content can hold, the same for the same seed. */
export function boundaryFor(seed: string): string {
  return `=_${hash("sha256", seed, "hex").slice(0, 40)}`;
}

const LINE_END = Buffer.from(CRLF, "latin1");

/** The parts of a multipart with their delimiters, without the closing one. */
export function delimited<Content>(boundary: string, parts: readonly Entity<Content>[]): (Buffer | Content)[] {
  return parts.flatMap((part) => [
    Buffer.from(`--${boundary}${CRLF}${part.fields}${CRLF}`, "latin1"),
    part.content,
    // The CRLF before a delimiter belongs to it.
    LINE_END,
  ]);
}

/** What ends a multipart. */
export const closing = (boundary: string): Buffer => Buffer.from(`--${boundary}--${CRLF}`, "latin1");

/** A multipart entity; `parameters` go after the boundary (`report-type=…`). */
export function multipartEntity(subtype: string, boundary: string, parts: readonly Entity[], parameters = ""): Entity {
  return {
    fields: `Content-Type: multipart/${subtype};${CRLF} boundary="${boundary}"${parameters}${CRLF}`,
    content: Buffer.concat([...delimited(boundary, parts), closing(boundary)]),
  };
}
