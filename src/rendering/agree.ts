import { plainName, sameBirthDate, sameGender, sameName } from "../identity/index.js";
import type { Claims } from "./types.js";

/** Whether two places say the same of a trait. Silence agrees with all. */
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
      return sameBirthDate(a, b);
    case "gender":
      return sameGender(a, b);
    default:
      return sameName(a, b);
  }
}

/** The same matricule of another authority (a test one, NIA for NIR) is not the same identity; an authority not named is any. */
function sameIns(a: Claims["ins"], b: Claims["ins"]): boolean {
  if (a === undefined || b === undefined) return true;
  const authority = a.oid === undefined || b.oid === undefined || a.oid.trim() === b.oid.trim();
  return authority && sameName(a.value, b.value);
}

/** Words that a first given name may have; of a longer list the rest is not looked at. */
const MAX_WORDS = 20;

/** One place gives the first given name, the other a list of them: `JEAN-PAUL` begins `Jean-Paul Marie`, and not `Jean-Marc`. */
function begins(first: string, list: string): boolean {
  const name = plainName(first);
  const words = list.trim().split(/\s+/, MAX_WORDS);
  return plainName(list) === name || words.some((_, index) => plainName(words.slice(0, index + 1).join(" ")) === name);
}
