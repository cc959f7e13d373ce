/**
 * Sanitised HTML as text: for a mail that has no text of its own, and for a person who wants no HTML. Only for what `safeHtml` gave:
 * there every `<` begins a tag, and only four entities stand.
 */
export function textOfHtml(safe: string): string {
  const text = safe
    .replace(/\s+/g, " ")
    .replace(/<br \/>|<br>/g, "\n")
    .replace(/<hr[^>]*>/g, "\n----\n")
    .replace(/<li[^>]*>/g, "\n- ")
    .replace(/<\/t[dh]>/g, "\t")
    .replace(/<img[^>]* alt="([^"]*)"[^>]*>/g, "$1")
    .replace(/<\/(?:p|h[1-6]|blockquote|pre|table|ul|ol|dl)>/g, "\n\n")
    .replace(/<\/?(?:div|tr|dt|dd|section|article|header|footer|address|center|figure|caption)(?: [^>]*)?>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|quot|amp|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
  return text
    .split("\n")
    .map((line) => line.replace(/[ \u00a0]+/g, " ").trim())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&", "#39": "'" };

/** Text as a piece of HTML. */
export function htmlOfText(text: string): string {
  const escaped = text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\r?\n/g, "<br />");
  return `<div>${escaped}</div>`;
}
