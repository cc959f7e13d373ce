import { MedimailError } from "../../errors.js";
import type { DirectoryQuery } from "../../seams/index.js";
import { codeWord, KIND } from "../store/entry-words.js";
import { hash53 } from "../store/hash.js";
import { eachEntry } from "../store/postings.js";
import type { IndexReader } from "../store/reader.js";
import { type Group, groupOf } from "./alternatives.js";
import { type Ranked, rank, totalOf } from "./rank.js";
import { Recent } from "./recent.js";
import { Scoreboard } from "./score.js";
import { type Identifier, readQuery, type Token } from "./tokens.js";

/** How many are judged word by word for one answer of 20. */
const LEAST_CANDIDATES = 40;
/** Of what was asked, by value: the rough sum counts more than the judgement will. */
const LEAST_SHARE = 0.45;

/** Searches of one open index. */
export class Searcher {
  readonly #reader: IndexReader;
  readonly #board: Scoreboard;
  readonly #hidden: ReadonlySet<number>;
  readonly #groups = new Recent<Group>(2_000);

  constructor(reader: IndexReader) {
    this.#reader = reader;
    this.#board = new Scoreboard(reader.info.entries);
    const hidden = new Set<number>();
    const word = reader.word(codeWord.redList);
    const list = word ? reader.lists([{ word: word.id, kind: KIND.code }])[0] : undefined;
    if (list) eachEntry(list, (entry) => hidden.add(entry));
    this.#hidden = hidden;
  }

  /** @throws MedimailError `invalid_argument` for a query of nothing */
  search(query: DirectoryQuery, limit: number): Ranked[] {
    const { tokens, identifiers } = readQuery(query);
    const groups = tokens.map((token) => this.#groupOf(token));
    if (
      groups.every(({ token }) => token.isSmall && !token.required) &&
      identifiers.length === 0 &&
      groups.length === 0
    )
      throw new MedimailError("invalid_argument", "a search needs a word, a number or an address", { path: "text" });
    if (groups.some(({ token, alternatives }) => token.required && alternatives.length === 0)) return [];
    const within = this.#within(identifiers);
    if (within?.length === 0) return [];
    const total = totalOf(groups);
    const candidates = this.#board.best(groups, this.#reader, {
      ...(within ? { within } : {}),
      excluded: this.#hidden,
      least: within ? 0 : total * LEAST_SHARE,
      limit: Math.max(LEAST_CANDIDATES, limit * 3),
    });
    const found = this.#reader.entries(candidates.map(({ entry }) => entry));
    return rank(found, groups, { identifier: within !== undefined }).slice(0, limit);
  }

  /** The alternatives of a token depend on nothing but itself. */
  #groupOf(token: Token): Group {
    const { text, kinds, mayGoOn, before = "", isSmall = false, codes } = token;
    const key = [text, [...kinds.keys()], mayGoOn, before, isSmall, [...(codes ?? [])]].join(" ");
    return { ...this.#groups.get(key, () => groupOf(token, this.#reader)), token };
  }

  /** The entries that have every number and address given. */
  #within(identifiers: readonly Identifier[]): number[] | undefined {
    if (identifiers.length === 0) return undefined;
    const lists = identifiers.map(({ column, value }) => this.#reader.entriesOf(column, hash53(value)));
    const [first = [], ...others] = lists.map((list) => new Set(list));
    return [...first].filter((entry) => others.every((other) => other.has(entry)));
  }

  close(): void {
    this.#reader.close();
  }
}
