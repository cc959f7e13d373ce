import { type FaultName, withoutFault } from "./fault-kinds.js";
import { IMAP_EXTENSIONS } from "./imap/capabilities.js";

type Extension = ReturnType<typeof withoutFault>;

/** What each fault does, in French, for who looks at the mock's page. A fault without its line does not compile. */
const NAMED: Readonly<Record<Exclude<FaultName, Extension>, string>> = {
  refuse: "refus définitif de la commande (5xx, NO)",
  defer: "refus temporaire de la commande (4xx, NO [UNAVAILABLE])",
  reply: "la réponse choisie (code, statut, texte)",
  garbage: "une ligne qui n'est pas du protocole",
  drop: "connexion coupée à la place de la réponse",
  slow: "commande exécutée, réponse après le délai choisi",
  silence: "commande non exécutée, aucune réponse ; la connexion reste ouverte",
  "drop-before-dot": "connexion coupée pendant l'arrivée du contenu ; rien n'est conservé",
  "drop-after-data": "courriel accepté, conservé et remis, puis connexion coupée sans réponse",
  "drop-after-dot-lost": "connexion coupée sans réponse après le point final ; rien n'est conservé",
  "strip-starttls": "STARTTLS n'est pas proposé, et il est refusé",
  "inject-after-starttls": "du texte en clair suit la réponse à STARTTLS",
  "expired-certificate": "certificat du serveur expiré",
  "wrong-name-certificate": "certificat d'un autre hôte",
  "untrusted-certificate": "certificat d'une autre autorité",
  "revoked-certificate": "certificat révoqué, comme l'indiquent la CRL et le serveur OCSP de son autorité",
  "wrong-usage-certificate": "certificat de client à la place de celui d'un serveur",
  "wrong-range-certificate": "certificat d'une autre gamme qu'Élémentaire Organisations",
  "tls-1.1": "TLS 1.1 au plus",
  "weak-ciphers": "seulement des suites hors d'ECO.1.1.3",
  "token-refused": "jeton refusé : 535 5.7.8, ou NO [AUTHENTICATIONFAILED]",
  "token-refused-challenge":
    "jeton refusé par 334 et le JSON d'erreur, puis 535 5.7.8 une fois que le client y a répondu",
  "token-refused-drop": "jeton refusé par 334 et le JSON d'erreur, puis connexion coupée, comme chez un opérateur",
  "full-mailbox": "boîte pleine : 452 4.2.2, ou 552 5.2.2 avec le code 552",
  "unknown-recipient": "destinataire inconnu : 550 5.1.1",
  "size-limit": "courriel trop volumineux : 552 5.3.4",
  bounce: "courriel accepté, puis non remis : un DSN d'échec revient",
  delay: "courriel accepté, remise retardée : DSN de retard s'il est demandé, remise sur commande ou après le délai",
  "no-dsn": "DSN n'est pas proposé",
  "no-pipelining": "PIPELINING n'est pas proposé",
  "no-size": "SIZE n'est pas proposé",
  "no-8bitmime": "8BITMIME n'est pas proposé",
  "no-smtputf8": "SMTPUTF8 n'est pas proposé",
  bye: "BYE à la place de la réponse, puis fermeture ; commande non exécutée",
  "bye-midway": "BYE après le premier message d'un FETCH ; pour une autre commande, à la place de sa dernière ligne",
  "drop-in-literal": "connexion coupée au milieu d'un littéral",
  "slow-literal": "les littéraux de la commande arrivent par petits morceaux",
  "drop-after-done": "commande exécutée, puis connexion coupée avant toute réponse",
  "no-after-done": "commande exécutée, puis réponse NO et rien d'autre",
  "slow-after-done": "commande exécutée, réponse après le délai (8 s)",
  "silence-after-done": "commande exécutée, aucune réponse ; la connexion reste ouverte",
  "drop-after-commands": "session coupée après un nombre de commandes (10) suivant la connexion",
  "silent-idle":
    "après « + idling » plus rien n'est dit, DONE reste sans réponse : comme un réseau qui a perdu la connexion",
  "wrong-exists": "EXISTS, ou MESSAGES de STATUS, est trop grand (de 3)",
  "wrong-uidvalidity": "un UIDVALIDITY qui n'est pas celui du dossier",
  "new-uidvalidity": "dossier reconstruit : mêmes courriels, autres UIDVALIDITY et UID, définitivement",
};

const WITHOUT = Object.fromEntries(
  IMAP_EXTENSIONS.map((name) => [withoutFault(name), `${name} n'est ni proposé ni compris, pendant une session IMAP`]),
) as Record<Extension, string>;

export const FAULT_TEXTS_FR: Readonly<Record<FaultName, string>> = { ...WITHOUT, ...NAMED };
