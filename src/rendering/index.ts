/**
 * A CDA as a person reads it: one model of header and narrative, and of it safe HTML and PDF/A-1b. Pure: bytes in, fonts
 * included, bytes or a string out.
 */
export type { Difference } from "./claims.js";
export { type Face, type Fact, faceOf } from "./facts.js";
export { type RenderedHtml, type RenderHtmlOptions, renderHtml } from "./html/page.js";
export { HTML_STYLESHEET } from "./html/stylesheet.js";
export { DEFAULT_RENDER_LIMITS, type RenderLimits } from "./limits.js";
export type { FontSet } from "./pdf/fonts.js";
export { type RenderedPdf, type RenderPdfOptions, renderPdf } from "./pdf/render.js";
export { type ReadShownOptions, readShown } from "./read.js";
export type {
  Block,
  Body,
  Cell,
  Claims,
  Compared,
  Inline,
  Language,
  ListItem,
  Media,
  Notice,
  Row,
  Section,
  ShownDocument,
  Table,
} from "./types.js";
