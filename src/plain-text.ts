// Controls and line separators would end a line of a log or a header, bidirectional marks show another text than the one kept,
// half a surrogate pair has no UTF-8 form.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;
const EVERY_UNSAFE = new RegExp(UNSAFE, "gu");

/** Whether a text is one line that shows what it holds. */
export const isPlain = (text: string): boolean => !UNSAFE.test(text);

/** A text without what would make it more than a line, or show another one. */
export const plainOf = (text: string): string => text.replace(EVERY_UNSAFE, "");

const INS_DIGITS = 12;

/**
 * Whether a text is printable ASCII with fewer digits than an INS (13 places, one of which may be a letter): then it needs no masking, but for
 * addresses. Most texts that are masked are so, and this tells them at a tenth of the cost of the patterns.
 */
export function isAsciiWithoutIns(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e) return false;
    if (unit >= 0x30 && unit <= 0x39) digits++;
  }
  return digits < INS_DIGITS;
}

/** `.pdf` of a file's name; empty where it has none. */
export const endingOf = (name: string): string => /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";

/** A file's name of `max` characters at most; a long one keeps its ending. */
export function cutName(name: string, max: number): string {
  if (name.length <= max) return name;
  const ending = endingOf(name);
  return name.slice(0, max - ending.length) + ending;
}
