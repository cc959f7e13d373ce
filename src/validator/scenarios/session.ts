import { BOX, patientBox } from "../people.js";
import type { DocumentPlan, ScenarioPlan } from "../plan-types.js";
import { SCREENS } from "./profiles.js";
import { attest, connect, read, send, wait } from "./words.js";

const visit: DocumentPlan = { kind: "consultation", patient: "camille", level: 1 };
const second: DocumentPlan = { kind: "consultation", patient: "basile", level: 1 };

const base = { mailbox: BOX.doctor, profiles: SCREENS, seconds: 180 } as const;
const arrivals = {
  recu: {
    from: BOX.colleague,
    label: "Dr_Claire_MOREL",
    to: BOX.doctor,
    subject: "Un avis",
    text: "Bonjour, peux-tu me donner ton avis ? Claire",
  },
} as const;
const open = connect("Ouvrez la boîte.", "Open the mailbox.");
const readIt = read("recu", "Ouvrez le courriel du Dr Claire MOREL.", "Open the mail of Dr Claire MOREL.");
const toColleague = send({ documents: { visit }, to: [BOX.colleague] });

/** Sessions of a professional: Pro Santé Connect, tokens, what is cut and reopened. */
export const SESSION: readonly ScenarioPlan[] = [
  {
    ...base,
    id: "boite-envoi",
    title: "Un professionnel envoie un compte rendu depuis sa boîte, avec son jeton",
    titleEn: "A professional sends a report from his mailbox, with his token",
    requirements: ["ECO.1.2.1", "ECO.2.1.1", "ECO.2.2.7", "ECO.2.4.3", "ECO.1.0.1"],
    documents: { visit },
    steps: [toColleague],
  },
  {
    ...base,
    id: "boite-envoi-usager",
    title: "Un professionnel écrit à une patiente",
    titleEn: "A professional writes to a patient",
    requirements: ["ECO.3.1.5", "ECO.2.2.6"],
    documents: { visit },
    steps: [
      send({
        documents: { visit },
        to: [patientBox("camille")],
        also: "Choisissez la patiente dans la base du logiciel.",
        alsoEn: "Choose the patient in the software's base.",
      }),
      attest(
        "Le logiciel vérifie-t-il l'INS (statut qualifié, clé), et fait-il confirmer le sexe et la date de naissance ?",
        "Does the software check the INS (qualified, key), and have sex and date of birth confirmed?",
      ),
    ],
  },
  {
    ...base,
    id: "jeton-refuse",
    title: "Le jeton n'est plus accepté : le logiciel en demande un autre, une fois",
    titleEn: "The token is not accepted any more: the software asks for another, once",
    requirements: ["ECO.1.2.1", "RFC-7628"],
    documents: { visit },
    // The shape in which the server waits for an answer: the plain 535 asks nothing of a client.
    stage: [{ do: "fault", name: "token-refused-challenge", at: "auth", times: 1 }],
    steps: [open, toColleague],
  },
  {
    ...base,
    id: "boite-jeton-refuse",
    title: "Le jeton n'est plus accepté par la boîte : le logiciel en demande un autre, une fois",
    titleEn: "The mailbox does not accept the token any more: the software asks for another, once",
    requirements: ["ECO.1.2.1", "RFC-7628"],
    arrivals,
    stage: [{ do: "fault", name: "token-refused", at: "imap-auth", times: 1 }],
    steps: [open, readIt],
  },
  {
    ...base,
    id: "psc-connexion",
    title: "Connexion par Pro Santé Connect",
    titleEn: "Login with Pro Santé Connect",
    requirements: ["SC.PSC.01", "psc-mtls", "ECO.1.2.1"],
    arrivals,
    steps: [
      connect(
        "Connectez-vous par Pro Santé Connect, puis ouvrez la boîte.",
        "Log in with Pro Santé Connect, then open the mailbox.",
      ),
      readIt,
    ],
  },
  {
    ...base,
    id: "psc-redemarrage",
    title: "Après un redémarrage, un nouveau jeton est demandé",
    titleEn: "After a restart a new token is asked for",
    requirements: ["ECO.1.2.5", "SC.PSC.01"],
    documents: { visit, suite: second },
    steps: [
      connect("Connectez-vous par Pro Santé Connect.", "Log in with Pro Santé Connect."),
      send({ documents: { visit }, to: [BOX.colleague] }),
      {
        action: "restart",
        text: "Quittez le logiciel, puis relancez-le.",
        textEn: "Leave the software, then start it again.",
      },
      connect("Connectez-vous de nouveau.", "Log in again."),
      send({ documents: { suite: second }, to: [BOX.colleague] }),
    ],
  },
  {
    ...base,
    id: "psc-fin-de-session",
    title: "Pro Santé Connect refuse de renouveler le jeton : la session se ferme",
    titleEn: "Pro Santé Connect refuses to renew the token: the session closes",
    requirements: ["ECO.1.2.6"],
    documents: { visit, suite: second },
    // The sessions are cut as well: the next one needs a token, which is not accepted any more.
    reactions: [
      { nth: 1, do: { act: "end-sessions" } },
      { nth: 1, do: { act: "disconnect", mailbox: BOX.doctor, bye: "session ended" } },
    ],
    steps: [
      connect(
        "Connectez-vous par Pro Santé Connect, et ouvrez la boîte.",
        "Log in with Pro Santé Connect, and open the mailbox.",
      ),
      send({ documents: { visit }, to: [BOX.colleague] }),
      wait(
        5,
        "Le professionnel vient d'être déconnecté de Pro Santé Connect. Attendez que le logiciel renouvelle son jeton.",
        "The professional has just been logged out of Pro Santé Connect. Wait until the software renews its token.",
      ),
      connect(
        "Rafraîchissez la boîte : le logiciel doit fermer la session et demander une connexion.",
        "Refresh the mailbox: the software must close the session and ask for a login.",
      ),
      send({
        documents: { suite: second },
        to: [BOX.colleague],
        expect: "waiting",
        also: "Sans session Pro Santé Connect, rien ne part.",
        alsoEn: "Without a session of Pro Santé Connect nothing leaves.",
      }),
    ],
  },
  {
    ...base,
    id: "psc-deconnexion",
    title: "L'utilisateur ferme sa session",
    titleEn: "The user closes the session",
    requirements: ["SC.SSI-IE.38"],
    steps: [
      connect(
        "Connectez-vous par Pro Santé Connect, et ouvrez la boîte.",
        "Log in with Pro Santé Connect, and open the mailbox.",
      ),
      {
        action: "restart",
        text: "Fermez la session, et quittez le logiciel.",
        textEn: "Close the session, and leave the software.",
      },
      attest("Où l'utilisateur ferme-t-il sa session ?", "Where does the user close the session?"),
    ],
  },
  {
    ...base,
    id: "boite-coupure",
    title: "Le serveur coupe la session : elle est rouverte sans rien demander",
    titleEn: "The server cuts the session: it is opened again without asking",
    requirements: ["ECO.1.2.7", "ECO.1.2.3"],
    arrivals,
    stage: [{ do: "fault", name: "bye-midway", at: "imap-fetch", times: 1 }],
    steps: [
      open,
      readIt,
      connect(
        "La session a été coupée : le logiciel la rouvre de lui-même.",
        "The session was cut: the software opens it again.",
      ),
      read("recu", "Ouvrez de nouveau le courriel.", "Open the mail again."),
    ],
  },
  {
    ...base,
    id: "boite-lente",
    title: "La boîte est lente : l'écran n'est pas bloqué",
    titleEn: "The mailbox is slow: the screen is not blocked",
    requirements: ["LGC.DMP-UX.10", "ECO.1.2.3"],
    arrivals,
    stage: [
      { do: "fault", name: "slow", at: "imap-select", ms: 3_000, times: 2 },
      { do: "fault", name: "slow", at: "imap-fetch", ms: 3_000, times: 2 },
    ],
    steps: [
      open,
      readIt,
      attest("Pendant ce temps, le reste du logiciel répondait-il ?", "Did the rest of the software answer meanwhile?"),
    ],
  },
];
