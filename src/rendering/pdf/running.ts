import type { Face } from "../facts.js";
import type { Tools } from "./blocks.js";
import { LINE, SOFT } from "./ink.js";
import { textShape, textStyle } from "./lines.js";
import { MARGIN, PAGE } from "./pages.js";

const STYLE = textStyle(7.5, { color: SOFT });

/** On each page: what document and whose it is, and which page of how many. Written last, once their number is known. */
export function writeRunning(face: Face, id: string, count: number, tools: Tools): void {
  const { ink, page, words } = tools;
  const shape = (text: string) => textShape([text], STYLE, tools);
  const shortened = (text: string, width: number): string => {
    let short = text.slice(0, 300);
    while (short.length > 1 && shape(short).max > width) short = `${short.slice(0, -2).trimEnd()}…`;
    return short;
  };
  // The patient whole where there is room for it; the title has the rest.
  const right = Math.min(shape(face.patient.line.slice(0, 300)).max + 1, page.width * 0.65);
  const title = shortened(face.title, page.width - right - 12);
  const patient = shortened(face.patient.line, right);
  const identifier = shortened(id, page.width * 0.75);
  const line = (text: string, x: number, y: number, width: number, align: "left" | "right" = "left"): void =>
    textShape([text], STYLE, tools, { align }).lay(width)[0]?.draw(x, y);
  const head = MARGIN - 4;
  const foot = PAGE.height - MARGIN - 8;
  for (let index = 0; index < count; index++) {
    ink.doc.switchToPage(index);
    line(title, MARGIN, head, page.width - right - 12);
    line(patient, MARGIN + page.width - right, head, right, "right");
    ink.line(MARGIN, head + 12, MARGIN + page.width, head + 12, LINE);
    ink.line(MARGIN, foot, MARGIN + page.width, foot, LINE);
    line(identifier, MARGIN, foot + 3, page.width * 0.75);
    line(`${words.page} ${index + 1}/${count}`, MARGIN + page.width * 0.75, foot + 3, page.width * 0.25, "right");
  }
}
