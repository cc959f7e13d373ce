import { BOX, patientBox } from "../people.js";
import type { DocumentPlan, ScenarioPlan } from "../plan-types.js";
import { UNATTENDED } from "./profiles.js";
import { attest, send, wait } from "./words.js";

const cr: DocumentPlan = { kind: "biology", patient: "camille", level: 1 };
const lettre: DocumentPlan = { kind: "discharge", patient: "camille", level: 3 };
const minor: DocumentPlan = { kind: "consultation", patient: "lou", level: 1 };
const large: DocumentPlan = { kind: "imaging", patient: "camille", level: 1, padding: 9_350_000 };

const base = { mailbox: BOX.app, profiles: UNATTENDED, seconds: 120 } as const;

/** What is sent to patients, and what must not be. */
export const TO_PATIENTS: readonly ScenarioPlan[] = [
  {
    ...base,
    id: "usager-simple",
    title: "Un document au patient, à l'adresse formée de son matricule INS",
    titleEn: "A document to the patient, at the address made of the INS",
    requirements: ["ECO.2.2.6", "ECO.2.4.2", "ECO.2.1.1", "mes-25mb"],
    documents: { cr },
    steps: [send({ documents: { cr }, to: [patientBox("camille")] })],
  },
  {
    ...base,
    id: "usager-sans-reponse",
    title: "Un document au patient, sans qu'il puisse répondre (FIN)",
    titleEn: "A document to the patient, who cannot answer (FIN)",
    requirements: ["ECO.2.2.8", "mes-fin"],
    documents: { cr },
    steps: [
      send({
        documents: { cr },
        to: [patientBox("camille"), BOX.doctor],
        fin: true,
        also: "Demandez que le patient ne puisse pas répondre.",
        alsoEn: "Ask that the patient cannot answer.",
      }),
    ],
  },
  {
    ...base,
    id: "usager-mineur",
    title: "Une patiente mineure : l'adresse est la sienne, non celle d'un parent",
    titleEn: "A patient who is a minor: the address is hers, not a parent's",
    requirements: ["mes-minor", "ECO.2.2.6"],
    documents: { cr: minor },
    steps: [send({ documents: { cr: minor }, to: [patientBox("lou")] })],
  },
  {
    ...base,
    id: "usager-opposition",
    title: "Le patient s'oppose à recevoir lui-même des courriels",
    titleEn: "The patient opposes mails to himself",
    requirements: ["MSS-va1.20"],
    documents: { cr, lettre },
    steps: [
      send({
        documents: { cr, lettre },
        names: ["cr"],
        to: [patientBox("camille")],
        opposePatient: true,
        expect: "refused",
        also: "Le patient s'y est opposé, son dossier le mentionne.",
        alsoEn: "The patient has opposed it; the record says so.",
      }),
      send({ documents: { cr, lettre }, names: ["lettre"], to: [BOX.doctor], opposePatient: true }),
      attest(
        "Où l'opposition du patient est-elle enregistrée, et qu'affiche l'écran quand on veut lui écrire ?",
        "Where is the patient's opposition recorded, and what does the screen say when one wants to write?",
      ),
    ],
  },
  {
    ...base,
    id: "professionnels-opposition",
    title: "Le patient s'oppose aux courriels entre professionnels",
    titleEn: "The patient opposes mails between professionals",
    requirements: ["MSS-va1.22"],
    documents: { lettre },
    steps: [
      send({
        documents: { lettre },
        to: [BOX.doctor],
        opposeProfessionals: true,
        expect: "refused",
        also: "Le patient s'y est opposé : le logiciel avertit, n'acquittez pas l'avertissement.",
        alsoEn: "The patient has opposed it: the software warns, do not acknowledge the warning.",
      }),
      attest(
        "L'avertissement est-il affiché, et peut-on l'acquitter en connaissance de cause ?",
        "Is the warning shown, and can it be acknowledged?",
      ),
    ],
  },
  {
    ...base,
    id: "usager-trop-gros",
    title: "Plus de 25 Mo à un patient : rien ne part",
    titleEn: "More than 25 MB to a patient: nothing leaves",
    requirements: ["mes-25mb", "MSS-va1.13"],
    documents: { gros: large },
    steps: [
      send({
        documents: { gros: large },
        to: [patientBox("camille")],
        expect: "refused",
        also: "Avec son archive et son PDF, le courriel dépasse 25 Mo.",
        alsoEn: "With its archive and its PDF, the mail is larger than 25 MB.",
      }),
    ],
  },
  ...bounces().map(
    ([id, status, why, whyEn]): ScenarioPlan => ({
      ...base,
      id: `usager-retour-${id}`,
      title: `Le courriel au patient revient : ${why}`,
      titleEn: `The mail to the patient comes back: ${whyEn}`,
      requirements: ["mes-bounce", "RFC-3461-3464", "out-ack"],
      documents: { cr },
      stage: [{ do: "fault", name: "bounce", status, for: patientBox("camille") }],
      steps: [
        send({ documents: { cr }, to: [patientBox("camille")], requestDelivery: true }),
        wait(
          3,
          "Attendez que le logiciel ait lu le retour de l'opérateur.",
          "Wait until the software has read what came back.",
        ),
        attest(
          "Le logiciel indique-t-il que le courriel est revenu, et pourquoi, en termes compréhensibles ?",
          "Does the software say that the mail came back, and why, in words that one understands?",
        ),
      ],
    }),
  ),
];

/** Why a mail to a patient comes back (Mon espace santé), with the status of the report. */
function bounces(): readonly (readonly [id: string, status: string, why: string, whyEn: string])[] {
  return [
    ["ferme", "5.2.1", "sa messagerie est fermée", "the mailbox is closed"],
    ["inconnu", "5.1.1", "il n'a pas Mon espace santé", "there is no such patient"],
    ["adresse", "5.1.3", "l'adresse est fausse", "the address is wrong"],
    ["trop-gros", "5.3.4", "le courriel est trop volumineux", "the mail is too large"],
  ];
}
