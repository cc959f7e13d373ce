import type { Difference } from "../claims.js";
import type { Face, Fact } from "../facts.js";
import type { Claims } from "../types.js";
import { noteShape, type Tools } from "./blocks.js";
import { ACCENT, BAD, BAD_FILL, FILL, LINE, SOFT, WARN_FILL } from "./ink.js";
import { textShape, textStyle } from "./lines.js";
import { type Piece, type Shape, space, stack } from "./piece.js";
import { type ShapedCell, tableShape } from "./table.js";

const LABEL = textStyle(8, { color: SOFT });
const VALUE = textStyle(9);

/** What stands before the narrative: warnings, title, who the patient is, what the document is. */
export function headPieces(face: Face, tools: Tools): Piece[] {
  const { width } = tools.page;
  const marked = marksOf(face);
  return [
    ...(face.differences.length > 0 ? [...differences(face.differences, tools).lay(width), space(8)] : []),
    ...face.warnings.flatMap((warning) => [...warningShape(warning, tools).lay(width), space(4)]),
    ...textShape([face.title], textStyle(17, { bold: true, color: ACCENT }), tools, { keep: true }).lay(width),
    space(6),
    ...twoBoxes(face, marked, tools).lay(width),
    space(10),
  ];
}

/** What stands after it: the rest of the header. */
export function morePieces(face: Face, tools: Tools): Piece[] {
  if (face.more.length === 0) return [];
  const heading = textShape([tools.words.more], textStyle(11, { bold: true, color: ACCENT }), tools, { keep: true });
  const { width } = tools.page;
  return [
    space(14),
    ...heading.lay(width),
    { ...space(3), keep: true },
    ...factsShape(face.more, marksOf(face), tools, 8).lay(width),
  ];
}

const marksOf = (face: Face): Set<keyof Claims> => new Set(face.differences.map(({ trait }) => trait));

/** Patient and document side by side. */
function twoBoxes(face: Face, marked: ReadonlySet<keyof Claims>, tools: Tools): Shape {
  const { words } = tools;
  const half = tools.page.width / 2;
  const box = (column: number, title: string, inner: Shape[]): ShapedCell => {
    const shape = stack([textShape([title], textStyle(8, { bold: true, color: ACCENT }), tools), ...inner], 2);
    // Both as wide, whatever they hold.
    return { column, colspan: 1, rowspan: 1, fill: FILL, shape: { ...shape, min: half - 16, max: half - 16 } };
  };
  const name = face.patient.name === "" ? [] : [textShape([face.patient.name], textStyle(12, { bold: true }), tools)];
  const patient = box(0, words.patient, [...name, factsShape(face.patient.facts, marked, tools)]);
  const document = box(1, words.document, [factsShape(face.document, marked, tools)]);
  return tableShape(
    { columns: 2, head: [], bodies: [[[patient, document]]], border: LINE, stretch: true, padding: 6 },
    tools.ink,
  );
}

/** Labels and values in two columns. */
function factsShape(facts: readonly Fact[], marked: ReadonlySet<keyof Claims>, tools: Tools, size = 9): Shape {
  const rows = facts.map(({ label, values, trait }): ShapedCell[] => {
    const fill = trait !== undefined && marked.has(trait) ? { fill: WARN_FILL } : {};
    const told = stack(values.map((value) => textShape([value], { ...VALUE, size }, tools)));
    const named = textShape([label], { ...LABEL, size: size - 1 }, tools);
    // A long label is broken rather than leave no room for what it names.
    const label_ = { ...named, max: Math.min(named.max, 95) };
    return [
      { column: 0, colspan: 1, rowspan: 1, shape: label_, ...fill },
      { column: 1, colspan: 1, rowspan: 1, shape: told, ...fill },
    ];
  });
  return tableShape({ columns: 2, head: [], bodies: [rows], border: undefined, padding: 1 }, tools.ink);
}

function warningShape(text: string, tools: Tools): Shape {
  return noteShape(text, textStyle(8.5), tools, WARN_FILL);
}

/** What the places say, side by side: a person must see it before the document. */
function differences(list: readonly Difference[], tools: Tools): Shape {
  const { words } = tools;
  const places = (["document", "metadata", "mail"] as const).filter((place) =>
    list.some((difference) => difference[place] !== undefined),
  );
  const titles = { document: words.inDocument, metadata: words.inMetadata, mail: words.inMail };
  const cell = (column: number, text: string, bold = false): ShapedCell => ({
    column,
    colspan: 1,
    rowspan: 1,
    fill: BAD_FILL,
    shape: textShape([text], textStyle(9, { bold }), tools),
  });
  const row = (label: string, of: (place: (typeof places)[number]) => string, bold: boolean): ShapedCell[] => [
    cell(0, label, true),
    ...places.map((place, index) => cell(index + 1, of(place), bold)),
  ];
  const table = tableShape(
    {
      columns: places.length + 1,
      head: [row(words.trait, (place) => titles[place], true)],
      bodies: [list.map((difference) => row(difference.label, (place) => difference[place] ?? "", false))],
      border: BAD,
      stretch: true,
      padding: 3,
    },
    tools.ink,
  );
  const line = (text: string, bold: boolean) =>
    textShape([text], textStyle(10, { bold, color: BAD }), tools, { keep: true });
  return stack([line(words.differs, true), table, line(words.differsHelp, false)], 3);
}
