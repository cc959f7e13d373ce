import { BOX } from "../people.js";
import type { DocumentPlan, ScenarioPlan } from "../plan-types.js";
import { ALWAYS, BAD_SERVER_SCENARIOS } from "./bad-servers.js";
import { UNATTENDED } from "./profiles.js";
import { attest, send, wait } from "./words.js";

const cr: DocumentPlan = { kind: "imaging", patient: "camille", level: 1 };
const again: DocumentPlan = { kind: "consultation", patient: "camille", level: 1 };

const base = { mailbox: BOX.app, profiles: UNATTENDED, seconds: 180 } as const;
const sent = send({ documents: { cr }, names: ["cr"], to: [BOX.doctor] });

/** What a connection goes through. */
export const TRANSPORT: readonly ScenarioPlan[] = [
  ...BAD_SERVER_SCENARIOS,
  {
    ...base,
    id: "liste-revocation-absente",
    title: "La liste de révocation n'est plus publiée : la dernière reste utilisée",
    titleEn: "The list of revoked certificates is not published any more: the last one still serves",
    requirements: ["ECO.1.1.7", "ECO.1.1.6"],
    documents: { cr, suite: again },
    reactions: [{ nth: 1, do: { act: "revocation", state: "down" } }],
    steps: [
      sent,
      send({
        documents: { suite: again },
        to: [BOX.doctor],
        also: "La liste de révocation n'est plus publiée depuis le premier envoi : celle qui a été conservée suffit.",
        alsoEn: "The list is not published since the first sending: the one that was kept is enough.",
      }),
    ],
  },
  {
    ...base,
    id: "liste-absente-et-revoque",
    title: "La liste de révocation n'est plus publiée, et le certificat est révoqué",
    titleEn: "The list is not published any more, and the certificate is revoked",
    requirements: ["ECO.1.1.7", "ECO.1.1.6"],
    documents: { cr, suite: again },
    reactions: [
      { nth: 1, do: { act: "revocation", state: "down" } },
      { nth: 1, do: { act: "fault", name: "revoked-certificate", at: "starttls", times: ALWAYS } },
    ],
    steps: [
      sent,
      send({
        documents: { suite: again },
        to: [BOX.doctor],
        expect: "waiting",
        also: "Le certificat du serveur vient d'être révoqué, et la liste n'est plus publiée : rien ne doit partir.",
        alsoEn: "The server's certificate has just been revoked, and the list is not published: nothing may leave.",
      }),
    ],
  },
  {
    ...base,
    id: "srv-decouverte",
    title: "Les serveurs sont trouvés par le DNS (SRV)",
    titleEn: "The servers are found by DNS (SRV)",
    requirements: ["ECO.1.1.9", "RFC-6186"],
    documents: { cr },
    steps: [
      send({
        documents: { cr },
        to: [BOX.doctor],
        also: "Le logiciel ne connaît que l'adresse de la boîte et le serveur de noms.",
        alsoEn: "The software knows the address of the mailbox and the name server only.",
      }),
    ],
  },
  {
    ...base,
    id: "srv-priorites",
    title: "Le premier serveur du DNS ne répond pas : le suivant est utilisé",
    titleEn: "The first server of the DNS does not answer: the next one serves",
    requirements: ["ECO.1.1.9", "RFC-6186"],
    documents: { cr },
    stage: [{ do: "srv", mailbox: BOX.app, what: "dead-first" }],
    steps: [sent],
  },
  {
    ...base,
    id: "srv-change",
    title: "Le serveur change d'adresse : le DNS est suivi, sans réinstallation",
    titleEn: "The server moves: the DNS is followed, without an installation",
    requirements: ["ECO.1.1.9"],
    documents: { cr },
    stage: [{ do: "srv", mailbox: BOX.app, what: "moved" }],
    steps: [
      send({
        documents: { cr },
        to: [BOX.doctor],
        expect: "waiting",
        also: "L'ancien serveur ne répond plus ; dès que le DNS donne le nouveau, l'envoi doit aboutir.",
        alsoEn: "The former server does not answer; as soon as the DNS has the new one, the sending must succeed.",
      }),
      {
        action: "restart",
        text: "Arrêtez le logiciel, puis relancez-le.",
        textEn: "Stop the software, then start it.",
      },
      wait(5, "Attendez que l'envoi ait abouti.", "Wait until the sending has succeeded."),
    ],
  },
  {
    ...base,
    id: "panne-provisoire",
    title: "L'opérateur refuse pour l'instant (451) : l'envoi est retenté plus tard",
    titleEn: "The operator refuses for now (451): the sending is done again later",
    requirements: ["RFC-5321", "ECO.1.2.3"],
    documents: { cr },
    stage: [{ do: "fault", name: "defer", at: "rcpt", times: 1 }],
    steps: [sent, wait(10, "Attendez le nouvel essai.", "Wait for the next attempt.")],
  },
  {
    ...base,
    id: "refus-definitif",
    title: "L'opérateur refuse le destinataire (550) : l'envoi n'est pas retenté",
    titleEn: "The operator refuses the recipient (550): the sending is not done again",
    requirements: ["RFC-5321"],
    documents: { cr },
    stage: [{ do: "fault", name: "unknown-recipient", at: "rcpt", for: BOX.colleague, times: ALWAYS }],
    steps: [
      send({
        documents: { cr },
        to: [BOX.colleague],
        expect: "refused",
        also: "L'opérateur le refuse : le logiciel le signale, et n'insiste pas.",
        alsoEn: "The operator refuses it: the software says so, and does not insist.",
      }),
      wait(5, "Attendez, pour vérifier que rien n'est renvoyé.", "Wait, to see that nothing is sent again."),
    ],
  },
  {
    ...base,
    id: "refus-partiel",
    title: "Un destinataire est refusé, l'autre reçoit le courriel",
    titleEn: "One recipient is refused, the other receives",
    requirements: ["RFC-5321"],
    documents: { cr },
    stage: [{ do: "fault", name: "unknown-recipient", at: "rcpt", for: BOX.colleague, times: ALWAYS }],
    steps: [send({ documents: { cr }, to: [BOX.doctor, BOX.colleague] })],
  },
  {
    ...base,
    id: "boite-pleine",
    title: "La boîte du destinataire est pleine (452)",
    titleEn: "The recipient's mailbox is full (452)",
    requirements: ["RFC-5321"],
    documents: { cr },
    stage: [{ do: "fault", name: "full-mailbox", times: 1 }],
    steps: [sent, wait(10, "Attendez le nouvel essai.", "Wait for the next attempt.")],
  },
  {
    ...base,
    id: "perte-avant-point",
    title: "La connexion est coupée pendant l'envoi : le courriel repart, une seule fois",
    titleEn: "The connection is cut while the mail leaves: it is sent again, once",
    requirements: ["RFC-5321", "ECO.1.2.3", "ECO.2.2.1"],
    // Large enough for its end not to have left when the connection is cut.
    documents: { gros: { ...cr, padding: 4_000_000 } },
    stage: [{ do: "fault", name: "drop-before-dot", bytes: 50_000, times: 1 }],
    steps: [
      send({ documents: { gros: cr }, to: [BOX.doctor] }),
      wait(10, "Attendez le nouvel essai.", "Wait for the next attempt."),
    ],
  },
  {
    ...base,
    id: "perte-apres-point",
    title: "La réponse est perdue après l'envoi : le courriel n'est pas envoyé deux fois",
    titleEn: "The answer is lost after the mail has left: it is not sent twice",
    requirements: ["ECO.2.2.1", "RFC-5321"],
    documents: { cr },
    stage: [{ do: "fault", name: "drop-after-data", times: 1 }],
    steps: [
      send({
        documents: { cr },
        to: [BOX.doctor],
        expect: "waiting",
        also: "La réponse du serveur se perd : le courriel est peut-être parti, il ne doit pas l'être deux fois.",
        alsoEn: "The server's answer is lost: the mail may have left, and must not leave twice.",
      }),
      wait(5, "Attendez, pour voir ce que fait le logiciel.", "Wait, to see what the software does."),
    ],
  },
  {
    ...base,
    id: "panne-connexion",
    title: "Le serveur refuse le service (421), puis se rétablit",
    titleEn: "The server closes its door (421), then recovers",
    requirements: ["ECO.1.2.3", "RFC-5321"],
    documents: { cr },
    stage: [{ do: "fault", name: "reply", at: "greeting", reply: 421, status: "4.3.2", times: 1 }],
    steps: [
      sent,
      wait(10, "Attendez le nouvel essai.", "Wait for the next attempt."),
      attest(
        "Pendant la panne, le reste du logiciel est-il resté utilisable ?",
        "Was the rest of the software usable during the fault?",
      ),
    ],
  },
  {
    ...base,
    id: "serveur-lent",
    title: "Le serveur est lent à chaque étape",
    titleEn: "The server is slow at each step",
    requirements: ["ECO.1.2.3", "LGC.DMP-UX.10"],
    documents: { cr },
    stage: (["ehlo", "mail", "rcpt", "final-dot"] as const).map((at) => ({
      do: "fault",
      name: "slow",
      at,
      ms: 1_500,
      times: 2,
    })),
    steps: [sent],
  },
  {
    ...base,
    id: "limite-operateur",
    title: "Le courriel dépasse la taille que l'opérateur annonce",
    titleEn: "The mail is larger than what the operator announces",
    requirements: ["MSS-va1.13", "RFC-1870"],
    documents: { gros: { kind: "imaging", patient: "camille", level: 1, padding: 1_500_000 } },
    stage: [{ do: "size-limit", bytes: 1_000_000 }],
    steps: [
      send({
        documents: { gros: { kind: "imaging", patient: "camille", level: 1 } },
        to: [BOX.doctor],
        expect: "refused",
        also: "L'opérateur n'accepte que 1 Mo, et l'annonce : le courriel ne part pas, et le logiciel le signale.",
        alsoEn: "The operator takes 1 MB only, and announces it: the mail does not leave, and the software says so.",
      }),
    ],
  },
  {
    ...base,
    id: "sans-dsn",
    title: "L'opérateur ne propose pas d'accusés de remise",
    titleEn: "The operator does not offer delivery receipts",
    requirements: ["RFC-3461-3464", "ECO.2.3.1"],
    documents: { cr },
    stage: [{ do: "fault", name: "no-dsn", times: ALWAYS }],
    steps: [send({ documents: { cr }, to: [BOX.doctor], requestDelivery: true })],
  },
];
