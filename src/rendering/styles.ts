import type { Align, Marker, Rule, Style } from "./types.js";

/** What a `styleCode` asks for. Codes are case-sensitive in CDA, and written in any case. */
export interface StyleCode {
  styles: Style[];
  rules: Rule[];
  align?: Align;
  marker?: Marker;
  /** A code that is none of CDA's. */
  unknown: boolean;
}

const STYLES: Readonly<Record<string, Style>> = {
  bold: "bold",
  italics: "italic",
  italic: "italic",
  emphasis: "italic",
  underline: "underline",
  strikethrough: "strike",
};
const RULES: Readonly<Record<string, Rule>> = { lrule: "left", rrule: "right", toprule: "top", botrule: "bottom" };
const ALIGNS: Readonly<Record<string, Align>> = { left: "left", right: "right", center: "center", justify: "justify" };
const MARKERS: Readonly<Record<string, Marker>> = {
  disc: "disc",
  circle: "circle",
  square: "square",
  arabic: "decimal",
  littleroman: "lower-roman",
  bigroman: "upper-roman",
  littlealpha: "lower-alpha",
  bigalpha: "upper-alpha",
};

const NONE: StyleCode = { styles: [], rules: [], unknown: false };

/** Reads `styleCode`: words by themselves (`Bold Italics`), or run together as French documents have them (`BoldItalics`). */
export function readStyleCode(value: string | undefined): StyleCode {
  if (value === undefined || value === "") return NONE;
  const read: StyleCode = { styles: [], rules: [], unknown: false };
  for (const word of value.slice(0, 500).split(/\s+/)) {
    if (word === "" || take(word, read)) continue;
    for (const part of word.split(/(?=[A-Z])/)) if (!take(part, read)) read.unknown = true;
  }
  return read;
}

function take(word: string, read: StyleCode): boolean {
  const key = word.toLowerCase();
  const style = own(STYLES, key);
  if (style !== undefined) {
    if (!read.styles.includes(style)) read.styles.push(style);
    return true;
  }
  const rule = own(RULES, key);
  if (rule !== undefined) {
    if (!read.rules.includes(rule)) read.rules.push(rule);
    return true;
  }
  const align = own(ALIGNS, key);
  if (align !== undefined) {
    read.align = align;
    return true;
  }
  const marker = own(MARKERS, key);
  if (marker !== undefined) read.marker = marker;
  return marker !== undefined;
}

/** `align` of a cell, a row or a group of rows. */
export function readAlign(value: string | undefined): Align | undefined {
  return value === undefined ? undefined : own(ALIGNS, value.trim().toLowerCase());
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
