import type { Bilingual } from "../text.js";
import { say } from "../text.js";
import type { Solution } from "./types.js";

/** One column of the guide's table "Choisir la solution technique"; the software's is told in its two modes. */
export interface SolutionSheet {
  title: Bilingual;
  use: Bilingual;
  advantage: Bilingual;
  constraint: Bilingual;
  authentication: Bilingual;
  cost: Bilingual;
  /** What it asks of the structure. */
  asks: { infrastructure: boolean; hds: boolean; publisher: boolean; strongAuthenticationByUser: boolean };
  /** Documents leave by themselves when they are validated. */
  automatic: boolean;
}

const TO_ONE = say("envoi de point à point", "mail from one to one");
const IN_SOFTWARE_CONSTRAINT = say(
  "éligibilité du logiciel, hébergement HDS",
  "eligibility of the software, HDS hosting",
);
const IN_SOFTWARE_COST = say(
  "½ ou 1 journée de prestation du Mipih (assistance au paramétrage) ; connecteur côté Medimail entre 300 et 525 € HT ; coût de l'éditeur",
  "½ or 1 day of work of Mipih; the connector on Medimail's side between 300 and 525 € excl. tax; the publisher's price",
);

export const SOLUTIONS: Readonly<Record<Solution, SolutionSheet>> = {
  webmail: {
    title: say("Webmail", "Webmail"),
    use: TO_ONE,
    advantage: say("ni installation ni maintenance", "nothing to install or maintain"),
    constraint: say("authentification forte", "strong authentication"),
    authentication: say("forte : carte CPx ou code à usage unique (OTP)", "strong: CPx card or one-time code (OTP)"),
    cost: say("aucun", "none"),
    asks: { infrastructure: false, hds: false, publisher: false, strongAuthenticationByUser: true },
    automatic: false,
  },
  mobile: {
    title: say("Application mobile", "Mobile application"),
    use: TO_ONE,
    advantage: say("mobilité", "mobility"),
    constraint: say("Android ou iOS", "Android or iOS"),
    authentication: say("code PIN ou biométrie", "PIN or biometrics"),
    cost: say("aucun", "none"),
    asks: { infrastructure: false, hds: false, publisher: false, strongAuthenticationByUser: true },
    automatic: false,
  },
  "mail-client": {
    title: say("Client de messagerie", "Mail program"),
    use: TO_ONE,
    advantage: say("dans la messagerie habituelle de l'utilisateur", "inside the usual mail program"),
    constraint: say(
      "éligibilité de l'infrastructure, HDS, règles de sécurité renforcées",
      "eligibility of the infrastructure, HDS, stricter security rules",
    ),
    authentication: say(
      "celle du système d'information ; forte avec Office 365",
      "that of the information system; strong with Office 365",
    ),
    cost: say("1 journée de prestation du Mipih (assistance au paramétrage)", "1 day of work of Mipih"),
    asks: { infrastructure: true, hds: true, publisher: false, strongAuthenticationByUser: false },
    automatic: false,
  },
  gateway: {
    title: say("Passerelle de messagerie", "Mail gateway"),
    use: say(
      "envoi de point à point depuis le serveur de messagerie de l'établissement",
      "mail from one to one, from the mail server of the establishment",
    ),
    advantage: say("toute la messagerie de l'établissement en une fois", "all of the establishment's mail at once"),
    constraint: say(
      "éligibilité de l'infrastructure, HDS, règles de sécurité renforcées, routage à régler",
      "eligibility of the infrastructure, HDS, stricter security rules, routing to set",
    ),
    authentication: say(
      "celle du système d'information ; forte avec Office 365",
      "that of the information system; strong with Office 365",
    ),
    cost: say(
      "1 journée de prestation du Mipih (assistance au paramétrage), sur devis",
      "1 day of work of Mipih, by quote",
    ),
    asks: { infrastructure: true, hds: true, publisher: false, strongAuthenticationByUser: false },
    automatic: false,
  },
  connector: {
    title: say("Logiciel métier : envoi automatisé", "Business software: automated sending"),
    use: say(
      "envoi de documents à leur validation, selon l'éditeur",
      "documents sent when validated, as the publisher offers",
    ),
    advantage: say(
      "intégré au logiciel métier, sans manipulation supplémentaire",
      "inside the business software, no gesture more",
    ),
    constraint: IN_SOFTWARE_CONSTRAINT,
    authentication: say(
      "celle du système d'information ; certificat de la structure pour une BAL APP",
      "that of the information system; a certificate of the structure for an APP mailbox",
    ),
    cost: IN_SOFTWARE_COST,
    asks: { infrastructure: false, hds: true, publisher: true, strongAuthenticationByUser: false },
    automatic: true,
  },
  "embedded-mailbox": {
    title: say("Logiciel métier : module de messagerie", "Business software: mailbox module"),
    use: say(
      "lire et écrire les courriels sécurisés dans le logiciel, selon l'éditeur",
      "read and write secure mail in the software, as the publisher offers",
    ),
    advantage: say("intégré au logiciel métier", "inside the business software"),
    constraint: IN_SOFTWARE_CONSTRAINT,
    authentication: say(
      "celle du système d'information ; Pro Santé Connect pour une BAL PER ou ORG",
      "that of the information system; Pro Santé Connect for a PER or ORG mailbox",
    ),
    cost: IN_SOFTWARE_COST,
    asks: { infrastructure: false, hds: true, publisher: true, strongAuthenticationByUser: false },
    automatic: false,
  },
};

