import { htmlPage } from "../../html-page.js";
import type { Checklist, ChecklistRow } from "../checklist.js";
import { safe } from "./html.js";
import { STYLE } from "./html-style.js";
import { plain } from "./markdown.js";
import { CERTAINTIES, OBLIGATIONS, PROFILE_NAMES, SECTIONS, VERDICTS, WORDS } from "./words.js";

type Lang = "fr" | "en";

const TITLE = { fr: "Exigences à satisfaire", en: "Requirements to meet" } as const;
const SEEN = {
  fr: {
    program: "constatée par un programme",
    screen: "à l'écran",
    declared: "à attester",
    information: "pour information",
  },
  en: {
    program: "seen by a program",
    screen: "on the screen",
    declared: "to be declared",
    information: "for information",
  },
} as const;
const PROGRESS = {
  fr: ({ doneMandatory, mandatory, done, all }: Checklist["progress"]) =>
    `${doneMandatory} exigences obligatoires satisfaites sur ${mandatory}, ${done} sur ${all} au total`,
  en: ({ doneMandatory, mandatory, done, all }: Checklist["progress"]) =>
    `${doneMandatory} mandatory of ${mandatory}, ${done} of ${all} in all`,
} as const;

function chapters({ rows }: Checklist): [number, ChecklistRow[]][] {
  const numbers = [...new Set(rows.map(({ section }) => section))].sort((a, b) => a - b);
  return numbers.map((number) => [number, rows.filter(({ section }) => section === number)]);
}

const note = ({ by, at, note: said, verdict, evidence = [] }: ChecklistRow, lang: Lang): string =>
  [verdict === undefined ? "" : VERDICTS[lang][verdict], [by, at].filter(Boolean).join(", "), said ?? "", ...evidence]
    .filter((part) => part !== "")
    .join(" · ");

/** The list to work by, as Markdown: boxes that a repository shows and lets one tick. */
export function checklistMarkdown(list: Checklist, lang: Lang): string {
  const lines = [
    `# ${TITLE[lang]} (${PROFILE_NAMES[lang][list.profile]})`,
    "",
    `${PROGRESS[lang](list.progress)}. ${WORDS[lang].catalogue}${WORDS[lang].colon} ${list.catalogue}.`,
  ];
  for (const [number, rows] of chapters(list)) {
    lines.push("", `## ${number}. ${SECTIONS[lang][number] ?? ""}`, "");
    for (const row of rows) {
      const seen = row.seen.map((by) => SEEN[lang][by]).join(", ");
      lines.push(
        `- [${row.done ? "x" : " "}] **${plain(row.code)}** ${plain(row.title)} (${OBLIGATIONS[lang][row.obligation]}, ${seen})`,
      );
      if (row.help) lines.push(`  - ${plain(row.help)}`);
      lines.push(`  - ${plain(row.observe)}`);
      if (row.attest)
        lines.push(
          `  - ${plain(row.attest.question)} ${WORDS[lang].proof}${WORDS[lang].colon} ${plain(row.attest.evidence)}`,
        );
      const said = note(row, lang);
      if (said !== "") lines.push(`  - ${plain(said)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The same as a page to print: nothing in it runs, and nothing is fetched. */
export function checklistHtml(list: Checklist, lang: Lang): string {
  const words = WORDS[lang];
  const title = `${TITLE[lang]} (${PROFILE_NAMES[lang][list.profile]})`;
  const heads = ["", words.code, words.requirement, words.obligation, words.evidence]
    .map((head) => `<th scope="col">${safe(head)}</th>`)
    .join("");
  const parts = chapters(list).map(([number, rows]) => {
    const lines = rows.map(
      (row) =>
        `<tr><td><input type="checkbox" aria-label="${safe(row.code)}"${row.done ? " checked" : ""}></td><th scope="row"><code>${safe(row.code)}</code></th>` +
        `<td>${safe(row.title)}${row.help ? `<br><small>${safe(row.help)}</small>` : ""}<br><small>${safe(row.observe)}</small></td>` +
        `<td>${safe(OBLIGATIONS[lang][row.obligation])}<br><small>${safe(CERTAINTIES[lang][row.certainty])} · ${safe(row.seen.map((by) => SEEN[lang][by]).join(", "))}</small></td>` +
        `<td>${safe(note(row, lang))}${row.attest ? `<small>${safe(row.attest.question)} ${safe(words.proof)}${words.colon} ${safe(row.attest.evidence)}</small>` : ""}</td></tr>`,
    );
    return `<section aria-labelledby="c${number}"><h2 id="c${number}">${number}. ${safe(SECTIONS[lang][number] ?? "")}</h2><table><thead><tr>${heads}</tr></thead><tbody>${lines.join("")}</tbody></table></section>`;
  });
  const body = `<header><h1>${safe(title)}</h1><p>${safe(PROGRESS[lang](list.progress))}. ${safe(words.catalogue)}${words.colon} ${safe(list.catalogue)}.</p></header>
<main>${parts.join("\n")}</main>`;
  return htmlPage({ lang, title, style: STYLE, body });
}

/** A badge for a README: how many of the mandatory requirements are met. SVG, no font or address of others. */
export function badge({ progress, profile }: Checklist, lang: Lang): string {
  const { doneMandatory, mandatory } = progress;
  const left = `MSSanté ${profile === "all" ? "" : profile}`.trim();
  const right = `${doneMandatory}/${mandatory}`;
  const colour = doneMandatory === mandatory ? "#0b5d1e" : doneMandatory * 2 >= mandatory ? "#7a4b00" : "#a4001d";
  const widths = [left, right].map((label) => 14 + label.length * 7);
  const [a = 0, b = 0] = widths;
  const label =
    lang === "fr" ? `${left} : ${right} exigences obligatoires` : `${left}: ${right} mandatory requirements`;
  const text = (value: string, x: number, length: number) =>
    `<text x="${x}" y="14" textLength="${length - 14}" fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${safe(value)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${a + b}" height="20" role="img" aria-label="${safe(label)}"><title>${safe(label)}</title><rect width="${a}" height="20" fill="#444"/><rect x="${a}" width="${b}" height="20" fill="${colour}"/>${text(left, 7, a)}${text(right, a + 7, b)}</svg>
`;
}
