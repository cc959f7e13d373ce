import { originalSubject } from "../message/index.js";

const ENCODED_WORD = /=\?[^?\s]{1,40}\?[qb]\?[^?\s]*\?=/gi;
const DATE = /\b(\d{2})\/(\d{2})\/(\d{4})\b/;
/** Reply code and enhanced code, which stand first and stay. */
const CODES = /^\d{3}(?:[ -]+\d\.\d{1,3}\.\d{1,3})?/;
const MAX_WORDS = 200;
const WORDS = /[\p{L}\p{N}]+/gu;
const WORD = /[\p{L}\p{N}]/u;

/**
 * A server's answer without the words of the mail's subject: a filter that refuses a mail may quote it, and the rule puts the
 * patient's name and birth date there (ECO.2.1.3). Traces and stored errors keep the answer (ECO.4.1.2), never content.
 *
 * @param head the head of the mail that was answered
 */
export function withoutQuotes(answer: string, head: Uint8Array | undefined): string {
  const subject = head === undefined ? undefined : originalSubject(head);
  if (subject !== undefined && quotesNothing(answer, folded(subject))) return answer;
  const codes = CODES.exec(answer)?.[0] ?? "";
  const text = answer.slice(codes.length).replace(ENCODED_WORD, "…");
  if (subject === undefined || !WORD.test(text)) return codes + text;
  const words = wordsOf(subject);
  return codes + (words.size === 0 ? text : text.replace(WORDS, (word) => (words.has(folded(word)) ? "…" : word)));
}

/**
 * True of most answers, and cheaper to tell than which words are to go: it is ASCII, and none of its words stands in the subject, be it within
 * another. A date may stand there in other words than in the subject.
 */
function quotesNothing(answer: string, subject: string): boolean {
  if (/[^\x20-\x7e]|=\?|\d{8}/.test(answer)) return false;
  return answer.match(/[A-Za-z0-9]{2,}/g)?.every((word) => !subject.includes(word.toLowerCase())) ?? true;
}

/** Letters and digits in a row; those of the subject have two and more. */
function wordsOf(subject: string): Set<string> {
  const [, day, month, year] = DATE.exec(subject) ?? [];
  const compact = year === undefined ? [] : [`${year}${month}${day}`, `${day}${month}${year}`];
  const words = subject.match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return new Set([...new Set([...words, ...compact])].slice(0, MAX_WORDS).map(folded));
}

/** Alike whatever the case of its letters. */
const folded = (word: string): string => word.toUpperCase().toLowerCase();
