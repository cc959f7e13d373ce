import type PDFDocument from "pdfkit";
import type { Block, Body, Media, Section } from "../types.js";
import type { Picture } from "./blocks.js";
import { type Embeddable, embeddable, type Pixels } from "./image.js";
import { PlainPng } from "./png.js";

interface Opened {
  width: number;
  height: number;
  orientation?: number;
}

/** Opens the images that the narrative shows, each once. One that a PDF/A-1 cannot hold is left out: its place says so. */
export async function openPictures(
  body: Body,
  doc: InstanceType<typeof PDFDocument>,
  maxPixels: number,
): Promise<Map<number, Picture>> {
  const pictures = new Map<number, Picture>();
  const pixels: Pixels = { left: maxPixels };
  for (const media of mediaOf(body)) {
    if (pictures.has(media.number)) continue;
    const image = await embeddable(media, pixels);
    const picture = image && open(image, doc);
    if (picture) pictures.set(media.number, picture);
  }
  return pictures;
}

function open(found: Embeddable, doc: InstanceType<typeof PDFDocument>): Picture | undefined {
  try {
    const image: Opened =
      "png" in found
        ? new PlainPng(found.png, doc)
        : (doc as unknown as { openImage(source: Buffer): Opened }).openImage(Buffer.from(found.jpeg));
    // A camera that was held upright turns its picture by a mark in the file.
    const turned = (image.orientation ?? 1) > 4;
    const [width, height] = turned ? [image.height, image.width] : [image.width, image.height];
    return {
      width,
      height,
      draw: (x, y, wide, high) => void doc.image(image as never, x, y, { width: wide, height: high }),
    };
  } catch {
    // Damaged in a way that only the library sees.
    return undefined;
  }
}

/** Images of a body, in the order of the narrative. */
export function* mediaOf(body: Body): Generator<Media> {
  if (body.kind === "file") yield* images([body.media]);
  else if (body.kind === "sections") for (const section of body.sections) yield* ofSection(section);
}

function* ofSection(section: Section): Generator<Media> {
  yield* ofBlocks(section.blocks);
  for (const note of section.notes) yield* ofBlocks(note.blocks);
  for (const each of section.sections) yield* ofSection(each);
}

function* ofBlocks(blocks: readonly Block[]): Generator<Media> {
  for (const block of blocks) {
    if (block.kind === "media") yield* images(block.media);
    else if (block.kind === "group") yield* ofBlocks(block.blocks);
    else if (block.kind === "list") for (const item of block.items) yield* ofBlocks(item.blocks);
    else if (block.kind === "table")
      for (const row of [...block.head, ...block.bodies.flat(), ...block.foot])
        for (const cell of row.cells) yield* ofBlocks(cell.blocks);
  }
}

const images = (media: readonly Media[]): Media[] =>
  media.filter(({ kind }) => kind === "png" || kind === "jpeg" || kind === "gif");
