import { originalSubject } from "../message/index.js";

const ENCODED_WORD = /=\?[^?\s]{1,40}\?[qb]\?[^?\s]*\?=/gi;
const DATE = /\b(\d{2})\/(\d{2})\/(\d{4})\b/;
/** Reply code and enhanced code, which stand first and stay. */
const CODES = /^\d{3}(?:[ -]+\d\.\d{1,3}\.\d{1,3})?/;
const MAX_WORDS = 200;

/**
 * A server's answer without the words of the mail's subject: a filter that refuses a mail may quote it, and the rule puts the
 * patient's name and birth date there (ECO.2.1.3). Traces and stored errors keep the answer (ECO.4.1.2), never content.
 *
 * @param head the head of the mail that was answered
 */
export function withoutQuotes(answer: string, head: Uint8Array | undefined): string {
  const codes = CODES.exec(answer)?.[0] ?? "";
  const text = answer.slice(codes.length).replace(ENCODED_WORD, "…");
  const words = head === undefined ? [] : wordsOf(originalSubject(head));
  if (words.length === 0) return codes + text;
  const found = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  return codes + text.replace(found, "…");
}

/** Words of two characters and more are letters and digits only: nothing in them means something to a pattern. */
function wordsOf(subject: string): string[] {
  const [, day, month, year] = DATE.exec(subject) ?? [];
  const compact = year === undefined ? [] : [`${year}${month}${day}`, `${day}${month}${year}`];
  const words = subject.match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return [...new Set([...words, ...compact])].slice(0, MAX_WORDS);
}
