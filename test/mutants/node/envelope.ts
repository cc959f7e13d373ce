import { editMetadata } from "./archive.js";
import type { NodeMutant } from "./content.js";
import { also, editHead, editSubject, withField, without } from "./edit.js";

const PATIENT = "usager-simple";
const FIN = "usager-sans-reponse";
const REPLACE = "envoi-remplacement";
const OTHER_INS = "154119999901236@patient.mssante.fr";

/** Who is written to, what the fields of the mail say of it, and how the mail is written down. */
export const ENVELOPE: Readonly<Record<string, NodeMutant>> = {
  "patient-other-ins": {
    breaks: "ECO.2.2.6",
    scenario: PATIENT,
    how: "writes to an address made of another patient's INS",
    forgets: ["patient-address"],
    step: (step) => ({ ...step, to: [OTHER_INS] }),
  },
  "patient-unqualified": {
    breaks: "ECO.2.2.6",
    scenario: "envoi-non-qualifiee",
    how: "writes to a patient whose document has no qualified INS",
    forgets: ["patient-address"],
    step: (step) => ({ ...step, to: [OTHER_INS] }),
  },
  "minor-parent": {
    breaks: "mes-minor",
    scenario: "usager-mineur",
    how: "writes to a parent where the patient is a minor",
    forgets: ["patient-address"],
    step: (step) => ({ ...step, to: ["287039999904155@patient.mssante.fr"] }),
  },
  "fin-to-professional": {
    breaks: "ECO.2.2.8",
    scenario: FIN,
    how: "writes X-MSS-MES: FIN to the professional too",
    mail: (mail, { patient }) => (patient ? mail : also(mail, "X-MSS-MES", "FIN")),
  },
  "fin-misspelt": {
    breaks: "ECO.2.2.8",
    scenario: FIN,
    how: "writes Fin instead of FIN",
    mail: (mail, { patient }) => (patient ? withField(mail, "X-MSS-MES", "Fin") : mail),
  },
  "fin-missing": {
    breaks: "ECO.2.2.8",
    scenario: FIN,
    how: "lets the patient answer where it was told not to",
    compose: ({ fin: _, ...input }) => input,
  },
  "replace-no-mention": {
    breaks: "AMBU.MSS-va1.02",
    scenario: REPLACE,
    how: "sends the new version without the mention",
    mail: (mail) => (isReplacement(mail) ? withoutMention(mail) : mail),
  },
  "replace-no-slot": {
    breaks: "AMBU.MSS-va1.02",
    scenario: REPLACE,
    how: "sends the new version as a new document",
    archive: (files) => {
      try {
        editMetadata(files, /<rim:Slot name="urn:action:extraMetadataSlot">.*?<\/rim:Slot>\n?/s, "");
      } catch {
        // The first version has none.
      }
    },
  },
  "replace-as-deletion": {
    breaks: "AMBU.MSS-va1.02",
    scenario: REPLACE,
    how: "asks to delete where it replaces",
    archive: (files) => {
      try {
        editMetadata(files, /(name="urn:action:extraMetadataSlot"><rim:ValueList><rim:Value>)C/, "$1D");
      } catch {
        // The first version has none.
      }
    },
  },
  "mention-before-marker": {
    breaks: "in-detect",
    scenario: REPLACE,
    how: "writes [Annule et remplace] before the marker",
    mail: (mail) =>
      isReplacement(mail)
        ? editSubject(mail, (subject) => subject.replace(/^(XDM\/1\.0\/DDM\+)(\[Annule et remplace\] )/, "$2$1"))
        : mail,
  },
  "patient-opposed": {
    breaks: "MSS-va1.20",
    scenario: "usager-opposition",
    how: "writes to the patient who has opposed it",
    forgets: ["opposition"],
    step: (step) => step,
  },
  "professionals-opposed": {
    breaks: "MSS-va1.22",
    scenario: "professionnels-opposition",
    how: "writes to professionals although the patient has opposed it",
    forgets: ["opposition"],
  },
  "ins-of-unqualified": {
    breaks: "INS-va1.53",
    scenario: "envoi-identite-recuperee",
    how: "sends the INS of an identity that is only retrieved",
    forgets: ["identity"],
  },
  "patient-forgotten": {
    breaks: "ris-scope",
    scenario: "envoi-imagerie",
    how: "sends the imaging report to the requester and not to the patient",
    step: (step) => ({ ...step, to: step.to.slice(0, 1) }),
  },
  "laboratory-patient-forgotten": {
    breaks: "sil-scope",
    scenario: "envoi-biologie-patient",
    how: "sends the laboratory report to the correspondents and not to the patient",
    step: (step) => ({ ...step, to: step.to.slice(0, 2) }),
  },
  "sender-field": {
    breaks: "out-from",
    how: "writes a Sender beside From",
    mail: (mail) => also(mail, "Sender", "plateforme@ch-exemple.mssante.fr"),
  },
  "from-other": {
    breaks: "out-from",
    how: "writes another mailbox into From",
    mail: (mail) => withField(mail, "From", '"Laboratoire de biologie - CH EXEMPLE" <accueil@ch-exemple.mssante.fr>'),
  },
  "to-other": {
    breaks: "out-from",
    how: "hides the recipient: To names somebody else",
    mail: (mail) => withField(mail, "To", "destinataires.masques@ch-exemple.mssante.fr"),
  },
  "date-missing": { breaks: "RFC-5322", how: "has no Date", mail: (mail) => without(mail, "Date") },
  "date-not-a-date": {
    breaks: "RFC-5322",
    how: "writes the date as a French person does",
    mail: (mail) => withField(mail, "Date", "28/11/2026 14:05"),
  },
  "from-twice": {
    breaks: "RFC-5322",
    how: "writes From twice",
    mail: (mail) => also(mail, "From", '"Laboratoire de biologie - CH EXEMPLE" <labo@ch-exemple.mssante.fr>'),
  },
  "subject-8-bit": {
    breaks: "RFC-2047-2231",
    scenario: "envoi-accents",
    how: "writes the subject in bare UTF-8",
    mail: (mail) => editSubjectRaw(mail),
  },
  "label-8-bit": {
    breaks: "RFC-2047-2231",
    how: "writes the sender's label in bare UTF-8",
    mail: (mail) => withField(mail, "From", '"Laboratoire validé - CH EXEMPLE" <labo@ch-exemple.mssante.fr>'),
  },
  "line-too-long": {
    breaks: "RFC-5321",
    how: "writes a line of 1,500 characters",
    mail: (mail) => withField(mail, "X-Trace", "a".repeat(1500)),
  },
  "size-parameter-false": {
    breaks: "RFC-1870",
    how: "says SIZE=10 of a larger mail",
    outgoing: (mail) => ({ ...mail, size: 10 }),
  },
  "delivery-not-asked": {
    breaks: "ECO.2.3.1",
    scenario: "accuse-remise",
    how: "asks for no report of delivery where it was told to",
    outgoing: ({ dsn: _, ...mail }) => mail,
  },
  "delivery-only-failures": {
    breaks: "ECO.2.3.1",
    scenario: "accuse-remise",
    how: "asks for reports of failure alone",
    outgoing: (mail) => (mail.dsn ? { ...mail, dsn: { ...mail.dsn, notify: ["FAILURE"] } } : mail),
  },
};

const isReplacement = (mail: Buffer) => mail.toString("latin1", 0, 4_000).includes("Annule");

/** Neither in the subject nor in the text. */
function withoutMention(mail: Buffer): Buffer {
  const bare = editSubject(mail, (subject) => subject.replace("[Annule et remplace] ", ""));
  return Buffer.from(
    bare.toString("latin1").replace(/Ce document annule et remplace[^\r]*(?:=\r\n[^\r]*)*\r\n\r\n/, ""),
    "latin1",
  );
}

function editSubjectRaw(mail: Buffer): Buffer {
  return editHead(
    mail,
    /(Subject: XDM\/1\.0\/DDM\+)[^\r]*(\r\n[ \t][^\r]*)*/,
    `$1${Buffer.from("CR d'imagerie médicale FICTIC-ELIE ANNE-ZOE 09/07/2001", "utf8").toString("latin1")}`,
  );
}
