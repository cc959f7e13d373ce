import { escapeHtml } from "../../html-escape.js";
import { formatSize } from "../format.js";
import { textOfFile } from "../media.js";
import { inColumns, plainLines } from "../plain-lines.js";
import type { Block, ListItem, Media } from "../types.js";
import type { Context } from "./context.js";
import { inlinesHtml, revisedHtml, styled } from "./inlines.js";
import { tableHtml } from "./table.js";

export function blocksHtml(blocks: readonly Block[], context: Context): string {
  let html = "";
  for (const block of blocks) html += blockHtml(block, context);
  return html;
}

/** Blocks of a cell or an item: a lone text needs no paragraph. */
export function flowHtml(blocks: readonly Block[], context: Context): string {
  const [first] = blocks;
  if (blocks.length === 1 && first?.kind === "paragraph" && first.plain) return inlinesHtml(first.inlines, context);
  return blocksHtml(blocks, context);
}

function blockHtml(block: Block, context: Context): string {
  context.spend(60);
  switch (block.kind) {
    case "paragraph": {
      const html = styled(inlinesHtml(block.inlines, context), block.styles);
      if (html === "" && block.caption === undefined) return "";
      return `${captionHtml(block.caption, context)}<p class="cda-paragraph"${context.id(block.id)}>${html}</p>`;
    }
    case "group": {
      const id = context.id(block.id);
      // An element of phrasing may not hold blocks: the styles of a group are classes.
      const html = `${captionHtml(block.caption, context)}${blocksHtml(block.blocks, context)}`;
      const classes = ["cda-group", ...block.styles.map((style) => `cda-${style}`)];
      const group = `<div class="${classes.join(" ")}"${id}>${html}</div>`;
      return block.revised ? revisedHtml(group, block.revised, context) : group;
    }
    case "list":
      return listHtml(block, context);
    case "table":
      return tableHtml(block, context);
    case "media":
      return mediaHtml(block, context);
  }
}

function captionHtml(caption: Parameters<typeof inlinesHtml>[0] | undefined, context: Context): string {
  return caption === undefined || caption.length === 0
    ? ""
    : `<p class="cda-caption">${inlinesHtml(caption, context)}</p>`;
}

function listHtml(block: Extract<Block, { kind: "list" }>, context: Context): string {
  const tag = block.ordered ? "ol" : "ul";
  const id = context.id(block.id);
  const items = block.items.map((item) => itemHtml(item, context)).join("");
  const list = items === "" ? "" : `<${tag} class="cda-list cda-${block.marker}"${id}>${items}</${tag}>`;
  return captionHtml(block.caption, context) + list;
}

function itemHtml({ id, styles, caption, blocks }: ListItem, context: Context): string {
  context.spend(40);
  const title =
    caption && caption.length > 0 ? `<span class="cda-caption">${inlinesHtml(caption, context)}</span> ` : "";
  const classes = styles.length === 0 ? "" : ` class="${styles.map((style) => `cda-${style}`).join(" ")}"`;
  return `<li${context.id(id)}${classes}>${title}${flowHtml(blocks, context)}</li>`;
}

function mediaHtml(block: Extract<Block, { kind: "media" }>, context: Context): string {
  const caption =
    block.caption && block.caption.length > 0 ? `<figcaption>${inlinesHtml(block.caption, context)}</figcaption>` : "";
  const files = block.media.map((media) => fileHtml(media, context)).join("");
  return `<figure class="cda-media"${context.id(block.id)}>${files}${caption}</figure>`;
}

/** An image, or what stands for a file that a page does not show: of a PDF the link that saves it (SC.CDA/VISU.03, SC.CDA/DD.15). */
export function fileHtml(media: Media, context: Context): string {
  const { words } = context;
  const note = (text: string): string => `<p class="cda-file">${text}</p>`;
  switch (media.kind) {
    case "png":
    case "jpeg":
    case "gif": {
      const region = media.region ? note(words.region) : "";
      return `<img class="cda-image" src="${dataUrl(media, `image/${media.kind}`, context)}" alt="${words.image} ${media.number}"${sizeHtml(media)}>${region}`;
    }
    case "text":
      context.spend(media.size);
      return textHtml(textOfFile(media));
    case "absent":
      return note(words.absent);
    case "outside":
      return note(`${words.outside} <code>${escapeHtml((media.address ?? "").slice(0, 500))}</code>`);
    default:
      return note(attachment(media, context));
  }
}

function textHtml(text: string): string {
  const columned = inColumns(plainLines(text)) ? " cda-columned" : "";
  return `<pre class="cda-text${columned}">${escapeHtml(text)}</pre>`;
}

function sizeHtml({ width, height }: Media): string {
  return width === undefined || height === undefined ? "" : ` width="${width}" height="${height}"`;
}

function attachment(media: Media, context: Context): string {
  const { words, language } = context;
  const isPdf = media.kind === "pdf";
  const hidden = /^image\//i.test(media.mediaType) && !isPdf ? ` ${words.imageHidden}` : "";
  const type = isPdf ? "PDF" : `${words.fileOf} ${escapeHtml(media.mediaType || words.unknownType)}`;
  const told = `${words.file} ${type} (${formatSize(media.size, language)}).${hidden}`;
  if (context.files === "name") return told;
  // A file of an unknown kind is given as bytes: what opens it is a person's choice.
  const name = `${words.file.toLowerCase().replaceAll(" ", "-")}-${media.number}${isPdf ? ".pdf" : ".bin"}`;
  const url = dataUrl(media, isPdf ? "application/pdf" : "application/octet-stream", context);
  return `${told} <a class="cda-save" href="${url}" download="${name}">${words.openFile}</a>`;
}

function dataUrl(media: Media, type: string, context: Context): string {
  context.spend(Math.ceil((media.size * 4) / 3) + 40);
  const bytes = media.bytes();
  return `data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64")}`;
}