/** What a structure says of itself, where it does not know which solution it wants. What is absent is not weighed. */
export interface SolutionNeeds {
  /** Documents must leave by themselves on validation. */
  automatic?: boolean;
  /** The mails are read where: in the business software, in the usual mail program, on the move, in a browser. */
  where?: "software" | "mail-program" | "mobile" | "browser";
  /** The publisher has a connector, or will make one. */
  publisher?: boolean;
  /** Health-data hosting (HDS) and an infrastructure that can be made eligible. */
  hds?: boolean;
  /** Money for work of Mipih and of the publisher. */
  budget?: boolean;
}

export interface SolutionAdvice {
  solution: Solution;
  /** Higher fits better; below 0 something that it needs is missing. */
  score: number;
  for: readonly Bilingual[];
  against: readonly Bilingual[];
}

/** Weighs each solution of the guide's table against what a structure says, best first; the reasons beside. */
export function adviseSolution(needs: SolutionNeeds): SolutionAdvice[] {
  return (Object.keys(SOLUTIONS) as Solution[])
    .map((solution) => weigh(solution, needs))
    .sort((a, b) => b.score - a.score);
}

const PLACES: Readonly<Record<NonNullable<SolutionNeeds["where"]>, readonly Solution[]>> = {
  software: ["connector", "embedded-mailbox"],
  "mail-program": ["mail-client", "gateway"],
  mobile: ["mobile"],
  browser: ["webmail"],
};

function weigh(solution: Solution, needs: SolutionNeeds): SolutionAdvice {
  const sheet = SOLUTIONS[solution];
  const reasons = { for: [] as Bilingual[], against: [] as Bilingual[] };
  let score = 0;
  const judge = (fits: boolean, weight: number, yes: Bilingual, no: Bilingual) => {
    score += fits ? weight : -weight;
    reasons[fits ? "for" : "against"].push(fits ? yes : no);
  };
  if (needs.automatic !== undefined && (needs.automatic || sheet.automatic))
    judge(
      sheet.automatic === needs.automatic,
      4,
      say("les documents partent automatiquement", "documents leave by themselves"),
      needs.automatic
        ? say("chaque envoi se fait à la main", "each mail is sent by hand")
        : say("conçu pour l'envoi automatique", "made for automated sending"),
    );
  if (needs.where)
    judge(
      PLACES[needs.where].includes(solution),
      3,
      sheet.use,
      say("les courriels se lisent ailleurs que là où vous le souhaitez", "elsewhere than where you read"),
    );
  if (needs.publisher === false && sheet.asks.publisher)
    judge(false, 6, sheet.constraint, say("l'éditeur n'a pas de connecteur", "the publisher has no connector"));
  if (needs.hds === false && sheet.asks.hds)
    judge(false, 6, sheet.constraint, say("exige un hébergement HDS", "asks HDS hosting"));
  if (needs.budget === false) {
    const free = sheet.cost.en === "none";
    judge(free, 2, say("sans coût", "free of charge"), sheet.cost);
  }
  return { solution, score, ...reasons };
}
