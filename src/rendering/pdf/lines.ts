import type { Inline, Revision, Style } from "../types.js";
import { partsOf, SOFT_HYPHEN } from "./cuts.js";
import type { Face } from "./fonts.js";
import { ACCENT, BAD, type Color, INK, type Ink, type Shaped } from "./ink.js";
import type { Piece, Shape } from "./piece.js";

/** How text looks. */
export interface TextStyle {
  size: number;
  bold: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  color: Color;
  script?: "sub" | "sup";
  link?: { url: string } | { goTo: string };
}

export const textStyle = (size: number, changes: Partial<TextStyle> = {}): TextStyle => ({
  size,
  bold: false,
  italic: false,
  underline: false,
  strike: false,
  color: INK,
  ...changes,
});

export function withStyles(style: TextStyle, styles: readonly Style[], revised?: Revision): TextStyle {
  return {
    ...style,
    bold: style.bold || styles.includes("bold"),
    italic: style.italic || styles.includes("italic"),
    underline: style.underline || styles.includes("underline") || revised === "insert",
    strike: style.strike || styles.includes("strike") || revised === "delete",
    ...(revised === "delete" && { color: BAD }),
  };
}

/** Part of a word, in one style. */
interface Run {
  shaped: Shaped;
  width: number;
  style: TextStyle;
  /** A place of the document that links lead to. */
  anchor?: string;
}

/** What no line is broken within. */
interface Word {
  runs: Run[];
  width: number;
  /** Width of the space before it; 0 where it only may be cut off from the word before. */
  before: number;
  /** A line break before it. */
  breaks: number;
  /** Shown behind it where the line ends there: the word goes on, and was told where it may be cut. */
  hyphen?: Run;
}

export type Align = "left" | "center" | "right" | "justify";

const LEADING = 1.32;
export interface LineTools {
  ink: Ink;
  /** Where a link within the document leads; undefined where to nothing. */
  destination(id: string): string | undefined;
  /** The destination that an identifier is; undefined where no link asks for it. */
  anchor(id: string): string | undefined;
}

const faceOf = ({ bold, italic }: TextStyle): Face =>
  bold ? (italic ? "boldItalic" : "bold") : italic ? "italic" : "regular";
const sizeOf = ({ size, script }: TextStyle): number => (script ? size * 0.7 : size);

/** Words out of inlines. */
class Setter {
  readonly words: Word[] = [];
  #open: Word | undefined;
  #space = 0;
  #breaks = 0;
  #anchor: string | undefined;

  constructor(private readonly tools: LineTools) {}

  set(inlines: readonly Inline[], style: TextStyle): void {
    for (const inline of inlines) this.#one(inline, style);
  }

  #one(inline: Inline, style: TextStyle): void {
    if (typeof inline === "string") {
      this.#text(inline, style);
      return;
    }
    if (inline.kind === "break") {
      this.#open = undefined;
      this.#breaks++;
      this.#space = 0;
      return;
    }
    if (inline.kind === "note") {
      if (inline.number > 0) this.#text(String(inline.number), { ...style, script: "sup", color: ACCENT });
      return;
    }
    if (inline.id !== undefined) this.#anchor = this.tools.anchor(inline.id) ?? this.#anchor;
    if (inline.kind === "span") {
      const script = inline.script ?? style.script;
      this.set(inline.children, { ...withStyles(style, inline.styles, inline.revised), ...(script && { script }) });
      return;
    }
    const { href } = inline;
    const goTo = href.to === "id" ? this.tools.destination(href.value) : undefined;
    const link =
      goTo !== undefined ? { goTo } : href.to === "id" || href.to === "refused" ? undefined : { url: href.value };
    this.set(inline.children, link ? { ...style, link, color: ACCENT, underline: true } : style);
    if (href.to === "refused" && href.value !== "" && !inline.children.includes(href.value))
      this.#text(` (${href.value})`, style);
  }

  #text(text: string, style: TextStyle): void {
    const face = faceOf(style);
    const { ink } = this.tools;
    for (const [index, piece] of text.split(" ").entries()) {
      if (index > 0) {
        this.#open = undefined;
        this.#space = ink.shape(" ", face).width * sizeOf(style);
      }
      if (piece === "") continue;
      const parts = partsOf(piece);
      for (const [cutAt, part] of parts.entries()) {
        if (cutAt > 0) this.#open = undefined;
        this.#run(part, style, face);
        if (part.endsWith(SOFT_HYPHEN) && cutAt + 1 < parts.length) this.#mayEnd(style, face);
      }
    }
  }

  /** The word set last may be the last of its line, and then has a hyphen. */
  #mayEnd(style: TextStyle, face: Face): void {
    const shaped = this.tools.ink.shape("-", face);
    if (this.#open) this.#open.hyphen = { shaped, width: shaped.width * sizeOf(style), style };
  }

  #run(text: string, style: TextStyle, face: Face): void {
    const shaped = this.tools.ink.shape(text, face);
    const run: Run = { shaped, width: shaped.width * sizeOf(style), style };
    if (this.#anchor !== undefined) {
      run.anchor = this.#anchor;
      this.#anchor = undefined;
    }
    if (this.#open === undefined) {
      this.#open = { runs: [], width: 0, before: this.#space, breaks: this.#breaks };
      this.words.push(this.#open);
      this.#space = 0;
      this.#breaks = 0;
    }
    this.#open.runs.push(run);
    this.#open.width += run.width;
  }
}

