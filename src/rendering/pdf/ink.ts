import type PDFDocument from "pdfkit";
import { MedimailError } from "../../errors.js";
import type { Face, Faces } from "./fonts.js";

/** Red, green, blue, 0 to 1. */
export type Color = readonly [number, number, number];

export const INK: Color = [0.1, 0.1, 0.12];
export const SOFT: Color = [0.29, 0.31, 0.34];
export const ACCENT: Color = [0.04, 0.31, 0.52];
export const LINE: Color = [0.72, 0.75, 0.79];
export const FILL: Color = [0.95, 0.96, 0.975];
export const BAD: Color = [0.56, 0.04, 0.04];
export const BAD_FILL: Color = [0.99, 0.93, 0.93];
export const WARN_FILL: Color = [1, 0.965, 0.87];

interface Glyph {
  id: number;
  advanceWidth: number;
  codePoints: number[];
}

interface Position {
  xAdvance: number;
  advanceWidth: number;
  xOffset: number;
  yOffset: number;
}

/** What of pdfkit's embedded font is used: the glyphs of a word and how far they reach, in thousandths of the size. */
interface EmbeddedFont {
  id: string;
  encode(text: string): [string[], Position[]];
  font: { hasGlyphForCodePoint(codePoint: number): boolean; layout(text: string): { glyphs: Glyph[] } };
  ref(): unknown;
}

/** What of pdfkit's document is used beside its public API. */
interface Internals {
  _font: EmbeddedFont;
  page: { fonts: Record<string, unknown>; dictionary: unknown; height: number };
  addContent(operators: string): void;
}

/** A word in a font, ready to be shown. */
export interface Shaped {
  text: string;
  /** For a size of 1. */
  width: number;
  /** What stands within a `TJ`; a rise closes it and opens another. */
  pieces: (string | { rise: number; show: string })[];
}

const decimal = (value: number): string => String(Math.round(value * 100) / 100);

/**
 * The page as it is written: pdfkit makes the file, the fonts and the images; text is laid out by us, so it is written here, word
 * by word, each shaped once.
 */
