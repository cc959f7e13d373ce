import { integrationErrorLabel } from "../../terminology/index.js";
import type { Bilingual, Lang } from "../text.js";
import { say } from "../text.js";
import type { ActivityIndicators, Outcomes, PeriodName, SentType } from "./types.js";

/** Columns in the order in which a sending goes on. */
export const OUTCOME_WORDS: Readonly<Record<keyof Outcomes, Bilingual>> = {
  sent: say("Envoyés", "Sent"),
  accepted: say("Acceptés par l'opérateur", "Accepted by the operator"),
  delivered: say("Remis", "Delivered"),
  read: say("Lus ou intégrés", "Read or integrated"),
  integrated: say("Intégrés dans le logiciel destinataire", "Integrated"),
  refused: say("Refusés par le logiciel destinataire", "Refused by the recipient's software"),
  failed: say("Non remis", "Not delivered"),
  unknown: say("État inconnu", "Outcome unknown"),
  waiting: say("En attente d'envoi", "Waiting"),
  cancelled: say("Annulés", "Cancelled"),
};

/** Headings of tables with many columns. */
export const SHORT_WORDS: Readonly<Record<keyof Outcomes, Bilingual>> = {
  sent: say("Envoyés", "Sent"),
  accepted: say("Acceptés", "Accepted"),
  delivered: say("Remis", "Delivered"),
  read: say("Lus", "Read"),
  integrated: say("Intégrés", "Filed"),
  refused: say("Refusés", "Refused"),
  failed: say("Non remis", "Failed"),
  unknown: say("Inconnus", "Unknown"),
  waiting: say("En attente", "Waiting"),
  cancelled: say("Annulés", "Cancelled"),
};

export const TYPE_WORDS: Readonly<Record<SentType, Bilingual>> = {
  create: say("documents nouveaux", "new documents"),
  replace: say("documents de remplacement", "replacing documents"),
  delete: say("suppressions de documents", "deletions of documents"),
  mail: say("courriels rédigés", "written mails"),
  receipt: say("accusés émis", "receipts sent"),
  failure: say("courriels d'échec émis", "failure mails sent"),
};

export const RECIPIENT_WORDS = {
  professional: say("professionnel", "professional"),
  patient: say("patient ou usager", "patient or user"),
} as const;

export const PERIOD_WORDS: Readonly<Record<PeriodName, Bilingual>> = {
  day: say("par jour", "by day"),
  week: say("par semaine", "by week"),
  month: say("par mois", "by month"),
};

export const RECEIPT_WORDS = {
  dsn: say("accusés de remise (DSN)", "delivery receipts (DSN)"),
  mdn: say("accusés de lecture ou d'intégration (MDN)", "read or integration receipts (MDN)"),
  ko: say("courriels d'échec d'intégration", "integration failure mails"),
} as const;

export const RECEIVED_WORDS: Readonly<Record<keyof ActivityIndicators["received"]["documents"], Bilingual>> = {
  seen: say("consultés, non intégrés", "looked at, not integrated"),
  waiting: say("en attente d'intégration", "waiting for integration"),
  integrated: say("intégrés", "integrated"),
  aside: say("mis de côté", "set aside"),
};

export const MAIL_KIND_WORDS = {
  professional: say("de professionnels", "from professionals"),
  patient: say("de patients ou usagers", "from patients or users"),
  receipt: say("accusés", "receipts"),
  service: say("de service", "of the service"),
} as const;

const ENGLISH_ERRORS: Readonly<Record<string, string>> = {
  "900": "wrong version of the document",
  "901": "author not allowed",
  "902": "patient unknown",
  "903": "no INS in the document",
  "904": "INS differs from the recipient's",
  "905": "INS incomplete",
  "906": "other error",
};

const STATUS: Readonly<Record<string, Bilingual>> = {
  "5.1.1": say("adresse inconnue", "unknown mailbox"),
  "5.1.2": say("domaine inconnu", "unknown domain"),
  "5.2.1": say("boîte fermée ou suspendue", "mailbox closed"),
  "5.2.2": say("boîte pleine", "mailbox full"),
  "5.3.4": say("courriel trop volumineux", "mail too large"),
  "5.7.1": say("refusé par l'opérateur du destinataire", "not allowed by the recipient's operator"),
};

/** `903 : INS absent du document`. Codes that we have no words for stand alone. */
export function reasonWords(reason: string, lang: Lang): string {
  const words = (lang === "fr" ? integrationErrorLabel(reason) : ENGLISH_ERRORS[reason]) ?? STATUS[reason]?.[lang];
  return words === undefined ? reason : `${reason}${lang === "fr" ? " :" : ":"} ${words}`;
}
