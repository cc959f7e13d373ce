import { createHash } from "node:crypto";
import { frenchSpacesOf } from "./french-spaces.js";
import { escapeHtml } from "./html-escape.js";

/** A page in one file, to print or to join to a request. */
export interface HtmlPage {
  lang: string;
  title: string;
  style: string;
  /** What stands in `<body>`: markup, made safe by who gives it. */
  body: string;
}

/** The whole page: nothing in it runs, nothing is fetched, and a Content-Security-Policy holds it to that; its one style sheet is named by its hash. French has its spaces. */
export function htmlPage({ lang, title, style, body }: HtmlPage): string {
  const hash = createHash("sha256").update(style).digest("base64");
  return `<!DOCTYPE html>
<html lang="${escapeHtml(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${lang === "fr" ? frenchSpacesOf(body) : body}
</body>
</html>
`;
}
