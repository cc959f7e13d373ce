import type { XmlElement } from "../xml/index.js";
import type { Findings } from "./findings.js";
import { flatten, showsFiles, TURNING, wordsOf } from "./flatten.js";
import { isBlock, type Part, readHref, tidy, toBlocks } from "./inline.js";
import type { RenderLimits } from "./limits.js";
import type { MediaStore } from "./media.js";
import { readStyleCode } from "./styles.js";
import { TableReader } from "./table.js";
import type { Block, Inline, ListItem, Media, Revision, Section } from "./types.js";

/** Elements that stand by themselves wherever they come from: their words are not run into those around. */
const FOREIGN_BLOCKS = new Set(
  "p div ul ol dl dt dd li h1 h2 h3 h4 h5 h6 pre blockquote section article title text thead tbody tfoot tr td th item".split(
    " ",
  ),
);
const MAX_FILES = 50;

/** Reads the narrative of sections. One for a document: footnotes are numbered through it. */
export class NarrativeReader {
  readonly #notes = new Map<string, number>();
  readonly #calls: { note: { kind: "note"; number: number }; to: string; path: string }[] = [];
  #number = 0;
  #current: Section["notes"] = [];
  #depth = 0;
  #path = "";
  readonly #tables: TableReader;

  constructor(
    private readonly findings: Findings,
    private readonly media: MediaStore,
    private readonly limits: RenderLimits,
  ) {
    this.#tables = new TableReader(findings, limits, {
      blocks: (element) => this.blocks(element),
      line: (element) => this.line(element),
      stray: (nodes) => toBlocks(this.#parts(nodes)),
    });
  }

  /** Title and text of a section, with the footnotes of both. `path` says where, in problems. */
  section(
    title: XmlElement | undefined,
    texts: readonly XmlElement[],
    path: string,
  ): Pick<Section, "title" | "blocks" | "notes"> {
    this.#path = path;
    this.#current = [];
    const line = title ? this.line(title) : [];
    const blocks = texts.flatMap((text) => this.blocks(text));
    return { title: line, blocks, notes: this.#current };
  }

  /** Calls of footnotes are joined with them once all is read. */
  finish(): void {
    for (const { note, to, path } of this.#calls) {
      const number = this.#notes.get(to);
      if (number !== undefined) note.number = number;
      else this.findings.warn("footnote_missing", "A footnote that the narrative calls is not in it.", path);
    }
  }

  blocks(element: XmlElement): Block[] {
    return toBlocks(this.#parts(element.nodes ?? []));
  }

  /** As one line, whatever it holds. */
  line(element: XmlElement): Inline[] {
    const parts = this.#parts(element.nodes ?? []);
    if (!parts.some(isBlock)) return tidy(parts as Inline[]);
    this.findings.warn("narrative_flattened", "Blocks within a title or a caption are shown as one line.", this.#path);
    const { inlines, files } = flatten(toBlocks(parts));
    if (files) this.#fileLost();
    return tidy(inlines);
  }

  #fileLost(): void {
    this.findings.error("media_misplaced", "A file stands where only words can be shown: not shown.", this.#path);
  }

  #parts(nodes: readonly (XmlElement | string)[]): Part[] {
    const parts: Part[] = [];
    for (const node of nodes) {
      if (typeof node === "string") parts.push(this.#clean(node));
      else for (const part of this.#read(node)) parts.push(part);
    }
    return parts;
  }

  #clean(text: string): string {
    const clean = text.replace(TURNING, "");
    if (clean.length !== text.length)
      this.findings.warn("text_marks_removed", "Marks that change the order of letters are left out.", this.#path);
    return clean;
  }

  #read(element: XmlElement): Part[] {
    switch (element.local) {
      case "content":
        return this.#content(element, undefined);
      case "sub":
      case "sup":
        return this.#content(element, element.local);
      case "br":
        return [{ kind: "break" }, ...this.#parts(element.nodes ?? [])];
      case "linkHtml":
        return this.#link(element);
      case "footnote":
        return this.#footnote(element);
      case "footnoteRef":
        return this.#call(element);
      case "paragraph":
        return [{ block: this.#paragraph(element) }];
      case "list":
        return this.#nested(element, () => this.#list(element));
      case "table":
        return this.#nested(element, () => this.#tables.read(element, this.#path));
      case "renderMultiMedia":
        return this.#multiMedia(element);
      case "caption":
        return [{ block: { kind: "paragraph", styles: ["bold"], ...idOf(element), inlines: this.line(element) } }];
      default:
        return this.#unknown(element);
    }
  }

  /** Deeper than anybody nests, an element is shown as its words: each level costs the width of a page. */
  #nested(element: XmlElement, read: () => Block | undefined): Part[] {
    if (this.#depth >= this.limits.maxNesting) {
      this.findings.warn("narrative_too_deep", "Tables or lists are nested too deeply: shown as text.", this.#path);
      if (showsFiles(element)) this.#fileLost();
      return [{ block: { kind: "paragraph", styles: [], plain: true, inlines: tidy([wordsOf(element)]) } }];
    }
    this.#depth++;
    const block = read();
    this.#depth--;
    return block === undefined ? [] : [{ block }];
  }

  #content(element: XmlElement, script: "sub" | "sup" | undefined): Part[] {
    const styles = this.#styles(element);
    const revised = REVISIONS[element.attrs["revised"] ?? ""];
    const parts = this.#parts(element.nodes ?? []);
    if (parts.some(isBlock)) {
      return [
        { block: { kind: "group", ...idOf(element), styles, ...(revised && { revised }), blocks: toBlocks(parts) } },
      ];
    }
    const children = parts as Inline[];
    return [
      { kind: "span", ...idOf(element), styles, ...(revised && { revised }), ...(script && { script }), children },
    ];
  }

  #styles(element: XmlElement) {
    const { styles, unknown } = readStyleCode(element.attrs["styleCode"]);
    if (unknown) this.findings.warn("style_unknown", "A style of the narrative is none of CDA's.", this.#path);
    return styles;
  }

  #link(element: XmlElement): Part[] {
    const href = readHref(element.attrs["href"]);
    if (href.to === "refused")
      this.findings.warn(
        "link_refused",
        "A link leads neither to a page nor into the document: shown as text.",
        this.#path,
      );
    const parts = this.#parts(element.nodes ?? []);
    const title = element.attrs["title"]?.replace(TURNING, "");
    if (parts.some(isBlock))
      return [{ block: { kind: "group", ...idOf(element), styles: [], blocks: toBlocks(parts) } }];
    const written = parts as Inline[];
    const named = tidy(written).length > 0;
    const children: Inline[] = named ? written : [href.value];
    const link: Inline = { kind: "link", ...idOf(element), href, ...(title ? { title } : {}), children };
    // An address that is shown for want of words is not run into those around.
    return named || href.value === "" ? [link] : [" ", link, " "];
  }

  #footnote(element: XmlElement): Part[] {
    const number = ++this.#number;
    const id = element.attrs["ID"];
    if (id !== undefined && !this.#notes.has(id)) this.#notes.set(id, number);
    this.#current.push({ number, ...idOf(element), blocks: this.blocks(element) });
    return [{ kind: "note", number }];
  }

  #call(element: XmlElement): Part[] {
    const note = { kind: "note" as const, number: 0 };
    this.#calls.push({ note, to: element.attrs["IDREF"] ?? "", path: this.#path });
    return [note, ...this.#parts(element.nodes ?? [])];
  }

  #paragraph(element: XmlElement): Block {
    const { caption, rest } = this.#captioned(element);
    const parts = this.#parts(rest);
    const common = { ...idOf(element), styles: this.#styles(element), ...(caption && { caption }) };
    return parts.some(isBlock)
      ? { kind: "group", ...common, blocks: toBlocks(parts) }
      : { kind: "paragraph", ...common, inlines: tidy(parts as Inline[]) };
  }

  #captioned(element: XmlElement): { caption?: Inline[]; rest: (XmlElement | string)[] } {
    const nodes = element.nodes ?? [];
    const found = nodes.find((node) => typeof node !== "string" && node.local === "caption");
    if (found === undefined || typeof found === "string") return { rest: nodes };
    return { caption: this.line(found), rest: nodes.filter((node) => node !== found) };
  }

  #list(element: XmlElement): Block {
    const { caption, rest } = this.#captioned(element);
    const { marker, unknown } = readStyleCode(element.attrs["styleCode"]);
    if (unknown) this.findings.warn("style_unknown", "A style of the narrative is none of CDA's.", this.#path);
    const ordered = element.attrs["listType"] === "ordered";
    const items: ListItem[] = [];
    let stray: (XmlElement | string)[] = [];
    const flush = (): void => {
      const blocks = toBlocks(this.#parts(stray));
      if (blocks.length > 0) {
        this.findings.warn(
          "narrative_misplaced",
          "Text of a list or a table stands outside of its items or cells.",
          this.#path,
        );
        items.push({ styles: [], blocks });
      }
      stray = [];
    };
    for (const node of rest) {
      if (typeof node === "string" || node.local !== "item") {
        stray.push(node);
        continue;
      }
      flush();
      const item = this.#captioned(node);
      items.push({
        ...idOf(node),
        styles: this.#styles(node),
        ...(item.caption && { caption: item.caption }),
        blocks: toBlocks(this.#parts(item.rest)),
      });
    }
    flush();
    return {
      kind: "list",
      ...idOf(element),
      ordered,
      marker: marker ?? (ordered ? "decimal" : "disc"),
      ...(caption && { caption }),
      items,
    };
  }

  #multiMedia(element: XmlElement): Part[] {
    const { caption, rest } = this.#captioned(element);
    const ids = (element.attrs["referencedObject"] ?? "").trim().split(/\s+/);
    if (ids.length > MAX_FILES)
      this.findings.error("media_too_many", "One place of the narrative shows more files than are shown.", this.#path);
    const media = ids.slice(0, MAX_FILES).map((id): Media => this.media.get(id.replace(/^#/, ""), this.#path));
    return [{ block: { kind: "media", ...idOf(element), ...(caption && { caption }), media } }, ...this.#parts(rest)];
  }

  #unknown(element: XmlElement): Part[] {
    this.findings.warn("narrative_unknown", "An element that CDA does not have is shown as text.", this.#path);
    const parts = this.#parts(element.nodes ?? []);
    if (!FOREIGN_BLOCKS.has(element.local.toLowerCase()) && !parts.some(isBlock)) return parts;
    return [{ block: { kind: "group", ...idOf(element), styles: [], blocks: toBlocks(parts) } }];
  }
}

const REVISIONS: Readonly<Record<string, Revision | undefined>> = Object.assign(Object.create(null), {
  insert: "insert",
  delete: "delete",
});

/** `ID` of an element, as a member or none. */
export function idOf(element: XmlElement): { id?: string } {
  const id = element.attrs["ID"]?.trim();
  return id ? { id } : {};
}
