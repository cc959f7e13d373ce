import { charsetOf, decode, type Hl7Charset } from "./charset.js";
import { refusal } from "./refusal.js";

/** More than any message of the field has: a document of 25 MB is one field. */
const MAX_SEGMENTS = 2_000;
const MAX_FIELDS = 500;

interface Delimiters {
  field: string;
  component: string;
  repetition: string;
  escaping: string;
  subcomponent: string;
}

/** One line of a message. Fields count from 1, as HL7 counts them (MSH-1 is the separator itself). */
export class Segment {
  readonly name: string;
  readonly #fields: readonly string[];
  readonly #delimiters: Delimiters;

  constructor(fields: readonly string[], delimiters: Delimiters) {
    this.name = fields[0] ?? "";
    this.#fields = fields;
    this.#delimiters = delimiters;
  }

  /** How many fields are written. */
  get size(): number {
    return this.#fields.length - 1;
  }

  /** A field as it is written, escapes included. */
  raw(field: number): string {
    return this.#fields[field] ?? "";
  }

  isEmpty(field: number): boolean {
    return this.raw(field).trim() === "" || this.raw(field) === '""';
  }

  repetitions(field: number): string[] {
    const raw = this.raw(field);
    return raw === "" ? [] : raw.split(this.#delimiters.repetition);
  }

  /** A component of a field's first repetition, without its escapes. */
  text(field: number, component = 1, subcomponent = 1): string {
    return this.part(this.repetitions(field)[0] ?? "", component, subcomponent);
  }

  /** A component of one repetition. */
  part(repetition: string, component: number, subcomponent = 1): string {
    const { component: by, subcomponent: within } = this.#delimiters;
    const whole = repetition.split(by)[component - 1] ?? "";
    return unescaped(whole.split(within)[subcomponent - 1] ?? "", this.#delimiters).trim();
  }

  /** As {@link text}, of what is long and has neither escapes nor parts: base64. */
  bulk(field: number, component: number): string {
    const raw = this.raw(field);
    const { component: by } = this.#delimiters;
    let from = 0;
    for (let at = 1; at < component; at += 1) {
      from = raw.indexOf(by, from) + 1;
      if (from === 0) return "";
    }
    const to = raw.indexOf(by, from);
    return raw.slice(from, to < 0 ? undefined : to);
  }
}

export interface Er7Message {
  segments: Segment[];
  charset: Hl7Charset;
}

/**
 * A message in the vertical-bar encoding: whatever ends its lines, whatever its delimiters are.
 *
 * @throws MedimailError `hl7_invalid`
 */
export function readEr7(bytes: Uint8Array): Er7Message {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 4_096)).replace(/^(?:ï»¿)?\s*/, "");
  if (!/^MSH[^\w\s]/.test(head)) throw refusal(100, "MSH", "the message does not begin with a header segment");
  const field = head[3] as string;
  const encoding = head.slice(4).split(field, 1)[0] ?? "";
  const [component = "", repetition = "", escaping = "", subcomponent = ""] = encoding;
  const all = [field, component, repetition, escaping, subcomponent];
  if (all.some((one) => one === "" || /[\w\s]/.test(one)) || new Set(all).size !== all.length)
    throw refusal(102, "MSH-2", "the delimiters are not five different signs");
  const delimiters = { field, component, repetition, escaping, subcomponent };
  const header = head.split(/[\r\n]/, 1)[0]?.split(field) ?? [];
  const charset = charsetOf((header[17] ?? "").split(repetition)[0] ?? "", bytes);
  if (charset === undefined) throw refusal(103, "MSH-18", "this character set is not known");
  const text = decode(bytes, charset);
  if (text === undefined) throw refusal(102, "MSH-18", "the message is not written in the character set that it names");
  return { charset, segments: segmentsOf(text, delimiters) };
}

function segmentsOf(text: string, delimiters: Delimiters): Segment[] {
  const segments: Segment[] = [];
  for (const line of lines(text)) {
    if (segments.length >= MAX_SEGMENTS)
      throw refusal(198, "MSH", `the message has more than ${MAX_SEGMENTS} segments`);
    const fields = line.split(delimiters.field, MAX_FIELDS);
    // A sender that broke off in the middle and began anew without the end of its block.
    if (segments.length > 0 && /^\u000b?MSH/.test(line))
      throw refusal(100, "MSH", "a second message begins in this one");
    const [name = ""] = fields;
    if (!/^[A-Z][A-Z\d]{2}$/.test(name))
      throw refusal(100, "MSH", "a line is no segment: its name is not three letters");
    // The separator is MSH-1: what follows counts from 2.
    if (name === "MSH") fields.splice(1, 0, delimiters.field);
    segments.push(new Segment(fields, delimiters));
  }
  return segments;
}

/** HL7 has CR alone; files and engines have all others. */
function* lines(text: string): Generator<string> {
  const end = /[\r\n]+/g;
  let from = text.startsWith("\ufeff") ? 1 : 0;
  for (let found = end.exec(text); found; found = end.exec(text)) {
    const line = text.slice(from, found.index).trimStart();
    if (line !== "") yield line;
    from = end.lastIndex;
  }
  const last = text
    .slice(from)
    .replace(/[\u001c\s]+$/, "")
    .trimStart();
  if (last !== "") yield last;
}

const BREAKS: ReadonlySet<string> = new Set([".br", ".sp", "X0A", "X0D", "X0D0A", "X0d", "X0a", "X0d0a"]);

/** `\F\`, `\S\`, `\T\`, `\R\`, `\E\` and line breaks; other sequences (highlighting, other character sets) are passed over. */
function unescaped(text: string, { escaping, ...delimiters }: Delimiters): string {
  if (!text.includes(escaping)) return text;
  const { field: F, component: S, subcomponent: T, repetition: R } = delimiters;
  const plain: Readonly<Record<string, string>> = { F, S, T, R, E: escaping };
  const parts = text.split(escaping);
  let out = parts[0] ?? "";
  for (let at = 1; at < parts.length; at += 2) {
    const code = parts[at] ?? "";
    // An escape that is not closed is a sign like any other.
    if (at === parts.length - 1) return `${out}${escaping}${code}`;
    out += plain[code] ?? (BREAKS.has(code) ? "\n" : "");
    out += parts[at + 1] ?? "";
  }
  return out;
}
