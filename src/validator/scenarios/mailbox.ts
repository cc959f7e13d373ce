import { BOX, patientBox } from "../people.js";
import type { ArrivalPlan, DocumentPlan, ScenarioPlan } from "../plan-types.js";
import { fromLab } from "./from-lab.js";
import { RECEIVING, SCREENS } from "./profiles.js";
import { VERSIONS } from "./versions.js";
import { attest, connect, read } from "./words.js";

const bio: DocumentPlan = { kind: "biology", patient: "camille", level: 3 };
const pdf: DocumentPlan = { kind: "imaging", patient: "camille", level: 1 };
const basile: DocumentPlan = { kind: "discharge", patient: "basile", level: 1 };

const base = { mailbox: BOX.doctor, profiles: SCREENS, seconds: 120 } as const;

const fromPatient = (label?: string): ArrivalPlan => ({
  from: patientBox("camille"),
  ...(label === undefined ? {} : { label }),
  to: BOX.doctor,
  subject: "Une question",
  text: "Bonjour docteur, dois-je continuer le traitement ?",
});
const fromColleague: ArrivalPlan = {
  from: BOX.colleague,
  label: "Dr_Claire_MOREL",
  to: BOX.doctor,
  subject: "Un avis",
  text: "Bonjour, peux-tu me donner ton avis ? Claire",
};

const open = connect("Ouvrez la boîte, et regardez la liste.", "Open the mailbox, and look at the list.");

