import { isMssAddress } from "../../identity/index.js";
import type { DirectoryQuery } from "../../seams/index.js";
import { plainNumbers } from "../numbers.js";
import { codeWord, departmentOf, KIND, type Kind } from "../store/entry-words.js";
import { isPractice, isTitle } from "../trades.js";
import { fold, isParticle, isStop, plainWords, unabbreviated } from "../words.js";

/** One thing typed or given that an entry is judged by. */
export interface Token {
  text: string;
  /** As what the word counts, and how much. */
  kinds: ReadonlyMap<Kind, number>;
  /** An entry without it is no answer. */
  required: boolean;
  /** May be the beginning of a longer word. */
  mayGoOn: boolean;
  /** The word before it in the text, for names written in two parts. */
  before?: string;
  /** Counts little: a particle, which may be a name of its own. */
  isSmall?: boolean;
  /** In place of the word: codes, and how much each counts. */
  codes?: ReadonlyMap<string, number>;
}

/** A number or an address that tells one person, place or mailbox. */
export interface Identifier {
  column: "address" | "person" | "place" | "siret";
  value: string;
  required: boolean;
}

export interface ReadQuery {
  tokens: Token[];
  identifiers: Identifier[];
}

const kinds = (...pairs: [Kind, number][]): ReadonlyMap<Kind, number> => new Map(pairs);
const ANY = kinds(
  [KIND.family, 1],
  [KIND.given, 0.97],
  [KIND.town, 0.92],
  [KIND.trade, 0.92],
  [KIND.own, 0.92],
  [KIND.workplace, 0.75],
);
const ONLY = {
  family: kinds([KIND.family, 1]),
  given: kinds([KIND.given, 1]),
  structure: kinds([KIND.own, 1], [KIND.workplace, 0.95]),
  trade: kinds([KIND.trade, 1]),
  town: kinds([KIND.town, 1]),
  code: kinds([KIND.code, 1]),
};
const NO_KINDS = ONLY.code;
const NAMES = kinds([KIND.family, 1], [KIND.given, 0.97]);

/** A text is cut here: a person types less, and each word costs a look into the index. */
const MOST_WORDS = 12;

export function readQuery(asked: DirectoryQuery): ReadQuery {
  const query = plainNumbers(asked);
  const identifiers: Identifier[] = [];
  const given = (column: Identifier["column"], value: string | undefined) => {
    const bare = value?.replace(/\s/g, "").toLowerCase();
    if (bare) identifiers.push({ column, value: bare, required: true });
  };
  given("address", query.address);
  given("person", query.rpps);
  given("place", query.finess);
  given("siret", query.siret);
  const fields: [string | undefined, ReadonlyMap<Kind, number>][] = [
    [query.family, ONLY.family],
    [query.given, ONLY.given],
    [query.structure, ONLY.structure],
  ];
  const tokens = fields.flatMap(([text, only]) => plainWords(text ?? "").map((word) => required(word, only)));
  for (const trade of [query.profession, query.specialty]) tokens.push(...tradeTokens(trade));
  tokens.push(...townTokens(query.city));
  if (query.type) tokens.push(coded(codeWord.type(query.type), true));
  return { tokens: [...tokens, ...freeTokens(query.text ?? "", identifiers)], identifiers };
}

const required = (text: string, only: ReadonlyMap<Kind, number>): Token => ({
  text: unabbreviated(text),
  kinds: only,
  required: true,
  mayGoOn: true,
});

function coded(word: string, isRequired: boolean, others: readonly [string, number][] = []): Token {
  return { text: word, kinds: NO_KINDS, required: isRequired, mayGoOn: false, codes: new Map([[word, 1], ...others]) };
}

function tradeTokens(trade: string | undefined): Token[] {
  const folded = fold(trade ?? "");
  if (/^(\d{2}|s[a-z]\d{2,3}[a-z]?|c[a-z]{0,2}\d{2,3})$/.test(folded))
    return [coded(codeWord.profession(folded), true, [[codeWord.specialty(folded), 1]])];
  return folded
    .split(" ")
    .filter((word) => word !== "" && !isStop(word))
    .map((word) => required(word, ONLY.trade));
}

