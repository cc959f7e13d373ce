import type { Cell, Row, Table } from "../types.js";
import { flowHtml } from "./blocks.js";
import type { Context } from "./context.js";
import { inlinesHtml } from "./inlines.js";

/** A table with its heads marked as such, and what scope they have; wider than the page, it scrolls by itself. */
export function tableHtml(table: Table, context: Context): string {
  const caption =
    table.caption && table.caption.length > 0 ? `<caption>${inlinesHtml(table.caption, context)}</caption>` : "";
  const id = context.id(table.id);
  const part = (tag: string, rows: readonly Row[]): string =>
    rows.length === 0 ? "" : `<${tag}>${rows.map((row) => rowHtml(row, context)).join("")}</${tag}>`;
  const bodies = table.bodies.map((rows) => part("tbody", rows)).join("");
  const classes = `cda-table${table.border ? " cda-bordered" : ""}${table.head.length === 0 ? " cda-headless" : ""}`;
  const rows = `${part("thead", table.head)}${bodies}${part("tfoot", table.foot)}`;
  return `<div class="cda-scroll"><table class="${classes}"${id}>${caption}${rows}</table></div>`;
}

function rowHtml({ id, styles, cells }: Row, context: Context): string {
  context.spend(20);
  const classes = styles.length === 0 ? "" : ` class="${styles.map((style) => `cda-${style}`).join(" ")}"`;
  return `<tr${context.id(id)}${classes}>${cells.map((cell) => cellHtml(cell, context)).join("")}</tr>`;
}

function cellHtml(cell: Cell, context: Context): string {
  context.spend(60);
  const tag = cell.heading ? "th" : "td";
  const classes = [
    ...(cell.align ? [`cda-${cell.align}`] : []),
    ...cell.styles.map((style) => `cda-${style}`),
    ...cell.rules.map((rule) => `cda-rule-${rule}`),
  ];
  const attributes = [
    context.id(cell.id),
    cell.scope ? ` scope="${cell.scope}"` : "",
    cell.colspan > 1 ? ` colspan="${cell.colspan}"` : "",
    cell.rowspan > 1 ? ` rowspan="${cell.rowspan}"` : "",
    classes.length > 0 ? ` class="${classes.join(" ")}"` : "",
  ];
  return `<${tag}${attributes.join("")}>${flowHtml(cell.blocks, context)}</${tag}>`;
}
