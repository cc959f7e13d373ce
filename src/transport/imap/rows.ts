import { isUtf8 } from "node:buffer";
import type { ImapFlow } from "imapflow";
import { windows1252 } from "../../windows-1252.js";
import type { Token, Untagged } from "./raw.js";
import { failed } from "./wire.js";

/** One FETCH response: what the server says of one mail, by item; the section asked of its header is `HEADER`. */
export interface FetchRow {
  seq: number;
  items: ReadonlyMap<string, Token>;
  /** What it takes to hold, about: bytes as they came, or characters. */
  weight: number;
}

/** As deep as imapflow's own parser would go; what is deeper is left to it, which knows what to do then. */
const MAX_DEPTH = 40;
/** Of one mail; more is left to imapflow, which ends the session. */
const MAX_TOKENS = 100_000;
/**
 * Bytes of all that a server says while one command runs: three times what the flags of a million mails take. Each response has its limits,
 * and without this one an endless answer would be read for as long as a command may take.
 */
const MAX_ANSWER = 256 * 1024 * 1024;

/** What imapflow's stream hands to its parser: the lines of a response with `{n}` where the literals were. */
interface Response {
  payload: Buffer;
  literals?: readonly Buffer[];
}

/** Of imapflow, what its types leave out. */
interface Reader {
  currentRequest?: false | { options?: { onRow?: (row: FetchRow) => void } };
  handleResponse(data: Response): Promise<boolean>;
}

/**
 * Rows of our own FETCH go to its `onRow` without imapflow's parser, which knows every form of IMAP and takes most of the time of a long
 * list. Whatever is not plainly a row stays with the library. An answer of more than {@link MAX_ANSWER} bytes ends the session.
 */
export function readRows(client: ImapFlow): void {
  const reader = client as unknown as Reader;
  const original = reader.handleResponse.bind(client);
  let answering: Reader["currentRequest"];
  let bytes = 0;
  reader.handleResponse = async (data) => {
    const { currentRequest } = reader;
    if (currentRequest !== answering) bytes = 0;
    answering = currentRequest;
    bytes += lengthOf(data);
    // The library ends the session for what is thrown here, and its command fails of it.
    if (bytes > MAX_ANSWER) throw failed(`the server answers a command with more than ${MAX_ANSWER} bytes`);
    const onRow = currentRequest ? currentRequest.options?.onRow : undefined;
    const row = onRow && parseRow(data.payload, data.literals ?? []);
    if (!row) return original(data);
    onRow(row);
    return true;
  };
}

const lengthOf = ({ payload, literals = [] }: Response): number =>
  literals.reduce((sum, { length }) => sum + length, payload.length);

/** A row that imapflow has parsed. */
export function rowOf({ command, attributes }: Untagged): FetchRow | undefined {
  const list = attributes?.[1];
  if (!/^\d{1,10}$/.test(command) || !Array.isArray(list)) return undefined;
  const items = new Map<string, Token>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = list[at];
    if (!name || Array.isArray(name) || typeof name.value !== "string") continue;
    const [section] = name.section ?? [];
    const part = section && !Array.isArray(section) && typeof section.value === "string" ? `[${section.value}` : "";
    items.set(keyOf(`${name.value}${part}`), list[at + 1] ?? null);
  }
  return { seq: Number(command), items, weight: weightOf(list) };
}

/** Imapflow's parser goes no deeper than it can be followed here. */
function weightOf(token: Token): number {
  if (token === null) return 1;
  if (Array.isArray(token)) return token.reduce((sum: number, each) => sum + weightOf(each), 1);
  const { value } = token;
  return 1 + (typeof value === "string" || Buffer.isBuffer(value) ? value.length : 0);
}

/** Undefined for what is no row, and for what only a full parser should read. */
export function parseRow(payload: Buffer, literals: readonly Buffer[]): FetchRow | undefined {
  if (payload[0] !== 0x2a || payload[1] !== 0x20) return undefined;
  const known = isUtf8(payload);
  const text = payload.toString(known ? "utf8" : "latin1");
  const head = /^\* (\d{1,10}) FETCH \(/i.exec(text);
  if (!head) return undefined;
  const parser = new RowParser(text, head[0].length, literals, !known);
  const items = parser.items();
  return items && { seq: Number(head[1]), items, weight: lengthOf({ payload, literals }) };
}

/**
 * What a mail has in its header without encoding it, as many programs wrote: UTF-8 (RFC 6532), else the characters of Western Windows. Each string by
 * itself, since one mail may have both.
 */
export const unencodedText = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString("utf8") : windows1252(bytes));

