/**
 * How a French ear hears a name, as a short key: names that sound alike have one key (`Lefèvre`, `Lefebvre`; `Dupont`, `Dupond`; `Thibault`,
 * `Tibo`). Digits stand for the nasal vowels and for sounds of two letters. Rules of our own, for family names first.
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/^h/, ""],
  [/^(ps|pt)/, "s"],
  [/ff?ebv?re?$|ffevre$/, "fevr"],
  [/sch|sh|ch(?![lrn])|cz/g, "5"],
  [/ch/g, "k"],
  [/ph/g, "f"],
  [/th/g, "t"],
  [/gh/g, "g"],
  [/rh/g, "r"],
  [/ck|cqu?|qu?|cc(?![eiy])/g, "k"],
  [/x(?=[eiyao])/g, "ks"],
  [/sc(?=[eiy])|c(?=[eiy])/g, "s"],
  [/c/g, "k"],
  [/gn/g, "6"],
  [/gu(?=[eiy])/g, "g"],
  [/g(?=[eiy])/g, "j"],
  [/je(?=[aou])/g, "j"],
  [/w/g, "v"],
  [/y/g, "i"],
  [/h/g, ""],
  [/([a-z])\1+/g, "$1"],
  [/(e?aul|ol)[tdxz]+s?$|e?au[tdsxz]*$|o[tdsxzp]+$/, "o"],
  [/l[td][sxz]?$/, "l"],
  [/eau|au/g, "o"],
  [/oeu|oe|eu/g, "e"],
  [/ou/g, "7"],
  [/oi[tdsxz]?/g, "4"],
  [/(ain|ein|aim|eim|in|im|un|um)(?![aeiou0-9nm])/g, "2"],
  [/(an|am|en|em)(?![aeiou0-9nm])/g, "1"],
  [/(on|om)(?![aeiou0-9nm])/g, "3"],
  [/ai|ei/g, "e"],
  [/il$|ile$/, "i"],
  [/(er|ez|et|es|ed|e)$/, "e"],
  [/[tdsxzp]+$/, ""],
  [/z/g, "s"],
  [/([a-z0-9])\1+/g, "$1"],
];

export function phoneticKey(word: string): string {
  let key = word;
  for (const [rule, sound] of RULES) key = key.replace(rule, sound);
  // A final e is not heard, but a name is not emptied by it.
  return key.length > 2 ? key.replace(/e$/, "") : key;
}
