import { MedimailError } from "../errors.js";
import type { DirectoryEntry, DirectoryQuery } from "../seams/index.js";
import { professionCodes } from "./professions.js";
import { fold } from "./words.js";

/** Where an entry may be, beside what it says of itself: the structures of a person whose mailbox belongs to none of them. */
export type Place = Pick<DirectoryEntry, "structure" | "postalCode" | "city">;

/** Refuses a query of nothing: it would be the whole directory. @throws MedimailError `invalid_argument` */
export function assertQuery(query: DirectoryQuery): void {
  const { type: _type, ...asked } = query;
  if (Object.values(asked).some((value) => typeof value === "string" && value.trim() !== "")) return;
  throw new MedimailError("invalid_argument", "the search of the directory asks for nothing", {
    path: "query",
    hint: "Give a name, an RPPS, a structure, a town or an address.",
  });
}

/** Whether all that is asked, the free text apart, is what the entry says. What the entry does not say does not fit. */
export function fits(entry: DirectoryEntry, query: DirectoryQuery, places: readonly Place[] = []): boolean {
  const { family, given, rpps, finess, siret, structure, profession, specialty, city, type, address } = query;
  const somewhere = (test: (place: Place) => boolean): boolean => [entry, ...places].some(test);
  return (
    asked(address, (wanted) => entry.address.toLowerCase() === wanted.toLowerCase()) &&
    asked(type, (wanted) => entry.type === wanted) &&
    asked(rpps, (wanted) => entry.rpps === wanted) &&
    asked(family, (wanted) => begins(entry.family, wanted)) &&
    asked(given, (wanted) => begins(entry.given, wanted)) &&
    asked(profession, (wanted) => isProfession(entry, wanted)) &&
    asked(specialty, (wanted) => hasCode(entry.specialty, wanted)) &&
    asked(finess, (wanted) => somewhere((place) => place.structure?.finess === wanted)) &&
    asked(siret, (wanted) => somewhere((place) => place.structure?.siret === wanted)) &&
    asked(structure, (wanted) => somewhere((place) => has(place.structure?.name, wanted))) &&
    asked(city, (wanted) => somewhere((place) => isIn(place, wanted)))
  );
}

function asked<T extends string>(value: T | undefined, test: (value: T) => boolean): boolean {
  return value === undefined || value.trim() === "" || test(value);
}

function isIn({ postalCode, city }: Place, wanted: string): boolean {
  if (/^[0-9][0-9AB]?\d{0,3}$/i.test(wanted.trim())) return postalCode?.startsWith(wanted.trim()) ?? false;
  return has(city, wanted);
}

/** What has no letter or digit to compare fits nothing: it would fit everything. */
function begins(text: string | undefined, wanted: string): boolean {
  const start = fold(wanted);
  return text !== undefined && start !== "" && ` ${fold(text)}`.includes(` ${start}`);
}

/** Each word asked begins a word of the text. */
function has(text: string | undefined, wanted: string): boolean {
  const start = fold(wanted);
  if (text === undefined || start === "") return false;
  const words = ` ${fold(text)}`;
  return start.split(" ").every((word) => words.includes(` ${word}`));
}

function isProfession({ profession, category }: DirectoryEntry, wanted: string): boolean {
  if (hasCode(profession, wanted) || hasCode(category, wanted)) return true;
  return profession?.code !== undefined && professionCodes(wanted).includes(profession.code);
}

function hasCode(code: DirectoryEntry["profession"], wanted: string): boolean {
  return code?.code?.toLowerCase() === wanted.trim().toLowerCase() || has(code?.label, wanted);
}

/** How well an entry answers, the better the lower: names that are those asked, then the rank that the directory gives. */
export function distance(entry: DirectoryEntry, query: DirectoryQuery): number {
  let far = 0;
  if (query.family !== undefined && fold(entry.family ?? "") !== fold(query.family)) far += 4;
  if (query.given !== undefined && fold(entry.given ?? "") !== fold(query.given)) far += 2;
  if (query.text !== undefined) {
    const words = ` ${fold(entry.name)} `;
    far += fold(query.text)
      .split(" ")
      .filter((word) => !words.includes(` ${word} `)).length;
  }
  return far + Math.min(entry.rank ?? 2, 9) / 10;
}
