import { escapeHtml } from "../html-escape.js";
import { htmlPage } from "../html-page.js";
import type { Lang } from "./text.js";

/** A piece of HTML that `html` made: everything that came into it as text is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | readonly Html[];

const written = (value: Value): string => {
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return escapeHtml(String(value));
};

/** A template of HTML: text in it is escaped, pieces of HTML and lists of them are not. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    parts.map((part, index) => part + (index < values.length ? written(values[index] as Value) : "")).join(""),
  );
}

export const nothing = new Html("");

const STYLE = `
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 2px solid #0b5cad; }
h3 { font-size: 1.05rem; margin-bottom: .2rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; } caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid #8a939c; padding: .35rem .5rem; text-align: left; vertical-align: top; } thead th { background: #e8f0f8; }
table.wide { font-size: .8rem; } table.wide th, table.wide td { padding: .25rem .3rem; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.done { color: #1a6330; } .blocked { color: #8a3b00; } .critical { font-weight: 600; } .note { color: #4a535c; }
.field { display: inline-block; min-width: 16rem; border-bottom: 1px solid #4a535c; }
figure { margin: 1rem 0; } svg text { font: 12px system-ui, sans-serif; fill: #1b1f24; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } h2 { break-after: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; } }
`;

/** One self-contained page, printable. */
export function page(title: string, body: Html, lang: Lang): string {
  return htmlPage({ lang, title, style: STYLE, body: html`<main>\n<h1>${title}</h1>\n${body}\n</main>`.text });
}

/** A table with its headings; cells as they come. */
export function table(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly (Html | string)[])[],
): Html {
  return html`<table><caption>${caption}</caption>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>
`,
  )}</tbody></table>`;
}
