import type { GuidanceTable } from "./guidance.js";
import { both, onPaper } from "./guidance.js";

/** Sections 8 and 9: the operator's side, and the connection to Medimail. */
export const surroundings: GuidanceTable = {
  "ope-contract": {
    help: both(
      "L'opérateur contracte avec chaque structure ; le client n'atteint que les boîtes ainsi ouvertes. Information.",
      "The operator contracts with each structure; the client reaches only the boxes so opened. For information.",
    ),
  },
  "ope-whitelist": {
    help: both(
      "Les domaines sont déclarés à l'ANS ; le client montre les refus. Information.",
      "Domains are declared to ANS; the client shows refusals. For information.",
    ),
  },
  "ope-stats": {
    help: both(
      "L'opérateur compte les logiciels par X-MSS-NIL et les documents par X-MSS-CODECDA. Information.",
      "The operator counts software by X-MSS-NIL and documents by X-MSS-CODECDA. For information.",
    ),
  },
  "ope-lps": {
    help: both(
      "L'opérateur offre l'interface LPS. Information.",
      "The operator offers the LPS interface. For information.",
    ),
  },
  "ope-limits": {
    help: both(
      "Tailles, débits, DSN, IDLE et quotas sont fixés par l'opérateur, non publiés. Information.",
      "Sizes, rates, DSN, IDLE and quotas are the operator's, unpublished. For information.",
    ),
  },
  "rac-form": {
    help: both(
      "Le formulaire donne nom, FINESS ou SIRET, contact, solution.",
      "The form gives name, FINESS or SIRET, contact, solution.",
    ),
    attest: onPaper(
      both("Le formulaire est-il envoyé ?", "Is the form sent?"),
      both("Formulaire envoyé", "The form as sent"),
    ),
  },
  "rac-conv": {
    help: both("Convention et annexe se signent avec Mipih.", "Convention and annex are signed with Mipih."),
    attest: onPaper(
      both("La convention est-elle signée ?", "Is the convention signed?"),
      both("Copie signée", "Signed copy"),
    ),
  },
  "rac-elig": {
    help: both(
      "Logiciel éligible, hébergement de données de santé, règles d'authentification du SI.",
      "Eligible software, hosting of health data, authentication rules.",
    ),
    attest: onPaper(
      both(
        "L'hébergement est-il certifié HDS, l'authentification décrite ?",
        "Is hosting HDS-certified, authentication described?",
      ),
      both("Certificat HDS, description", "HDS certificate, description"),
    ),
  },
  "rac-modes": {
    help: both(
      "Deux modes : envoi à la validation, module de messagerie.",
      "Two modes: sending on validation, mailbox module.",
    ),
    attest: onPaper(
      both("Quels modes le produit offre-t-il ?", "Which modes does the product offer?"),
      both("Démonstration", "Demonstration"),
    ),
  },
  "rac-open": {
    help: both(
      "L'éditeur contacte Mipih, qui règle son côté en une demi-journée à une journée.",
      "The publisher contacts Mipih, which sets its side in half a day to a day.",
    ),
    attest: onPaper(
      both("Le devis est-il accepté ?", "Is the quote accepted?"),
      both("Devis accepté", "Accepted quote"),
    ),
  },
  "rac-acc": {
    help: both(
      "Le GRADeS envoie à Mipih et à l'éditeur les comptes à paramétrer.",
      "The GRADeS sends the accounts to configure to Mipih and the publisher.",
    ),
    attest: onPaper(
      both("La liste des comptes est-elle reçue ?", "Has the list of accounts come?"),
      both("Liste", "List"),
    ),
  },
  "rac-dom": {
    help: both(
      "Le domaine est choisi et déclaré à l'ANS : environ trois semaines s'il est propre.",
      "The domain is chosen and declared to ANS: about three weeks for one's own.",
    ),
    attest: onPaper(
      both("Le domaine est-il en liste blanche ?", "Is the domain on the white list?"),
      both("Ligne de la liste blanche", "Line of the white list"),
    ),
  },
  "rac-admin": {
    help: both("Un administrateur Medimail est nommé et formé.", "A Medimail administrator is named and trained."),
    attest: onPaper(
      both("Qui, formé quand ?", "Who, trained when?"),
      both("Date de formation", "Date of the training"),
    ),
  },
  "rac-load": {
    help: both(
      "Les comptes se chargent par fichier ; statuts PREINSCRIT, A VALIDER, VALIDE.",
      "Accounts are loaded by file; statuses PREINSCRIT, A VALIDER, VALIDE.",
    ),
    attest: onPaper(
      both("Le fichier est-il chargé, les comptes VALIDE ?", "Is the file loaded, are the accounts VALIDE?"),
      both("Fichier, statuts", "File, statuses"),
    ),
  },
  "rac-use": {
    help: both(
      "L'utilisateur finit son inscription par le lien et accepte les CGU.",
      "The user ends the registration by the link and accepts the terms.",
    ),
    attest: onPaper(
      both("Les utilisateurs sont-ils VALIDE ?", "Are the users VALIDE?"),
      both("Statut VALIDE", "Status VALIDE"),
    ),
  },
  "rac-rgpd": {
    help: both(
      "Le traitement est au registre, l'information des patients affichée.",
      "The processing is in the register, patients are informed.",
    ),
    attest: onPaper(
      both("Le registre et l'information sont-ils à jour ?", "Are register and notice up to date?"),
      both("Ligne du registre, affiche", "Line of the register, notice"),
    ),
  },
  "rac-osis": {
    help: both("Hôpitaux : déclaration dans oSIS.", "Hospitals: declared in oSIS."),
    attest: onPaper(
      both("La déclaration est-elle faite ?", "Is it declared?"),
      both("Capture d'oSIS", "Capture of oSIS"),
    ),
  },
  "rac-dir": {
    help: both(
      "L'annuaire régional vient par CSV ou LDAP, avec les accès de Mipih.",
      "The regional directory comes by CSV or LDAP, with Mipih's access.",
    ),
    attest: onPaper(
      both("L'accès est-il ouvert, ou sans objet ?", "Is access open, or without object?"),
      both("Accès reçu", "Access received"),
    ),
  },
};
