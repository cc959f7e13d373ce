import type { Bilingual } from "../text.js";
import { say } from "../text.js";
import type { Actor, Part, StructureKind } from "./types.js";

export const PARTS: Readonly<Record<Part, Bilingual>> = {
  1: say("Démarrer le projet de raccordement", "Start the connection project"),
  2: say("Mettre en œuvre les solutions techniques", "Set up the technical solutions"),
  3: say("Créer les comptes utilisateurs", "Create the user accounts"),
  4: say("Conduire le changement et lancer les usages", "Lead the change and start the uses"),
  5: say("Après le raccordement", "After the connection"),
};

export interface Party {
  name: Bilingual;
  /** What the guide gives it to do. */
  role: Bilingual;
}

export const PARTIES: Readonly<Record<Actor, Party>> = {
  establishment: {
    name: say("Établissement", "Establishment"),
    role: say(
      "paramètre les comptes, déploie auprès des utilisateurs, adapte ses processus, communique en interne et à l'extérieur",
      "sets up the accounts, rolls out to users, adapts its processes, communicates inside and outside",
    ),
  },
  publisher: {
    name: say("Éditeur", "Publisher"),
    role: say("ouvre le connecteur côté logiciel métier", "opens the connector on the side of the business software"),
  },
  grades: {
    name: say("GRADeS (e-santé Occitanie)", "GRADeS (e-santé Occitanie)"),
    role: say(
      "suit le projet (qualité, délai, coût), conseille, coordonne le Mipih et l'éditeur, forme administrateurs et utilisateurs",
      "follows the project (quality, time, cost), advises, coordinates Mipih and publisher, trains administrators and users",
    ),
  },
  mipih: {
    name: say("Mipih (opérateur MSSanté)", "Mipih (MSSanté operator)"),
    role: say(
      "répond aux questions techniques, paramètre la passerelle ou le connecteur côté Medimail",
      "answers technical questions, sets up gateway or connector on Medimail's side",
    ),
  },
  ans: {
    name: say("ANS", "ANS"),
    role: say(
      "tient la liste blanche des domaines et l'annuaire national",
      "keeps the white list of domains and the national directory",
    ),
  },
  user: {
    name: say("Utilisateur", "User"),
    role: say("finalise son inscription et accepte les CGU", "finishes the registration and accepts the terms"),
  },
  administrator: {
    name: say("Administrateur Medimail", "Medimail administrator"),
    role: say(
      "crée et met à jour les comptes, valide les demandes, consulte les indicateurs, relaie les informations",
      "creates and updates accounts, validates requests, reads indicators, passes on information",
    ),
  },
};

export const STRUCTURES: Readonly<Record<StructureKind, Bilingual>> = {
  hospital: say("établissement sanitaire", "health establishment"),
  "practice-group": say("structure libérale (CPTS, MSP)", "practice group (CPTS, MSP)"),
  "nursing-home": say("EHPAD", "nursing home"),
  social: say("structure sociale", "social structure"),
  other: say("autre structure", "other structure"),
};

/** Whom the guide says to write to or call. */
export const CONTACTS = {
  mss: {
    address: "mss@esante-occitanie.fr",
    for: say(
      "équipe MSS du GRADeS : domaine, connecteur, options, sessions de formation",
      "MSS team of the GRADeS: domain, connector, options, training sessions",
    ),
  },
  usages: {
    address: "accompagnement.occitanie@esante-occitanie.fr",
    for: say("accompagnement aux usages (animation territoriale)", "help with the uses (regional team)"),
  },
  support: {
    address: "assistance@esante-occitanie.fr",
    url: "https://assistance.esante-occitanie.fr",
    phone: "0 820 250 035",
    phoneCost: say("0,09 € par appel et prix de l'appel", "0.09 € a call, and the call"),
    hours: say("8 h 30 à 18 h 30, du lundi au vendredi", "8:30 to 18:30, Monday to Friday"),
    for: say(
      "centre de services : utilisateurs et administrateurs d'Occitanie",
      "service desk: users and administrators in Occitanie",
    ),
  },
} as const;

/** What the connection form asks (guide, part 1). */
export const FORM_FIELDS: readonly {
  id: "name" | "finess" | "siret" | "referent" | "solution";
  label: Bilingual;
  required: boolean;
}[] = [
  { id: "name", label: say("Nom de la structure", "Name of the structure"), required: true },
  { id: "finess", label: say("N° FINESS", "FINESS number"), required: false },
  { id: "siret", label: say("N° SIRET", "SIRET number"), required: false },
  { id: "referent", label: say("Référent de l'établissement", "Who is in charge"), required: true },
  { id: "solution", label: say("Solution souhaitée", "Wanted solution"), required: false },
];
