import { decodeWords, headerOf, unfold } from "../mime/headers.js";
import { readableText } from "../mime/text.js";
import type { MockMessage } from "../store/message.js";
import { modseqOf } from "./condstore.js";
import { dayOf, parseDay } from "./dates.js";
import type { Value } from "./syntax.js";
import { parseSet, SyntaxProblem, textOf } from "./syntax.js";

export interface SearchContext {
  /** Largest UID and number of messages, for `*`. */
  lastUid: number;
  count: number;
  /** Whether MODSEQ may be asked. */
  condstore: boolean;
  /** Set where a criterion is MODSEQ: the answer then has a mod-sequence too (RFC 7162 §3.1.5). */
  byModseq?: boolean;
}

/** True where a message, of that sequence number, is looked for. */
export type Criterion = (message: MockMessage, sequence: number) => boolean;

/** The charset is neither US-ASCII nor UTF-8: NO [BADCHARSET]. */
export class BadCharset extends Error {}

const FLAGS: Record<string, string> = {
  ANSWERED: "\\Answered",
  DELETED: "\\Deleted",
  DRAFT: "\\Draft",
  FLAGGED: "\\Flagged",
  SEEN: "\\Seen",
};
const HEADERS = new Set(["FROM", "TO", "CC", "BCC", "SUBJECT"]);
const MAX_NESTING = 50;

/** The criteria of SEARCH, all of them to be met. */
export function parseSearch(values: readonly Value[], context: SearchContext): Criterion {
  const queue = [...values];
  const first = queue[0];
  if (first?.kind === "atom" && first.text.toUpperCase() === "CHARSET") {
    queue.shift();
    const charset = textOf(queue.shift()).toUpperCase();
    if (charset !== "UTF-8" && charset !== "US-ASCII") throw new BadCharset();
  }
  return all(queue, context, 0);
}

function all(queue: Value[], context: SearchContext, depth: number): Criterion {
  if (queue.length === 0) throw new SyntaxProblem("A criterion is expected");
  const criteria: Criterion[] = [];
  while (queue.length > 0) criteria.push(one(queue, context, depth));
  return (message, sequence) => criteria.every((test) => test(message, sequence));
}

function one(queue: Value[], context: SearchContext, depth: number): Criterion {
  if (depth > MAX_NESTING) throw new SyntaxProblem("The search is too complex");
  const value = queue.shift();
  if (!value) throw new SyntaxProblem("A criterion is expected");
  if (value.kind === "list") return all([...value.items], context, depth + 1);
  if (value.kind === "string") throw new SyntaxProblem("A criterion is expected");
  const key = value.text.toUpperCase();
  if (/^[\d*]/.test(key)) {
    const test = parseSet(key, context.count);
    return (_, sequence) => test(sequence);
  }
  if (key === "NOT") {
    const test = one(queue, context, depth + 1);
    return (message, sequence) => !test(message, sequence);
  }
  if (key === "OR") {
    const [a, b] = [one(queue, context, depth + 1), one(queue, context, depth + 1)];
    return (message, sequence) => a(message, sequence) || b(message, sequence);
  }
  return byFlag(key, queue) ?? byText(key, queue) ?? byDate(key, queue) ?? byOther(key, queue, context);
}

function byFlag(key: string, queue: Value[]): Criterion | undefined {
  const flag = FLAGS[key];
  if (flag) return (message) => message.has(flag);
  const absent = key.startsWith("UN") ? FLAGS[key.slice(2)] : undefined;
  if (absent) return (message) => !message.has(absent);
  if (key === "KEYWORD" || key === "UNKEYWORD") {
    const keyword = textOf(queue.shift());
    return (message) => message.has(keyword) === (key === "KEYWORD");
  }
  // \Recent is never set (RFC 9051 has dropped it).
  if (key === "ALL" || key === "OLD") return () => true;
  if (key === "RECENT" || key === "NEW") return () => false;
  return undefined;
}

function byText(key: string, queue: Value[]): Criterion | undefined {
  if (HEADERS.has(key)) {
    const wanted = needle(queue.shift());
    return (message) => headerContains(message, key, wanted);
  }
  if (key === "HEADER") {
    const name = textOf(queue.shift());
    const wanted = needle(queue.shift());
    return (message) => headerContains(message, name, wanted);
  }
  if (key === "BODY" || key === "TEXT") {
    const wanted = needle(queue.shift());
    return (message) => {
      if (readableText(message.raw, message.mime).toLowerCase().includes(wanted)) return true;
      if (key === "BODY") return false;
      return message.mime.fields.some((field) =>
        `${field.name}: ${decodeWords(unfold(field.value))}`.toLowerCase().includes(wanted),
      );
    };
  }
  return undefined;
}

function needle(value: Value | undefined): string {
  return Buffer.from(textOf(value), "latin1").toString("utf8").toLowerCase();
}

/** RFC 9051 §6.4.4: an empty string asks whether the field is there. */
function headerContains(message: MockMessage, name: string, wanted: string): boolean {
  const lower = name.toLowerCase();
  return message.mime.fields.some(
    (field) => field.name.toLowerCase() === lower && decodeWords(unfold(field.value)).toLowerCase().includes(wanted),
  );
}

function byDate(key: string, queue: Value[]): Criterion | undefined {
  const match = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(key);
  if (!match) return undefined;
  const day = parseDay(textOf(queue.shift()));
  return (message) => {
    const written = match[1] ? new Date(headerOf(message.mime.fields, "date") ?? "") : message.internalDate;
    const own = dayOf(written);
    if (Number.isNaN(own)) return false;
    return match[2] === "BEFORE" ? own < day : match[2] === "ON" ? own === day : own >= day;
  };
}

function byOther(key: string, queue: Value[], context: SearchContext): Criterion {
  if (key === "UID") {
    const test = parseSet(textOf(queue.shift()), context.lastUid);
    return (message) => test(message.uid);
  }
  if (key === "LARGER" || key === "SMALLER") {
    const text = textOf(queue.shift());
    if (!/^\d{1,12}$/.test(text)) throw new SyntaxProblem("A size is expected");
    return (message) => (key === "LARGER" ? message.raw.length > Number(text) : message.raw.length < Number(text));
  }
  if (key === "MODSEQ" && context.condstore) return byModseq(queue, context);
  throw new SyntaxProblem("A criterion is not known");
}

/** `MODSEQ [entry-name entry-type] n`: the mock has one mod-sequence for all that can change in a message. */
function byModseq(queue: Value[], context: SearchContext): Criterion {
  if (queue[0]?.kind === "string") {
    queue.shift();
    if (!/^(all|priv|shared)$/i.test(textOf(queue.shift()))) throw new SyntaxProblem("A type of entry is expected");
  }
  const least = modseqOf(queue.shift(), 0);
  context.byModseq = true;
  return (message) => message.modseq >= least;
}