/** Lines of text: broken between words, and within one that is wider than the column. */
export function textShape(
  inlines: readonly Inline[],
  style: TextStyle,
  tools: LineTools,
  options: { align?: Align; keep?: boolean } = {},
): Shape {
  const setter = new Setter(tools);
  setter.set(inlines, style);
  const { words } = setter;
  return {
    min: words.reduce((widest, word) => Math.max(widest, endWidth(word)), 0),
    max: widestLine(words),
    lay: (width) => breakLines(words, width, tools).map((line) => linePiece(line, width, style, tools, options)),
  };
}

/** Width where the line ends with it. */
const endWidth = ({ width, hyphen }: Word): number => width + (hyphen?.width ?? 0);

function widestLine(words: readonly Word[]): number {
  let widest = 0;
  let width = 0;
  for (const word of words) {
    width = word.breaks > 0 ? word.width : width + word.before + word.width;
    widest = Math.max(widest, width);
  }
  // Rounding must not break a line that fits.
  return widest + 0.01;
}

function breakLines(words: readonly Word[], width: number, tools: LineTools): Word[][] {
  const lines: Word[][] = [];
  let line: Word[] = [];
  let used = 0;
  for (const word of words.flatMap((each) => (each.width <= width ? [each] : chopped(each, width, tools)))) {
    const fits = line.length === 0 || used + word.before + endWidth(word) <= width;
    if (word.breaks > 0 || !fits) {
      const last = line.at(-1);
      if (last?.hyphen && word.breaks === 0 && word.before === 0)
        line[line.length - 1] = { ...last, runs: [...last.runs, last.hyphen], width: endWidth(last) };
      if (line.length > 0 || word.breaks > 1) lines.push(line);
      for (let empty = line.length > 0 ? 1 : 2; empty < word.breaks; empty++) lines.push([]);
      line = [];
      used = 0;
    }
    used += (line.length === 0 ? 0 : word.before) + word.width;
    line.push(word);
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** A word that no line has room for, cut where it must be. */
function chopped(word: Word, width: number, { ink }: LineTools): Word[] {
  const parts: Word[] = [];
  let part: Word = { runs: [], width: 0, before: word.before, breaks: word.breaks };
  for (const run of word.runs) {
    for (const shaped of ink.letters(run.shaped, faceOf(run.style))) {
      const wide = shaped.width * sizeOf(run.style);
      if (part.runs.length > 0 && part.width + wide > width) {
        parts.push(part);
        part = { runs: [], width: 0, before: 0, breaks: 0 };
      }
      const { anchor, ...plain } = run;
      part.runs.push({
        ...plain,
        ...(part.runs.length === 0 && anchor !== undefined && { anchor }),
        shaped,
        width: wide,
      });
      part.width += wide;
    }
  }
  parts.push(part);
  return parts;
}

function linePiece(
  line: readonly Word[],
  width: number,
  style: TextStyle,
  tools: LineTools,
  { align = "left", keep }: { align?: Align; keep?: boolean },
): Piece {
  const size = style.size;
  const height = size * LEADING;
  const used = line.reduce((sum, word, index) => sum + (index === 0 ? 0 : word.before) + word.width, 0);
  const offset = align === "right" ? width - used : align === "center" ? (width - used) / 2 : 0;
  return {
    height,
    ...(keep && { keep: true as const }),
    draw: (x, y) => drawLine(line, x + Math.max(0, offset), y, y + height * 0.76, height, tools),
  };
}

/** Runs of one style that follow each other are shown together. */
function drawLine(line: readonly Word[], x: number, top: number, base: number, height: number, tools: LineTools): void {
  const { ink } = tools;
  let at = x;
  let from = x;
  let style: TextStyle | undefined;
  let words: (Shaped | number)[] = [];
  const flush = (): void => {
    if (style === undefined || words.length === 0) return;
    const size = sizeOf(style);
    const shift = style.script === "sup" ? -0.33 * style.size : style.script === "sub" ? 0.14 * style.size : 0;
    ink.text(words, faceOf(style), size, from, base + shift, style.color);
    if (style.underline)
      ink.line(from, base + shift + size * 0.12, at, base + shift + size * 0.12, style.color, size * 0.05);
    if (style.strike)
      ink.line(from, base + shift - size * 0.28, at, base + shift - size * 0.28, style.color, size * 0.06);
    if (style.link) ink.link(from, top, at - from, height, style.link);
    words = [];
  };
  for (const [index, word] of line.entries()) {
    for (const [part, run] of word.runs.entries()) {
      const gap = part === 0 && index > 0 ? word.before : 0;
      if (run.style !== style) {
        flush();
        at += gap;
        from = at;
        style = run.style;
      } else if (gap > 0) {
        words.push((gap * 1000) / sizeOf(run.style));
        at += gap;
      }
      if (run.anchor !== undefined) ink.anchor(run.anchor, at, top);
      words.push(run.shaped);
      at += run.width;
    }
  }
  flush();
}
