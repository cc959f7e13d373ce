import { isUnbrokenBase64 } from "../base64.js";

/** What is told of a document, in its order. */
export interface Sink {
  /** Whether texts are not wanted just now. */
  readonly skipping: boolean;
  addAttribute(name: string, value: string): void;
  /** After its attributes. */
  openElement(name: string): void;
  addText(text: string): void;
  closeElement(): void;
}

const START = 1;
const NAME = 2;
const CLASSES = new Uint8Array(128);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
  CLASSES[letter.charCodeAt(0)] = START | NAME;
for (const letter of "0123456789.:-") CLASSES[letter.charCodeAt(0)] = NAME;

const TAB = 0x09;
const LINE = 0x0a;
const SPACE = 0x20;
const BANG = 0x21;
const QUOTE = 0x22;
const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const BRACKET = 0x5d;
/** Beyond are surrogates, and what XML forbids. */
const LAST = 0xd7ff;

/** Each attribute is compared with those before: with more, the tokeniser's way is quicker. */
const MAX_ATTRIBUTES = 16;
/** A longer text may be a file. */
const MIN_FILE = 64;
const DECLARATION =
  /<\?xml version=(?:"1\.0"|'1\.0')(?: encoding=(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?: standalone=(?:"yes"|'yes'|"no"|'no'))? ?\?>/y;
/** A processing instruction; none has the name of the declaration. */
const INSTRUCTION = /<\?(?!xml[ ?])[a-z][\w.-]*(?: [\t\n\x20-\x3e\x40-\x7e]*)?\?>/iy;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads a document made of elements, attributes, texts, comments, instructions, the five entities and references to characters, its names in ASCII, and tells the sink.
 * False where it has anything else, be it right or wrong (DOCTYPE, CDATA, other entities, rare characters, faults of any
 * kind): what was told is then for nothing. Whatever it takes, saxes takes alike: it is stricter, never laxer.
 */
export function scan(text: string, sink: Sink): boolean {
  // XML 1.0 §2.11: before anything else is read.
  return new Scan(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text, sink).document();
}

class Scan {
  private at = 0;
  /** Names of the elements that are open. */
  private readonly open: string[] = [];
  /** By a sum of their characters: a name met again is not cut out of the text again. */
  private readonly names = new Map<number, string>();
  /** Names of the attributes of the element that opens. */
  private readonly attributes: string[] = [];
  private attributesEnd = 0;

  constructor(
    private readonly text: string,
    private readonly sink: Sink,
  ) {}

  document(): boolean {
    this.past(DECLARATION);
    if (!this.between() || this.text.charCodeAt(this.at) !== LESS || !this.element()) return false;
    while (this.open.length > 0) if (!this.content()) return false;
    return this.between() && this.at === this.text.length;
  }

  private past(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  /** White space, comments and instructions outside of the root. */
  private between(): boolean {
    for (this.space(); ; this.space()) {
      if (this.text.startsWith("<!--", this.at)) {
        if (!this.comment()) return false;
      } else if (!this.past(INSTRUCTION)) return true;
    }
  }

  /** Whether there was any. */
  private space(): boolean {
    const { text } = this;
    const from = this.at;
    let at = from;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== SPACE && code !== LINE && code !== TAB) break;
      at++;
    }
    this.at = at;
    return at > from;
  }

  private comment(): boolean {
    const { text } = this;
    const end = text.indexOf("--", this.at + 4);
    if (end < 0 || text.charCodeAt(end + 2) !== GREATER) return false;
    for (let at = this.at + 4; at < end; at++) if (!isPlain(text.charCodeAt(at))) return false;
    this.at = end + 3;
    return true;
  }

  /** Text up to the next markup, and that markup. */
  private content(): boolean {
    const { text } = this;
    const end = text.charCodeAt(this.at) === LESS ? this.at : text.indexOf("<", this.at);
    if (end < 0 || (end > this.at && !this.characters(end))) return false;
    this.at = end;
    const next = text.charCodeAt(end + 1);
    if (next === SLASH) return this.closing();
    if (next === BANG) return text.startsWith("<!--", end) && this.comment();
    return next === QUESTION ? this.past(INSTRUCTION) : this.element();
  }

  private characters(end: number): boolean {
    const { text, sink } = this;
    const from = this.at;
    const run = text.slice(from, end);
    let escaped = false;
    if (end - from < MIN_FILE || !isUnbrokenBase64(run)) {
      for (let at = from; at < end; at++) {
        const code = text.charCodeAt(at);
        if (code === AMPERSAND) escaped = true;
        else if (!isPlain(code) || (code === BRACKET && text.charCodeAt(at + 1) === BRACKET)) return false;
      }
    }
    const found = resolved(run, escaped);
    if (found === undefined) return false;
    if (!sink.skipping) sink.addText(found);
    return true;
  }

  private closing(): boolean {
    const name = this.open.pop() as string;
    if (!this.text.startsWith(name, this.at + 2)) return false;
    this.at += 2 + name.length;
    this.space();
    if (this.text.charCodeAt(this.at) !== GREATER) return false;
    this.at++;
    this.sink.closeElement();
    return true;
  }

  private element(): boolean {
    const { text, sink } = this;
    this.at++;
    const name = this.name();
    if (name === undefined) return false;
    this.attributesEnd = 0;
    for (;;) {
      const spaced = this.space();
      const code = text.charCodeAt(this.at);
      if (code === GREATER) {
        this.at++;
        this.open.push(name);
        sink.openElement(name);
        return true;
      }
      if (code === SLASH) {
        if (text.charCodeAt(this.at + 1) !== GREATER) return false;
        this.at += 2;
        sink.openElement(name);
        sink.closeElement();
        return true;
      }
      if (!spaced || !this.attribute()) return false;
    }
  }

  private attribute(): boolean {
    const { text } = this;
    const name = this.name();
    if (name === undefined || !this.isNew(name)) return false;
    const quote = text.charCodeAt(this.at + 1);
    if (text.charCodeAt(this.at) !== 0x3d || (quote !== QUOTE && quote !== APOSTROPHE)) return false;
    const from = this.at + 2;
    let at = from;
    let escaped = false;
    let broken = false;
    for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(++at)) {
      // Past the end the code is not a number.
      if (!isPlain(code) || code === LESS) return false;
      if (code === AMPERSAND) escaped = true;
      else if (code < SPACE) broken = true;
    }
    this.at = at + 1;
    const raw = text.slice(from, at);
    // XML 1.0 §3.3.3: before the entities are replaced.
    const value = resolved(broken ? raw.replace(/[\t\n]/g, " ") : raw, escaped);
    if (value === undefined) return false;
    this.sink.addAttribute(name, value);
    return true;
  }

  private isNew(name: string): boolean {
    const { attributes, attributesEnd } = this;
    for (let i = 0; i < attributesEnd; i++) if (attributes[i] === name) return false;
    attributes[attributesEnd] = name;
    this.attributesEnd++;
    return this.attributesEnd <= MAX_ATTRIBUTES;
  }

  /** The name that begins here; undefined where there is none. */
  private name(): string | undefined {
    const { text } = this;
    const from = this.at;
    let at = from;
    let sum = 0;
    for (let wanted = START; ; wanted = NAME) {
      const code = text.charCodeAt(at);
      if (code > 127) return undefined;
      if (((CLASSES[code] ?? 0) & wanted) === 0) break;
      sum = (Math.imul(sum, 31) + code) | 0;
      at++;
    }
    if (at === from) return undefined;
    this.at = at;
    const known = this.names.get(sum);
    if (known?.length === at - from && text.startsWith(known, from)) return known;
    const name = text.slice(from, at);
    this.names.set(sum, name);
    return name;
  }
}

const isPlain = (code: number): boolean => (code >= SPACE && code <= LAST) || code === LINE || code === TAB;

/** A mark that no text read here can hold. */
const REFUSED = "\0";

/** The text with its entities and character references replaced; undefined where one is none of XML's own. */
function resolved(raw: string, escaped: boolean): string | undefined {
  if (!escaped) return raw;
  const text = raw.replace(
    /&(?:(amp|lt|gt|quot|apos);|#(\d{1,7});|#x([\da-fA-F]{1,6});)?/g,
    (_, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return ENTITIES[name] as string;
      return referred(decimal === undefined ? Number.parseInt(hex ?? "0", 16) : Number(decimal));
    },
  );
  return text.includes(REFUSED) ? undefined : text;
}

function referred(code: number): string {
  const allowed = isPlain(code) || code === 0x0d || (code >= 0xe000 && code <= 0xfffd) || code > 0xffff;
  return allowed && code <= 0x10ffff ? String.fromCodePoint(code) : REFUSED;
}
