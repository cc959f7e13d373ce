import type { Face } from "../facts.js";
import type { Tools } from "./blocks.js";
import { LINE, SOFT } from "./ink.js";
import { textShape, textStyle } from "./lines.js";
import { MARGIN, PAGE } from "./pages.js";

const STYLE = textStyle(7.5, { color: SOFT });

/** On each page: what document and whose it is, and which page of how many. Written last, once their number is known. */
export function writeRunning(face: Face, id: string, count: number, tools: Tools): void {
  const { ink, page, words } = tools;
  const line = (text: string, x: number, y: number, width: number, align: "left" | "right"): void => {
    const [first] = textShape([shortened(text, width)], STYLE, tools, { align }).lay(width);
    first?.draw(x, y);
  };
  const shortened = (text: string, width: number): string => {
    let short = text.slice(0, 300);
    while (short.length > 1 && textShape([short], STYLE, tools).max > width) short = `${short.slice(0, -2).trimEnd()}…`;
    return short;
  };
  const head = MARGIN - 4;
  const foot = PAGE.height - MARGIN - 8;
  for (let index = 0; index < count; index++) {
    ink.doc.switchToPage(index);
    // The patient whole where there is room for it; the title has the rest.
    const right = Math.min(textShape([face.patient.line], STYLE, tools).max + 1, page.width * 0.65);
    line(face.title, MARGIN, head, page.width - right - 12, "left");
    line(face.patient.line, MARGIN + page.width - right, head, right, "right");
    ink.line(MARGIN, head + 12, MARGIN + page.width, head + 12, LINE);
    ink.line(MARGIN, foot, MARGIN + page.width, foot, LINE);
    line(id, MARGIN, foot + 3, page.width * 0.75, "left");
    line(`${words.page} ${index + 1}/${count}`, MARGIN + page.width * 0.75, foot + 3, page.width * 0.25, "right");
  }
}
