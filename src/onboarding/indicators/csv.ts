import type { Lang } from "../text.js";
import { say } from "../text.js";
import type { ActivityIndicators, Outcomes } from "./types.js";
import { OUTCOME_WORDS, RECIPIENT_WORDS, TYPE_WORDS } from "./words.js";

const HEADINGS = [say("Du", "From"), say("Au", "To"), say("Type", "Type"), say("Destinataire", "Recipient")] as const;

/**
 * One line for each period, type and kind of recipient; `;` and a byte order mark, as French spreadsheets open it. Words of ours, days and numbers
 * only: nothing in it can be a formula.
 */
export function indicatorsToCsv({ cells }: ActivityIndicators, lang: Lang = "fr"): string {
  const outcomes = Object.keys(OUTCOME_WORDS) as (keyof Outcomes)[];
  const lines = [
    [...HEADINGS, ...outcomes.map((name) => OUTCOME_WORDS[name])].map((heading) => heading[lang]),
    ...cells.map((cell) => [
      cell.from,
      cell.to,
      TYPE_WORDS[cell.type][lang],
      RECIPIENT_WORDS[cell.recipient][lang],
      ...outcomes.map((name) => String(cell[name])),
    ]),
  ];
  return `\ufeff${lines.map((line) => line.join(";")).join("\r\n")}\r\n`;
}
