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

/** Parses JSON with comments. A fault has a place and never the text around it, which may be a secret. */
export function parseJsonc(text: string): { value: unknown } | { fault: JsonFault | undefined } {
  const plain = blankComments(text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text);
  try {
    return { value: JSON.parse(plain) as unknown };
  } catch (error) {
    const at = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    if (at === undefined) return { fault: /end of JSON/.test(String(error)) ? place(plain, plain.length) : undefined };
    return { fault: place(plain, Number(at)) };
  }
}

function place(text: string, position: number): JsonFault {
  const before = text.slice(0, position);
  return { line: before.split("\n").length, column: position - before.lastIndexOf("\n") };
}
