import { windows1252 } from "../windows-1252.js";

/** A file that Outlook packed into `winmail.dat`. */
export interface TnefFile {
  name: string;
  mimeType?: string;
  content: Buffer;
}

const SIGNATURE = 0x223e9f78;
/** Attributes (MS-OXTNEF 2.1.3.1): a new attachment begins, its short name, its content, its MAPI properties. */
const REND_DATA = 0x00069002;
const TITLE = 0x00018010;
const DATA = 0x0006800f;
const PROPERTIES = 0x00069005;
const MAX_ATTRIBUTES = 20_000;
const MAX_FILES = 500;
const MAX_PROPERTIES = 2_000;

export const isTnef = (bytes: Uint8Array): boolean =>
  bytes.byteLength >= 6 &&
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true) === SIGNATURE;

/**
 * The files of a TNEF stream. Bounded: whatever the lengths say, nothing is read beyond the bytes, and nothing is copied. A cut
 * stream gives what comes before the cut. (The packages that read TNEF have not been kept up for years.)
 */
export function tnefFiles(bytes: Uint8Array): { files: TnefFile[]; cut: boolean } {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files: TnefFile[] = [];
  let current: Partial<TnefFile> | undefined;
  let cut = false;
  const finish = (): void => {
    if (current?.content && files.length < MAX_FILES) files.push({ name: "", ...current, content: current.content });
    current = undefined;
  };
  let at = 6;
  for (let count = 0; at < data.length; count += 1) {
    if (count >= MAX_ATTRIBUTES || at + 9 > data.length) {
      cut = true;
      break;
    }
    const id = data.readUInt32LE(at + 1);
    const length = data.readUInt32LE(at + 5);
    const start = at + 9;
    if (start + length > data.length) {
      cut = true;
      break;
    }
    const value = data.subarray(start, start + length);
    if (id === REND_DATA) {
      finish();
      current = {};
    } else if (current) {
      if (id === TITLE) current.name ||= textOf(value, false);
      else if (id === DATA) current.content = value;
      else if (id === PROPERTIES) Object.assign(current, propertiesOf(value));
    }
    // A checksum of two bytes follows; software has written wrong ones, and the archive has its own.
    at = start + length + 2;
  }
  finish();
  return { files, cut };
}

const LONG_NAME = 0x3707;
const MIME_TAG = 0x370e;
/** Bytes of a value of fixed length, by its type; the others are counted and measured. */
const FIXED: Readonly<Record<number, number>> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
};
const VARIABLE = [0x0d, 0x1e, 0x1f, 0x102];

/** The name and type of an attachment, of its MAPI properties (MS-OXTNEF 2.1.3.4). */
function propertiesOf(data: Buffer): Partial<TnefFile> {
  const found: Partial<TnefFile> = {};
  let at = 4;
  const room = (bytes: number): boolean => at + bytes <= data.length;
  const count = data.length >= 4 ? Math.min(data.readUInt32LE(0), MAX_PROPERTIES) : 0;
  for (let index = 0; index < count && room(4); index += 1) {
    const type = data.readUInt16LE(at);
    const id = data.readUInt16LE(at + 2);
    at += 4;
    if (id >= 0x8000) {
      if (!room(24)) break;
      const named = data.readUInt32LE(at + 16) === 1;
      at += named ? 24 + padded(data.readUInt32LE(at + 20)) : 24;
    }
    const base = type & 0xfff;
    const variable = VARIABLE.includes(base);
    let values = 1;
    if (variable || (type & 0x1000) !== 0) {
      if (!room(4)) break;
      values = data.readUInt32LE(at);
      at += 4;
    }
    if (!variable) {
      const size = FIXED[base];
      if (size === undefined) break;
      at += size * values;
      continue;
    }
    for (let value = 0; value < values && room(4); value += 1) {
      const length = data.readUInt32LE(at);
      at += 4;
      if (!room(length)) return found;
      const bytes = data.subarray(at, at + length);
      if (id === LONG_NAME) found.name = textOf(bytes, base === 0x1f);
      else if (id === MIME_TAG) found.mimeType = textOf(bytes, base === 0x1f).toLowerCase();
      at += padded(length);
    }
  }
  return found;
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;

function textOf(bytes: Buffer, wide: boolean): string {
  const text = wide ? bytes.toString("utf16le") : windows1252(bytes);
  const end = text.indexOf("\0");
  return (end < 0 ? text : text.slice(0, end)).slice(0, 500);
}
