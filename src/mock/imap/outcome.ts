/** How a command ended: the tagged line. */
export interface Outcome {
  kind: "OK" | "NO" | "BAD";
  /** With its code in brackets, where there is one. */
  text: string;
  /** Messages were removed. */
  removed?: boolean;
}

export const ok = (text: string): Outcome => ({ kind: "OK", text });
export const no = (text: string): Outcome => ({ kind: "NO", text });
export const bad = (text: string): Outcome => ({ kind: "BAD", text });

/** The command cannot be done: answered NO with this text. */
export class Refusal extends Error {}
