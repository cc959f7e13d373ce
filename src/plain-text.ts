// Controls and line separators would end a line of a log or a header, bidirectional marks show another text than the one kept,
// half a surrogate pair has no UTF-8 form.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;
const EVERY_UNSAFE = new RegExp(UNSAFE, "gu");

/** Whether a text is one line that shows what it holds. */
export const isPlain = (text: string): boolean => !UNSAFE.test(text);

/** A text without what would make it more than a line, or show another one. */
export const plainOf = (text: string): string => text.replace(EVERY_UNSAFE, "");

/** `.pdf` of a file's name; empty where it has none. */
export const endingOf = (name: string): string => /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";

/** A file's name of `max` characters at most; a long one keeps its ending. */
export function cutName(name: string, max: number): string {
  if (name.length <= max) return name;
  const ending = endingOf(name);
  return name.slice(0, max - ending.length) + ending;
}
