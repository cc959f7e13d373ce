import { MedimailError } from "../../errors.js";
import { isPlain } from "../../plain-text.js";
import { html } from "../page.js";
import {
  type Block,
  blocksToHtml,
  blocksToText,
  type Line,
  type Paper,
  paperToHtml,
  paperToMarkdown,
  paperToText,
} from "../paper.js";
import type { Bilingual, Lang } from "../text.js";
import { BANNER, CORRESPONDENTS, FOOTER } from "./correspondence.js";
import { FIELD_LABELS } from "./fields.js";
import { BOOKLET, NOTICE } from "./notice.js";
import { REGISTER } from "./register.js";
import type { Template, TemplateBlock, TemplateField, TemplateName, TemplateValues } from "./types.js";
import { TEMPLATE_FIELDS, TEMPLATE_NAMES } from "./types.js";

/** Every template, in words of our own: the guide's models are the region's. */
export const TEMPLATES: Readonly<Record<TemplateName, Template>> = {
  footer: FOOTER,
  banner: BANNER,
  notice: NOTICE,
  booklet: BOOKLET,
  register: REGISTER,
  correspondents: CORRESPONDENTS,
};

const MAX_VALUE = 500;

export interface FilledTemplate {
  name: TemplateName;
  title: string;
  /** Fields that the template has and nobody gave: they show as blanks. */
  missing: readonly TemplateField[];
  /** For who fills it in; never part of the text. */
  advice?: string;
  /** Whole page, printable. */
  page: string;
  /** The words alone, as HTML without styles or scripts: for a mail, or a page of another's. */
  html: string;
  markdown: string;
  text: string;
}

/**
 * A template with the values of a structure; what is not given shows as a blank to complete by hand.
 *
 * @throws MedimailError `invalid_argument`: a template or a field that does not exist, a value that is no line of 500 characters at most
 *
 * @example
 * const banner = onboarding.fillTemplate("banner", { structure: "CH EXEMPLE", service: "Biologie", mailbox: "labo@ch-exemple.mssante.fr" });
 * createConnector(config, { banner: { html: banner.html, text: banner.text } });
 */
export function fillTemplate(name: TemplateName, values: TemplateValues = {}, lang: Lang = "fr"): FilledTemplate {
  if (!TEMPLATE_NAMES.includes(name))
    throw new MedimailError("invalid_argument", `no template of this name; there are ${TEMPLATE_NAMES.join(", ")}`, {
      path: "name",
    });
  const template = TEMPLATES[name];
  const given = checked(values);
  const missing = new Set<TemplateField>();
  const line = (wording: Bilingual): Line =>
    wording[lang]
      .split(/(\{\w+\})/)
      .filter((part) => part !== "")
      .map((part) => {
        const field = /^\{(\w+)\}$/.exec(part)?.[1] as TemplateField | undefined;
        if (field === undefined) return part;
        const value = given[field] ?? template.defaults?.[field]?.[lang];
        if (value !== undefined) return value;
        missing.add(field);
        return { blank: FIELD_LABELS[field][lang] };
      });
  const paper: Paper = {
    title: template.title[lang],
    blocks: template.blocks.map((block) => filled(block, line, lang)),
  };
  return {
    name,
    title: paper.title,
    missing: TEMPLATE_FIELDS.filter((field) => missing.has(field)),
    ...(template.advice ? { advice: template.advice[lang] } : {}),
    page: paperToHtml(paper, lang),
    html: (template.bare
      ? blocksToHtml(paper.blocks)
      : html`<h1>${paper.title}</h1>
${blocksToHtml(paper.blocks)}`
    ).text,
    markdown: paperToMarkdown(paper),
    text: template.bare ? blocksToText(paper.blocks) : paperToText(paper),
  };
}

function filled(block: TemplateBlock, line: (wording: Bilingual) => Line, lang: Lang): Block {
  switch (block.kind) {
    case "heading":
      return { kind: "heading", text: block.text[lang] };
    case "paragraph":
    case "note":
      return { kind: block.kind, line: line(block.line) };
    case "list":
      return { kind: "list", items: block.items.map(line) };
    case "table":
      return {
        kind: "table",
        caption: block.caption[lang],
        headings: block.headings[lang].split("|"),
        rows: block.rows.map(([label, content]) => [label[lang], line(content)]),
      };
  }
}

function checked(values: TemplateValues): TemplateValues {
  for (const [field, value] of Object.entries(values)) {
    if (!TEMPLATE_FIELDS.includes(field as TemplateField))
      throw new MedimailError("invalid_argument", `no field of this name; there are ${TEMPLATE_FIELDS.join(", ")}`, {
        path: "values",
      });
    if (typeof value !== "string" || value.trim() === "" || value.length > MAX_VALUE || !isPlain(value))
      throw new MedimailError("invalid_argument", `${field} must be a line of 1 to ${MAX_VALUE} characters`, {
        path: `values.${field}`,
      });
  }
  return values;
}
