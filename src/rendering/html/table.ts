import type { Cell, Row, Table } from "../types.js";
import { flowHtml } from "./blocks.js";
import type { Context } from "./context.js";
import { inlinesHtml } from "./inlines.js";

/** Columns from which a table is set smaller: nine of them fit a sheet or a window of 1,000 pixels. */
const WIDE = 7;

/** A table with its heads marked as such, and what scope they have; wider than the page, it scrolls by itself. */
export function tableHtml(table: Table, context: Context): string {
  const caption =
    table.caption && table.caption.length > 0 ? `<caption>${inlinesHtml(table.caption, context)}</caption>` : "";
  const id = context.id(table.id);
  const part = (tag: string, rows: readonly Row[]): string =>
    rows.length === 0 ? "" : `<${tag}>${rows.map((row) => rowHtml(row, context)).join("")}</${tag}>`;
  const bodies = table.bodies.map((rows) => part("tbody", rows)).join("");
  const wide = table.columns >= WIDE;
  const classes = `cda-table${wide ? " cda-wide" : ""}${table.border ? " cda-bordered" : ""}${table.head.length === 0 ? " cda-headless" : ""}`;
  const rows = `${part("thead", table.head)}${bodies}${part("tfoot", table.foot)}`;
  // What may be wider than the page is scrolled by the keyboard too.
  const focus = wide ? ` role="group" tabindex="0" aria-label="${context.words.wideTable}"` : "";
  return `<div class="cda-scroll"${focus}><table class="${classes}"${id}>${caption}${rows}</table></div>`;
}

function rowHtml({ id, styles, cells }: Row, context: Context): string {
  context.spend(20);
  const classes = styles.length === 0 ? "" : ` class="${styles.map((style) => `cda-${style}`).join(" ")}"`;
  return `<tr${context.id(id)}${classes}>${cells.map((cell) => cellHtml(cell, context)).join("")}</tr>`;
}

function cellHtml(cell: Cell, context: Context): string {
  context.spend(60);
  // An empty heading heads nothing for who listens to the page.
  const corner = cell.heading && cell.blocks.length === 0;
  const tag = cell.heading && !corner ? "th" : "td";
  const classes = [
    ...(corner ? ["cda-corner"] : []),
    ...(cell.align ? [`cda-${cell.align}`] : []),
    ...cell.styles.map((style) => `cda-${style}`),
    ...cell.rules.map((rule) => `cda-rule-${rule}`),
  ];
  const attributes = [
    context.id(cell.id),
    cell.scope && !corner ? ` scope="${cell.scope}"` : "",
    cell.colspan > 1 ? ` colspan="${cell.colspan}"` : "",
    cell.rowspan > 1 ? ` rowspan="${cell.rowspan}"` : "",
    classes.length > 0 ? ` class="${classes.join(" ")}"` : "",
  ];
  return `<${tag}${attributes.join("")}>${flowHtml(cell.blocks, context)}</${tag}>`;
}
