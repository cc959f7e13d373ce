const ESCAPES: Readonly<Record<string, string>> = {
  "|": "\\F\\",
  "^": "\\S\\",
  "~": "\\R\\",
  "\\": "\\E\\",
  "&": "\\T\\",
};

/** Text as a component of a message of ours, in one line. */
export const escaped = (text: string): string =>
  text.replace(/[\u0000-\u001f]+/g, " ").replace(/[|^~\\&]/g, (sign) => ESCAPES[sign] as string);
