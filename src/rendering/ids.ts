import type { Block, Inline, Section, ShownDocument } from "./types.js";

/** Identifiers of the narrative: of what is shown, and those that its links ask for. */
export interface Names {
  given: Set<string>;
  wanted: Set<string>;
}

/** Every identifier that the narrative gives to something shown: where links within the document may lead. */
export const idsOf = (shown: ShownDocument): Set<string> => namesOf(shown).given;

export function namesOf({ body }: ShownDocument): Names {
  const given = new Set<string>();
  const wanted = new Set<string>();
  const note = (id: string | undefined): void => {
    if (id !== undefined) given.add(id);
  };
  const lines = (inlines: readonly Inline[] = []): void => {
    for (const inline of inlines) {
      if (typeof inline === "string" || (inline.kind !== "span" && inline.kind !== "link")) continue;
      note(inline.id);
      if (inline.kind === "link" && inline.href.to === "id") wanted.add(inline.href.value);
      lines(inline.children);
    }
  };
  const blocks = (list: readonly Block[]): void => {
    for (const block of list) {
      note(block.id);
      if (block.kind === "paragraph") lines(block.inlines);
      else if (block.kind === "group") blocks(block.blocks);
      else if (block.kind === "list") {
        for (const item of block.items) {
          note(item.id);
          lines(item.caption);
          blocks(item.blocks);
        }
      } else if (block.kind === "table") {
        for (const row of [...block.head, ...block.bodies.flat(), ...block.foot]) {
          note(row.id);
          for (const cell of row.cells) {
            note(cell.id);
            blocks(cell.blocks);
          }
        }
      }
      if (block.kind !== "paragraph" || block.caption) lines(block.caption);
    }
  };
  const sections = (list: readonly Section[]): void => {
    for (const section of list) {
      note(section.id);
      lines(section.title);
      blocks(section.blocks);
      for (const each of section.notes) {
        note(each.id);
        blocks(each.blocks);
      }
      sections(section.sections);
    }
  };
  if (body.kind === "sections") sections(body.sections);
  return { given, wanted };
}
