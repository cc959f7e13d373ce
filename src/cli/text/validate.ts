import type { Lang } from "./types.js";

/** The words of `validate` and `checklist`. */
export interface ValidateText {
  ready: string;
  scenarios: (count: number) => string;
  ended: (reason: string) => string;
  reasons: Readonly<Record<string, string>>;
  command: (code: number | undefined, why: string | undefined) => string;
  pass: string;
  fail: string;
  notObserved: string;
  toDeclare: string;
  declared: string;
  notApplicable: string;
  written: string;
}

const french: ValidateText = {
  ready: "Le faux Medimail est prêt pour la validation.",
  scenarios: (count) => `${count} scénario${count > 1 ? "s" : ""} (medimail validate --list)`,
  ended: (reason) => `fin : ${reason}`,
  reasons: { done: "mené à bien", time: "temps écoulé", stopped: "arrêté", "command-failed": "la commande a échoué" },
  command: (code, why) => `La commande a fini avec ${code === undefined ? (why ?? "un signal") : `le code ${code}`}.`,
  pass: "conformes",
  fail: "non conformes",
  notObserved: "non observées",
  toDeclare: "à attester",
  declared: "attestées",
  notApplicable: "sans objet",
  written: "Rapport écrit dans",
};

const english: ValidateText = {
  ready: "The mock Medimail is ready for the validation.",
  scenarios: (count) => `${count} scenario${count === 1 ? "" : "s"} (medimail validate --list)`,
  ended: (reason) => `end: ${reason}`,
  reasons: {
    done: "carried through",
    time: "its time is over",
    stopped: "stopped",
    "command-failed": "the command failed",
  },
  command: (code, why) => `The command ended with ${code === undefined ? (why ?? "a signal") : `code ${code}`}.`,
  pass: "pass",
  fail: "fail",
  notObserved: "not observed",
  toDeclare: "to declare",
  declared: "declared",
  notApplicable: "not applicable",
  written: "Report written to",
};

export function validateText(lang: Lang): ValidateText {
  return lang === "fr" ? french : english;
}
