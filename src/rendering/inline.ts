import type { Block, Href, Inline } from "./types.js";

/** What a mixed element holds, in order: inlines, and the blocks between them. */
export type Part = Inline | { block: Block };

export const isBlock = (part: Part): part is { block: Block } => typeof part === "object" && "block" in part;

/** Parts as blocks: inlines that follow each other are a paragraph without an element of its own. */
export function toBlocks(parts: readonly Part[]): Block[] {
  if (parts.length === 0) return [];
  const blocks: Block[] = [];
  let line: Inline[] = [];
  const flush = (): void => {
    const inlines = tidy(line);
    if (inlines.length > 0) blocks.push({ kind: "paragraph", styles: [], plain: true, inlines });
    line = [];
  };
  for (const part of parts) {
    if (!isBlock(part)) line.push(part);
    else {
      flush();
      blocks.push(part.block);
    }
  }
  flush();
  return blocks;
}

/**
 * White space as a page has it: a run is one space, none at either end nor beside a line break; line breaks at the ends go.
 * Empty where nothing can be seen.
 */
export function tidy(inlines: readonly Inline[]): Inline[] {
  const [only] = inlines;
  // Most cells and items hold a text and nothing else.
  if (inlines.length === 1 && typeof only === "string") {
    const text = only.replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, "");
    return /\S/.test(text) ? [text] : [];
  }
  const state = { space: true, visible: false, breaks: 0 };
  const first = trimmed(inlines.map((inline) => collapse(inline, state)));
  return state.visible ? first : [];
}

interface Walk {
  /** What comes before ends with a space, or is the beginning of a line. */
  space: boolean;
  visible: boolean;
  breaks: number;
}

function collapse(inline: Inline, state: Walk): Inline {
  if (typeof inline === "string") {
    let text = inline.replace(/[ \t\r\n]+/g, " ");
    if (state.space && text.startsWith(" ")) text = text.slice(1);
    if (text !== "") {
      state.space = text.endsWith(" ");
      if (/[^\s]/.test(text)) {
        state.visible = true;
        state.breaks = 0;
      }
    }
    return text;
  }
  if (inline.kind === "break") {
    state.space = true;
    // More than an empty line is layout.
    return !state.visible || ++state.breaks > 2 ? "" : inline;
  }
  if (inline.kind === "note") {
    state.visible = true;
    state.space = false;
    return inline;
  }
  return { ...inline, children: inline.children.map((child) => collapse(child, state)) };
}

/** Without white space and line breaks at the end, nor before a line break. */
function trimmed(inlines: readonly Inline[]): Inline[] {
  const state = { end: true, ended: true };
  return [...inlines]
    .reverse()
    .flatMap((inline) => backwards(inline, state))
    .reverse();
}

function backwards(inline: Inline, state: { end: boolean; ended: boolean }): Inline[] {
  if (typeof inline === "string") {
    const text = state.end ? inline.replace(/ +$/, "") : inline;
    if (text === "") return [];
    state.end = false;
    state.ended = false;
    return [text];
  }
  if (inline.kind === "break") {
    if (state.ended) return [];
    state.end = true;
    return [inline];
  }
  if (inline.kind === "note") {
    state.end = false;
    state.ended = false;
    return [inline];
  }
  const children = [...inline.children]
    .reverse()
    .flatMap((child) => backwards(child, state))
    .reverse();
  // An empty element stays where it can be led to.
  return children.length === 0 && inline.id === undefined ? [] : [{ ...inline, children }];
}

/** The words of inlines, without their styles. */
export function textOf(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) => {
      if (typeof inline === "string") return inline;
      if (inline.kind === "break") return " ";
      return inline.kind === "note" ? "" : textOf(inline.children);
    })
    .join("");
}

const MAX_ADDRESS = 2_000;

/** Where a link may lead: pages, mail addresses, phones, places of the document. */
export function readHref(value: string | undefined): Href {
  const written = (value ?? "").trim();
  if (written.startsWith("#") && written.length > 1) return { to: "id", value: written.slice(1) };
  if (written === "" || written.length > MAX_ADDRESS) return { to: "refused", value: "" };
  if (/^[^:/?#]*(?:[/?#]|$)/.test(written) && !/[\p{Cc}\\]/u.test(written)) return { to: "refused", value: written };
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || url.username !== "" || url.password !== "") return { to: "refused", value: "" };
  if (url.protocol === "http:" || url.protocol === "https:") return { to: "web", value: url.href };
  if (url.protocol === "mailto:") return { to: "mail", value: url.href };
  return url.protocol === "tel:" ? { to: "phone", value: url.href } : { to: "refused", value: "" };
}
