import type { GuidanceTable } from "./guidance.js";
import { both, onPaper, onScreen } from "./guidance.js";

/** Section 1: transport, TLS, authentication. */
export const transport: GuidanceTable = {
  "ECO.1.0.1": {
    help: both(
      "L'envoi se fait en SMTP (port 587) : EHLO, STARTTLS, puis de nouveau EHLO, l'authentification et MAIL. Rien d'autre ne part en clair.",
      "Mail is submitted by SMTP (port 587): EHLO, STARTTLS, EHLO again, authentication, MAIL. Nothing else leaves in clear.",
    ),
  },
  "ECO.1.0.2": {
    help: both(
      "La boîte se lit en IMAP (port 143) : STARTTLS d'abord, les capacités redemandées, puis AUTHENTICATE ; jamais LOGIN en clair.",
      "The mailbox is read by IMAP (port 143): STARTTLS first, capabilities asked again, then AUTHENTICATE; never LOGIN in clear.",
    ),
  },
  "ECO.1.1.1": {
    help: both(
      "TLS 1.2 au moins, sans exception : réglez la version minimale du client et refusez un serveur qui ne propose pas STARTTLS.",
      "TLS 1.2 at least, without exception: set the client's least version and refuse a server that does not offer STARTTLS.",
    ),
  },
  "ECO.1.1.2": {
    help: both(
      "TLS 1.2 doit rester proposé à côté de 1.3 : un opérateur peut s'y limiter.",
      "TLS 1.2 must stay offered beside 1.3: an operator may speak nothing newer.",
    ),
  },
  "ECO.1.1.3": {
    help: both(
      "Pour TLS 1.2, ne proposez que 0xC030, 0xC02F, 0xC028, 0xC027 (ECDHE-RSA). Les suites de TLS 1.3 sont relevées, jamais reprochées.",
      "For TLS 1.2 offer only 0xC030, 0xC02F, 0xC028, 0xC027 (ECDHE-RSA). The suites of TLS 1.3 are noted and never held against the client.",
    ),
  },
  "ECO.1.1.4": {
    help: both(
      "Placez la chaîne IGC-Santé (racine et AC Élémentaire Organisations) parmi les autorités du client ; les systèmes d'exploitation ne la contiennent pas.",
      "Put the IGC-Santé chain (root and the Organisations authority) among the client's authorities; systems do not have it.",
    ),
  },
  "ECO.1.1.5": {
    help: both(
      "Un certificat serveur expiré met fin à la connexion avant toute authentification.",
      "An expired server certificate ends the connection before any authentication.",
    ),
  },
  "ECO.1.1.6": {
    help: both(
      "Interrogez la CRL ou l'OCSP pour chaque certificat de la chaîne ; un certificat révoqué met fin à la connexion.",
      "Ask the CRL or OCSP of each certificate of the chain; a revoked one ends the connection.",
    ),
  },
  "ECO.1.1.7": {
    help: both(
      "Conservez sur disque la dernière liste valide : une panne de son serveur n'empêche pas la session, et un certificat révoqué reste refusé.",
      "Keep the last valid list on disk: its server being down does not stop the session, and a revoked certificate stays refused.",
    ),
  },
  "ECO.1.1.9": {
    help: both(
      "Les serveurs d'une boîte se trouvent par les enregistrements SRV de son domaine (_submission._tcp, _imap._tcp), interrogés de nouveau quand ils changent.",
      "The servers of a mailbox are found by the SRV records of its domain (_submission._tcp, _imap._tcp), asked again when they change.",
    ),
  },
  "ECO.1.1.10": {
    help: both(
      "Seules les autorités de l'IGC-Santé sont admises : n'utilisez pas le magasin du système, et refusez toute autre gamme.",
      "Only the authorities of IGC-Santé count: leave the system's store aside, and refuse another range.",
    ),
  },
  "ECO.1.2.1": {
    help: both(
      "Boîtes PER et ORG : après TLS, XOAUTH2 avec l'adresse de la boîte et le jeton d'accès Pro Santé Connect, en cours de validité.",
      "PER and ORG boxes: after TLS, XOAUTH2 with the box's address and a fresh Pro Santé Connect access token.",
    ),
  },
  "APP-AUTH": {
    help: both(
      "Boîte APP : présentez le certificat de personne morale (AUTH_CLI) quand le serveur le demande. Le mécanisme SASL qui suit n'est pas publié : faites-en un réglage.",
      "APP box: show the legal person's certificate (AUTH_CLI) when the server asks. The SASL step after it is unpublished: make it a setting.",
    ),
  },
  "ECO.1.2.3": {
    help: both(
      "Une coupure, une lenteur ou un refus de la messagerie laisse le reste du logiciel utilisable ; l'envoi attend, puis reprend.",
      "A cut, a slow server or a refusal leaves the rest of the software usable; the sending waits and goes on.",
    ),
    attest: onScreen(
      both(
        "Pendant une panne de la messagerie, le reste du logiciel répond-il ?",
        "While the mail is down, does the rest of the software answer?",
      ),
    ),
  },
  "ECO.1.2.5": {
    help: both(
      "Le jeton d'accès reste en mémoire : ni fichier, ni base, ni journal. Après un redémarrage, un nouveau jeton est demandé.",
      "The access token stays in memory: no file, database or log. After a restart a new one is asked for.",
    ),
    attest: onPaper(
      both(
        "Le jeton d'accès n'est-il enregistré nulle part (fichiers, base, journaux) ?",
        "Is the access token written nowhere (files, database, logs)?",
      ),
      both(
        "Résultat daté de la recherche du jeton dans les fichiers et la base",
        "Dated search of the token in files and database",
      ),
    ),
  },
  "ECO.1.2.6": {
    help: both(
      "Quand Pro Santé Connect refuse le rafraîchissement (invalid_grant), fermez la session : LOGOUT, QUIT, plus aucune commande.",
      "When Pro Santé Connect refuses the refresh (invalid_grant), end the session: LOGOUT, QUIT, no command more.",
    ),
  },
  "ECO.1.2.7": {
    help: both(
      "Une session coupée (BYE, réseau) se rouvre d'elle-même tant que la session Pro Santé Connect est valide.",
      "A session that was cut (BYE, network) opens again by itself as long as Pro Santé Connect holds.",
    ),
  },
};
