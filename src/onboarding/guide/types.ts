import type { Bilingual } from "../text.js";

/** Who acts in a raccordement (guide, "Rôles des parties prenantes"). `user` is the professional whose mailbox it is. */
export type Actor = "establishment" | "publisher" | "grades" | "mipih" | "ans" | "user" | "administrator";

/** How a structure uses Medimail. `connector` sends by itself on validation, `embedded-mailbox` is the mailbox inside the software. */
export type Solution = "connector" | "embedded-mailbox" | "gateway" | "mail-client" | "webmail" | "mobile";

/** Kinds of structure that the guide tells apart: by their generic domain, and by oSIS, which is for hospitals alone. */
export type StructureKind = "hospital" | "practice-group" | "nursing-home" | "social" | "other";

/** The five parts of the guide. */
export type Part = 1 | 2 | 3 | 4 | 5;

export interface Duration {
  /** Calendar days. */
  days: number;
  /** `guide`: the guide says so. `estimate`: ours, to be corrected by who knows. */
  source: "guide" | "estimate";
}

/** One thing that somebody does. */
export interface Step {
  id: string;
  part: Part;
  title: Bilingual;
  /** What is done, and what for. */
  what: Bilingual;
  /** Who does it, first the one who leads. */
  who: readonly Actor[];
  /** Ids of the steps that must be done before. */
  needs: readonly string[];
  duration: Duration;
  /** What the guide says that it costs. */
  cost?: Bilingual;
  /** What shows that it is done. */
  evidence: Bilingual;
  /** Rows of the catalogue (`rac-form`, …). */
  requirements: readonly string[];
  /** Only for these; absent: for all. */
  structures?: readonly StructureKind[];
  solutions?: readonly Solution[];
  /** It need not be done for the first mail to leave. */
  optional?: true;
  /** It goes on after the connection, without an end: never in the way of anything. */
  lasting?: true;
}
