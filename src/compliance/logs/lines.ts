import type { LogBudget } from "./limits.js";

/** One line of a log, without its line feed. */
export interface LogLine {
  /** Its beginning, at most the limit, a byte a character. */
  text: string;
  /** Bytes of the whole line, its line feed included. */
  size: number;
}

export type LogContent = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/**
 * Lines of bytes that come in pieces. Not `readline`: a line without end would be gathered whole. The text has a character for each byte,
 * so that sizes of a dialogue can be counted; {@link utf8Of} reads it.
 */
export async function* linesOf(content: LogContent, budget: LogBudget): AsyncGenerator<LogLine> {
  const { maxLine } = budget.limits;
  let text = "";
  let size = 0;
  for await (const piece of content) {
    const bytes =
      typeof piece === "string" ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    budget.bytes(bytes.length);
    let start = 0;
    while (start < bytes.length) {
      const feed = bytes.indexOf(0x0a, start);
      const end = feed < 0 ? bytes.length : feed;
      if (text.length < maxLine) text += bytes.toString("latin1", start, Math.min(end, start + maxLine - text.length));
      size += end - start;
      start = end + 1;
      if (feed < 0) break;
      budget.line();
      yield { text, size: size + 1 };
      text = "";
      size = 0;
    }
  }
  if (size === 0) return;
  budget.line();
  yield { text, size };
}

export const utf8Of = (text: string): string => Buffer.from(text, "latin1").toString("utf8");
