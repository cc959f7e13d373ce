import { BOX, patientBox } from "../people.js";
import type { DocumentPlan, ScenarioPlan } from "../plan-types.js";
import { UNATTENDED } from "./profiles.js";
import { send } from "./words.js";

/** Rows that any mail with documents shows. */
export const EVERY_DOCUMENT_MAIL = [
  "ECO.1.0.1",
  "ECO.1.1.1",
  "ECO.1.1.4",
  "ECO.2.1.1",
  "ECO.2.1.1-b",
  "ECO.2.1.3",
  "ECO.2.1.5",
  "ECO.2.1.6",
  "ECO.2.2.1",
  "ECO.2.2.3",
  "ECO.2.2.4",
  "ECO.2.2.7",
  "ECO.2.4.1",
  "ECO.2.4.2",
  "ECO.2.4.3",
  "RFC-3207-3501",
  "RFC-5321",
  "RFC-1870",
  "RFC-5322",
  "RFC-2045-2049",
  "RFC-2047-2231",
] as const;

const level1: DocumentPlan = { kind: "biology", patient: "camille", level: 1 };
const level3: DocumentPlan = { kind: "biology", patient: "camille", level: 3 };
const imaging: DocumentPlan = { kind: "imaging", patient: "camille", level: 1 };
const discharge: DocumentPlan = { kind: "discharge", patient: "basile", level: 1 };
const accents: DocumentPlan = { kind: "imaging", patient: "zoe", level: 1 };
const provisional: DocumentPlan = { kind: "biology", patient: "ida", level: 1 };
const letter: DocumentPlan = { kind: "discharge", patient: "camille", level: 3 };

const base = { mailbox: BOX.app, profiles: UNATTENDED, seconds: 120 } as const;

