/** Text as Markdown shows it: nothing in it is markup, and a line end does not end the line. */
export const md = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&").replace(/\s*[\r\n]+\s*/g, " ");

/** A table; cells are Markdown already. */
export function mdTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}
