import type { GuidanceTable } from "./guidance.js";
import { both, onScreen } from "./guidance.js";

const HL7 = both(
  "La part HL7 v2 (MDM, ORU, ZAM) reste dans l'établissement : le serveur de messagerie n'en voit rien.",
  "The HL7 v2 side (MDM, ORU, ZAM) stays in the hospital: the mail server sees nothing of it.",
);

/** Section 6: hospital platform and automated sending. */
export const products: GuidanceTable = {
  "pfi-scope": {
    help: both(
      "La plateforme envoie et reçoit les documents par MSSanté selon les deux guides de l'ANS, suppression et remplacement compris.",
      "The platform sends and receives documents by MSSanté by the two ANS guides, deletion and replacement included.",
    ),
  },
  "dpi-scope": {
    help: both(
      "Le dossier patient intègre les documents reçus par MSSanté.",
      "The patient record files the documents that come by MSSanté.",
    ),
    unchecked: HL7,
    attest: onScreen(
      both("Un document reçu est-il intégré au dossier ?", "Is a document that came filed in the record?"),
    ),
  },
  "sil-scope": {
    help: both(
      "Le compte rendu de biologie part automatiquement à sa validation, vers les correspondants et le patient : CDA N3 et PDF/A-1.",
      "The laboratory report leaves by itself when validated, to correspondents and patient: CDA N3 and PDF/A-1.",
    ),
  },
  "ris-scope": {
    help: both(
      "Le compte rendu d'imagerie part automatiquement à sa validation, vers le patient et le demandeur.",
      "The imaging report leaves by itself when validated, to patient and requester.",
    ),
  },
  "dui-scope": {
    help: both(
      "Le référentiel des EHPAD n'a pas pu être consulté : rien à évaluer.",
      "The reference of nursing homes was not seen: nothing to judge.",
    ),
  },
  "out-from": {
    help: both(
      "From est la boîte applicative, Sender n'est pas transmis, chaque destinataire figure dans To.",
      "From is the application's box, Sender is not sent, each recipient is in To.",
    ),
  },
  "in-mdn": {
    help: both(
      "Un accusé a trois parties (texte, disposition-notification, original entier) ; il part de la boîte qui a reçu le courriel, vers l'adresse de Disposition-Notification-To. Pour des documents intégrés, il conserve leur objet XDM/1.0/DDM+….",
      "A receipt has three parts (text, disposition-notification, whole original), comes from the box that received, goes to Disposition-Notification-To; that of documents filed keeps their subject XDM/1.0/DDM+….",
    ),
  },
  "in-mdn-ko": {
    help: both(
      "Échec d'intégration : processed/error et champ Error: code^libellé (900 à 906), ou processed/Error: code^libellé (guide 1.1.2) ; objet [KO Intégration système !][code] XDM/1.0/DDM+…",
      "Failed integration: processed/error and field Error: code^label (900 to 906), or processed/Error: code^label (guide 1.1.2); subject [KO Intégration système !][code] XDM/1.0/DDM+…",
    ),
  },
  "in-std": {
    help: both(
      "Si aucun accusé n'a été demandé, l'échec est signalé par un courriel de même objet : original en message/rfc822, pièces jointes dedans ou répétées.",
      "Where no receipt was asked, the failure is told by a mail of the same subject: original as message/rfc822, attachments in it or repeated.",
    ),
  },
  "in-detect": {
    help: both(
      "Un courriel de documents se reconnaît à IHE_XDM.ZIP ou à son objet : la mention « annule et remplace » se place après XDM/1.0/DDM+.",
      "A mail of documents is told by IHE_XDM.ZIP or its subject: the mention of a replacement comes behind XDM/1.0/DDM+.",
    ),
  },
  "out-ack": {
    help: both(
      "L'accusé de remise (DSN) devient ZAM^Z02, celui de lecture (MDN) ZAM^Z03.",
      "The delivery report (DSN) becomes ZAM^Z02, the read receipt (MDN) ZAM^Z03.",
    ),
    unchecked: HL7,
  },
};