function townTokens(city: string | undefined): Token[] {
  const words = fold(city ?? "")
    .split(" ")
    .filter(Boolean);
  return words.flatMap((word, at) => {
    if (/^\d{5}$/.test(word)) return [coded(codeWord.postcode(word), true)];
    if (/^(\d{2,3}|2[ab])$/.test(word) && words.length === 1) return [coded(codeWord.department(word), true)];
    const district = districtCode(word, words[at - 1]);
    if (district) return [coded(district, true)];
    if (/\d/.test(word) || isStop(word) || word === "cedex") return /^\d{4}$/.test(word) ? [postcodes(word)] : [];
    return [required(word, ONLY.town)];
  });
}

/** The first digits of a postcode. */
const postcodes = (digits: string): Token => ({
  text: codeWord.postcode(digits),
  kinds: ONLY.code,
  required: true,
  mayGoOn: true,
});

const DISTRICTS: Readonly<Record<string, readonly [start: number, count: number]>> = {
  paris: [75000, 20],
  lyon: [69000, 9],
  marseille: [13000, 16],
};

/** `paris 15`, `lyon 3e`: the postcode of the arrondissement. */
function districtCode(word: string, town: string | undefined): string | undefined {
  const number = Number(/^0?(\d{1,2})(?:er?|e|eme)?$/.exec(word)?.[1] ?? 0);
  const district = town !== undefined && Object.hasOwn(DISTRICTS, town) ? DISTRICTS[town] : undefined;
  return district && number >= 1 && number <= district[1] ? codeWord.postcode(String(district[0] + number)) : undefined;
}

function freeTokens(text: string, identifiers: Identifier[]): Token[] {
  const rest: string[] = [];
  for (const part of text.slice(0, 400).split(/[\s,;]+/)) {
    const bare = part.replace(/[<>()]/g, "").toLowerCase();
    const digits = bare.replace(/[.\-_]/g, "");
    if (isMssAddress(bare)) identifiers.push({ column: "address", value: bare, required: true });
    else if (bare.includes("@")) rest.push(bare.replace(/@.*$/, ""));
    else if (/^\d{11}$/.test(digits)) identifiers.push({ column: "person", value: digits, required: true });
    else if (/^8\d{11}$/.test(digits)) identifiers.push({ column: "person", value: digits.slice(1), required: true });
    else if (/^(\d\d|2[ab])\d{7}$/.test(digits)) identifiers.push({ column: "place", value: digits, required: true });
    else if (/^\d{14}$/.test(digits)) identifiers.push({ column: "siret", value: digits, required: true });
    else rest.push(part);
  }
  const words = fold(rest.join(" ")).split(" ").filter(Boolean).slice(0, MOST_WORDS);
  return words.flatMap((word, at) => freeToken(word, words[at - 1], at === words.length - 1, words.length === 1));
}

function freeToken(word: string, before: string | undefined, isLast: boolean, isAlone: boolean): Token[] {
  const district = districtCode(word, before);
  if (district) return [coded(district, false)];
  if (/^\d{5}$/.test(word)) {
    const department = departmentOf(word);
    return [coded(codeWord.postcode(word), false, department ? [[codeWord.department(department), 0.6]] : [])];
  }
  if (/^(\d{2}|97\d|98\d|2[ab])$/.test(word)) return [coded(codeWord.department(word), false)];
  if (/^\d+(er?|e|eme)?$/.test(word) || word === "cedex" || (!isAlone && isTitle(word))) return [];
  const follows = before === undefined ? {} : { before };
  // Of those who practise for themselves no directory says so; somebody may be called it.
  if (!isAlone && isPractice(word))
    return [{ text: word, kinds: NAMES, required: false, mayGoOn: false, isSmall: true, ...follows }];
  if (isParticle(word) || isStop(word) || word.length === 1)
    return [{ text: word, kinds: NAMES, required: false, mayGoOn: false, isSmall: true, ...follows }];
  return [{ text: unabbreviated(word), kinds: ANY, required: false, mayGoOn: isLast || word.length > 2, ...follows }];
}