/** What a software sends when a document is validated. */
export const SENDING: readonly ScenarioPlan[] = [
  {
    ...base,
    id: "envoi-niveau-1",
    title: "Un compte rendu en PDF (CDA de niveau 1) à un professionnel",
    titleEn: "A report in PDF (CDA level 1) to a professional",
    requirements: [...EVERY_DOCUMENT_MAIL, "APP-AUTH", "out-from"],
    documents: { cr: level1 },
    steps: [send({ documents: { cr: level1 }, to: [BOX.doctor] })],
  },
  {
    ...base,
    id: "envoi-niveau-3",
    title: "Un compte rendu structuré (CDA de niveau 3), avec son PDF",
    titleEn: "A structured report (CDA level 3) with its PDF",
    requirements: [...EVERY_DOCUMENT_MAIL, "APP-AUTH", "sil-scope"],
    documents: { cr: level3 },
    steps: [send({ documents: { cr: level3 }, to: [BOX.doctor] })],
  },
  {
    ...base,
    id: "envoi-imagerie",
    profiles: ["sending", "ris", "pfi", "hospital"],
    title: "Un compte rendu d'imagerie au demandeur et au patient, dès sa validation",
    titleEn: "An imaging report to the requester and the patient, as soon as it is validated",
    requirements: ["ris-scope", "ECO.2.1.1", "ECO.2.2.6", "ECO.2.4.1"],
    documents: { cr: imaging },
    steps: [send({ documents: { cr: imaging }, to: [BOX.doctor, patientBox("camille")] })],
  },
  {
    ...base,
    id: "envoi-biologie-patient",
    profiles: ["sending", "lis", "pfi", "hospital"],
    title: "Un compte rendu de biologie aux correspondants et au patient",
    titleEn: "A laboratory report to the correspondents and the patient",
    requirements: ["sil-scope", "ECO.2.1.1", "ECO.2.1.5", "ECO.2.2.6"],
    documents: { cr: level3 },
    steps: [send({ documents: { cr: level3 }, to: [BOX.doctor, BOX.colleague, patientBox("camille")] })],
  },
  {
    ...base,
    id: "envoi-deux-documents",
    title: "Deux documents d'un même patient dans un courriel",
    titleEn: "Two documents of one patient in a mail",
    requirements: ["ECO.2.1.1", "ECO.2.1.1-b", "ECO.2.1.3", "ECO.2.1.6", "ECO.2.4.1"],
    documents: { cr: level1, lettre: letter },
    steps: [send({ documents: { cr: level1, lettre: letter }, to: [BOX.doctor] })],
  },
  {
    ...base,
    id: "envoi-deux-patients",
    title: "Deux patients : jamais dans le même courriel",
    titleEn: "Two patients: never in one mail",
    requirements: ["ECO.2.1.1-b"],
    documents: { cr: level1, lettre: discharge },
    steps: [
      send({
        documents: { cr: level1, lettre: discharge },
        to: [BOX.doctor],
        expect: "refused",
        also: "Le logiciel doit refuser, ou envoyer un courriel par patient.",
        alsoEn: "The software must refuse, or make one mail for each patient.",
      }),
      send({ documents: { cr: level1, lettre: discharge }, names: ["cr"], to: [BOX.colleague] }),
      send({ documents: { cr: level1, lettre: discharge }, names: ["lettre"], to: [BOX.colleague] }),
    ],
  },
  {
    ...base,
    id: "envoi-accents",
    title: "Un nom avec des accents, une cédille et un prénom composé",
    titleEn: "A name with accents, a cedilla and a double first name",
    requirements: ["ECO.2.1.3", "ECO.2.1.6", "ECO.2.2.3", "RFC-2047-2231", "RFC-5322"],
    documents: { cr: accents },
    steps: [send({ documents: { cr: accents }, to: [BOX.doctor] })],
  },
  {
    ...base,
    id: "envoi-plusieurs-destinataires",
    title: "Un document à plusieurs professionnels",
    titleEn: "A document to several professionals",
    requirements: ["ECO.2.1.1", "ECO.2.2.1", "RFC-5321", "out-from"],
    documents: { lettre: discharge },
    steps: [send({ documents: { lettre: discharge }, to: [BOX.doctor, BOX.colleague, BOX.org] })],
  },
  {
    ...base,
    id: "envoi-remplacement",
    title: "Une nouvelle version annule et remplace la première",
    titleEn: "A new version cancels and replaces the first",
    requirements: ["AMBU.MSS-va1.02", "in-detect", "ECO.2.1.3"],
    documents: { v1: level3, v2: { ...level3, replaces: "v1" } },
    steps: [
      send({ documents: { v1: level3 }, to: [BOX.doctor] }),
      send({
        documents: { v2: level3 },
        to: [BOX.doctor],
        documentAction: "replace",
        also: "C'est une nouvelle version du précédent : elle l'annule et le remplace.",
        alsoEn: "It is a new version of the former: it cancels and replaces it.",
      }),
    ],
  },
  {
    ...base,
    id: "envoi-suppression",
    title: "La suppression d'un document déjà envoyé",
    titleEn: "The deletion of a document that was sent",
    requirements: ["in-detect", "ECO.2.1.3", "pfi-scope"],
    documents: { cr: level1 },
    steps: [
      send({ documents: { cr: level1 }, to: [BOX.doctor] }),
      {
        action: "send",
        text: `Supprimez ce document, et informez-en le Dr Martin DUPONT (${BOX.doctor}) par un courriel de suppression.`,
        textEn: `Delete this document, and tell Dr Martin DUPONT (${BOX.doctor}) by a mail of deletion.`,
        to: [BOX.doctor],
        documents: ["cr"],
        documentAction: "delete",
      },
    ],
  },
  {
    ...base,
    id: "envoi-adresse-de-retour",
    title: "Les réponses vont à une autre boîte (Reply-To)",
    titleEn: "Answers go to another mailbox (Reply-To)",
    requirements: ["ECO.2.2.5", "mes-replyto", "out-from"],
    documents: { cr: level1 },
    steps: [
      send({
        documents: { cr: level1 },
        to: [BOX.doctor, patientBox("camille")],
        replyTo: BOX.org,
        also: `Demandez que les réponses aillent à ${BOX.org}.`,
        alsoEn: `Ask that answers go to ${BOX.org}.`,
      }),
    ],
  },
  {
    ...base,
    id: "envoi-non-qualifiee",
    title: "Une identité provisoire : ni matricule ni OID de l'INS",
    titleEn: "A provisional identity: neither number nor OID of the INS",
    requirements: ["INS-va1.53", "ECO.2.4.2"],
    documents: { cr: provisional },
    steps: [send({ documents: { cr: provisional }, to: [BOX.doctor], identityStatus: "provisoire" })],
  },
  {
    ...base,
    id: "envoi-identite-recuperee",
    title: "Une identité « récupérée » : l'INS du dossier n'est pas transmise",
    titleEn: 'A "retrieved" identity: the INS of the record does not leave',
    requirements: ["INS-va1.53", "ECO.2.2.6"],
    documents: { cr: imaging },
    steps: [
      send({
        documents: { cr: imaging },
        to: [BOX.doctor],
        identityStatus: "recuperee",
        expect: "refused",
        also: "L'identité a le statut « récupérée » : le logiciel refuse, ou envoie sans INS.",
        alsoEn: 'The identity has the status "récupérée": the software refuses, or sends without the INS.',
      }),
    ],
  },
];
