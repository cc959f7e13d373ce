import { createHash } from "node:crypto";
import type { CdaLimits } from "../../cda/index.js";
import { MedimailError, type Problem } from "../../errors.js";
import { escapeHtml } from "../../html-escape.js";
import { type Face, faceOf } from "../facts.js";
import { idsOf } from "../ids.js";
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from "../limits.js";
import { readShown } from "../read.js";
import type { Compared, Language, Notice, ShownDocument } from "../types.js";
import { Context } from "./context.js";
import { headHtml, moreHtml } from "./header.js";
import { bodyHtml } from "./sections.js";
import { HTML_STYLESHEET } from "./stylesheet.js";

export interface RenderHtmlOptions {
  /** Language of our labels; the document's words stay as they are. Default `fr`. */
  language?: Language;
  /**
   * Only an `article` to be put into a page of the publisher's, without style: see {@link RenderedHtml.stylesheet}. Default false: a
   * whole document, which nothing outside of it is needed for.
   */
  fragment?: boolean;
  /** What every `id` begins with, so that two documents can stand in one page. Default `cda-`. Letters, digits, `-` and `_`. */
  idPrefix?: string;
  /** Level of the title, 1 to 4. Default 1. */
  headingLevel?: number;
  /**
   * Files of the document that a page does not show (PDF, other types): `link` puts their bytes behind a link that saves them,
   * `name` only tells of them. Default `link`.
   */
  files?: "link" | "name";
  /** What the metadata and the mail say, to mark where they do not agree. */
  compared?: Compared;
  /** What a reader must know before the document; each is a warning above the title. */
  notices?: readonly Notice[];
  limits?: Partial<CdaLimits & RenderLimits>;
}

export interface RenderedHtml {
  html: string;
  /** The style of the page, every rule of it under the class `cda`: what a fragment is given beside it, or the base of a publisher's own. */
  stylesheet: string;
  /** Of the header and the narrative: what is not shown, or not as it is written. */
  problems: Problem[];
}

const HASH = createHash("sha256").update(HTML_STYLESHEET).digest("base64");

/** Nothing but the page's own style and images that are in it. */
const POLICY = [
  "default-src 'none'",
  "img-src data:",
  `style-src 'sha256-${HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * A CDA R2 document as an HTML page (SC.CDA/VISU.01): header, narrative, images, without script, without anything loaded from
 * outside, in its own words and order. Level 1: the header, and the file or a link that saves it.
 *
 * @throws MedimailError `cda_invalid`, `xml_invalid`, `xml_dtd_refused`, `xml_limit_exceeded`, `invalid_argument` (idPrefix)
 */
export function renderHtml(cda: Uint8Array | ShownDocument, options: RenderHtmlOptions = {}): RenderedHtml {
  const shown = cda instanceof Uint8Array ? readShown(cda, options.limits ? { limits: options.limits } : {}) : cda;
  const language = options.language ?? "fr";
  const level = Math.min(4, Math.max(1, Math.trunc(options.headingLevel ?? 1)));
  const face = faceOf(shown, language, options.compared, options.notices);
  const context = new Context({
    language,
    idPrefix: checkedPrefix(options.idPrefix ?? "cda-"),
    ids: idsOf(shown),
    headingLevel: level,
    files: options.files ?? "link",
    maxBytes: options.limits?.maxHtmlBytes ?? DEFAULT_RENDER_LIMITS.maxHtmlBytes,
  });
  const article = [
    `<article class="cda" lang="${language}">`,
    headHtml(face, context),
    `<div class="cda-body" lang="${languageOf(shown, language)}">`,
    bodyHtml(shown.body, context),
    "</div>",
    moreHtml(face, context),
    "</article>",
  ].join("\n");
  const html = options.fragment ? article : pageHtml(article, face, language);
  return { html, stylesheet: HTML_STYLESHEET, problems: shown.problems };
}

function checkedPrefix(prefix: string): string {
  if (/^[A-Za-z][\w-]{0,60}$/.test(prefix)) return prefix;
  throw new MedimailError("invalid_argument", "idPrefix begins with a letter and has letters, digits, - and _ only.", {
    path: "idPrefix",
  });
}

function languageOf({ cda }: ShownDocument, language: Language): string {
  const code = cda.header.languageCode?.trim() ?? "";
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/.test(code) ? code : language;
}

function pageHtml(article: string, face: Face, language: Language): string {
  const title = [face.title, face.patient.name].filter(Boolean).join(" — ");
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${HTML_STYLESHEET}</style>
</head>
<body>
<main>
${article}
</main>
</body>
</html>
`;
}
