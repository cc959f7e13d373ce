/** Colours, where a person looks on and wants them. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const paint = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string) => text;

const COLOURS: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
};
const NONE: Style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

/** NO_COLOR (no-color.org: set and not empty), CI, a pipe and a dumb terminal all mean no colours. */
export function styleFor(isTty: boolean, env: Readonly<Record<string, string | undefined>>): Style {
  const off = !isTty || (env["NO_COLOR"] ?? "") !== "" || (env["CI"] ?? "") !== "" || env["TERM"] === "dumb";
  return off ? NONE : COLOURS;
}

/**
 * Text of others (a title, a server's answer) as it may be shown on a terminal: no escape sequence, no control, nothing that
 * turns the direction of the line.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "�");
}