const keyOf = (name: string): string => {
  const upper = name.toUpperCase();
  return upper.startsWith("BODY[HEADER") ? "HEADER" : upper;
};

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const BACKSLASH = 0x5c;
const CURLY = 0x7b;

class RowParser {
  #tokens = 0;
  #literal = 0;

  constructor(
    private readonly text: string,
    private at: number,
    private readonly literals: readonly Buffer[],
    /** The text has a character for each byte. */
    private readonly bytes: boolean,
  ) {}

  items(): Map<string, Token> | undefined {
    const { text } = this;
    const items = new Map<string, Token>();
    for (;;) {
      const key = /[A-Za-z0-9.]+(?:\[[^\]"{}]*\](?:<\d+>)?)? /y;
      key.lastIndex = this.at;
      const found = key.exec(text)?.[0];
      if (!found) return undefined;
      this.at += found.length;
      const value = this.#value(0);
      if (value === undefined) return undefined;
      items.set(keyOf(found.slice(0, -1)), value);
      const next = text.charCodeAt(this.at);
      this.at += 1;
      if (next === CLOSE) return this.at === text.length && this.#literal === this.literals.length ? items : undefined;
      if (next !== SPACE) return undefined;
    }
  }

  /** As imapflow's parser gives them; undefined where this is not the plain form of one. */
  #value(depth: number): Token | undefined {
    this.#tokens += 1;
    if (this.#tokens > MAX_TOKENS || depth > MAX_DEPTH) return undefined;
    const first = this.text.charCodeAt(this.at);
    if (first === OPEN) return this.#list(depth);
    if (first === QUOTE) return this.#quoted();
    if (first === CURLY) return this.#literalValue();
    return this.#atom();
  }

  #list(depth: number): Token[] | undefined {
    const list: Token[] = [];
    this.at += 1;
    if (this.text.charCodeAt(this.at) === CLOSE) {
      this.at += 1;
      return list;
    }
    for (;;) {
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      list.push(value);
      const next = this.text.charCodeAt(this.at);
      if (next === CLOSE) {
        this.at += 1;
        return list;
      }
      if (next === SPACE) this.at += 1;
      // Addresses, and the parts of a multipart, follow each other without a space.
      else if (next !== OPEN) return undefined;
    }
  }

  #quoted(): Token | undefined {
    const { text } = this;
    const start = this.at + 1;
    let escaped = false;
    for (let end = start; end < text.length; end += 1) {
      const char = text.charCodeAt(end);
      if (char === QUOTE) {
        this.at = end + 1;
        const said = text.slice(start, end);
        const value = this.bytes ? unencodedText(Buffer.from(said, "latin1")) : said;
        return { type: "STRING", value: escaped ? value.replace(/\\(.)/gs, "$1") : value };
      }
      if (char === BACKSLASH) {
        escaped = true;
        end += 1;
      }
    }
    return undefined;
  }

  #literalValue(): Token | undefined {
    const marker = /\{(\d{1,10})\+?\}\r?\n/y;
    marker.lastIndex = this.at;
    const found = marker.exec(this.text);
    const literal = this.literals[this.#literal];
    if (!found || !literal || literal.length !== Number(found[1])) return undefined;
    this.#literal += 1;
    this.at += found[0].length;
    return { type: "LITERAL", value: literal };
  }

  #atom(): Token | undefined {
    const { text } = this;
    const start = this.at;
    let end = start;
    for (; end < text.length; end += 1) {
      const char = text.charCodeAt(end);
      if (char === SPACE || char === CLOSE) break;
      if (char < SPACE || char === OPEN || char === QUOTE || char === CURLY) return undefined;
    }
    if (end === start) return undefined;
    this.at = end;
    const value = text.slice(start, end);
    return end - start === 3 && value.toUpperCase() === "NIL" ? null : { type: "ATOM", value };
  }
}
