import type { LogLeftOut } from "../../compliance/index.js";
import type { Lang } from "./types.js";

/** The words of `validate` and `checklist`. */
export interface ValidateText {
  ready: string;
  scenarios: (count: number) => string;
  ended: (reason: string) => string;
  reasons: Readonly<Record<string, string>>;
  command: (code: number | undefined, why: string | undefined) => string;
  nothingSeen: string;
  commandsFailed: (failed: number, runs: number, codes: string) => string;
  imported: (files: number, observations: number) => string;
  clients: string;
  leftOut: string;
  /** What follows the count of each. */
  leftOutOf: Readonly<Record<keyof LogLeftOut, string>>;
  pass: (count: number) => string;
  fail: (count: number) => string;
  notObserved: (count: number) => string;
  toDeclare: (count: number) => string;
  declared: (count: number) => string;
  notApplicable: (count: number) => string;
  written: string;
  untouched: string;
  touched: (problems: number) => string;
  signedBy: (subject: string, issuer: string, at: string) => string;
  unsigned: string;
  trusted: string;
  untrusted: string;
  same: string;
  regressed: string;
}

/** One and none are singular. */
const plural = (count: number): string => (count > 1 ? "s" : "");

const french: ValidateText = {
  ready: "Le simulateur Medimail est prêt pour la validation.",
  scenarios: (count) => `${count} scénario${count > 1 ? "s" : ""} (medimail validate --list)`,
  ended: (reason) => `fin : ${reason}`,
  reasons: { done: "mené à bien", time: "durée écoulée", stopped: "arrêté", "command-failed": "la commande a échoué" },
  command: (code, why) => `La commande s'est terminée : ${code === undefined ? (why ?? "signal") : `code ${code}`}.`,
  nothingSeen: "Rien n'a été observé : aucune exigence n'a pu être évaluée.",
  commandsFailed: (failed, runs, codes) =>
    `La commande a échoué ${failed} fois sur ${runs} (${codes}) : le rapport ne permet aucune conclusion sur le logiciel.`,
  imported: (files, observations) =>
    `${files} journ${files > 1 ? "aux" : "al"} lu${files > 1 ? "s" : ""} : ${observations} observation${observations > 1 ? "s" : ""}`,
  clients: "Clients (connexions) :",
  leftOut: "Ignoré :",
  leftOutOf: {
    unknown: "ligne(s) sans rapport",
    malformed: "ligne(s) sans heure lisible",
    tooLong: "ligne(s) trop longue(s)",
    otherClients: "connexion(s) d'autres clients",
    undecided: "authentification(s) dont rien n'indique si elles sont protégées par TLS",
  },
  pass: (count) => `conforme${plural(count)}`,
  fail: (count) => `non conforme${plural(count)}`,
  notObserved: (count) => `non observée${plural(count)}`,
  toDeclare: () => "à attester",
  declared: (count) => `attestée${plural(count)}`,
  notApplicable: () => "sans objet",
  written: "Rapport écrit dans",
  untouched: "Rien n'a été modifié : le rapport correspond aux observations.",
  touched: (problems) => `Le dossier a été modifié ou est incomplet : ${problems} problème${problems > 1 ? "s" : ""}.`,
  signedBy: (subject, issuer, at) =>
    `Signé par ${subject} (certificat émis par ${issuer})${at === "" ? "" : `, à la date qu'il indique : ${at}`}.`,
  unsigned: "Non signé : une modification cohérente de tous les fichiers ne serait pas détectée.",
  trusted: "Le certificat du signataire est émis par l'une des autorités données.",
  untrusted: "Le certificat du signataire n'est émis par aucune des autorités données.",
  same: "Aucun verdict n'a changé.",
  regressed: "Une exigence obligatoire a régressé.",
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
  nothingSeen: "Nothing was observed: no requirement could be judged.",
  commandsFailed: (failed, runs, codes) =>
    `The command failed ${failed} times of ${runs} (${codes}): the report says nothing of the software.`,
  imported: (files, observations) =>
    `${files} log${files === 1 ? "" : "s"} read: ${observations} observation${observations === 1 ? "" : "s"}`,
  clients: "Clients (connections):",
  leftOut: "Left out:",
  leftOutOf: {
    unknown: "line(s) of other things",
    malformed: "line(s) without a time that can be read",
    tooLong: "line(s) too long",
    otherClients: "connection(s) of other clients",
    undecided: "authentication(s) of which nothing says whether TLS protects them",
  },
  pass: () => "pass",
  fail: () => "fail",
  notObserved: () => "not observed",
  toDeclare: () => "to declare",
  declared: () => "declared",
  notApplicable: () => "not applicable",
  written: "Report written to",
  untouched: "Nothing was touched: the report is what the observations give.",
  touched: (problems) => `The folder was touched, or is not complete: ${problems} problem${problems === 1 ? "" : "s"}.`,
  signedBy: (subject, issuer, at) =>
    `Signed by ${subject} (certificate of ${issuer})${at === "" ? "" : `, on ${at} as he says`}.`,
  unsigned: "Not signed: whoever changed everything alike would not be found out.",
  trusted: "The signer's certificate is of one of the authorities given.",
  untrusted: "The signer's certificate is of none of the authorities given.",
  same: "No verdict has changed.",
  regressed: "A mandatory requirement has regressed.",
};

export function validateText(lang: Lang): ValidateText {
  return lang === "fr" ? french : english;
}
