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
      "Les domaines sont déclarés à l'ANS ; le client affiche les refus. Information.",
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
      "L'opérateur propose l'interface LPS. Information.",
      "The operator offers the LPS interface. For information.",
    ),
  },
  "ope-limits": {
    help: both(
      "Tailles, débits, DSN, IDLE et quotas sont fixés par l'opérateur et ne sont pas publiés. Information.",
      "Sizes, rates, DSN, IDLE and quotas are the operator's, unpublished. For information.",
    ),
  },
  "rac-form": {
    help: both(
      "Le formulaire indique le nom, le FINESS ou le SIRET, le contact et la solution.",
      "The form gives name, FINESS or SIRET, contact, solution.",
    ),
    attest: onPaper(
      both("Le formulaire a-t-il été envoyé ?", "Is the form sent?"),
      both("Formulaire envoyé", "The form as sent"),
    ),
  },
  "rac-conv": {
    help: both(
      "La convention et son annexe sont signées avec le Mipih.",
      "Convention and annex are signed with Mipih.",
    ),
    attest: onPaper(
      both("La convention est-elle signée ?", "Is the convention signed?"),
      both("Exemplaire signé", "Signed copy"),
    ),
  },
  "rac-elig": {
    help: both(
      "Logiciel éligible, hébergement de données de santé (HDS), règles d'authentification du SI.",
      "Eligible software, hosting of health data, authentication rules.",
    ),
    attest: onPaper(
      both(
        "L'hébergement est-il certifié HDS, et l'authentification est-elle décrite ?",
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
      both("Quels modes le produit propose-t-il ?", "Which modes does the product offer?"),
      both("Démonstration", "Demonstration"),
    ),
  },
  "rac-open": {
    help: both(
      "L'éditeur contacte le Mipih, qui paramètre Medimail en une demi-journée à une journée.",
      "The publisher contacts Mipih, which sets its side in half a day to a day.",
    ),
    attest: onPaper(
      both("Le devis a-t-il été accepté ?", "Is the quote accepted?"),
      both("Devis accepté", "Accepted quote"),
    ),
  },
  "rac-acc": {
    help: both(
      "Le GRADeS transmet au Mipih et à l'éditeur les comptes à paramétrer.",
      "The GRADeS sends the accounts to configure to Mipih and the publisher.",
    ),
    attest: onPaper(
      both("La liste des comptes a-t-elle été reçue ?", "Has the list of accounts come?"),
      both("Liste", "List"),
    ),
  },
  "rac-dom": {
    help: both(
      "Le domaine est choisi et déclaré à l'ANS : environ trois semaines pour un domaine propre à la structure.",
      "The domain is chosen and declared to ANS: about three weeks for one's own.",
    ),
    attest: onPaper(
      both("Le domaine figure-t-il dans la liste blanche ?", "Is the domain on the white list?"),
      both("Ligne de la liste blanche", "Line of the white list"),
    ),
  },
  "rac-admin": {
    help: both("Un administrateur Medimail est nommé et formé.", "A Medimail administrator is named and trained."),
    attest: onPaper(
      both("Qui est l'administrateur, et quand a-t-il été formé ?", "Who, trained when?"),
      both("Date de formation", "Date of the training"),
    ),
  },
  "rac-load": {
    help: both(
      "Les comptes se chargent par fichier ; statuts PREINSCRIT, A VALIDER, VALIDE.",
      "Accounts are loaded by file; statuses PREINSCRIT, A VALIDER, VALIDE.",
    ),
    attest: onPaper(
      both(
        "Le fichier est-il chargé, et les comptes sont-ils au statut VALIDE ?",
        "Is the file loaded, are the accounts VALIDE?",
      ),
      both("Fichier, statuts", "File, statuses"),
    ),
  },
  "rac-use": {
    help: both(
      "L'utilisateur finalise son inscription par le lien et accepte les CGU.",
      "The user ends the registration by the link and accepts the terms.",
    ),
    attest: onPaper(
      both("Les comptes des utilisateurs sont-ils au statut VALIDE ?", "Are the users VALIDE?"),
      both("Statut VALIDE", "Status VALIDE"),
    ),
  },
  "rac-rgpd": {
    help: both(
      "Le traitement figure au registre, et l'information des patients est affichée.",
      "The processing is in the register, patients are informed.",
    ),
    attest: onPaper(
      both("Le registre et l'information sont-ils à jour ?", "Are register and notice up to date?"),
      both("Ligne du registre, affiche", "Line of the register, notice"),
    ),
  },
  "rac-osis": {
    help: both("Établissements sanitaires : déclaration dans oSIS.", "Hospitals: declared in oSIS."),
    attest: onPaper(
      both("La déclaration a-t-elle été faite ?", "Is it declared?"),
      both("Capture d'oSIS", "Capture of oSIS"),
    ),
  },
  "rac-dir": {
    help: both(
      "L'annuaire régional est fourni en CSV ou par LDAP, avec les accès du Mipih.",
      "The regional directory comes by CSV or LDAP, with Mipih's access.",
    ),
    attest: onPaper(
      both("L'accès est-il ouvert, ou est-il sans objet ?", "Is access open, or without object?"),
      both("Accès reçu", "Access received"),
    ),
  },
};
