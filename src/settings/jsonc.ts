import { type ErrorCode, MedimailError } from "../errors.js";
import { writtenTwice } from "./written-twice.js";

/**
 * Blanks the comments of a JSON text (`//` to the end of the line, and block comments), outside of strings. Every other character keeps its
 * place, so that a position in the result is one in the file.
 */
export function blankComments(text: string): string {
  // A string, or a comment: whichever starts first wins, so that "http://…" inside of a string stays. One that has no end goes
  // to the end (a string: of its line): looked for again from every quote, the end would cost the square of the length.
  return text.replace(/"(?:[^"\\\n]|\\.)*(?:"|\\?(?=\n)|\\?$)|\/\/[^\n]*|\/\*(?:[\s\S]*?\*\/|[\s\S]*$)/g, (found) =>
    found.startsWith('"') || (found.startsWith("/*") && !/^\/\*[\s\S]*\*\/$/.test(found))
      ? found
      : found.replace(/[^\r\n]/g, " "),
  );
}

export interface JsonFault {
  line: number;
  column: number;
}

/** A key that one object has twice: which of the two was meant cannot be known. */
export interface DoubledKey extends JsonFault {
  path: string;
}

export type ParsedJson = { value: unknown } | { fault: JsonFault | undefined } | { doubled: DoubledKey };

/** Parses JSON with comments. A fault has a place and never the text around it, which may be a secret. */
export function parseJsonc(text: string): ParsedJson {
  const plain = blankComments(text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text);
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch (error) {
    const at = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    if (at === undefined) return { fault: /end of JSON/.test(String(error)) ? place(plain, plain.length) : undefined };
    return { fault: place(plain, Number(at)) };
  }
  const twice = writtenTwice(plain);
  return twice ? { doubled: { path: twice.path, ...place(plain, twice.position) } } : { value };
}

/**
 * The value of a JSON text with comments that a person wrote. `what` names it at the start of the message; `code` is that of the error, `doubled`
 * where a key stands twice.
 *
 * @throws MedimailError `code` or `doubled`
 */
export function jsonOf(text: string, what: string, code: ErrorCode, doubled: ErrorCode = code): unknown {
  const parsed = parseJsonc(text);
  if ("value" in parsed) return parsed.value;
  if ("fault" in parsed) {
    const where = parsed.fault ? `, line ${parsed.fault.line}, column ${parsed.fault.column}` : "";
    throw new MedimailError(code, `${what} is not JSON${where}`, {
      hint: "an editor that knows JSON shows what is wrong with it",
    });
  }
  const { path, line, column } = parsed.doubled;
  throw new MedimailError(doubled, `${what}: the key ${path} is written twice (line ${line}, column ${column})`, {
    path,
    hint: "keep one of the two: which of them was meant cannot be known",
  });
}

function place(text: string, position: number): JsonFault {
  const before = text.slice(0, position);
  return { line: before.split("\n").length, column: position - before.lastIndexOf("\n") };
}
