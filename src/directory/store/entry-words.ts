import type { DirectoryEntry } from "../../seams/index.js";
import { tradeWords } from "../trades.js";
import { fold, nameWords, structureWords, townWords } from "../words.js";

/** What a word of an entry is. The numbers are part of the keys of the index. */
export const KIND = { family: 0, given: 1, town: 2, trade: 3, own: 4, workplace: 5, code: 6 } as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
export const KINDS: readonly Kind[] = [0, 1, 2, 3, 4, 5, 6];

/** A word that is no word: a postcode, a department, a code, a type of mailbox, the red list. */
export const codeWord = {
  postcode: (code: string) => `#z${code}`,
  department: (code: string) => `#d${code.toLowerCase()}`,
  profession: (code: string) => `#p${code.toLowerCase()}`,
  specialty: (code: string) => `#s${code.toLowerCase()}`,
  type: (type: string) => `#t${type.toLowerCase()}`,
  redList: "#r",
} as const;

export interface EntryWord {
  kind: Kind;
  word: string;
}

/** Every word under which an entry is found. */
export function entryWords(entry: DirectoryEntry): EntryWord[] {
  const { family = "", given = "", city = "", structure, profession, specialty, postalCode, type } = entry;
  const found: EntryWord[] = [];
  const add = (kind: Kind, words: readonly string[]) => {
    for (const word of words) if (word !== "") found.push({ kind, word: word.slice(0, 40) });
  };
  add(KIND.family, nameWords(family));
  add(KIND.given, nameWords(given));
  add(KIND.town, townWords(city));
  add(KIND.trade, tradeWords(profession?.label, specialty?.label));
  const isPerson = family !== "";
  const local = isPerson ? "" : entry.address.slice(0, entry.address.indexOf("@"));
  const shown = isPerson ? "" : entry.name;
  add(
    isPerson ? KIND.workplace : KIND.own,
    structureWords(structure?.name, structure?.tradeName, structure?.service, shown, local),
  );
  const codes: string[] = [codeWord.type(type)];
  if (postalCode) {
    codes.push(codeWord.postcode(fold(postalCode)));
    const department = departmentOf(postalCode);
    if (department) codes.push(codeWord.department(department));
  }
  if (profession?.code) codes.push(codeWord.profession(fold(profession.code)));
  if (specialty?.code) codes.push(codeWord.specialty(fold(specialty.code)));
  if (entry.redList) codes.push(codeWord.redList);
  add(KIND.code, codes);
  return found;
}

/** By the postcode: `69`, `2a`, `974`. */
export function departmentOf(postalCode: string): string | undefined {
  if (!/^\d{5}$/.test(postalCode)) return undefined;
  if (/^9[78]/.test(postalCode)) return postalCode.slice(0, 3);
  if (postalCode.startsWith("20")) return postalCode < "20200" ? "2a" : "2b";
  return postalCode.slice(0, 2);
}
