import type { DirectoryEntry } from "../../seams/index.js";
import { type EntryWord, entryWords, KIND } from "../store/entry-words.js";
import { plainWords } from "../words.js";
import type { Alternative, Group } from "./alternatives.js";

export interface Ranked {
  entry: DirectoryEntry;
  /** From 0 to 1: the share of what was asked that it has. */
  fit: number;
}

/** A name of the entry that nobody asked for. */
const UNASKED_FAMILY = 0.03;
const UNASKED_GIVEN = 0.008;
/** Asked words that are only where someone works, while the entry is somebody else. */
const LEAST_FIT = 0.45;

/** Judges each candidate anew, word by word: one word of an entry answers one word of the query. Best first. */
export function rank(
  candidates: ReadonlyMap<number, DirectoryEntry>,
  groups: readonly Group[],
  foundBy: { identifier: boolean },
): Ranked[] {
  const tables = groups.map(tableOf);
  const total = totalOf(groups);
  const typed = totalOf(groups.filter(({ token }) => !token.required));
  const ranked: Ranked[] = [];
  for (const entry of candidates.values()) {
    const words = entryWords(entry);
    const used = assign(words, groups, tables);
    const least = foundBy.identifier ? 0.2 : LEAST_FIT;
    // What was typed must fit by itself, however well the fields do.
    if (typed > 0 && used.typed < typed * least) continue;
    const share = total === 0 ? 1 : used.points / total;
    ranked.push({ entry, fit: share - unasked(entry, used.words) });
  }
  return ranked.sort((one, other) => Math.round((other.fit - one.fit) * 1e6) || compareEntries(one.entry, other.entry));
}

/** What an entry with all that was asked has. Particles are a gain where they fit, and no loss where they do not. */
export const totalOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, { value, token }) => sum + (token.isSmall ? 0 : value), 0);

type Table = ReadonlyMap<string, Alternative>;

function tableOf({ alternatives }: Group): Table {
  return new Map(alternatives.map((alternative) => [`${alternative.kind} ${alternative.word.text}`, alternative]));
}

/** The best pairs first, each word of the entry once; the two halves of a joined word may share it. */
function assign(words: readonly EntryWord[], groups: readonly Group[], tables: readonly Table[]) {
  const pairs: { group: number; word: string; text: string; points: number; joins: boolean }[] = [];
  for (const { kind, word } of words) {
    const key = `${kind} ${word}`;
    for (const [group, table] of tables.entries()) {
      const alternative = table.get(key);
      if (alternative)
        pairs.push({
          group,
          word: key,
          text: word,
          points: alternative.weight * (groups[group]?.value ?? 0),
          joins: alternative.joins === true,
        });
    }
  }
  pairs.sort((one, other) => other.points - one.points);
  const done = new Set<number>();
  const used = new Map<string, string>();
  let points = 0;
  let typed = 0;
  const give = (group: number, more: number) => {
    points += more;
    if (groups[group]?.token.required === false) typed += more;
  };
  for (const pair of pairs) {
    if (done.has(pair.group) || (used.has(pair.word) && !pair.joins)) continue;
    done.add(pair.group);
    used.set(pair.word, pair.text);
    give(pair.group, pair.points);
    // A word in two parts: what the first part would have told is told by the joined one.
    const first = groups[pair.group - 1];
    if (pair.joins && first && !first.token.isSmall && !done.has(pair.group - 1)) {
      done.add(pair.group - 1);
      give(pair.group - 1, 0.95 * first.value);
    }
  }
  return { points, typed, words: used };
}

function unasked(entry: DirectoryEntry, used: ReadonlyMap<string, string>): number {
  const left = (kind: number, name: string | undefined) => {
    const found = [...used].filter(([key]) => key.startsWith(`${kind} `)).map(([, text]) => text);
    return plainWords(name ?? "").filter((part) => !found.some((text) => text === part || text.includes(part))).length;
  };
  return left(KIND.family, entry.family) * UNASKED_FAMILY + left(KIND.given, entry.given) * UNASKED_GIVEN;
}

/** Where two fit alike: the preferred mailbox, then by name, so that the same question has the same answer. */
function compareEntries(one: DirectoryEntry, other: DirectoryEntry): number {
  return (
    (one.rank ?? 99) - (other.rank ?? 99) ||
    compareText(one.family, other.family) ||
    compareText(one.given, other.given) ||
    compareText(one.name, other.name) ||
    compareText(one.city, other.city) ||
    compareText(one.address, other.address) ||
    compareText(one.structure?.idNat, other.structure?.idNat)
  );
}

const compareText = (one = "", other = ""): number => (one < other ? -1 : one > other ? 1 : 0);
