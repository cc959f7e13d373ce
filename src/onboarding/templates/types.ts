import type { Bilingual } from "../text.js";

export const TEMPLATE_NAMES = ["footer", "banner", "notice", "booklet", "register", "correspondents"] as const;

/** `notice` is the poster for patients, `booklet` the longer text for a welcome booklet; `correspondents` a mail to those who write to the structure. */
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

export const TEMPLATE_FIELDS = [
  "structure",
  "address",
  "finess",
  "siret",
  "mailbox",
  "domain",
  "phone",
  "service",
  "controller",
  "dpo",
  "referent",
  "software",
  "publisher",
  "host",
  "retention",
  "outboxRetention",
  "traceRetention",
  "date",
] as const;

/** What a template can be filled with; {@link FIELD_LABELS} says what each is. */
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];

export type TemplateValues = Readonly<Partial<Record<TemplateField, string>>>;

/** A line with fields in braces: `{structure} vous informe…`. */
export type Wording = Bilingual;

/** A block of a template, before it is filled. */
export type TemplateBlock =
  | { kind: "heading"; text: Bilingual }
  | { kind: "paragraph" | "note"; line: Wording }
  | { kind: "list"; items: readonly Wording[] }
  | { kind: "table"; caption: Bilingual; headings: Bilingual; rows: readonly (readonly [Bilingual, Wording])[] };

export interface Template {
  name: TemplateName;
  title: Bilingual;
  /** What it is for, for a person who chooses. */
  purpose: Bilingual;
  blocks: readonly TemplateBlock[];
  /** For who fills it in, never part of the text. */
  advice?: Bilingual;
  /** In place of a field that was not given: a proposal of ours, shown like a value. */
  defaults?: Readonly<Partial<Record<TemplateField, Bilingual>>>;
  /** Lines that are the text itself, without title (a footer, a banner). */
  bare?: true;
}
