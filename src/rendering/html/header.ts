import { escapeHtml } from "../../html-escape.js";
import type { Face, Fact } from "../facts.js";
import type { Claims } from "../types.js";
import type { Context } from "./context.js";

export function headHtml(face: Face, context: Context): string {
  const { words, headingLevel: level } = context;
  const marked = new Set(face.differences.map(({ trait }) => trait));
  const name = face.patient.name === "" ? "" : `<p class="cda-name">${escapeHtml(face.patient.name)}</p>\n`;
  return `<header class="cda-header">
${differencesHtml(face, context)}${face.warnings.map((text) => `<p class="cda-warning" role="note">${escapeHtml(text)}</p>\n`).join("")}<h${level} class="cda-title">${escapeHtml(face.title)}</h${level}>
<div class="cda-face">
<section class="cda-patient" aria-label="${words.patient}">
<h${level + 1}>${words.patient}</h${level + 1}>
${name}${factsHtml(face.patient.facts, context, marked)}
</section>
<section class="cda-document" aria-label="${words.document}">
<h${level + 1}>${words.document}</h${level + 1}>
${factsHtml(face.document, context, marked)}
</section>
</div>
</header>`;
}

export function moreHtml(face: Face, context: Context): string {
  if (face.more.length === 0) return "";
  const { words, headingLevel: level } = context;
  return `<footer class="cda-more">
<h${level + 1}>${words.more}</h${level + 1}>
${factsHtml(face.more, context, new Set(face.differences.map(({ trait }) => trait)))}
</footer>`;
}

function factsHtml(facts: readonly Fact[], context: Context, marked: ReadonlySet<keyof Claims>): string {
  const rows = facts.map(({ label, values, trait }) => {
    const mark = trait !== undefined && marked.has(trait) ? ' class="cda-differs"' : "";
    const told = values.map((value) => `<dd>${escapeHtml(value)}</dd>`).join("");
    context.spend(told.length + label.length + 40);
    return `<div${mark}><dt>${escapeHtml(label)}</dt>${told}</div>`;
  });
  return `<dl class="cda-facts">${rows.join("\n")}</dl>`;
}

/** What the places say, side by side: a person must see it before the document. */
function differencesHtml({ differences }: Face, context: Context): string {
  if (differences.length === 0) return "";
  const { words } = context;
  const places = (["document", "metadata", "mail"] as const).filter((place) =>
    differences.some((difference) => difference[place] !== undefined),
  );
  const titles = { document: words.inDocument, metadata: words.inMetadata, mail: words.inMail };
  const head = places.map((place) => `<th scope="col">${titles[place]}</th>`).join("");
  const rows = differences.map((difference) => {
    const cells = places.map((place) => `<td>${escapeHtml(difference[place] ?? "")}</td>`).join("");
    return `<tr><th scope="row">${escapeHtml(difference.label)}</th>${cells}</tr>`;
  });
  return `<div class="cda-alert" role="alert">
<p><strong>${words.differs}</strong></p>
<table><thead><tr><th scope="col">${words.trait}</th>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>
<p>${words.differsHelp}</p>
</div>
`;
}
