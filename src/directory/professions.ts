import type { DirectoryCode } from "../seams/index.js";

/**
 * Professions of the national table (TRE_G15), by code: the directory's resources have codes alone. From general knowledge of the nomenclature; a code that is
 * not here is shown as a code.
 */
const PROFESSIONS: ReadonlyMap<string, string> = new Map([
  ["10", "Médecin"],
  ["21", "Pharmacien"],
  ["26", "Audioprothésiste"],
  ["28", "Opticien-Lunetier"],
  ["31", "Assistant dentaire"],
  ["32", "Physicien médical"],
  ["40", "Chirurgien-Dentiste"],
  ["50", "Sage-Femme"],
  ["60", "Infirmier"],
  ["69", "Infirmier psychiatrique"],
  ["70", "Masseur-Kinésithérapeute"],
  ["80", "Pédicure-Podologue"],
  ["81", "Orthoprothésiste"],
  ["82", "Podo-Orthésiste"],
  ["83", "Orthopédiste-Orthésiste"],
  ["84", "Oculariste"],
  ["85", "Epithésiste"],
  ["86", "Technicien de laboratoire médical"],
  ["91", "Orthophoniste"],
  ["92", "Orthoptiste"],
  ["93", "Psychologue"],
  ["94", "Ergothérapeute"],
  ["95", "Diététicien"],
  ["96", "Psychomotricien"],
  ["98", "Manipulateur ERM"],
]);

/** A profession with its label, where it has a known one. */
export function professionOf(code: string): DirectoryCode {
  const label = PROFESSIONS.get(code);
  return label === undefined ? { code } : { code, label };
}

/** Codes of the professions that a word names: `médecin`, `infirmière`, `kine`. The word's first letters are enough, four at least. */
export function professionCodes(word: string): string[] {
  const wanted = folded(word);
  if (/^\d{2}$/.test(wanted)) return PROFESSIONS.has(wanted) ? [wanted] : [];
  if (wanted.length < 4) return [];
  // The feminine of a French profession is its masculine with another ending.
  const stem = wanted.replace(/(ere|er|ienne|ien|trice|teur|euse|eur|iste|e)$/, "");
  const begins = stem.length >= 4 ? stem : wanted;
  return [...PROFESSIONS].flatMap(([code, label]) =>
    folded(label)
      .split(/[\s-]+/)
      .some((part) => part.startsWith(begins))
      ? [code]
      : [],
  );
}

/** Lower case, without accents: how names are compared. */
export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/œ/g, "oe")
    .replace(/[’'-]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
