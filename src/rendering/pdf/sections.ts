import { partyText } from "../facts.js";
import { textOf } from "../inline.js";
import type { Body, Section } from "../types.js";
import { anchoredShape, blocksShape, mediaShape, noteShape, type Tools } from "./blocks.js";
import { ACCENT, LINE, SOFT } from "./ink.js";
import { textShape, textStyle } from "./lines.js";
import { type Piece, type Shape, space, stack } from "./piece.js";

const BODY = textStyle(9.5);
const NOTE = textStyle(8);
const SIZES = [12.5, 11, 10];

export function bodyPieces(body: Body, tools: Tools): Piece[] {
  const { width } = tools.page;
  if (body.kind === "none") return noteShape(tools.words.noBody, BODY, tools).lay(width);
  if (body.kind === "file") return mediaShape(body.media, BODY, tools).lay(width);
  return body.sections.flatMap((section) => sectionPieces(section, 0, tools));
}

function sectionPieces(section: Section, depth: number, tools: Tools): Piece[] {
  const { width } = tools.page;
  const titled = section.title.length > 0;
  const heading = titled ? headingPieces(section, depth, tools) : [];
  const said = parties(section, tools).lay(width);
  const blocks = blocksShape(section.blocks, BODY, tools);
  const anchor = titled || section.id === undefined ? undefined : tools.anchor(section.id);
  return [
    space(depth === 0 ? 10 : 6),
    ...heading,
    ...said,
    ...(anchor === undefined ? blocks : anchoredShape(blocks, anchor, tools)).lay(width),
    ...notes(section, tools).lay(width),
    ...section.sections.flatMap((each) => sectionPieces(each, titled ? depth + 1 : depth, tools)),
  ];
}

function headingPieces(section: Section, depth: number, tools: Tools): Piece[] {
  const { width } = tools.page;
  const size = SIZES[Math.min(depth, SIZES.length - 1)] as number;
  const shape = textShape(section.title, textStyle(size, { bold: true, color: ACCENT }), tools, { keep: true });
  const anchor = section.id === undefined ? undefined : tools.anchor(section.id);
  const [first, ...rest] = (anchor === undefined ? shape : anchoredShape(shape, anchor, tools)).lay(width);
  if (first === undefined) return [];
  const gap: Piece = { ...space(3), keep: true };
  if (depth > 0) return [first, ...rest, gap];
  const title = textOf(section.title).slice(0, 200);
  // In the table of contents that a reader shows beside the pages.
  const entered: Piece = {
    ...first,
    draw: (x, y) => {
      tools.ink.enter(title, y - 4);
      first.draw(x, y);
    },
  };
  const rule: Piece = {
    height: 4,
    keep: true,
    draw: (x, y) => tools.ink.line(x, y + 1.5, x + width, y + 1.5, LINE, 0.7),
  };
  return [entered, ...rest, rule];
}

function parties({ authors, subjects }: Section, tools: Tools): Shape {
  const { words, language } = tools;
  const line = (label: string, list: Section["authors"]): Shape[] => {
    const told = list.map((party) => partyText(party, language)).filter((text) => text !== "");
    if (told.length === 0) return [];
    const text = `${label}${language === "fr" ? "\u00a0" : ""}: ${told.join(" ; ")}`;
    return [textShape([text], { ...NOTE, italic: true, color: SOFT }, tools, { keep: true })];
  };
  return stack([...line(words.sectionSubject, subjects), ...line(words.sectionAuthor, authors)]);
}

/** Footnotes, each behind its number. */
function notes(section: Section, tools: Tools): Shape {
  const shapes = section.notes.map(({ number, id, blocks }): Shape => {
    const mark = textShape([{ kind: "span", styles: [], script: "sup", children: [String(number)] }], NOTE, tools);
    const inner = blocksShape(blocks, NOTE, tools);
    const anchor = id === undefined ? undefined : tools.anchor(id);
    const anchored = anchor === undefined ? inner : anchoredShape(inner, anchor, tools);
    return {
      min: anchored.min + 12,
      max: anchored.max + 12,
      lay: (width) => {
        const [call] = mark.lay(12);
        return anchored.lay(width - 12).map((piece, index) => ({
          height: piece.height,
          draw: (x, y) => {
            if (index === 0) call?.draw(x, y);
            piece.draw(x + 12, y);
          },
        }));
      },
    };
  });
  return shapes.length === 0 ? stack([]) : stack([{ min: 0, max: 0, lay: () => [space(4)] }, ...shapes]);
}
