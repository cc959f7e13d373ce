export const SOFT_HYPHEN = "\u00ad";

/** A line may be broken after these, between letters: not within a date or a number. */
const CUTS = /(?<=\p{L}{2}[-/–—])(?=\p{L}{2})|(?<=[\u00ad\u200b])|(?<=[^\s]{20}[_.,;:&=?])/u;

const MAY_CUT = /[-/\u2013\u2014\u00ad\u200b]|.{21}/;

/** Longer than any line: shaping a word costs more than its length. */
const LONGEST = 120;

/** What a line may be broken between, of what has no space in it. */
export function partsOf(piece: string): string[] {
  const parts = piece.length > 5 && MAY_CUT.test(piece) ? piece.split(CUTS) : [piece];
  if (parts.every(({ length }) => length <= LONGEST)) return parts;
  return parts.flatMap((part) => part.match(/[\s\S]{1,120}/gu) ?? []);
}
