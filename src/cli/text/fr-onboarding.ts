import type { OnboardingText } from "./onboarding-types.js";

const PARIS = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", dateStyle: "full", timeStyle: "short" });

/** In French none is singular. */
const several = (count: number, word: string): string => `${count} ${word}${count > 1 ? "s" : ""}`;

export const frenchOnboarding: OnboardingText = {
  row: (row) => `ligne ${row}`,
  counted: (rows, errors, warnings) =>
    `${several(rows, "compte")}, ${several(errors, "erreur")}, ${several(warnings, "avertissement")}`,
  layout: (name) => `Description de fichier : ${name}. Les colonnes réelles du Mipih se donnent par --layout.`,
  added: "Ajoutés",
  changed: "Modifiés",
  closed: "Fermés, à votre demande (FERMER)",
  absent: "Absents du fichier : conservés tels quels",
  unknownClosures: "À fermer, mais inconnus",
  written: (file, accounts) => `${file} : ${accounts} comptes`,
  takenAt: (at) => `Un fichier déposé avant est pris en compte le ${PARIS.format(at)} (heure de Paris).`,
  use: "Usage",
  advantage: "Avantage",
  constraint: "Contrainte",
  authentication: "Authentification",
  cost: "Coût",
};
