import type { Cda, Code, Party } from "../cda/index.js";
import type { Problem } from "../errors.js";

export type Style = "bold" | "italic" | "underline" | "strike";
export type Rule = "left" | "right" | "top" | "bottom";
export type Align = "left" | "center" | "right" | "justify";
export type Revision = "insert" | "delete";

/** What stands in a line. White space is that of a page already: runs of it are one space. */
export type Inline =
  | string
  | { kind: "break" }
  | { kind: "span"; id?: string; styles: Style[]; revised?: Revision; script?: "sub" | "sup"; children: Inline[] }
  | { kind: "link"; id?: string; href: Href; title?: string; children: Inline[] }
  /** Where a footnote is called; its text is in {@link Section.notes}. */
  | { kind: "note"; number: number };

/** Where a link leads. `refused`: not shown as a link, its address is shown as text. */
export type Href = { to: "web" | "mail" | "phone" | "id"; value: string } | { to: "refused"; value: string };

export type Block =
  /** `plain`: text that stands in no element of its own. */
  | { kind: "paragraph"; id?: string; styles: Style[]; plain?: true; caption?: Inline[]; inlines: Inline[] }
  /** Blocks under one style: a `content` or a `paragraph` that holds more than lines, an element unknown to CDA. */
  | { kind: "group"; id?: string; styles: Style[]; revised?: Revision; caption?: Inline[]; blocks: Block[] }
  | { kind: "list"; id?: string; ordered: boolean; marker: Marker; caption?: Inline[]; items: ListItem[] }
  | Table
  | { kind: "media"; id?: string; caption?: Inline[]; media: Media[] };

export type Marker =
  | "disc"
  | "circle"
  | "square"
  | "decimal"
  | "lower-alpha"
  | "upper-alpha"
  | "lower-roman"
  | "upper-roman";

export interface ListItem {
  id?: string;
  styles: Style[];
  caption?: Inline[];
  blocks: Block[];
}

export interface Table {
  kind: "table";
  id?: string;
  caption?: Inline[];
  /** Columns, spans counted. */
  columns: number;
  /** Rows of headings, at the top of every page. */
  head: Row[];
  /** One list for each group of rows: no cell spans two groups. */
  bodies: Row[][];
  foot: Row[];
  /** Rules and frame that the document asks for by `border`. */
  border: boolean;
}

export interface Row {
  id?: string;
  styles: Style[];
  cells: Cell[];
}

export interface Cell {
  id?: string;
  heading: boolean;
  /** Of a heading: which cells it is of, as far as it spans. */
  scope?: "col" | "row";
  /** From 0. */
  column: number;
  colspan: number;
  rowspan: number;
  align?: Align;
  styles: Style[];
  rules: Rule[];
  blocks: Block[];
}

/** A file that the narrative shows: `renderMultiMedia`. */
export interface Media {
  /** From 1, in the order in which the narrative shows them; the same file has the same number everywhere. */
  number: number;
  /** By its first bytes, whatever the document says of it. `absent`: nothing has the identifier referred to. */
  kind: "png" | "jpeg" | "gif" | "pdf" | "text" | "other" | "outside" | "absent";
  /** As the document declares it. */
  mediaType: string;
  size: number;
  /** Of an image, in pixels. */
  width?: number;
  height?: number;
  /** Where it is, of a file outside of the document: never loaded. */
  address?: string;
  /** A region of it is marked in the document, and is not drawn. */
  region?: true;
  bytes(): Uint8Array;
}

export interface Section {
  id?: string;
  code?: Code;
  /** Empty where the document gives none. */
  title: Inline[];
  /** `languageCode` where the section has one of its own. */
  language?: string;
  authors: Party[];
  subjects: Party[];
  blocks: Block[];
  /** Footnotes of the section's text, in order. */
  notes: { number: number; id?: string; blocks: Block[] }[];
  sections: Section[];
}

export type Body =
  | { kind: "sections"; sections: Section[] }
  | { kind: "file"; media: Media }
  /** Neither narrative nor file. */
  | { kind: "none" };

/** A CDA as a person reads it: what both HTML and PDF are made of. */
export interface ShownDocument {
  cda: Cda;
  body: Body;
  /** Of reading the header (`cda.problems`) and the narrative: what is not shown, or not as written. */
  problems: Problem[];
}

/** Language of our labels; the document's words stay as they are. */
export type Language = "fr" | "en";

/** The patient, and the document, as another place than the document names them. Times and names verbatim. */
export interface Claims {
  ins?: { value: string; oid?: string };
  birthName?: string;
  usedName?: string;
  givenName?: string;
  birthDate?: string;
  gender?: string;
  uniqueId?: string;
  title?: string;
  typeCode?: string;
}

/**
 * What a reader of the document must know before it, and the document does not say. `deletion`: its author asks that it be deleted;
 * `obsolete`: a later version is known, or it was deleted; `damaged`: it is not the file that its archive announces.
 */
export type Notice = "deletion" | "obsolete" | "damaged";

/** What else is known of the document, to show where it does not agree. */
export interface Compared {
  /** Of METADATA.XML, for this document. */
  metadata?: Claims;
  /** Of the mail: the matricule of the patient's address. */
  mail?: Claims;
}
