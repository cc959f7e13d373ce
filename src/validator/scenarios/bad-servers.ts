import type { FaultName } from "../../mock/index.js";
import { BOX } from "../people.js";
import type { DocumentPlan, ScenarioPlan, StageAct } from "../plan-types.js";
import { SCREENS, UNATTENDED } from "./profiles.js";
import { connect, send } from "./words.js";

const cr: DocumentPlan = { kind: "imaging", patient: "camille", level: 1 };

/** Often enough for a client that looks first and connects then, or tries again. */
export const ALWAYS = 1_000;

/** The same fault on both protocols. */
function onBoth(name: FaultName): StageAct[] {
  const at =
    name === "strip-starttls" ? (["ehlo", "imap-capability"] as const) : (["starttls", "imap-starttls"] as const);
  return at.map((moment) => ({ do: "fault", name, at: moment, times: ALWAYS }));
}

interface Bad {
  id: string;
  fault: FaultName;
  requirements: readonly string[];
  what: string;
  whatEn: string;
}

/** Servers that a client must not speak to. */
const BAD_SERVERS: readonly Bad[] = [
  {
    id: "certificat-perime",
    fault: "expired-certificate",
    requirements: ["ECO.1.1.5"],
    what: "son certificat est expiré",
    whatEn: "its certificate is expired",
  },
  {
    id: "certificat-autre-autorite",
    fault: "untrusted-certificate",
    requirements: ["ECO.1.1.10"],
    what: "son certificat vient d'une autre autorité que l'IGC-Santé",
    whatEn: "its certificate is of another authority than IGC-Santé",
  },
  {
    id: "certificat-autre-gamme",
    fault: "wrong-range-certificate",
    requirements: ["ECO.1.1.10"],
    what: "son certificat est d'une autre gamme qu'Élémentaire Organisations",
    whatEn: "its certificate is of another range than Élémentaire Organisations",
  },
  {
    id: "certificat-autre-usage",
    fault: "wrong-usage-certificate",
    requirements: ["ECO.1.1.10"],
    what: "son certificat est celui d'un client",
    whatEn: "its certificate is a client's",
  },
  {
    id: "certificat-autre-nom",
    fault: "wrong-name-certificate",
    requirements: ["RFC-7817"],
    what: "son certificat est celui d'un autre serveur",
    whatEn: "its certificate is of another host",
  },
  {
    id: "certificat-revoque",
    fault: "revoked-certificate",
    requirements: ["ECO.1.1.6"],
    what: "son certificat est révoqué",
    whatEn: "its certificate is revoked",
  },
  {
    id: "tls-1.1",
    fault: "tls-1.1",
    requirements: ["ECO.1.1.1"],
    what: "il ne sait que TLS 1.1",
    whatEn: "it knows TLS 1.1 at most",
  },
  {
    id: "tls-suites",
    fault: "weak-ciphers",
    requirements: ["ECO.1.1.3"],
    what: "il ne propose que des suites hors de la liste",
    whatEn: "it offers only suites outside of the list",
  },
  {
    id: "starttls-absent",
    fault: "strip-starttls",
    requirements: ["ECO.1.0.1", "ECO.1.1.1", "RFC-3207-3501"],
    what: "il ne propose pas STARTTLS",
    whatEn: "it does not offer STARTTLS",
  },
  {
    id: "starttls-injection",
    fault: "inject-after-starttls",
    requirements: ["RFC-3207-3501"],
    what: "du texte en clair suit sa réponse à STARTTLS",
    whatEn: "plain text follows its answer to STARTTLS",
  },
];

/** Each for whoever sends, and for whoever opens a mailbox. */
export const BAD_SERVER_SCENARIOS: readonly ScenarioPlan[] = BAD_SERVERS.flatMap(
  ({ id, fault, requirements, what, whatEn }): ScenarioPlan[] => [
    {
      id,
      title: `Le serveur d'envoi n'est pas sûr : ${what}`,
      titleEn: `The server of sending is not safe: ${whatEn}`,
      profiles: UNATTENDED,
      requirements,
      seconds: 90,
      mailbox: BOX.app,
      documents: { cr },
      stage: onBoth(fault),
      steps: [
        send({
          documents: { cr },
          to: [BOX.doctor],
          expect: "waiting",
          also: "Rien ne doit partir tant que le serveur est dans cet état ; le document reste en attente.",
          alsoEn: "Nothing may leave while the server is so; the document waits.",
        }),
      ],
    },
    {
      id: `boite-${id}`,
      title: `Le serveur de la boîte n'est pas sûr : ${what}`,
      titleEn: `The server of the mailbox is not safe: ${whatEn}`,
      profiles: SCREENS,
      requirements: requirements.map((code) => (code === "ECO.1.0.1" ? "ECO.1.0.2" : code)),
      seconds: 90,
      mailbox: BOX.doctor,
      stage: onBoth(fault),
      steps: [
        connect(
          "Ouvrez la boîte. Le logiciel doit refuser le serveur, et le signaler.",
          "Open the mailbox. The software must refuse the server, and say so.",
        ),
      ],
    },
  ],
);
