import { isFiness, isMssAddress, isRpps, isSiret } from "../identity/index.js";
import type { DirectoryQuery } from "../seams/index.js";
import { professionCodes } from "./professions.js";
import { isPractice, isTitle } from "./trades.js";
import { fold, isStop } from "./words.js";

/** Ways to understand a free text, to be tried in turn. `names`: words of a person's or a structure's name. */
export interface Reading {
  names: readonly string[];
  query: DirectoryQuery;
}

/**
 * The server has no free text: what is typed is read as an identifier where it is one, else as names, with a profession among them, with a town at
 * the end. The extraction's own search understands more (phonetic slips).
 */
export function readings(query: DirectoryQuery): Reading[] {
  const { text = "", ...asked } = query;
  const names: string[] = [];
  const titles: string[] = [];
  for (const word of text
    .trim()
    .split(/[\s,;]+/)
    .slice(0, 12)) {
    const bare = word.toUpperCase();
    if (isMssAddress(word)) asked.address ??= word;
    // A number with a slip finds nothing; as a name it would find nothing either, and take longer.
    else if (isRpps(bare, { checkKey: false })) asked.rpps ??= bare;
    else if (/^8\d{11}$/.test(bare)) asked.rpps ??= bare.slice(1);
    else if (isSiret(bare, { checkKey: false })) asked.siret ??= bare;
    else if (isFiness(bare, { checkKey: false })) asked.finess ??= bare;
    else if (/^\d{5}$/.test(bare)) asked.city ??= bare;
    else if (word !== "") (isTitle(fold(word)) ? titles : names).push(word);
  }
  // A title says nothing, but alone it is all that is asked: nothing would be everything.
  const isAsked = names.length > 0 || Object.keys(asked).some((field) => field !== "type");
  const whole: Reading = { names: isAsked ? names : titles, query: asked };
  if (names.length < 2) return [whole];
  const found = [whole];
  const professions = names.filter((word) => professionCodes(word).length > 0);
  const without = names.filter((word) => !professions.includes(word) && !isPractice(fold(word)));
  const [profession] = professions;
  if (profession !== undefined && without.length > 0 && asked.profession === undefined)
    found.push({ names: without, query: { ...asked, profession } });
  const rest = found.at(-1) as Reading;
  const town = rest.names.at(-1);
  if (town !== undefined && rest.names.length > 1 && asked.city === undefined)
    found.push({ names: rest.names.slice(0, -1), query: { ...rest.query, city: town } });
  return found;
}

/** Words of a structure's name that are worth asking for. */
export const structureWords = (text: string): string[] =>
  text
    .split(/[\s,;'’()-]+/)
    .filter((word) => word !== "" && !isStop(word.toLowerCase()))
    .slice(0, 8);
