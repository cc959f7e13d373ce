import type { MockMessage } from "../store/message.js";
import { internalDate } from "./dates.js";
import type { SectionItem } from "./section.js";
import { parseSection, readSection } from "./section.js";
import { bodyStructure, envelope } from "./structure.js";
import type { Segment, Value } from "./syntax.js";
import { SyntaxProblem, textOf } from "./syntax.js";

type SimpleItem = "FLAGS" | "UID" | "ENVELOPE" | "BODYSTRUCTURE" | "BODY" | "INTERNALDATE" | "RFC822.SIZE" | "MODSEQ";
export type FetchItem = SimpleItem | SectionItem;

const SIMPLE = new Set<string>([
  "FLAGS",
  "UID",
  "ENVELOPE",
  "BODYSTRUCTURE",
  "BODY",
  "INTERNALDATE",
  "RFC822.SIZE",
  "MODSEQ",
]);
const MACROS: Record<string, SimpleItem[]> = {
  FAST: ["FLAGS", "INTERNALDATE", "RFC822.SIZE"],
  ALL: ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"],
  FULL: ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"],
};
/** The names of RFC 3501 that are sections under another name. */
const OLD: Record<string, { section: string; label: string }> = {
  RFC822: { section: "BODY[]", label: "RFC822" },
  "RFC822.HEADER": { section: "BODY.PEEK[HEADER]", label: "RFC822.HEADER" },
  "RFC822.TEXT": { section: "BODY[TEXT]", label: "RFC822.TEXT" },
};

/** What FETCH asks for. `UID FETCH` always answers the UID. */
export function parseFetchItems(first: Value | undefined, withUid: boolean): FetchItem[] {
  if (!first) throw new SyntaxProblem("FETCH takes a set and one list of items");
  const words = first.kind === "list" ? first.items : [first];
  const items: FetchItem[] = [];
  for (const word of words) items.push(...itemsOf(textOf(word), words.length === 1));
  if (items.length === 0) throw new SyntaxProblem("FETCH needs an item");
  if (withUid && !items.includes("UID")) items.unshift("UID");
  return items;
}

function itemsOf(text: string, alone: boolean): FetchItem[] {
  const upper = text.toUpperCase();
  const macro = alone ? MACROS[upper] : undefined;
  if (macro) return macro;
  if (SIMPLE.has(upper)) return [upper as SimpleItem];
  const old = OLD[upper];
  const section = parseSection(old?.section ?? text);
  if (!section) throw new SyntaxProblem("An item of FETCH is not known");
  return [old ? { ...section, label: old.label } : section];
}

/** Whether an item marks the mail as read. */
export function marksSeen(items: readonly FetchItem[]): boolean {
  return items.some((item) => typeof item === "object" && !item.peek);
}

/** One `* n FETCH (…)`. */
export function fetchResponse(sequence: number, message: MockMessage, items: readonly FetchItem[]): Segment[] {
  const out: Segment[] = [`* ${sequence} FETCH (`];
  items.forEach((item, i) => {
    if (i > 0) out.push(" ");
    out.push(...answer(message, item));
  });
  out.push(")");
  return out;
}

function answer(message: MockMessage, item: FetchItem): Segment[] {
  if (typeof item === "object") {
    const content = item.what === "" || item.what === "TEXT";
    const bytes = content && message.removedAt !== undefined ? undefined : readSection(message, item);
    return [`${item.label} `, bytes ?? "NIL"];
  }
  switch (item) {
    case "FLAGS":
      return [`FLAGS (${message.flags.join(" ")})`];
    case "UID":
      return [`UID ${message.uid}`];
    case "INTERNALDATE":
      return [`INTERNALDATE "${internalDate(message.internalDate)}"`];
    case "MODSEQ":
      return [`MODSEQ (${message.modseq})`];
    case "RFC822.SIZE":
      return [`RFC822.SIZE ${message.raw.length}`];
    case "ENVELOPE":
      return ["ENVELOPE ", ...envelope(message.mime.fields)];
    default:
      return [`${item} `, ...bodyStructure(message.raw, message.mime, item === "BODYSTRUCTURE")];
  }
}
