import { inflateSync } from "node:zlib";

/** What is read of a file at most: bytes of it, bytes of its streams unpacked, characters of its text. */
const MAX_FILE = 30_000_000;
const MAX_UNPACKED = 40_000_000;
const MAX_TEXT = 500_000;
const MAX_OBJECTS = 50_000;

interface PdfObject {
  dictionary: string;
  /** Bytes of its stream, packed. */
  stream?: [start: number, end: number];
}

type Decode = (bytes: Buffer) => string;

/**
 * The text that a PDF shows, good enough to look for words in it: streams in the clear or by Flate, fonts by their ToUnicode, else Latin-1. Object
 * streams and encryption, which PDF/A-1 forbids, are not read. Undefined where nothing can be read.
 */
export function pdfText(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_FILE) return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const raw = file.toString("latin1");
  if (raw.includes("/Encrypt")) return undefined;
  const objects = objectsOf(raw);
  const budget = { left: MAX_UNPACKED };
  const unpacked = new Map<number, string>();
  const contentOf = (number: number): string => {
    const known = unpacked.get(number);
    if (known !== undefined) return known;
    const content = unpack(file, objects.get(number), budget);
    unpacked.set(number, content);
    return content;
  };
  const fonts = fontsOf(objects, contentOf);
  const pieces: string[] = [];
  let length = 0;
  for (const [number, { dictionary, stream }] of objects) {
    if (
      !stream ||
      /\/(?:FontFile|Subtype\s*\/(?:Image|XML|Type1C|CIDFontType0C|OpenType)|Type\s*\/(?:XRef|ObjStm|Metadata))/.test(
        dictionary,
      )
    )
      continue;
    const content = contentOf(number);
    if (!/\bBT\b/.test(content) || !/T[jJ]/.test(content)) continue;
    const text = shown(content, fonts);
    length += text.length;
    pieces.push(text);
    if (length > MAX_TEXT) break;
  }
  return pieces.length === 0 ? undefined : pieces.join("\n").slice(0, MAX_TEXT);
}

function objectsOf(raw: string): Map<number, PdfObject> {
  const objects = new Map<number, PdfObject>();
  const heads = /(?:^|[\r\n\s])(\d{1,9}) \d{1,5} obj\b/g;
  for (let head = heads.exec(raw); head && objects.size < MAX_OBJECTS; head = heads.exec(raw)) {
    const start = heads.lastIndex;
    const end = raw.indexOf("endobj", start);
    const stream = /stream\r?\n/g;
    stream.lastIndex = start;
    const opens = stream.exec(raw);
    const number = Number(head[1]);
    if (opens && (end < 0 || opens.index < end)) {
      const closes = raw.indexOf("endstream", stream.lastIndex);
      if (closes < 0) break;
      objects.set(number, {
        dictionary: raw.slice(start, opens.index).slice(0, 20_000),
        stream: [stream.lastIndex, closes],
      });
      heads.lastIndex = closes;
    } else {
      objects.set(number, { dictionary: raw.slice(start, end < 0 ? start + 20_000 : end).slice(0, 200_000) });
      if (end > 0) heads.lastIndex = end;
    }
  }
  return objects;
}

function unpack(file: Buffer, object: PdfObject | undefined, budget: { left: number }): string {
  if (!object?.stream || budget.left <= 0) return "";
  const bytes = file.subarray(...object.stream);
  if (!/\/FlateDecode/.test(object.dictionary))
    return /\/Filter/.test(object.dictionary) ? "" : bytes.toString("latin1");
  try {
    const content = inflateSync(bytes, { maxOutputLength: Math.min(budget.left, 10_000_000), finishFlush: 2 });
    budget.left -= content.length;
    return content.toString("latin1");
  } catch {
    return "";
  }
}

