import { escapeHtml } from "../../html-escape.js";
import { textOf } from "../inline.js";
import type { Inline, Style } from "../types.js";
import type { Context } from "./context.js";

const TAGS: Readonly<Record<Style, string>> = { bold: "strong", italic: "em", underline: "u", strike: "s" };

export function inlinesHtml(inlines: readonly Inline[], context: Context): string {
  let html = "";
  for (const inline of inlines) html += inlineHtml(inline, context);
  return html;
}

function inlineHtml(inline: Inline, context: Context): string {
  if (typeof inline === "string") {
    context.spend(inline.length);
    return escapeHtml(inline);
  }
  context.spend(40);
  switch (inline.kind) {
    case "break":
      return "<br>";
    case "note":
      return call(inline.number, context);
    case "link":
      return link(inline, context);
    case "span":
      return span(inline, context);
  }
}

function span(inline: Extract<Inline, { kind: "span" }>, context: Context): string {
  const id = context.id(inline.id);
  let html = styled(inlinesHtml(inline.children, context), inline.styles);
  if (inline.revised) html = revisedHtml(html, inline.revised, context);
  if (inline.script) html = `<${inline.script}>${html}</${inline.script}>`;
  return id === "" ? html : `<span${id}>${html}</span>`;
}

export function styled(html: string, styles: readonly Style[]): string {
  return styles.reduce((inner, style) => `<${TAGS[style]}>${inner}</${TAGS[style]}>`, html);
}

export function revisedHtml(html: string, revised: "insert" | "delete", { words }: Context): string {
  return revised === "insert"
    ? `<ins title="${words.inserted}">${html}</ins>`
    : `<del title="${words.deleted}">${html}</del>`;
}

function link(inline: Extract<Inline, { kind: "link" }>, context: Context): string {
  const { href } = inline;
  const id = context.id(inline.id);
  const { inner, nested } = context.within((outer) => ({
    inner: inlinesHtml(inline.children, context),
    nested: outer,
  }));
  const title = inline.title === undefined ? "" : ` title="${escapeHtml(inline.title)}"`;
  const where = href.to === "id" ? context.target(href.value) : href.to === "refused" ? undefined : href.value;
  context.spend((where?.length ?? 0) + title.length);
  if (href.to === "refused" && href.value !== "" && textOf(inline.children) !== href.value) {
    context.spend(href.value.length);
    return `${spanned(id, title, inner)} <span class="cda-address">(${escapeHtml(href.value)})</span>`;
  }
  if (where === undefined || nested) return spanned(id, title, inner);
  // Outside links are a person's to follow: they open by themselves in nothing, and tell the page nothing.
  const outside = href.to === "web" ? ' target="_blank" rel="noopener noreferrer nofollow external"' : "";
  return `<a${id} href="${escapeHtml(where)}"${title}${outside}>${inner}</a>`;
}

function call(number: number, { prefix, words }: Context): string {
  if (number === 0) return "";
  return `<sup class="cda-call"><a href="#${prefix}~note-${number}" aria-label="${words.note} ${number}">${number}</a></sup>`;
}

const spanned = (id: string, title: string, inner: string): string =>
  id === "" && title === "" ? inner : `<span${id}${title}>${inner}</span>`;
