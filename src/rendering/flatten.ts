import type { XmlElement } from "../xml/index.js";
import type { Block, Inline } from "./types.js";

/** Marks that turn the order of letters on the screen: no narrative needs them, and they can show another text than the one kept. */
export const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** Blocks as one line, where a line is all that there is room for (a title, a caption): a break between them, a space between cells. */
export function flatten(blocks: readonly Block[]): { inlines: Inline[]; files: boolean } {
  const lines: Inline[][] = [];
  let files = false;
  const take = (line: Inline[]): void => {
    lines.push(line);
  };
  const within = (list: readonly Block[]): Inline[] => {
    const read = flatten(list);
    files ||= read.files;
    return read.inlines;
  };
  for (const block of blocks) {
    if (block.caption) take(block.caption);
    if (block.kind === "paragraph") take(block.inlines);
    else if (block.kind === "group") take(within(block.blocks));
    else if (block.kind === "media") files = true;
    else if (block.kind === "list")
      for (const item of block.items) take([...(item.caption ?? []), " ", ...within(item.blocks)]);
    else
      for (const row of [...block.head, ...block.bodies.flat(), ...block.foot])
        take(row.cells.flatMap((cell) => [...within(cell.blocks), " "]));
  }
  return {
    inlines: lines.flatMap((line, index): Inline[] => (index === 0 ? line : [{ kind: "break" }, ...line])),
    files,
  };
}

/** The words of an element, each apart from those of the next. */
export function wordsOf(element: XmlElement): string {
  return (element.nodes ?? [])
    .map((node) => (typeof node === "string" ? node.replace(TURNING, "") : ` ${wordsOf(node)} `))
    .join("");
}

/** Whether an element refers to a file, at any depth. */
export const showsFiles = (element: XmlElement): boolean =>
  element.local === "renderMultiMedia" || element.children.some(showsFiles);
