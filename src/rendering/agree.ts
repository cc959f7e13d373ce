import type { Claims } from "./types.js";

/**
 * Whether two places say the same of a trait: letters and digits count, accents, case and what stands between words do not.
 * Silence agrees with all.
 */
export function agree(trait: keyof Claims, one: Claims, other: Claims): boolean {
  if (trait === "ins") return sameIns(one.ins, other.ins);
  const [a, b] = [one[trait], other[trait]];
  if (a === undefined || b === undefined) return true;
  switch (trait) {
    case "uniqueId":
      return a.trim() === b.trim();
    case "givenName":
      return begins(a, b) || begins(b, a);
    case "birthDate":
      return sameDay(a.trim().slice(0, 8), b.trim().slice(0, 8));
    case "gender":
      return folded(a).replace(/^UN?$/, "U") === folded(b).replace(/^UN?$/, "U");
    default:
      return folded(a) === folded(b);
  }
}

/** The same matricule of another authority (a test one, NIA for NIR) is not the same identity; an authority not named is any. */
function sameIns(a: Claims["ins"], b: Claims["ins"]): boolean {
  if (a === undefined || b === undefined) return true;
  const authority = a.oid === undefined || b.oid === undefined || a.oid.trim() === b.oid.trim();
  return authority && folded(a.value) === folded(b.value);
}

/** One place gives the first given name, the other a list of them: `JEAN-PAUL` begins `Jean-Paul Marie`, and not `Jean-Marc`. */
function begins(first: string, list: string): boolean {
  const words = list.trim().split(/\s+/);
  return words.some((_, index) => folded(words.slice(0, index + 1).join(" ")) === folded(first));
}

/** A date that is known in part does not contradict the whole one. */
const sameDay = (a: string, b: string): boolean => a !== "" && b !== "" && (a.startsWith(b) || b.startsWith(a));

const LIGATURES: Readonly<Record<string, string>> = { œ: "oe", Œ: "OE", æ: "ae", Æ: "AE", ß: "ss" };

const folded = (text: string): string =>
  text
    .replace(/[œŒæÆß]/g, (letter) => LIGATURES[letter] as string)
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toUpperCase();
