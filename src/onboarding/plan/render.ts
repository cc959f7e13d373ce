import { PARTS } from "../guide/parties.js";
import { md, mdTable } from "../markdown.js";
import { type Html, html, nothing, page, table } from "../page.js";
import { dayIn, type Lang } from "../text.js";
import type { Plan, PlannedStep } from "./types.js";
import { lengthWords, type PlanWords, planWords, whoOf } from "./words.js";

const partsOf = (plan: Plan) =>
  ([1, 2, 3, 4, 5] as const)
    .map((part) => ({ part, steps: plan.steps.filter(({ step }) => step.part === part) }))
    .filter(({ steps }) => steps.length > 0);

const stateWords = (planned: PlannedStep, words: PlanWords): string =>
  planned.state === "blocked"
    ? `${words.states.blocked} (${words.blockedBy(planned.blockedBy)})`
    : words.states[planned.state];

/** The plan as Markdown. */
export function planToMarkdown(plan: Plan, lang: Lang = "fr"): string {
  const words = planWords(plan, lang);
  const titles = new Map(plan.steps.map(({ step }) => [step.id, step.title[lang]]));
  const lines = [`# ${words.title}`, "", words.intro, "", `**${words.ready}**`, ""];
  if (words.domain) lines.push(words.domain, "");
  if (plan.next.length > 0)
    lines.push(`## ${words.next}`, "", ...plan.next.map((id) => `- ${md(titles.get(id) ?? id)}`), "");
  for (const { part, steps } of partsOf(plan)) {
    lines.push(`## ${part}. ${PARTS[part][lang]}`, "");
    lines.push(
      mdTable(
        words.headings,
        steps.map((planned) => {
          const title = `${planned.critical ? `**${md(planned.step.title[lang])}**` : md(planned.step.title[lang])} (\`${planned.step.id}\`)`;
          const length = lengthWords(planned, lang);
          return [
            `${title}${planned.step.optional ? ` *${words.optional}*` : ""}`,
            whoOf(planned, lang),
            dayIn(planned.from ?? "", lang),
            `${dayIn(planned.until ?? "", lang)}${length === "" ? "" : ` (${length})`}`,
            stateWords(planned, words),
          ];
        }),
      ),
      "",
    );
    for (const { step } of steps) {
      lines.push(`- **${md(step.title[lang])}**${words.colon} ${md(step.what[lang])}`);
      if (step.cost) lines.push(`  - ${words.cost}${words.colon} ${md(step.cost[lang])}`);
      lines.push(`  - ${words.evidence}${words.colon} ${md(step.evidence[lang])}`);
    }
    lines.push("");
  }
  lines.push(words.legend, "");
  return lines.join("\n");
}

/** The plan as one printable page. */
export function planToHtml(plan: Plan, lang: Lang = "fr"): string {
  const words = planWords(plan, lang);
  const titles = new Map(plan.steps.map(({ step }) => [step.id, step.title[lang]]));
  const body = html`<p>${words.intro}</p>
<p><strong>${words.ready}</strong></p>
${words.domain ? html`<p>${words.domain}</p>` : nothing}
${
  plan.next.length > 0
    ? html`<h2>${words.next}</h2><ul>${plan.next.map((id) => html`<li>${titles.get(id) ?? id}</li>`)}</ul>`
    : nothing
}
${partsOf(plan).map(
  ({ part, steps }) => html`<h2>${part}. ${PARTS[part][lang]}</h2>
${table(
  PARTS[part][lang],
  words.headings,
  steps.map((planned) => [
    html`<span class="${planned.critical ? "critical" : ""}">${planned.step.title[lang]}</span>${planned.step.optional ? html` <span class="note">(${words.optional})</span>` : nothing}`,
    whoOf(planned, lang),
    dayIn(planned.from ?? "", lang),
    `${dayIn(planned.until ?? "", lang)} ${lengthWords(planned, lang)}`.trim(),
    html`<span class="${planned.state}">${stateWords(planned, words)}</span>`,
  ]),
)}
${steps.map(({ step }) => detail(step, words, lang))}`,
)}
<p class="note">${words.legend}</p>`;
  return page(words.title, body, lang);
}

function detail(step: PlannedStep["step"], words: PlanWords, lang: Lang): Html {
  return html`<h3 id="${step.id}">${step.title[lang]}</h3>
<p>${step.what[lang]}</p>
<ul>${step.cost ? html`<li>${words.cost}${words.colon} ${step.cost[lang]}</li>` : nothing}<li>${words.evidence}${words.colon} ${step.evidence[lang]}</li></ul>
`;
}
