import { type Obligation, type Profile, requirement, type Verdict } from "../../compliance/index.js";

type Lang = "fr" | "en";

/** What a report says of itself, wherever it is read. */
export function noticeOf(lang: Lang): string {
  return lang === "fr"
    ? "Verdict rendu face à un simulateur Medimail (données fictives). Ce n'est ni un référencement Ségur, ni un agrément de l'ANS ou du Mipih."
    : "A verdict against a mock Medimail (invented data). It is neither a Ségur referencing nor an approval by ANS or Mipih.";
}

/** The same, where a server's logs were judged and nothing was run. */
export function importedNotice(lang: Lang): string {
  return lang === "fr"
    ? "Verdict tiré des journaux d'un serveur : ce qu'ils n'indiquent pas est « non observé », et le contenu des courriels n'y figure pas. Ce n'est ni un référencement Ségur, ni un agrément de l'ANS ou du Mipih."
    : "A verdict drawn from the logs of a server: what they do not say is “not observed”, and the content of mails is not in them. It is neither a Ségur referencing nor an approval by ANS or Mipih.";
}

export const VERDICTS: Readonly<Record<Lang, Readonly<Record<Verdict, string>>>> = {
  fr: {
    pass: "conforme",
    fail: "non conforme",
    "not-observed": "non observé",
    "to-declare": "à attester",
    declared: "attesté",
    "not-applicable": "sans objet",
  },
  en: {
    pass: "pass",
    fail: "fail",
    "not-observed": "not observed",
    "to-declare": "to declare",
    declared: "declared",
    "not-applicable": "not applicable",
  },
};

/** The order in which a reader wants them: what is wrong first. */
export const VERDICT_ORDER: readonly Verdict[] = [
  "fail",
  "to-declare",
  "not-observed",
  "declared",
  "pass",
  "not-applicable",
];

export const SECTIONS: Readonly<Record<Lang, readonly string[]>> = {
  fr: [
    "",
    "Transport, TLS, authentification",
    "Contenu des courriels",
    "Réception, écrans, annuaire, traces",
    "Session, sécurité, Pro Santé Connect",
    "Courriels aux usagers (Mon espace santé)",
    "Plateforme hospitalière et envoi automatique",
    "Standards de messagerie",
    "Côté opérateur",
    "Raccordement à Medimail",
  ],
  en: [
    "",
    "Transport, TLS, authentication",
    "Content of mails",
    "Receiving, screens, directory, traces",
    "Session, security, Pro Santé Connect",
    "Mail to patients (Mon espace santé)",
    "Hospital platform and automated sending",
    "Mail standards",
    "The operator's side",
    "Connection to Medimail",
  ],
};

/** Chapter of a row. */
export function sectionOf(code: string): number {
  return requirement(code)?.section ?? 0;
}

export const PROFILE_NAMES: Readonly<Record<Lang, Readonly<Record<Profile, string>>>> = {
  fr: {
    all: "toutes les exigences",
    sending: "envoi automatique",
    mailbox: "boîte intégrée",
    pfi: "plateforme d'intermédiation (PFI)",
    lis: "logiciel de biologie (SGL, SIL)",
    ris: "logiciel d'imagerie (RIS)",
    gp: "logiciel de cabinet (LGC)",
    hospital: "dossier patient hospitalier (DPI)",
    "nursing-home": "EHPAD et médico-social (DUI)",
  },
  en: {
    all: "every requirement",
    sending: "automated sending",
    mailbox: "embedded mailbox",
    pfi: "intermediation platform (PFI)",
    lis: "laboratory software (LIS)",
    ris: "imaging software (RIS)",
    gp: "general practice software",
    hospital: "hospital record",
    "nursing-home": "nursing home",
  },
};

export const OBLIGATIONS: Readonly<Record<Lang, Readonly<Record<Obligation, string>>>> = {
  fr: { M: "obligatoire", "M*": "obligatoire (LGC vague 2)", O: "facultative", "?": "inconnue" },
  en: { M: "mandatory", "M*": "mandatory (GP wave 2)", O: "optional", "?": "unknown" },
};

export const CERTAINTIES: Readonly<Record<Lang, Readonly<Record<"C" | "I" | "U", string>>>> = {
  fr: { C: "certaine", I: "déduite d'un tiers", U: "incertaine" },
  en: { C: "certain", I: "inferred", U: "uncertain" },
};

