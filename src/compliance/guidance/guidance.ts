import type { Both } from "../types.js";

/** What a person needs to know of a row beside its title. */
export interface Guidance {
  /** What it means, and how to get there; in our words. */
  help: Both;
  /**
   * Of a row that a program and a person see: what the program sees is enough to say that it is met. Default false: the program's part
   * is then evidence, and somebody must still say that the screen, or the files of the software, are as they should. A breach that a
   * program sees is a breach all the same.
   */
  programSuffices?: boolean;
  /** Of a row whose program's part no check looks at: why it cannot, today. */
  unchecked?: Both;
  /** For what no program can see: what to attest, what to join, and why. */
  attest?: { question: Both; evidence: Both; reason: Both };
}

export type GuidanceTable = Readonly<Record<string, Guidance>>;

export const both = (fr: string, en: string): Both => ({ fr, en });

/** Seen on a screen. */
export const onScreen = (question: Both, evidence: Both = CAPTURE): NonNullable<Guidance["attest"]> => ({
  question,
  evidence,
  reason: SCREEN,
});
/** Seen in files, documents or organisation. */
export const onPaper = (question: Both, evidence: Both): NonNullable<Guidance["attest"]> => ({
  question,
  evidence,
  reason: PAPER,
});

export const CAPTURE = both(
  "Capture d'écran ou vidéo datée, montrant la version du logiciel",
  "Dated capture or video, version of the software visible",
);
const SCREEN = both(
  "Cela se constate à l'écran du logiciel : le serveur n'en reçoit rien.",
  "It is seen on the screen of the software: a server gets nothing of it.",
);
const PAPER = both(
  "Cela se constate dans l'organisation ou les fichiers du logiciel : les protocoles n'en transmettent rien.",
  "It is seen in the organisation or the files of the software: nothing of it goes through the protocols.",
);
