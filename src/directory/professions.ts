import type { DirectoryCode } from "../seams/index.js";
import { tradeStem } from "./trades.js";
import { fold } from "./words.js";

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

/** Codes of the professions that a word names, in either gender, or its science: `médecin`, `infirmière`, `kine`. Its first letters are enough, four at least. */
export function professionCodes(word: string): string[] {
  const wanted = fold(word);
  if (/^\d{2}$/.test(wanted)) return PROFESSIONS.has(wanted) ? [wanted] : [];
  if (wanted.length < 4) return [];
  const stem = tradeStem(wanted);
  return [...PROFESSIONS].flatMap(([code, label]) =>
    fold(label)
      .split(" ")
      .some((part) => part.startsWith(stem) || tradeStem(part).startsWith(stem))
      ? [code]
      : [],
  );
}
