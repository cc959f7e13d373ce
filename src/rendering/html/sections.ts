import { escapeHtml } from "../../html-escape.js";
import { partyText } from "../facts.js";
import type { Body, Section } from "../types.js";
import { blocksHtml, fileHtml } from "./blocks.js";
import type { Context } from "./context.js";
import { inlinesHtml } from "./inlines.js";

export function bodyHtml(body: Body, context: Context): string {
  const { words } = context;
  if (body.kind === "none") return `<p class="cda-file">${words.noBody}</p>`;
  if (body.kind === "sections")
    return body.sections.map((section) => sectionHtml(section, context.headingLevel + 1, context)).join("\n");
  const heading = context.headingLevel + 1;
  return `<section class="cda-section"><h${heading}>${words.body}</h${heading}>${fileHtml(body.media, context)}</section>`;
}

function sectionHtml(section: Section, level: number, context: Context): string {
  context.spend(120);
  const id = context.id(section.id);
  const language = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/.test(section.language ?? "")
    ? ` lang="${section.language}"`
    : "";
  const titled = section.title.length > 0;
  // A section without a title still has a name for who moves from one to the other by ear.
  const label = titled || !section.code?.displayName ? "" : ` aria-label="${escapeHtml(section.code.displayName)}"`;
  return `<section class="cda-section"${id}${language}${label}>
${titled ? headingHtml(section, level, context) : ""}${partiesHtml(section, context)}${blocksHtml(section.blocks, context)}${notesHtml(section, context)}${section.sections
  .map((each) => sectionHtml(each, titled ? level + 1 : level, context))
  .join("\n")}
</section>`;
}

function headingHtml({ title }: Section, level: number, context: Context): string {
  const html = inlinesHtml(title, context);
  if (level <= 6) return `<h${level} class="cda-heading">${html}</h${level}>\n`;
  return `<p class="cda-heading" role="heading" aria-level="${level}">${html}</p>\n`;
}

function partiesHtml({ authors, subjects }: Section, { words, language }: Context): string {
  const line = (label: string, parties: Section["authors"]): string => {
    const told = parties.map((party) => partyText(party, language)).filter((text) => text !== "");
    return told.length === 0
      ? ""
      : `<p class="cda-parties">${label}${language === "fr" ? "\u00a0" : ""}: ${escapeHtml(told.join(" ; "))}</p>\n`;
  };
  return line(words.sectionSubject, subjects) + line(words.sectionAuthor, authors);
}

function notesHtml({ notes }: Section, context: Context): string {
  if (notes.length === 0) return "";
  const items = notes.map(
    ({ number, id, blocks }) =>
      `<li value="${number}"${id === undefined ? "" : context.id(id)}><span id="${context.prefix}~note-${number}"></span>${blocksHtml(blocks, context)}</li>`,
  );
  return `<section class="cda-notes" aria-label="${context.words.notes}"><ol>${items.join("")}</ol></section>`;
}
