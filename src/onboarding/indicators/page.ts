import { type Html, html, nothing, page } from "../page.js";
import { dayIn, type Lang } from "../text.js";
import { rows as barRows, type Series, stackedBars } from "./chart.js";
import type { ActivityIndicators, Outcomes } from "./types.js";
import {
  MAIL_KIND_WORDS,
  OUTCOME_WORDS,
  PERIOD_WORDS,
  RECEIPT_WORDS,
  RECEIVED_WORDS,
  RECIPIENT_WORDS,
  reasonWords,
  SHORT_WORDS,
  TYPE_WORDS,
} from "./words.js";

const COLOURS = {
  integrated: "#1a6330",
  read: "#2f8f57",
  delivered: "#0b5cad",
  accepted: "#5b7fa6",
  refused: "#a33d00",
  failed: "#8f1d2c",
  waiting: "#6b747d",
} as const;

/** The indicators as one printable page with charts: no script, nothing from elsewhere. Each chart has its numbers in a table. */
export function indicatorsToHtml(indicators: ActivityIndicators, lang: Lang = "fr"): string {
  const french = lang === "fr";
  const number = (value: number): string =>
    value.toLocaleString(french ? "fr-FR" : "en-GB", { maximumFractionDigits: 1 });
  const share = (rate: number | null): string =>
    rate === null
      ? "–"
      : (rate * 100).toLocaleString(french ? "fr-FR" : "en-GB", { maximumFractionDigits: 1 }) + (french ? " %" : "%");
  const { totals, rates, byPeriod, byType, reasons, receipts, received, mailbox } = indicators;
  const title = french ? "Indicateurs d'activité MSSanté" : "MSSanté activity";
  const when = french
    ? `Du ${dayIn(indicators.since, lang)} inclus au ${dayIn(indicators.until, lang)} exclu, ${PERIOD_WORDS[indicators.period].fr} (${indicators.timeZone}).`
    : `From ${indicators.since} to ${indicators.until} (excluded), ${PERIOD_WORDS[indicators.period].en} (${indicators.timeZone}).`;
  const outcomes = Object.keys(OUTCOME_WORDS) as (keyof Outcomes)[];
  // Columns that are empty all along are left out: the page is printed too.
  const rare: readonly (keyof Outcomes)[] = ["unknown", "waiting", "cancelled"];
  const shown = outcomes.filter((outcome) => !rare.includes(outcome) || byType.some((each) => each[outcome] > 0));
  const short = shown.map((outcome) => SHORT_WORDS[outcome][lang]);
  const name = (outcome: keyof Outcomes): string => OUTCOME_WORDS[outcome][lang];
  const body = html`<p>${mailbox === undefined ? nothing : html`${french ? "Boîte" : "Mailbox"} <strong>${mailbox}</strong>. `}${when}</p>
<p class="note">${
    french
      ? "Le décompte porte sur les destinataires : un courriel à deux destinataires compte deux fois. Un état atteint compte aussi dans ceux qui le précèdent. Un courriel rejeté après son acceptation par l'opérateur compte comme non remis. Aucune donnée de santé."
      : "Recipients are counted: a mail to two counts twice. Each state counts in those before it too. What bounced after the operator accepted it counts as not delivered. No health data."
  }</p>
<h2>${french ? "Vue d'ensemble" : "In all"}</h2>
${barRows(
  {
    id: "all",
    title: french ? "Suites données aux envois" : "What became of the sendings",
    description: outcomes
      .map((each) => `${name(each)}${french ? " :" : ":"} ${number(totals[each])}`)
      .join(french ? " ; " : "; "),
  },
  [
    { label: name("sent"), value: totals.sent, colour: COLOURS.accepted },
    { label: name("accepted"), value: totals.accepted, colour: COLOURS.accepted },
    { label: name("delivered"), value: totals.delivered, colour: COLOURS.delivered },
    { label: name("read"), value: totals.read, colour: COLOURS.read },
    { label: name("integrated"), value: totals.integrated, colour: COLOURS.integrated },
    { label: name("refused"), value: totals.refused, colour: COLOURS.refused },
    { label: name("failed"), value: totals.failed, colour: COLOURS.failed },
  ],
  number,
)}
${numbers(
  french ? "Totaux" : "Totals",
  [
    french ? "Indicateur" : "Indicator",
    french ? "Nombre" : "Number",
    french ? "Part des envois partis" : "Share of what has left",
  ],
  [
    ...outcomes.map((each) => [
      name(each),
      number(totals[each]),
      each in rates ? share(rates[each as keyof typeof rates]) : "",
    ]),
    [french ? "Courriels" : "Mails", number(totals.mails), ""],
    [french ? "Volume (Mo)" : "Volume (MB)", number(totals.bytes / 1e6), ""],
    [french ? "Plus gros courriel (Mo)" : "Largest mail (MB)", number(totals.largestMailBytes / 1e6), ""],
  ],
)}
<h2>${french ? "Évolution" : "Over time"}</h2>
${stackedBars(
  {
    id: "time",
    title: french ? `Envois ${PERIOD_WORDS[indicators.period].fr}` : `Sendings ${PERIOD_WORDS[indicators.period].en}`,
    description: french
      ? "Les mêmes chiffres figurent dans le tableau qui suit."
      : "The same numbers are in the table below.",
  },
  byPeriod.map(({ from }) => (indicators.period === "month" ? from.slice(0, 7) : from.slice(5))),
  seriesOf(byPeriod, name),
  number,
)}
${numbers(
  french ? "Par période" : "By period",
  [french ? "Période" : "Period", ...short, french ? "Reçus" : "Received"],
  byPeriod.map((each) => [
    each.from === each.to ? dayIn(each.from, lang) : `${dayIn(each.from, lang)} – ${dayIn(each.to, lang)}`,
    ...shown.map((outcome) => number(each[outcome])),
    number(each.receivedDocuments),
  ]),
)}
<h2>${french ? "Par type" : "By type"}</h2>
${numbers(
  french ? "Par type d'envoi et de destinataire" : "By type of sending and recipient",
  ["Type", ...short],
  byType.map((each) => [
    `${TYPE_WORDS[each.type][lang]}, ${RECIPIENT_WORDS[each.recipient][lang]}`,
    ...shown.map((outcome) => number(each[outcome])),
  ]),
)}
${
  reasons.length === 0
    ? nothing
    : html`<h2>${french ? "Refus et échecs" : "Refusals and failures"}</h2>
${numbers(
  french ? "Motifs, du plus fréquent au plus rare" : "Reasons, most frequent first",
  [french ? "Motif" : "Reason", french ? "Issue" : "Outcome", french ? "Destinataires" : "Recipients"],
  reasons.map(({ outcome, reason, recipients }) => [reasonWords(reason, lang), name(outcome), number(recipients)]),
)}`
}
<h2>${french ? "Réception" : "Received"}</h2>
${numbers(
  french ? "Documents, accusés et courriels reçus" : "What came in",
  [french ? "Nature" : "What", french ? "Nombre" : "Number"],
  [
    ...(Object.keys(RECEIVED_WORDS) as (keyof typeof RECEIVED_WORDS)[]).map((state) => [
      `${french ? "documents" : "documents"} ${RECEIVED_WORDS[state][lang]}`,
      number(received.documents[state]),
    ]),
    ...receipts.flatMap(({ kind, matched, unmatched }) => [
      [RECEIPT_WORDS[kind][lang], number(matched)],
      ...(unmatched === 0
        ? []
        : [
            [
              `${RECEIPT_WORDS[kind][lang]}, ${french ? "sans envoi correspondant" : "without a known sending"}`,
              number(unmatched),
            ],
          ]),
    ]),
    ...Object.entries(received.mails ?? {}).map(([kind, count]) => [
      `${french ? "courriels" : "mails"} ${MAIL_KIND_WORDS[kind as keyof typeof MAIL_KIND_WORDS][lang]}`,
      number(count),
    ]),
  ],
)}`;
  return page(title, body, lang);
}