export interface ReportWords {
  title: string;
  connector: string;
  software: string;
  version: string;
  publisher: string;
  nil: string;
  notSeen: string;
  profile: string;
  date: string;
  catalogue: string;
  observations: (count: number, mails: number) => string;
  fingerprint: string;
  judgedBy: string;
  summary: string;
  chapter: string;
  total: string;
  code: string;
  requirement: string;
  obligation: string;
  certainty: string;
  verdict: string;
  evidence: string;
  noEvidence: string;
  toAttest: string;
  toAttestIntro: string;
  question: string;
  proof: string;
  why: string;
  answer: string;
  signer: string;
  role: string;
  when: string;
  signature: string;
  declarations: string;
  joined: string;
  scenarios: string;
  scenario: string;
  repetition: string;
  end: string;
  problems: string;
  masked: string;
  unmasked: string;
  failed: string;
  nothingFailed: string;
  reasons: Readonly<Record<string, string>>;
  /** Before the colon. */
  colon: string;
  checkIt: string;
}

export const WORDS: Readonly<Record<Lang, ReportWords>> = {
  fr: {
    title: "Rapport de conformité d'un connecteur MSSanté",
    connector: "Connecteur",
    software: "Logiciel",
    version: "Version",
    publisher: "Éditeur",
    nil: "N° de produit (X-MSS-NIL)",
    notSeen: "absent des courriels, non déclaré",
    profile: "Profil",
    date: "Date",
    catalogue: "Catalogue des exigences",
    observations: (count, mails) =>
      `${count} observation${count > 1 ? "s" : ""}, ${mails} courriel${mails > 1 ? "s" : ""} envoyé${mails > 1 ? "s" : ""}`,
    fingerprint: "Empreinte des observations (SHA-256)",
    judgedBy: "Évalué par",
    summary: "Résumé par chapitre",
    chapter: "Chapitre",
    total: "Total",
    code: "Code",
    requirement: "Exigence",
    obligation: "Obligation",
    certainty: "Certitude",
    verdict: "Verdict",
    evidence: "Preuves",
    noEvidence: "Rien n'a été observé qui permette de la vérifier.",
    toAttest: "Reste à attester",
    toAttestIntro:
      "Aucun programme ne peut constater ces points. Une personne y répond, joint la preuve demandée, date et signe ; le fichier de déclarations (--declarations) les ajoute au rapport.",
    question: "Question",
    proof: "Preuve à joindre",
    why: "Pourquoi un programme ne peut pas le constater",
    answer: "Réponse",
    signer: "Nom du signataire",
    role: "Qualité",
    when: "Date",
    signature: "Signature",
    declarations: "Déclarations",
    joined: "Pièces jointes",
    scenarios: "Scénarios joués",
    scenario: "Scénario",
    repetition: "Répétition",
    end: "Fin",
    problems: "Ce qui n'a pas pu être évalué",
    masked: "Les données de santé des preuves sont masquées.",
    unmasked: "Les données de santé des preuves ne sont pas masquées.",
    failed: "Exigences non conformes",
    nothingFailed: "Aucune exigence non conforme.",
    reasons: {
      done: "menée à bien",
      time: "durée écoulée",
      stopped: "arrêtée",
      "command-failed": "la commande a échoué",
    },
    colon: " :",
    checkIt: "Pour vérifier ce dossier : medimail validate --verify DOSSIER.",
  },
  en: {
    title: "Conformance report of an MSSanté connector",
    connector: "Connector",
    software: "Software",
    version: "Version",
    publisher: "Publisher",
    nil: "Product number (X-MSS-NIL)",
    notSeen: "not seen in the mails, not declared",
    profile: "Profile",
    date: "Date",
    catalogue: "Catalogue of requirements",
    observations: (count, mails) => `${count} observations, ${mails} mail${mails === 1 ? "" : "s"} sent`,
    fingerprint: "Fingerprint of the observations (SHA-256)",
    judgedBy: "Judged by",
    summary: "Summary by chapter",
    chapter: "Chapter",
    total: "Total",
    code: "Code",
    requirement: "Requirement",
    obligation: "Obligation",
    certainty: "Source",
    verdict: "Verdict",
    evidence: "Evidence",
    noEvidence: "Nothing was seen that shows it.",
    toAttest: "Left to attest",
    toAttestIntro:
      "No program can see these points. A person answers, joins the evidence asked for, dates and signs; the file of declarations (--declarations) puts them into the report.",
    question: "Question",
    proof: "Evidence to join",
    why: "Why a program does not see it",
    answer: "Answer",
    signer: "Name of the signer",
    role: "Role",
    when: "Date",
    signature: "Signature",
    declarations: "Declarations",
    joined: "Files joined",
    scenarios: "Scenarios played",
    scenario: "Scenario",
    repetition: "Repetition",
    end: "End",
    problems: "What could not be judged",
    masked: "Health data in the evidence are masked.",
    unmasked: "Health data in the evidence are not masked.",
    failed: "Requirements that fail",
    nothingFailed: "No requirement fails.",
    reasons: {
      done: "carried through",
      time: "its time was over",
      stopped: "stopped",
      "command-failed": "the command failed",
    },
    colon: ":",
    checkIt: "To check this folder: medimail validate --verify FOLDER.",
  },
};
