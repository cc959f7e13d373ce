import { decodeWords } from "postal-mime";
import { plainOf } from "../plain-text.js";
import { windows1252 } from "../windows-1252.js";

/** Bytes of a header block that are looked at. */
const HEADER_MAX = 128 * 1024;

/** The header block of a mail and where it ends. */
export interface HeaderBlock {
  text: string;
  /** Bytes of the block, without the empty line. */
  length: number;
}

/** The header of a mail, to the first empty line; tolerant of bare LF. */
export function headerBlock(raw: Uint8Array): HeaderBlock {
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, HEADER_MAX)).toString("latin1");
  const length = endOfHeader(text);
  return { text: text.slice(0, length), length };
}

/** Where the line end before the first empty line is. */
function endOfHeader(text: string): number {
  const crlf = text.indexOf("\n\r\n");
  const lf = (crlf < 0 ? text : text.slice(0, crlf + 1)).indexOf("\n\n");
  const end = lf < 0 ? crlf : lf;
  if (end < 0) return text.length;
  return text.charAt(end - 1) === "\r" ? end - 1 : end;
}

/** UTF-8 where it is, else Western Windows: reports are often wrong about it. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return windows1252(bytes);
  }
}

/** Fields of a block `Name: value`, unfolded, names in lower case, in order. */
export function fieldsOf(block: string): [name: string, value: string][] {
  // Pieces are joined once at the end: a field of a hundred thousand folded lines would else be copied as often.
  const fields: { name: string; pieces: string[] }[] = [];
  for (const line of block.split(/\r?\n/)) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) {
      last.pieces.push(line.trim());
      continue;
    }
    const colon = line.indexOf(":");
    if (colon > 0)
      fields.push({ name: line.slice(0, colon).trim().toLowerCase(), pieces: [line.slice(colon + 1).trim()] });
  }
  return fields.map(({ name, pieces }) => [name, pieces.filter((piece) => piece !== "").join(" ")]);
}

/** The fields of a mail's header. */
export const headerFields = (raw: Uint8Array): [name: string, value: string][] => fieldsOf(headerBlock(raw).text);

/** The first field of that name. */
export function field(fields: readonly (readonly [string, string])[], name: string): string | undefined {
  return fields.find(([key, value]) => key === name && value !== "")?.[1];
}

/** The first message id of a value, without angle brackets. */
export function bareId(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // Some write `<id >`, an example of ANS's among them.
  const inside = /<[ \t]{0,9}([^<>\s]{1,900})[ \t]{0,9}>/.exec(value)?.[1];
  const bare = inside ?? value.trim();
  return /^[^\s<>@]{1,500}@[^\s<>]{1,500}$/.test(bare) ? bare : undefined;
}

/** The last message id of a References field: the mail that is answered. */
export function lastId(value: string | undefined): string | undefined {
  const ids = value?.slice(-2000).match(/<[^<>\s]{1,900}>/g);
  return bareId(ids?.at(-1));
}

/** The message id in the header of a returned mail. */
export function originalMessageId(raw: Uint8Array): string | undefined {
  return bareId(field(headerFields(raw), "message-id"));
}

/** With its folded lines. The other fields, most of a header, need not be cut up for it: this is on the way of every mail. */
const SUBJECT = /(?<![^\n])subject[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*/i;

/** The value of a field that is not folded; empty where it is, or has none. */
const onlyLine = (text: string): string => (text.includes("\n") ? "" : text.slice(text.indexOf(":") + 1).trim());

/** The subject in the header of a mail, decoded and freed of controls; empty where there is none. */
export function originalSubject(raw: Uint8Array): string {
  const { text: block } = headerBlock(raw);
  const first = SUBJECT.exec(block)?.[0];
  if (first === undefined) return "";
  const value = onlyLine(first) || (field(fieldsOf(first), "subject") ?? field(fieldsOf(block), "subject") ?? "");
  // Most are plain, and this is on the way of every mail.
  const ascii = /^[\x20-\x7e]*$/.test(value);
  if (ascii && !value.includes("=?")) return value.slice(0, 900);
  const text = decodeWords(ascii ? value : decodeText(Buffer.from(value, "latin1")));
  return plainOf(text).slice(0, 900);
}
