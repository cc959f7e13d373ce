import { md, mdTable } from "../markdown.js";
import { dayIn, type Lang } from "../text.js";
import type { ActivityIndicators, Outcomes } from "./types.js";
import { OUTCOME_WORDS, PERIOD_WORDS, RECIPIENT_WORDS, reasonWords, TYPE_WORDS } from "./words.js";

/** The indicators for a terminal or a wiki: totals, types, reasons. The periods are in the CSV and the page. */
export function indicatorsToMarkdown(indicators: ActivityIndicators, lang: Lang = "fr"): string {
  const { totals, rates, byType, reasons, received, since, until, period, mailbox } = indicators;
  const french = lang === "fr";
  const outcomes = Object.keys(OUTCOME_WORDS) as (keyof Outcomes)[];
  const share = (name: keyof Outcomes): string => {
    const rate = name in rates ? rates[name as keyof typeof rates] : null;
    return rate === null ? "" : `${(rate * 100).toFixed(1).replace(".", french ? "," : ".")}${french ? " %" : "%"}`;
  };
  const documents = Object.values(received.documents).reduce((all, count) => all + count, 0);
  const parts = [
    `# ${french ? "Indicateurs d'activité MSSanté" : "MSSanté activity"}${mailbox === undefined ? "" : `${french ? " :" : ":"} ${md(mailbox)}`}`,
    `${dayIn(since, lang)} – ${dayIn(until, lang)}, ${PERIOD_WORDS[period][lang]}`,
    mdTable(
      [french ? "Indicateur" : "Indicator", french ? "Nombre" : "Number", french ? "Part" : "Share"],
      [
        ...outcomes.map((name) => [OUTCOME_WORDS[name][lang], String(totals[name]), share(name)]),
        [french ? "Documents reçus" : "Documents received", String(documents), ""],
      ],
    ),
  ];
  if (byType.length > 0)
    parts.push(
      mdTable(
        ["Type", ...outcomes.map((name) => OUTCOME_WORDS[name][lang])],
        byType.map((cell) => [
          `${TYPE_WORDS[cell.type][lang]}, ${RECIPIENT_WORDS[cell.recipient][lang]}`,
          ...outcomes.map((name) => String(cell[name])),
        ]),
      ),
    );
  if (reasons.length > 0)
    parts.push(
      mdTable(
        [french ? "Motif" : "Reason", french ? "Destinataires" : "Recipients"],
        reasons.map(({ reason, recipients }) => [md(reasonWords(reason, lang)), String(recipients)]),
      ),
    );
  return `${parts.join("\n\n")}\n`;
}