/** What a professional sees and does in his mailbox. */
export const MAILBOX: readonly ScenarioPlan[] = [
  {
    ...base,
    id: "boite-liste",
    title: "Dans la liste, patients et professionnels se distinguent",
    titleEn: "In the list, patients and professionals can be told apart",
    requirements: ["ECO.3.1.1", "ECO.3.1.2", "ECO.3.1.3", "MSS-va1.25", "ERGO-va1.05-.08", "ECO.1.0.2"],
    documents: { bio },
    arrivals: {
      patiente: fromPatient("Camille INVENTEE"),
      anonyme: fromPatient(),
      confrere: fromColleague,
      labo: fromLab(["bio"], "Bonjour, voici un compte rendu."),
    },
    steps: [
      open,
      attest(
        "Sans lire le domaine, distingue-t-on les courriels des patients, et voit-on leur nom, prénom et INS, avec et sans libellé ?",
        "Without reading the domain, can patients' mails be told apart, with name, first name and INS, with and without a label?",
      ),
      attest(
        "Le préfixe XDM/1.0/DDM+ est-il masqué, et les métadonnées du document sont-elles dans la liste ?",
        "Is the prefix XDM/1.0/DDM+ hidden, and are the document's metadata in the list?",
      ),
    ],
  },
  {
    ...base,
    id: "boite-lecture",
    profiles: RECEIVING,
    title: "Un compte rendu est ouvert, lu et classé",
    titleEn: "A report is opened, made readable and filed",
    requirements: [
      "ECO.1.0.2",
      "RFC-9051-3501",
      "ECO.3.1.3",
      "MSS-va1.28",
      "SC.CDA-VISU.01",
      "SC.CDA-VISU.03",
      "dpi-scope",
      "in-detect",
    ],
    documents: { bio },
    arrivals: { labo: fromLab(["bio"], "Bonjour, voici un compte rendu.") },
    steps: [
      read(
        "labo",
        "Ouvrez le courriel du laboratoire et son document.",
        "Open the laboratory's mail and its document.",
      ),
      attest(
        "Le document est-il lisible (en-tête, corps), son PDF d'abord, et se classe-t-il dans le dossier en un clic ?",
        "Is the document readable (header, body), its PDF first, and filed in one click?",
      ),
    ],
  },
  {
    ...base,
    id: "boite-biologie",
    profiles: ["gp", "mailbox"],
    title: "Un résultat hors norme est signalé",
    titleEn: "A result out of range is pointed out",
    requirements: ["BIO-va1.01-.05-.06-.08"],
    documents: { bio },
    arrivals: { labo: fromLab(["bio"], "Bonjour, le potassium est à contrôler.") },
    steps: [
      read("labo", "Ouvrez le compte rendu de biologie.", "Open the laboratory report."),
      attest(
        "Le potassium hors norme est-il signalé, avec son unité ?",
        "Is the potassium out of range pointed out, with its unit?",
      ),
    ],
  },
  {
    ...base,
    id: "boite-autre-patient",
    profiles: RECEIVING,
    title: "L'objet nomme un patient, l'archive un autre : l'archive fait foi",
    titleEn: "The subject names one patient, the archive another: the archive counts",
    requirements: ["ECO.2.1.2", "MSS-va1.27", "SENTINELLE.20"],
    documents: { pdf },
    arrivals: { labo: { ...fromLab(["pdf"], "Bonjour, voici un compte rendu."), subjectOf: "basile" } },
    steps: [
      read(
        "labo",
        "Ouvrez le courriel, et rattachez son document à un patient.",
        "Open the mail, and attach its document to a patient.",
      ),
      attest(
        "Le patient proposé est-il celui de l'archive (INVENTEE Camille), non celui de l'objet ?",
        "Is the patient proposed that of the archive (INVENTEE Camille), not that of the subject?",
      ),
    ],
  },
  {
    ...base,
    id: "boite-reponse",
    title: "Une réponse à un confrère reste dans le fil",
    titleEn: "An answer to a colleague stays in the thread",
    requirements: ["ECO.2.2.2", "RFC-5322", "ECO.2.4.3", "ECO.2.2.1"],
    // Already an answer: what it refers to belongs in the References of the next one (RFC 5322 §3.6.4).
    arrivals: { confrere: { ...fromColleague, inReplyTo: "demande.avis@medecin.mssante.fr" } },
    steps: [
      read("confrere", "Ouvrez le courriel du Dr Claire MOREL.", "Open the mail of Dr Claire MOREL."),
      {
        action: "reply",
        mail: "confrere",
        text: "Répondez-lui : « Bien reçu, je regarde cela demain. »",
        textEn: 'Answer: "Bien reçu, je regarde cela demain."',
        body: "Bien reçu, je regarde cela demain.",
      },
    ],
  },
  {
    ...base,
    id: "boite-reponse-ailleurs",
    title: "La réponse va à l'adresse de retour",
    titleEn: "The answer goes to the address of Reply-To",
    requirements: ["ECO.2.2.2", "RFC-5322"],
    arrivals: { confrere: { ...fromColleague, replyTo: BOX.cabinet } },
    steps: [
      {
        action: "reply",
        mail: "confrere",
        text: `Répondez : la réponse doit aller à ${BOX.cabinet}.`,
        textEn: `Answer: the answer must go to ${BOX.cabinet}.`,
        body: "Bien reçu.",
      },
    ],
  },
  {
    ...base,
    id: "boite-reponse-usager",
    title: "Une réponse à une patiente, qui clôt l'échange",
    titleEn: "An answer to a patient, which ends the exchange",
    requirements: ["ECO.2.2.2", "ECO.2.2.8", "mes-fin"],
    arrivals: { patiente: fromPatient("Camille INVENTEE") },
    steps: [
      read("patiente", "Ouvrez le courriel de la patiente.", "Open the patient's mail."),
      {
        action: "reply",
        mail: "patiente",
        text: "Répondez-lui oui, et demandez qu'elle ne puisse plus répondre.",
        textEn: "Answer yes, and ask that she cannot answer any more.",
        body: "Oui, continuez jusqu'à la fin de la boîte.",
        fin: true,
      },
    ],
  },
  {
    ...base,
    id: "boite-suppression",
    title: "Un courriel est supprimé, les traces l'indiquent",
    titleEn: "A mail is deleted, the trace says so",
    requirements: ["ECO.4.1.1", "ECO.4.1.2", "RFC-9051-3501"],
    arrivals: { confrere: fromColleague },
    steps: [
      {
        action: "delete",
        mail: "confrere",
        text: "Supprimez le courriel du Dr Claire MOREL.",
        textEn: "Delete the mail of Dr Claire MOREL.",
      },
      attest("La suppression est-elle dans les traces de la boîte ?", "Is the deletion in the traces of the mailbox?"),
    ],
  },
  ...VERSIONS,
  {
    ...base,
    id: "annuaire-recherche",
    title: "Une adresse est recherchée dans l'Annuaire Santé, et sert à l'envoi",
    titleEn: "An address is looked for in the Annuaire Santé, and is written to",
    requirements: ["ECO.3.1.4", "ANN-va1.01-.04"],
    documents: { basile },
    steps: [
      {
        action: "search",
        query: { name: "MOREL" },
        text: "Cherchez le Dr MOREL dans l'annuaire.",
        textEn: "Look for Dr MOREL in the directory.",
      },
      {
        action: "send",
        text: "Envoyez la lettre de liaison à l'adresse trouvée.",
        textEn: "Send the discharge letter to the address found.",
        to: [BOX.colleague],
        documents: ["basile"],
      },
    ],
  },
  {
    ...base,
    id: "annuaire-criteres",
    title: "La recherche se fait par RPPS, nom, profession, spécialité et lieu",
    titleEn: "The search is by RPPS, name, profession, specialty and place",
    requirements: ["SC.MSS-UX.41", "ANN-va1.01-.04"],
    steps: [
      {
        action: "search",
        query: { rpps: "810000000018" },
        text: "Cherchez par numéro RPPS.",
        textEn: "Search by RPPS number.",
      },
      {
        action: "search",
        query: { name: "MOREL", profession: "10" },
        text: "Cherchez par nom et profession.",
        textEn: "Search by name and profession.",
      },
      {
        action: "search",
        query: { specialty: "SM26", city: "Toulouse" },
        text: "Cherchez par spécialité et lieu.",
        textEn: "Search by specialty and place.",
      },
    ],
  },
];
