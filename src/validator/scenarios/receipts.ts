import { BOX, patientBox } from "../people.js";
import type { DocumentPlan, ScenarioPlan } from "../plan-types.js";
import { RECEIVING, UNATTENDED } from "./profiles.js";
import { attest, send, wait } from "./words.js";

const cr: DocumentPlan = { kind: "biology", patient: "camille", level: 1 };
const lettre: DocumentPlan = { kind: "discharge", patient: "basile", level: 1 };

const base = { mailbox: BOX.app, profiles: UNATTENDED, seconds: 120 } as const;
const look = wait(3, "Attendez que le logiciel ait lu les accusés.", "Wait until the software has read the receipts.");

/** Receipts asked for and got, and those that the software owes. */
export const RECEIPTS: readonly ScenarioPlan[] = [
  {
    ...base,
    id: "accuse-remise",
    title: "Un accusé de remise est demandé, et arrive",
    titleEn: "A delivery receipt is asked for, and comes",
    requirements: ["ECO.2.3.1", "RFC-3461-3464", "out-ack"],
    documents: { cr },
    steps: [send({ documents: { cr }, to: [BOX.doctor], requestDelivery: true }), look],
  },
  {
    ...base,
    id: "accuse-lecture",
    title: "Un accusé de lecture est demandé, et arrive",
    titleEn: "A read receipt is asked for, and comes",
    requirements: ["ECO.2.3.2", "ECO.3.1.6", "RFC-8098", "out-ack"],
    documents: { cr },
    reactions: [{ to: BOX.doctor, do: { act: "read" } }],
    steps: [
      send({ documents: { cr }, to: [BOX.doctor], requestRead: true }),
      look,
      attest("Le logiciel indique-t-il que le courriel a été lu ?", "Does the software say that the mail was read?"),
    ],
  },
  {
    ...base,
    id: "accuse-integration",
    title: "Le logiciel du destinataire confirme l'intégration du document",
    titleEn: "The recipient's software says that it has filed the document",
    requirements: ["ECO.2.3.2", "ECO.3.1.6"],
    documents: { cr },
    reactions: [{ to: BOX.doctor, do: { act: "integrate" } }],
    steps: [send({ documents: { cr }, to: [BOX.doctor], requestRead: true }), look],
  },
  ...(["new", "legacy"] as const).map(
    (form): ScenarioPlan => ({
      ...base,
      id: form === "new" ? "refus-integration" : "refus-integration-ancien",
      title: `Le logiciel du destinataire refuse le document (902)${form === "new" ? "" : ", dans l'ancienne forme"}`,
      titleEn: `The recipient's software refuses the document (902)${form === "new" ? "" : ", in the former form"}`,
      requirements: ["ECO.3.1.6", "in-mdn-ko", "RFC-8098"],
      documents: { lettre },
      reactions: [{ to: BOX.doctor, do: { act: "refuse", code: "902", form } }],
      steps: [
        send({ documents: { lettre }, to: [BOX.doctor], requestRead: true }),
        look,
        attest(
          "Le logiciel indique-t-il que le document a été refusé, et pourquoi (patient inconnu) ?",
          "Does the software say that the document was refused, and why (unknown patient)?",
        ),
      ],
    }),
  ),
  {
    ...base,
    id: "refus-integration-courriel",
    title: "Le refus revient par un courriel ordinaire (aucun accusé n'était demandé)",
    titleEn: "The refusal comes back as a plain mail (no receipt was asked for)",
    requirements: ["in-std", "ECO.3.1.6"],
    documents: { lettre },
    reactions: [{ to: BOX.doctor, do: { act: "refuse", code: "904", form: "mail" } }],
    steps: [send({ documents: { lettre }, to: [BOX.doctor] }), look],
  },
  {
    ...base,
    id: "remise-tardive",
    title: "La remise tarde : l'opérateur le signale, puis remet",
    titleEn: "The delivery is late: the operator says so, then delivers",
    requirements: ["RFC-3461-3464", "out-ack"],
    documents: { cr },
    reactions: [{ to: BOX.doctor, do: { act: "report", action: "delayed", status: "4.4.1" } }],
    steps: [send({ documents: { cr }, to: [BOX.doctor], requestDelivery: true }), look],
  },
  {
    ...base,
    id: "accuse-usager",
    title: "Le patient lit le document",
    titleEn: "The patient reads the document",
    requirements: ["ECO.2.3.2", "ECO.2.2.6"],
    documents: { cr },
    reactions: [{ do: { act: "read" } }],
    steps: [send({ documents: { cr }, to: [patientBox("camille")], requestRead: true }), look],
  },
  ...owed(),
];

