/** Spaces at which a line of French is never broken: before `: ; ? !`, a closing guillemet and `%`, after an opening one. */
const BEFORE = / (?=[:;?!»%](?:[\s)\].,»…]|$))/g;
const AFTER = /« /g;

/** The text of a page with spaces that do not break. A terminal keeps plain ones: what it shows is searched and copied. */
export const frenchSpaces = (text: string): string => text.replace(BEFORE, "\u00a0").replace(AFTER, "«\u00a0");

/** What is shown as it was received, or typed: its spaces are its own. */
const VERBATIM = new Set(["code", "pre", "style", "script", "textarea"]);

/** The same in markup: attributes, code and what is preformatted are left as they are. */
export function frenchSpacesOf(html: string): string {
  let verbatim = 0;
  return html
    .split(/(<[^>]*>)/)
    .map((part) => {
      const [, closing, name = ""] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(part) ?? [];
      if (closing === undefined) return verbatim === 0 ? frenchSpaces(part) : part;
      if (VERBATIM.has(name.toLowerCase()) && !part.endsWith("/>")) verbatim += closing === "" ? 1 : -1;
      return part;
    })
    .join("");
}
