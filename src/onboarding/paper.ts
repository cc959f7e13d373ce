import { md, mdTable } from "./markdown.js";
import { Html, html, page, table } from "./page.js";
import type { Lang } from "./text.js";

/** Something that a person completes by hand: what stands in the place until then. */
export interface Blank {
  blank: string;
}

/** Words of one line; what is blank is shown as such, in every form. */
export type Line = string | readonly (string | Blank)[];

export type Block =
  | { kind: "heading"; text: string }
  | { kind: "paragraph"; line: Line }
  | { kind: "note"; line: Line }
  | { kind: "list"; items: readonly Line[]; ordered?: boolean }
  /** The first cell of a row is its heading. An empty caption: what stands above it says enough. */
  | { kind: "table"; caption: string; headings: readonly string[]; rows: readonly (readonly Line[])[] };

/** A document that is given as a page, as Markdown and as plain text: the same words in all three. */
export interface Paper {
  title: string;
  blocks: readonly Block[];
}

const partsOf = (line: Line): readonly (string | Blank)[] => (typeof line === "string" ? [line] : line);

const lineHtml = (line: Line): Html =>
  html`${partsOf(line).map((part) =>
    typeof part === "string" ? html`${part}` : html`<span class="note">[${part.blank}]</span>`,
  )}`;

const lineMarkdown = (line: Line): string =>
  partsOf(line)
    .map((part) => (typeof part === "string" ? md(part) : `*\\[${md(part.blank)}\\]*`))
    .join("");

const lineText = (line: Line): string =>
  partsOf(line)
    .map((part) => (typeof part === "string" ? part : `[${part.blank}]`))
    .join("")
    .replace(/\s*[\r\n]+\s*/g, " ");

/** What stands between the title and the end, for a page of another's. */
export const blocksToHtml = (blocks: readonly Block[]): Html => html`${blocks.map(blockHtml)}`;

function blockHtml(block: Block): Html {
  switch (block.kind) {
    case "heading":
      return html`<h2>${block.text}</h2>
`;
    case "paragraph":
      return html`<p>${lineHtml(block.line)}</p>
`;
    case "note":
      return html`<p class="note">${lineHtml(block.line)}</p>
`;
    case "list": {
      const items = block.items.map((item) => html`<li>${lineHtml(item)}</li>`);
      return block.ordered
        ? html`<ol>${items}</ol>
`
        : html`<ul>${items}</ul>
`;
    }
    case "table":
      return new Html(
        table(
          block.caption,
          block.headings,
          block.rows.map((row) => row.map(lineHtml)),
        ).text.replace("<caption></caption>", ""),
      );
  }
}

export const paperToHtml = (paper: Paper, lang: Lang): string => page(paper.title, blocksToHtml(paper.blocks), lang);

export const paperToMarkdown = ({ title, blocks }: Paper): string =>
  `${[`# ${md(title)}`, ...blocks.map(blockMarkdown)].join("\n\n")}\n`;

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `## ${md(block.text)}`;
    case "paragraph":
      return lineMarkdown(block.line);
    case "note":
      return `> ${lineMarkdown(block.line)}`;
    case "list":
      return listed(block, lineMarkdown);
    case "table":
      return mdTable(
        block.headings.map(md),
        block.rows.map((row) => row.map(lineMarkdown)),
      );
  }
}

/** For a mail or a form that takes no layout. */
export const paperToText = ({ title, blocks }: Paper): string => `${[title, ...blocks.map(blockText)].join("\n\n")}\n`;

/** The words of the blocks alone. */
export const blocksToText = (blocks: readonly Block[]): string => `${blocks.map(blockText).join("\n")}\n`;

function blockText(block: Block): string {
  switch (block.kind) {
    case "heading":
      return block.text.toUpperCase();
    case "paragraph":
    case "note":
      return lineText(block.line);
    case "list":
      return listed(block, lineText);
    case "table":
      return block.rows
        .map(([first = "", ...rest]) => `${lineText(first)} : ${rest.map(lineText).join(" | ")}`)
        .join("\n");
  }
}

const listed = ({ items, ordered }: Block & { kind: "list" }, written: (line: Line) => string): string =>
  items.map((item, index) => `${ordered ? `${index + 1}.` : "-"} ${written(item)}`).join("\n");
