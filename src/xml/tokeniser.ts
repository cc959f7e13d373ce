import { SaxesParser } from "saxes";
import { isUnbrokenBase64 } from "../base64.js";

/** What of the tokeniser's state its reading of text touches. */
interface Reading {
  i: number;
  chunk: string;
  text: string;
  line: number;
  column: number;
  readonly position: number;
  positionAtNewLine: number;
  forbiddenState: number;
  textHandler: unknown;
  handleTextInRoot(): void;
}

/** What ends a plain run: markup, a carriage return, `]`, and all that XML may not hold (surrogates are looked at by the tokeniser). */
const SPECIAL = /[\x00-\x08\x0b-\x1f&<>\]\ud800-\uffff]/g;
/** Shorter runs are not worth it. */
const MIN_RUN = 64;

const parent = SaxesParser.prototype as unknown as Reading;
const known = typeof parent.handleTextInRoot === "function";

/**
 * The tokeniser, which looks at text one character after the other; the base64 of a document is most of it. A plain run is
 * taken whole, what follows it as ever. Where a later version of saxes is made otherwise, it is left as it is.
 */
export class Tokeniser extends SaxesParser {}

if (known) {
  (Tokeniser.prototype as unknown as Reading).handleTextInRoot = function handleTextInRoot(this: Reading): void {
    const end = endOfRun(this.chunk, this.i);
    if (end - this.i >= MIN_RUN) takeRun(this, end);
    parent.handleTextInRoot.call(this);
  };
}

function endOfRun(chunk: string, from: number): number {
  const markup = chunk.indexOf("<", from);
  const end = markup < 0 ? chunk.length : markup;
  if (end - from < MIN_RUN || isUnbrokenBase64(chunk.slice(from, end))) return end;
  SPECIAL.lastIndex = from;
  return SPECIAL.test(chunk) ? SPECIAL.lastIndex - 1 : chunk.length;
}

function takeRun(reading: Reading, end: number): void {
  const from = reading.i;
  const run = reading.chunk.slice(from, end);
  let last = -1;
  for (let at = run.indexOf("\n"); at >= 0; at = run.indexOf("\n", at + 1)) {
    reading.line++;
    last = at;
  }
  reading.i = end;
  if (last < 0) reading.column += run.length;
  else {
    reading.column = run.length - last - 1;
    reading.positionAtNewLine = reading.position - reading.column;
  }
  reading.forbiddenState = 0;
  if (reading.textHandler !== undefined) reading.text += run;
}