/** The parts of a bar do not overlap: each recipient is in one of them. */
function seriesOf(byPeriod: ActivityIndicators["byPeriod"], name: (outcome: keyof Outcomes) => string): Series[] {
  const of = (label: string, colour: string, value: (each: Outcomes) => number): Series => ({
    name: label,
    colour,
    values: byPeriod.map(value),
  });
  return [
    of(name("integrated"), COLOURS.integrated, ({ integrated }) => integrated),
    of(name("read"), COLOURS.read, ({ read, integrated }) => read - integrated),
    of(name("delivered"), COLOURS.delivered, ({ delivered, read, refused }) => delivered - read - refused),
    of(name("accepted"), COLOURS.accepted, ({ accepted, delivered }) => accepted - delivered),
    of(name("refused"), COLOURS.refused, ({ refused }) => refused),
    of(name("failed"), COLOURS.failed, ({ failed }) => failed),
    of(
      `${name("waiting")}, ${name("unknown").toLowerCase()}`,
      COLOURS.waiting,
      ({ waiting, unknown }) => waiting + unknown,
    ),
  ];
}

/** A table of numbers: the first column is its heading. */
const numbers = (caption: string, headings: readonly string[], rows: readonly (readonly string[])[]): Html =>
  html`<table class="${headings.length > 6 ? "wide" : "narrow"}"><caption>${caption}</caption>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="number">${cell}</td>`))}</tr>
`,
  )}</tbody></table>
`;
