import { decodeWords } from "postal-mime";

/** One field of a header, as it stood in the mail. */
export interface Field {
  /** Lower case. */
  name: string;
  /** Its bytes as Latin-1, folded as they were, without the name and the last end of line. */
  raw: string;
  /** Unfolded, encoded words left as they are, Latin-1. */
  flat: string;
  /** Line of its name in the part, from 1. */
  line: number;
}

/** A header block taken apart, with what is wrong in its form. */
export interface Header {
  fields: readonly Field[];
  /** Lines that are neither a field nor a continuation. */
  stray: readonly number[];
  /** Bytes of the block, its empty line included. */
  length: number;
}

/** Bytes of one header that are read. */
const MAX_HEADER = 256 * 1024;
const MAX_FIELDS = 2000;

/** The header at the beginning of some bytes, to the first empty line. */
export function readHeader(bytes: Uint8Array, start = 0, end = bytes.length): Header {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, MAX_HEADER)).toString(
    "latin1",
  );
  const found = /^\r?\n|\r?\n\r?\n/.exec(text);
  const block = found ? text.slice(0, found.index) : text;
  const length = found ? found.index + found[0].length : text.length;
  const fields: { name: string; pieces: string[]; line: number }[] = [];
  const stray: number[] = [];
  const lines = block === "" ? [] : block.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      if (last) last.pieces.push(line);
      else stray.push(index + 1);
      continue;
    }
    const named = /^([!-9;-~]{1,200})[ \t]*:/.exec(line);
    if (named?.[1] === undefined) stray.push(index + 1);
    else if (fields.length < MAX_FIELDS)
      fields.push({ name: named[1].toLowerCase(), pieces: [line.slice(named[0].length)], line: index + 1 });
  }
  return {
    fields: fields.map(({ name, pieces, line }) => ({
      name,
      raw: pieces.join("\r\n"),
      flat: pieces.join("").trim(),
      line,
    })),
    stray,
    length,
  };
}

/** A value as a person reads it: encoded words decoded; bytes above 127 as UTF-8 where they are, which another check tells of. */
export function decoded(value: string): string {
  return decodeWords(utf8(value)).trim();
}

/** Latin-1 text that holds bytes of UTF-8, as text; what is not UTF-8 stays Latin-1. */
export function utf8(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/** An address and its display name, as a From field has them; groups and comments are left aside. */
export interface Mailbox {
  address: string;
  name: string;
}

/** The mailboxes of an address field (From, To, Reply-To, Disposition-Notification-To). */
export function mailboxes(value: string): Mailbox[] {
  const found: Mailbox[] = [];
  for (const piece of splitOutside(value, ",").slice(0, 500)) {
    const angled = /^(.*?)<\s*([^<>]*?)\s*>\s*$/s.exec(piece);
    const address = angled?.[2] ?? piece.replace(/\([^()]*\)/g, "").trim();
    if (address === "") continue;
    const name = (angled?.[1] ?? "").trim();
    found.push({ address, name: decoded(unquoted(name)) });
  }
  return found;
}

const unquoted = (text: string) =>
  /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text.replace(/"((?:[^"\\]|\\.)*)"/g, "$1");

/** Pieces between separators that stand outside of quotes and angle brackets. */
export function splitOutside(value: string, separator: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let quoted = false;
  let angled = false;
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at] as string;
    if (quoted && char === "\\") {
      piece += char + (value[at + 1] ?? "");
      at += 1;
      continue;
    }
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === "<") angled = true;
    else if (!quoted && char === ">") angled = false;
    if (char === separator && !quoted && !angled) {
      pieces.push(piece);
      piece = "";
    } else piece += char;
  }
  pieces.push(piece);
  return pieces.map((text) => text.trim());
}

/** A value with parameters (Content-Type, Content-Disposition), as RFC 2045 and RFC 2231 write them. */
export interface Parameterised {
  /** Lower case. */
  value: string;
  /** Names in lower case; continuations and `name*` of RFC 2231 joined and decoded. */
  parameters: ReadonlyMap<string, string>;
  /** How each parameter was written. */
  forms: ReadonlyMap<string, "plain" | "rfc2231" | "encoded-word" | "eight-bit">;
}

/** One of the pieces of a parameter: `name`, `name*`, `name*0`, `name*0*`. */
interface Piece {
  index: number;
  text: string;
  extended: boolean;
  /** It is numbered: one of several. */
  part: boolean;
}

export function parameterised(flat: string): Parameterised {
  const [value = "", ...rest] = splitOutside(flat, ";");
  const pieces = new Map<string, Piece[]>();
  const forms = new Map<string, "plain" | "rfc2231" | "encoded-word" | "eight-bit">();
  for (const piece of rest.slice(0, 200)) {
    const [, name, part, star, given = ""] = /^([^=*\s]+)(?:\*(\d{1,3}))?(\*)?\s*=\s*(.*)$/s.exec(piece) ?? [];
    if (name === undefined) continue;
    const key = name.toLowerCase();
    const text = unquoted(given.trim());
    const list = pieces.get(key) ?? [];
    list.push({
      index: part === undefined ? 0 : Number(part),
      text,
      extended: star !== undefined,
      part: part !== undefined,
    });
    pieces.set(key, list);
    if (part !== undefined || star !== undefined) forms.set(key, "rfc2231");
    else if (!forms.has(key))
      forms.set(
        key,
        /[\x80-\xff]/.test(text) ? "eight-bit" : /=\?[^?]+\?[bq]\?/i.test(text) ? "encoded-word" : "plain",
      );
  }
  const parameters = new Map<string, string>();
  for (const [name, list] of pieces) parameters.set(name, joined(list));
  return {
    value: value
      .replace(/\([^()]*\)/g, "")
      .trim()
      .toLowerCase(),
    parameters,
    forms,
  };
}

function joined(list: Piece[]): string {
  const extended = list.some((piece) => piece.extended);
  if (!extended && list.length === 1) return decoded(list[0]?.text ?? "");
  // `name=` beside `name*=` is for readers that know no RFC 2231: the extended form alone counts.
  const wanted = list.filter((piece) => !extended || piece.extended || piece.part);
  const ordered = [...wanted].sort((a, b) => a.index - b.index);
  let charset = "utf-8";
  const bytes: Buffer[] = [];
  for (const [at, piece] of ordered.entries()) {
    let text = piece.text;
    if (piece.extended && at === 0) {
      const [, set = "", rest = text] = /^([^']*)'[^']*'(.*)$/s.exec(text) ?? [];
      charset = set === "" ? charset : set;
      text = rest;
    }
    bytes.push(
      Buffer.from(
        piece.extended
          ? text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
          : text,
        "latin1",
      ),
    );
  }
  try {
    return new TextDecoder(charset).decode(Buffer.concat(bytes));
  } catch {
    return Buffer.concat(bytes).toString("latin1");
  }
}
