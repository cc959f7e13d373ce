import { fold, isStop } from "./words.js";

/** Endings that say the trade, its science or who does it, in either gender: one stem for all (`cardiologue`, `cardiologie`). */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/s$/, ""],
  [/(logue|logie|logiste|logique)$/, "log"],
  [/(iatre|iatrie|iatrique)$/, "iatr"],
  [/(therapeute|therapie)$/, "therap"],
  [/(icienne|icien|ique)$/, "i"],
  [/(ienne|ien|iere|ier|iste|ie)$/, "i"],
  [/(atrice|ateur|ation)$/, "at"],
  [/(euse|eure|eur|rice)$/, "eur"],
  [/e$/, ""],
];

export function tradeStem(word: string): string {
  let stem = word;
  for (const [ending, kept] of ENDINGS) if (stem.length > 4) stem = stem.replace(ending, kept);
  return stem;
}

/** The stems of the labels of a profession and a specialty. */
export function tradeWords(...labels: readonly (string | undefined)[]): string[] {
  const found = new Set<string>();
  for (const label of labels)
    if (label)
      for (const word of fold(label).split(" ")) if (word.length > 1 && !isStop(word)) found.add(tradeStem(word));
  return [...found];
}

/** What people write that is not the beginning of the official label: the stems meant. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  ide: ["infirmi"],
  idel: ["infirmi"],
  ipa: ["infirmi"],
  mk: ["kinesitherap"],
  mkde: ["kinesitherap"],
  mg: ["general"],
  omnipraticien: ["general"],
  generaliste: ["general"],
  orl: ["orl", "oto", "laryngolog"],
  sf: ["sage", "femm"],
  sagefemme: ["sage", "femm"],
  maieuticien: ["sage"],
  cd: ["dentist", "denti"],
  radiologue: ["radiodiagnosti", "radiolog"],
  radiologie: ["radiodiagnosti", "radiolog"],
  radio: ["radiodiagnosti", "radiolog"],
  imagerie: ["radiodiagnosti", "imageri", "imageri"],
  cancerologue: ["oncolog", "cancerolog"],
  cancero: ["oncolog", "cancerolog"],
  pedopsychiatre: ["enfant", "psychiatr"],
  pedopsy: ["enfant", "psychiatr"],
  urgentiste: ["urgenc", "urgent"],
  interniste: ["intern"],
  angiologue: ["vasculair", "angiolog"],
  phlebologue: ["vasculair"],
  anesth: ["anesthesi"],
  mar: ["anesthesi"],
  rea: ["reanimat"],
  ar: ["anesthesi"],
  mer: ["manipulat"],
  manip: ["manipulat"],
  biologiste: ["biolog"],
  accoucheur: ["obstetri"],
  gastro: ["gastro", "enterolog"],
  oculiste: ["ophtalmolog"],
  ophtalmologiste: ["ophtalmolog"],
  nutritionniste: ["nutriti", "dieteti"],
  nutri: ["nutriti"],
};

/** The stems that a typed word may stand for; an official word stands for its own. */
export function meantTrades(word: string): readonly string[] {
  return (Object.hasOwn(MEANT, word) ? MEANT[word] : undefined) ?? [tradeStem(word)];
}

/** Titles and forms of address: they say nothing that tells one from the other. */
const TITLES: ReadonlySet<string> = new Set(
  "dr docteur docteure drs pr prof professeur professeure m mr mme mlle monsieur madame mademoiselle me cabinet".split(
    " ",
  ),
);
export const isTitle = (word: string): boolean => TITLES.has(word);

/** `infirmière libérale`: how somebody practises. */
export const isPractice = (word: string): boolean => /^liberal(?:e|es|aux|s)?$/.test(word);

/** What a structure is called by those who do not know its full name. */
const STRUCTURES: Readonly<Record<string, readonly string[]>> = {
  hopital: ["hospitalier", "ch", "chu", "hopitaux"],
  ch: ["hospitalier"],
  chu: ["universitaire", "chru"],
  labo: ["laboratoire"],
  lbm: ["laboratoire"],
  pharma: ["pharmacie"],
  msp: ["maison"],
  cds: ["centre"],
  maison: ["ehpad", "msp"],
};
export function meantStructures(word: string): readonly string[] {
  return (Object.hasOwn(STRUCTURES, word) ? STRUCTURES[word] : undefined) ?? [];
}
