/** A value of an IMAP command. Strings and literals are bytes; atoms are text as written. */
export type Value =
  | { kind: "atom"; text: string }
  | { kind: "string"; bytes: Buffer }
  | { kind: "list"; items: Value[] };

/** The command is not IMAP: answered BAD. */
export class SyntaxProblem extends Error {}

const MAX_DEPTH = 20;
const MAX_VALUES = 20_000;

/** A command as received: text, with the literals between. */
export type Segment = string | Buffer;

/** Reads the arguments of a command. */
export function parseArguments(segments: readonly Segment[]): Value[] {
  const reader = new Reader(segments);
  const values: Value[] = [];
  reader.spaces();
  while (!reader.done) {
    values.push(reader.value(0));
    if (!reader.done && !reader.spaces()) throw new SyntaxProblem("A space is missing between arguments");
  }
  return values;
}

class Reader {
  readonly #segments: readonly Segment[];
  #index = 0;
  #at = 0;
  #count = 0;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
    this.#skipEmpty();
  }

  get done(): boolean {
    return this.#index >= this.#segments.length;
  }

  spaces(): boolean {
    let any = false;
    while (this.#peek() === " ") {
      this.#next();
      any = true;
    }
    return any;
  }

  value(depth: number): Value {
    if (++this.#count > MAX_VALUES || depth > MAX_DEPTH) throw new SyntaxProblem("The command is too complex");
    const segment = this.#segments[this.#index];
    if (Buffer.isBuffer(segment)) {
      this.#index += 1;
      this.#skipEmpty();
      return { kind: "string", bytes: segment };
    }
    const char = this.#peek();
    if (char === "(") return this.#list(depth);
    if (char === '"') return this.#quoted();
    return this.#atom();
  }

  #list(depth: number): Value {
    this.#next();
    const items: Value[] = [];
    this.spaces();
    while (this.#peek() !== ")") {
      if (this.done) throw new SyntaxProblem("A list is not closed");
      items.push(this.value(depth + 1));
      this.spaces();
    }
    this.#next();
    return { kind: "list", items };
  }

  #quoted(): Value {
    const segment = this.#segments[this.#index] as string;
    const match = /"((?:[^"\\\r\n]|\\["\\])*)"/y;
    match.lastIndex = this.#at;
    const found = match.exec(segment);
    if (!found) throw new SyntaxProblem("A string is not closed");
    this.#at = match.lastIndex;
    this.#skipEmpty();
    return { kind: "string", bytes: Buffer.from((found[1] ?? "").replace(/\\(["\\])/g, "$1"), "latin1") };
  }

  /** Brackets belong to the atom with what they hold: `BODY[HEADER.FIELDS (TO)]<0.10>`. */
  #atom(): Value {
    const segment = this.#segments[this.#index] as string | undefined;
    if (segment === undefined) throw new SyntaxProblem("An argument is missing");
    const match = /(?:[^\s()"{}[\]\x00-\x1f\x7f]|\[[^\]\r\n]*\])+/y;
    match.lastIndex = this.#at;
    const found = match.exec(segment);
    if (!found) throw new SyntaxProblem("An argument is not understood");
    this.#at = match.lastIndex;
    this.#skipEmpty();
    return { kind: "atom", text: found[0] };
  }

  #peek(): string | undefined {
    const segment = this.#segments[this.#index];
    return typeof segment === "string" ? segment[this.#at] : undefined;
  }

  #next(): void {
    this.#at += 1;
    this.#skipEmpty();
  }

  #skipEmpty(): void {
    let segment = this.#segments[this.#index];
    while (typeof segment === "string" && this.#at >= segment.length) {
      this.#index += 1;
      this.#at = 0;
      segment = this.#segments[this.#index];
    }
  }
}

/** An atom or a string as latin1 text. */
export function textOf(value: Value | undefined): string {
  if (!value || value.kind === "list") throw new SyntaxProblem("A string is expected");
  return value.kind === "atom" ? value.text : value.bytes.toString("latin1");
}

export function itemsOf(value: Value | undefined): Value[] {
  if (value?.kind !== "list") throw new SyntaxProblem("A list is expected");
  return value.items;
}

/** A set such as `1:3,7,9:*`: a test over numbers, `largest` being `*`. */
export function parseSet(text: string, largest: number): (n: number) => boolean {
  if (!/^(\d{1,10}|\*)(:(\d{1,10}|\*))?(,(\d{1,10}|\*)(:(\d{1,10}|\*))?)*$/.test(text))
    throw new SyntaxProblem("A set of messages is expected");
  const number = (s: string) => (s === "*" ? largest : Number(s));
  const ranges = text.split(",").map((range) => {
    const [a = "", b = a] = range.split(":");
    return [Math.min(number(a), number(b)), Math.max(number(a), number(b))] as const;
  });
  return (n) => ranges.some(([a, b]) => n >= a && n <= b);
}

const QUOTABLE = /^[\x20-\x7e]*$/;

/** A string of a response: quoted where it can be, a literal elsewhere, NIL where absent. */
export function nstring(value: string | undefined): Segment[] {
  if (value === undefined) return ["NIL"];
  if (value.length <= 1000 && QUOTABLE.test(value)) return [`"${value.replace(/(["\\])/g, "\\$1")}"`];
  return [Buffer.from(value, "latin1")];
}

/** A folder's name in a response. */
export function quoteName(name: string): string {
  return `"${name.replace(/(["\\])/g, "\\$1")}"`;
}