export class Ink {
  readonly #fonts: Record<Face, EmbeddedFont>;
  readonly #words: Record<Face, Map<string, Shaped>> = {
    regular: new Map(),
    bold: new Map(),
    italic: new Map(),
    boldItalic: new Map(),
  };
  readonly #internals: Internals;
  readonly #started = performance.now();
  #asked = 0;
  /** Characters that no font has. */
  missing = 0;
  /** Words of a script that is written from right to left. */
  turned = 0;

  constructor(
    readonly doc: InstanceType<typeof PDFDocument>,
    fonts: Faces,
    private readonly maxMs: number,
  ) {
    this.#internals = doc as unknown as Internals;
    const open = (face: Face): EmbeddedFont => {
      doc.registerFont(face, fonts[face] as never);
      doc.font(face);
      return this.#internals._font;
    };
    this.#fonts = {
      regular: open("regular"),
      bold: open("bold"),
      italic: open("italic"),
      boldItalic: open("boldItalic"),
    };
  }

  /** @throws MedimailError `xml_limit_exceeded` where the document takes too long. */
  shape(word: string, face: Face): Shaped {
    if ((++this.#asked & 0x3ff) === 0) this.#checkTime();
    const known = this.#words[face].get(word);
    if (known) return known;
    const shaped = this.#shape(word, face);
    this.#words[face].set(word, shaped);
    return shaped;
  }

  #checkTime(): void {
    if (performance.now() - this.#started <= this.maxMs) return;
    throw new MedimailError("xml_limit_exceeded", `The PDF takes longer than the limit maxMs (${this.maxMs}).`, {
      path: "maxMs",
    });
  }

  #shape(word: string, face: Face): Shaped {
    const font = this.#fonts[face];
    if (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(word)) this.turned++;
    const [glyphs, positions] = font.encode(this.#known(word.normalize("NFC"), font));
    const shaped: Shaped = { text: word, width: 0, pieces: [] };
    let run = "";
    let hex = "";
    const flush = (): void => {
      if (hex !== "") run += `<${hex}>`;
      hex = "";
    };
    for (const [index, glyph] of glyphs.entries()) {
      const { xAdvance, advanceWidth, xOffset, yOffset } = positions[index] as Position;
      shaped.width += xAdvance / 1000;
      if (xOffset !== 0 || yOffset !== 0) {
        flush();
        // A mark is set off from its letter: there, shown, and back.
        const there = `${decimal(-xOffset)} <${glyph}> ${decimal(xOffset - (xAdvance - advanceWidth))}`;
        if (run !== "") shaped.pieces.push(run);
        run = "";
        shaped.pieces.push({ rise: yOffset / 1000, show: there });
        continue;
      }
      hex += glyph;
      if (Math.abs(xAdvance - advanceWidth) > 0.01) {
        flush();
        run += `${decimal(advanceWidth - xAdvance)} `;
      }
    }
    flush();
    if (run !== "") shaped.pieces.push(run);
    return shaped;
  }

  /** The letters of a word, marks with theirs. */
  letters({ text }: Shaped, face: Face): Shaped[] {
    return (text.match(/[\s\S]\p{Mark}*/gu) ?? []).map((letter) => this.shape(letter, face));
  }

  /** With the replacement character in place of what the font has no glyph for. */
  #known(word: string, { font }: EmbeddedFont): string {
    let known = "";
    for (const character of word) {
      if (IGNORABLE.test(character)) continue;
      if (font.hasGlyphForCodePoint(character.codePointAt(0) as number)) known += character;
      else {
        this.missing++;
        known += "\ufffd";
      }
    }
    return known;
  }

  /** Shows shaped words one after the other, `x` and `y` where the line they stand on begins. */
  text(words: readonly (Shaped | number)[], face: Face, size: number, x: number, y: number, color: Color): void {
    if ((++this.#asked & 0x3ff) === 0) this.#checkTime();
    const { id } = this.#fonts[face];
    const { page } = this.#internals;
    if (page.fonts[id] == null) page.fonts[id] = this.#fonts[face].ref();
    let show = "";
    let rises = "";
    for (const word of words) {
      // A number is a space, in thousandths.
      if (typeof word === "number") {
        show += ` ${decimal(-word)} `;
        continue;
      }
      for (const piece of word.pieces) {
        if (typeof piece === "string") show += piece;
        else {
          rises += `[${show}] TJ ${decimal(piece.rise * size)} Ts [${piece.show}] TJ 0 Ts `;
          show = "";
        }
      }
    }
    this.#write(
      `BT ${rgb(color)} rg /${id} ${decimal(size)} Tf 1 0 0 -1 ${decimal(x)} ${decimal(y)} Tm ${rises}[${show}] TJ ET`,
    );
  }

  fill(x: number, y: number, width: number, height: number, color: Color): void {
    this.#write(`${rgb(color)} rg ${decimal(x)} ${decimal(y)} ${decimal(width)} ${decimal(height)} re f`);
  }

  frame(x: number, y: number, width: number, height: number, color: Color, thickness = 0.5): void {
    this.#write(
      `${decimal(thickness)} w ${rgb(color)} RG ${decimal(x)} ${decimal(y)} ${decimal(width)} ${decimal(height)} re S`,
    );
  }

  line(x1: number, y1: number, x2: number, y2: number, color: Color, thickness = 0.5): void {
    this.#write(
      `${decimal(thickness)} w ${rgb(color)} RG ${decimal(x1)} ${decimal(y1)} m ${decimal(x2)} ${decimal(y2)} l S`,
    );
  }

  link(x: number, y: number, width: number, height: number, link: { url: string } | { goTo: string }): void {
    if ("url" in link) this.doc.link(x, y, width, height, link.url);
    else this.doc.goTo(x, y, width, height, link.goTo);
  }

  /** A place that links lead to. */
  anchor(name: string, x: number, y: number): void {
    this.doc.addNamedDestination(name, "XYZ", x, y, null as never);
  }

  /** Adds a heading to the table of contents. One level, open: pdfkit counts no deeper, and PDF/A-1 wants the count right. */
  enter(title: string, y: number): void {
    const { outline } = this.doc;
    (outline as unknown as { options: object }).options = { expanded: true };
    outline.addItem(title, { top: y } as never);
  }

  #write(operators: string): void {
    this.#internals.addContent(operators);
  }
}

/** Marks that show nothing: where a word may be cut, how letters join. */
const IGNORABLE = /\u00ad|[\u200b-\u200f]|\u2060|\ufe0e|\ufe0f|\ufeff/;

const rgb = (color: Color): string => color.map(decimal).join(" ");
