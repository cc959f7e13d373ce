/** A line of a text file in parts, each with where it begins, counted in letters. */
export interface PlainLine {
  parts: { column: number; text: string }[];
}

const TAB = 8;
/** A longer line is one part: it is no line of columns, and spaces in place of its tabs could be without end. */
const LONGEST = 400;

/** Parts are what two spaces or a tab keep apart. */
export function plainLines(text: string): PlainLine[] {
  return text.split(/\r\n?|\n/).map((line) => {
    if (line.length > LONGEST) return { parts: [{ column: 0, text: line.replaceAll("\t", " ").trim() }] };
    return {
      parts: [...withoutTabs(line).matchAll(/\S+(?: \S+)*/g)].map(({ 0: text, index }) => ({ column: index, text })),
    };
  });
}

function withoutTabs(line: string): string {
  return line.split("\t").reduce((before, after) => {
    const stop = (Math.floor(before.length / TAB) + 1) * TAB;
    return before.padEnd(stop) + after;
  });
}

/** Written for letters of one width: words stand under one another. Two spaces after a full stop are no columns. */
export function inColumns(lines: readonly PlainLine[]): boolean {
  let wide = 0;
  for (const { parts } of lines) {
    const [, ...others] = parts;
    if (others.some(({ column }, index) => column - endOf(parts[index]) > 2) && ++wide > 1) return true;
  }
  return false;
}

const endOf = (part: PlainLine["parts"][number] | undefined): number => (part ? part.column + part.text.length : 0);
