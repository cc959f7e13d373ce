/** A connector that is wrong in one way. */
export interface Mutant {
  name: string;
  /** The row of the catalogue that it breaks. */
  breaks: string;
  language: "python" | "node";
  /** The scenario that it plays. */
  scenario: string;
  /** What it does, or leaves out. */
  how: string;
}
