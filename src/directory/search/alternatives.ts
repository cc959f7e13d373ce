import { editDistance } from "../edit-distance.js";
import { phoneticKey } from "../phonetic.js";
import { KIND, type Kind } from "../store/entry-words.js";
import { formsOf } from "../store/neighbours.js";
import type { IndexReader, Word } from "../store/reader.js";
import { meantStructures, meantTrades, tradeStem } from "../trades.js";
import type { Token } from "./tokens.js";

/** A word of the index that a token may stand for. */
export interface Alternative {
  word: Word;
  kind: Kind;
  /** From 0 to 1: how well it fits. */
  weight: number;
  /** The token and the one before it are this word's two halves. */
  joins?: true;
}

export interface Group {
  token: Token;
  /** Best first. */
  alternatives: Alternative[];
  /** How much the token tells: rare words tell more. */
  value: number;
}

const MOST_ALTERNATIVES = 20;
const MOST_BEGINNINGS = 12;
/** A common word of many letters is hardly a slip for another one. */
const GOOD = 0.8;

/** What each token may stand for, with its value among `entries` entries. */
export function groupOf(token: Token, reader: IndexReader): Group {
  const found = new Map<string, Alternative>();
  const offer = (word: Word | undefined, fit: number, only?: readonly Kind[], joins?: true) => {
    if (!word || fit < 0.5) return;
    for (const [kind, weight] of token.kinds) {
      if (!word.counts[kind] || (only && !only.includes(kind))) continue;
      const key = `${kind} ${word.text}`;
      const whole = fit * weight;
      if ((found.get(key)?.weight ?? 0) >= whole) continue;
      found.set(key, { word, kind, weight: whole, ...(joins ? { joins } : {}) });
    }
  };
  if (token.codes) for (const [code, weight] of token.codes) offer(reader.word(code), weight);
  else if (token.isSmall) offer(reader.word(token.text), 1);
  else lookUp(token, reader, offer);
  if (token.before && !token.codes) offer(reader.word(`${token.before}${token.text}`), 0.95, JOINED, true);
  const alternatives = [...found.values()]
    .sort((one, other) => likely(other) - likely(one) || compare(one, other))
    .slice(0, MOST_ALTERNATIVES)
    .sort((one, other) => other.weight - one.weight || compare(one, other));
  return { token, alternatives, value: worthOf(token, alternatives, reader.info.entries) };
}

const JOINED: readonly Kind[] = [KIND.family, KIND.given, KIND.town];
const TRADE: readonly Kind[] = [KIND.trade];
const STRUCTURE: readonly Kind[] = [KIND.own, KIND.workplace];
type Offer = (word: Word | undefined, fit: number, only?: readonly Kind[]) => void;

function lookUp({ text, kinds, mayGoOn }: Token, reader: IndexReader, offer: Offer): void {
  offer(reader.word(text), 1);
  const isTrade = kinds.has(KIND.trade);
  const stem = isTrade ? tradeStem(text) : text;
  if (isTrade) for (const meant of meantTrades(text)) offer(reader.word(meant), 1, TRADE);
  if (kinds.has(KIND.own)) for (const meant of meantStructures(text)) offer(reader.word(meant), 0.93, STRUCTURE);
  if (mayGoOn && text.length > 1)
    for (const word of reader.wordsFrom(text, MOST_BEGINNINGS)) {
      offer(word, 0.68 + 0.27 * (text.length / word.text.length));
      if (text.length > 2) offer(word, 0.97, TRADE);
    }
  const key = phoneticKey(text);
  for (const word of reader.wordsNear(formsOf(text))) offer(word, likeness(text, key, word.text));
  if (stem !== text)
    for (const word of reader.wordsNear(formsOf(stem)))
      offer(word, likeness(stem, phoneticKey(stem), word.text), TRADE);
}

/** By edit distance and by sound. 1 is the same word. */
export function likeness(typed: string, key: string, word: string): number {
  if (typed === word) return 1;
  const letters = Math.max(typed.length, word.length);
  const distance = editDistance(typed, word, 3);
  let fit = 0;
  if (distance === 1) fit = letters > 7 ? 0.91 : letters > 5 ? 0.88 : letters > 4 ? 0.84 : letters > 3 ? 0.76 : 0.6;
  else if (distance === 2) fit = letters > 8 ? 0.8 : letters > 6 ? 0.72 : letters > 5 ? 0.62 : 0;
  else if (distance === 3) fit = letters > 9 ? 0.62 : 0;
  if (key === phoneticKey(word)) fit = Math.max(fit, distance < 2 ? 0.94 : distance < 3 ? 0.88 : 0.78);
  return typed[0] === word[0] ? fit : fit - 0.04;
}

/** A frequent word is meant more often than a rare one that is as near. */
const likely = (alternative: Alternative): number => alternative.weight + 0.02 * Math.log(1 + countOf(alternative));

const countOf = ({ word, kind }: Alternative): number => word.counts[kind] ?? 0;

function compare(one: Alternative, other: Alternative): number {
  return one.kind - other.kind || (one.word.text < other.word.text ? -1 : 1);
}

/** Nobody knows what an unknown word tells: as much as the rarest. */
function worthOf(token: Token, alternatives: readonly Alternative[], entries: number): number {
  const best = alternatives[0]?.weight ?? 0;
  let count = 0;
  for (const alternative of alternatives) if (alternative.weight >= best * GOOD) count += countOf(alternative);
  const value = Math.max(0.7, Math.log(1 + entries / (count + 1)));
  return token.isSmall ? value * 0.1 : value;
}
