/** Whether two places name a patient alike: in his document, its metadata, the mail. Silence is for the caller to judge. */

const LIGATURES: Readonly<Record<string, string>> = { œ: "oe", Œ: "OE", æ: "ae", Æ: "AE", ß: "ss" };

/** Letters and digits count; accents, case and what stands between words do not. */
export function sameName(a: string, b: string): boolean {
  return plainName(a) === plainName(b);
}

/** A date that is known in part does not contradict the whole one; the hour of a birth does not count. */
export function sameBirthDate(a: string, b: string): boolean {
  const [one, other] = [a.trim().slice(0, 8), b.trim().slice(0, 8)];
  return one !== "" && other !== "" && (one.startsWith(other) || other.startsWith(one));
}

/** `U` of the metadata is `UN` of a CDA. */
export function sameGender(a: string, b: string): boolean {
  const known = (gender: string): string => plainName(gender).replace(/^UN?$/, "U");
  return known(a) === known(b);
}

/** A name as it is compared: `D'Étoile-Cœur` is `D ETOILE COEUR`. */
export const plainName = (text: string): string =>
  text
    .replace(/[œŒæÆß]/g, (letter) => LIGATURES[letter] as string)
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toUpperCase();