/** What a receiver answers: once where he is asked, never where he is not. */
function owed(): ScenarioPlan[] {
  const received = {
    profiles: RECEIVING,
    seconds: 120,
    mailbox: BOX.doctor,
    documents: { cr },
  } as const;
  const mail = {
    from: BOX.app,
    label: "Laboratoire de biologie - CH EXEMPLE",
    to: BOX.doctor,
    documents: ["cr"],
    text: "Bonjour, voici un compte rendu.",
  } as const;
  const answer = (disposition: "displayed" | "processed" | "error", text: string, textEn: string, code?: string) =>
    ({ action: "receipt", mail: "recu", disposition, text, textEn, ...(code === undefined ? {} : { code }) }) as const;
  const read = {
    action: "read",
    mail: "recu",
    text: "Ouvrez le courriel du laboratoire.",
    textEn: "Open the laboratory's mail.",
  } as const;
  return [
    {
      ...received,
      id: "accuse-rendu",
      title: "L'accusé de lecture demandé est envoyé, une seule fois",
      titleEn: "The read receipt that is asked for is given, once",
      requirements: ["ECO.3.1.6", "RFC-8098", "in-mdn", "ECO.2.4.3"],
      arrivals: { recu: { ...mail, requestRead: true } },
      steps: [
        read,
        answer("displayed", "Acceptez d'envoyer l'accusé de lecture.", "Accept to send the read receipt."),
        answer(
          "displayed",
          "Rouvrez le courriel : aucun second accusé ne part.",
          "Open the mail again: no second receipt leaves.",
        ),
      ],
    },
    {
      ...received,
      id: "accuse-non-demande",
      title: "Aucun accusé n'est envoyé sans avoir été demandé",
      titleEn: "No receipt is given where none is asked for",
      requirements: ["ECO.3.1.6", "RFC-8098"],
      arrivals: { recu: mail },
      steps: [
        read,
        answer(
          "displayed",
          "Il n'a pas demandé d'accusé : aucun ne doit partir.",
          "It has not asked for a receipt: none may leave.",
        ),
      ],
    },
    {
      ...received,
      id: "accuse-autre-adresse",
      title: "L'accusé est demandé pour une autre adresse que celle de l'expéditeur",
      titleEn: "The receipt is asked for at another address than the sender's",
      requirements: ["RFC-8098", "ECO.3.1.6"],
      arrivals: { recu: { ...mail, requestRead: true, receiptTo: BOX.colleague } },
      steps: [
        read,
        answer(
          "displayed",
          "L'accusé irait à une autre adresse que celle de l'expéditeur : le logiciel doit demander l'accord de l'utilisateur ; refusez.",
          "The receipt would go to another address than the sender's: the software must ask; decline.",
        ),
      ],
    },
    {
      ...received,
      id: "accuse-d-accuse",
      title: "Un accusé ne reçoit jamais d'accusé",
      titleEn: "A receipt is never given a receipt",
      requirements: ["RFC-8098"],
      arrivals: { recu: { ...mail, what: "mdn", text: "Ce courriel a été affiché.", requestRead: true, report: true } },
      steps: [
        { ...read, text: "Ouvrez l'accusé qui est arrivé.", textEn: "Open the receipt that came." },
        answer("displayed", "C'est un accusé : aucun accusé ne doit partir.", "It is a receipt: none may leave."),
      ],
    },
    {
      ...received,
      id: "accuse-traite",
      title: "L'intégration du document est confirmée à l'expéditeur",
      titleEn: "The document that was filed is said to be processed",
      requirements: ["in-mdn", "ECO.3.1.6"],
      arrivals: { recu: { ...mail, requestRead: true } },
      steps: [read, answer("processed", "Intégrez le document au dossier.", "File the document in the record.")],
    },
    {
      ...received,
      id: "integration-refusee",
      title: "L'intégration est refusée, l'accusé l'indique (902)",
      titleEn: "The filing is refused, the receipt says so (902)",
      requirements: ["in-mdn-ko", "in-mdn"],
      arrivals: { recu: { ...mail, requestRead: true } },
      steps: [
        read,
        answer(
          "error",
          "Le patient est inconnu : refusez l'intégration (902).",
          "The patient is unknown: refuse the filing (902).",
          "902",
        ),
      ],
    },
    {
      ...received,
      id: "integration-refusee-sans-demande",
      title: "L'intégration est refusée, aucun accusé n'était demandé (904)",
      titleEn: "The filing is refused, no receipt was asked for (904)",
      requirements: ["in-std"],
      arrivals: { recu: mail },
      steps: [
        read,
        answer(
          "error",
          "L'INS diffère : refusez l'intégration (904).",
          "The INS differs: refuse the filing (904).",
          "904",
        ),
      ],
    },
  ];
}