/** Decoders by the name that content gives a font. A name used for several fonts keeps the first. */
function fontsOf(objects: ReadonlyMap<number, PdfObject>, contentOf: (number: number) => string): Map<string, Decode> {
  const fonts = new Map<string, Decode>();
  for (const { dictionary } of objects.values()) {
    for (const [, name = "", number = ""] of dictionary.matchAll(/\/([^\s/<>[\]()]+)\s+(\d{1,9}) \d{1,5} R/g)) {
      const font = objects.get(Number(number));
      if (fonts.has(name) || !font || !/\/Type\s*\/Font\b(?!Descriptor)/.test(font.dictionary)) continue;
      const map = /\/ToUnicode\s+(\d{1,9}) /.exec(font.dictionary)?.[1];
      fonts.set(name, map === undefined ? (bytes) => bytes.toString("latin1") : decoderOf(contentOf(Number(map))));
    }
  }
  return fonts;
}

const utf16 = (hex: string): string => {
  const bytes = Buffer.from(hex.replace(/\s/g, ""), "hex");
  let text = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode(bytes.readUInt16BE(at));
  return text;
};

/** A ToUnicode map: bfchar and bfrange (PDF 32000-1 §9.10.3). */
function decoderOf(map: string): Decode {
  const width = Math.max(1, (/begincodespacerange\s*<([0-9A-Fa-f]+)>/.exec(map)?.[1]?.length ?? 4) / 2);
  const codes = new Map<number, string>();
  for (const [, block = ""] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g))
    for (const [, from = "", to = ""] of block.matchAll(/<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>/g))
      codes.set(Number.parseInt(from, 16), utf16(to));
  for (const [, block = ""] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from = "", to = "", target = "", list = ""] of block.matchAll(
      /<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f\s]+)>|\[([^\]]*)\])/g,
    )) {
      const [first, last] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
      const listed = [...list.matchAll(/<([0-9A-Fa-f\s]+)>/g)].map(([, hex = ""]) => utf16(hex));
      const base = utf16(target);
      for (let code = first; code <= last && code - first < 65_536 && codes.size < 200_000; code += 1) {
        const step = base.slice(0, -1) + String.fromCharCode(base.charCodeAt(base.length - 1) + code - first);
        codes.set(code, listed.length > 0 ? (listed[code - first] ?? "") : step);
      }
    }
  }
  return (bytes) => {
    let text = "";
    for (let at = 0; at + width <= bytes.length; at += width) text += codes.get(bytes.readUIntBE(at, width)) ?? "";
    return text;
  };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** The strings that a content stream shows, in its order; a move of the pen is a space. */
function shown(content: string, fonts: ReadonlyMap<string, Decode>): string {
  const token =
    /\((?:[^()\\]|\\[\s\S])*\)|<([0-9A-Fa-f\s]*)>|\/([^\s/<>[\]()]+)\s+[\d.]+\s+Tf|(-?\d+\.?\d*)|\b(Td|TD|Tm|T\*|ET)\b/g;
  let decode: Decode = (bytes) => bytes.toString("latin1");
  let text = "";
  for (let found = token.exec(content); found && text.length < MAX_TEXT; found = token.exec(content)) {
    const [whole, hex, font, number, move] = found;
    if (font !== undefined) decode = fonts.get(font) ?? decode;
    else if (move !== undefined) text += " ";
    else if (number !== undefined) text += Number(number) < -180 ? " " : "";
    else if (hex !== undefined) text += decode(Buffer.from(hex.replace(/\s/g, ""), "hex"));
    else text += decode(literal(whole.slice(1, -1)));
  }
  return text;
}

function literal(inside: string): Buffer {
  const text = inside.replace(
    /\\(?:([0-7]{1,3})|\r?\n|([\s\S]))/g,
    (_, octal: string | undefined, char: string | undefined) =>
      octal === undefined
        ? char === undefined
          ? ""
          : (ESCAPES[char] ?? char)
        : String.fromCharCode(Number.parseInt(octal, 8) & 255),
  );
  return Buffer.from(text, "latin1");
}
