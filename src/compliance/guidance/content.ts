import type { GuidanceTable } from "./guidance.js";
import { both, onPaper, onScreen } from "./guidance.js";

/** Section 2: content of mails. */
export const content: GuidanceTable = {
  "ECO.2.1.1": {
    help: both(
      "Joignez IHE_XDM.ZIP (application/zip) avec ses CDA, ses métadonnées exactes (empreinte, taille, identifiants), INDEX.HTM et README.TXT, et à côté un PDF par document.",
      "Join IHE_XDM.ZIP (application/zip) with its CDA, right metadata (hash, size, identifiers), INDEX.HTM and README.TXT, and beside it one PDF for each document.",
    ),
  },
  "ECO.2.1.1-b": {
    help: both(
      "Un courriel ne porte que sur un patient : même patientId dans le lot et dans chaque document.",
      "A mail is about one patient: the same patientId in the set and in each document.",
    ),
  },
  "ECO.2.1.2": {
    help: both(
      "À la réception, le patient s'identifie par le patientId de METADATA.XML, pas par l'objet.",
      "On receipt the patient is read from patientId of METADATA.XML, not from the subject.",
    ),
    unchecked: both(
      "Le patient retenu par le logiciel ne se constate qu'à l'écran : le serveur remet le courriel trompeur et n'en reçoit rien en retour.",
      "Which patient the software has taken is seen on its screen only: the server delivers the misleading mail, nothing comes back.",
    ),
    attest: onScreen(
      both(
        "L'objet nomme un autre patient que l'archive : le document est-il proposé pour le patient de patientId ?",
        "The subject names another patient than the archive: is the document proposed for that of patientId?",
      ),
    ),
  },
  "ECO.2.1.3": {
    help: both(
      "Objet : XDM/1.0/DDM+, le libellé du document (40 caractères au plus) ou « N documents », le NOM en majuscules sans accent, le prénom sans accent, la date de naissance JJ/MM/AAAA.",
      "Subject: XDM/1.0/DDM+, the label of the document (40 characters at most) or “N documents”, the NOM in capitals without accents, the first name without accents, the birth date DD/MM/YYYY.",
    ),
  },
  "ECO.2.1.5": {
    help: both(
      "Le PDF est celui du CDA : identique octet à octet au niveau 1 ; au niveau 3, un PDF/A-1 produit à partir de l'en-tête et du texte.",
      "The PDF is that of the CDA: its very bytes for level 1; for level 3 a PDF/A-1 made of header and narrative.",
    ),
  },
  "ECO.2.1.6": {
    help: both(
      "Nom : date de l'acte AAAAMMJJ, type (40 caractères au plus), NOM, prénom, numéro de dossier facultatif, séparés par _.",
      "Name: date of the act YYYYMMDD, type (40 characters at most), NOM, first name, optional dossier number, joined by _.",
    ),
  },
  "ECO.2.2.1": {
    help: both(
      "Un Message-ID et un seul, <gauche@domaine>, jamais réutilisé pour un autre courriel.",
      "One Message-ID, <left@domain>, never used again for another mail.",
    ),
  },
  "ECO.2.2.2": {
    help: both(
      "Une réponse porte In-Reply-To (le Message-ID du courriel) et References (les références de ce courriel, puis son Message-ID).",
      "An answer has In-Reply-To (the mail's Message-ID) and References (its own, then that one).",
    ),
  },
  "ECO.2.2.3": {
    help: both(
      "Chaque texte est déclaré charset=utf-8 et l'est réellement. L'ASCII pur, qui en fait partie, est admis.",
      "Each text declares charset=utf-8 and is. Pure ASCII is taken: it is part of it.",
    ),
  },
  "ECO.2.2.4": {
    help: both(
      "Corps en text/plain, ou multipart/alternative avec un text/plain ; les fichiers dans multipart/mixed.",
      "Body as text/plain, or multipart/alternative with a text/plain; files in multipart/mixed.",
    ),
  },
  "ECO.2.2.5": {
    help: both(
      "Reply-To désigne la boîte MSSanté qui recevra les réponses, quand ce n'est pas celle qui envoie.",
      "Reply-To names the MSSanté box that will get the answers where it is not the sender's.",
    ),
    programSuffices: true,
    attest: onPaper(
      both(
        "Le produit n'envoie-t-il que depuis des boîtes PER, sans adresse de retour ?",
        "Does the product send from PER boxes only, without a return address?",
      ),
      both("Réponse datée et justifiée", "Dated answer with its reason"),
    ),
  },
  "ECO.2.2.6": {
    help: both(
      "L'adresse d'un usager est formée de son INS qualifiée (matricule de 15 caractères à la clé exacte), suivie de @patient.mssante.fr : c'est l'INS du document.",
      "A patient's address is the qualified INS, 15 characters with a right key, @patient.mssante.fr: that of the document.",
    ),
  },
  "ECO.2.2.7": {
    help: both(
      "Le libellé de From indique qui envoie : [<Titre>_]<Prenom>_<NOM>[_<Entite>] pour une personne, le service pour ORG et APP.",
      "The label of From says who sends: [<Title>_]<First>_<LAST>[_<Entity>] for a person, the service for ORG and APP.",
    ),
  },
  "ECO.2.2.8": {
    help: both(
      "Vers un usager dont on n'attend pas de réponse : X-MSS-MES: FIN, en capitales ; jamais vers un professionnel.",
      "To a patient of whom no answer is wanted: X-MSS-MES: FIN, in capitals, and never to a professional.",
    ),
  },
  "ECO.2.3.1": {
    help: both(
      "L'accusé de remise se demande au serveur : RCPT … NOTIFY=SUCCESS quand DSN est annoncé. Return-Receipt-To est toléré.",
      "The delivery receipt is asked of the server: RCPT … NOTIFY=SUCCESS where DSN is announced. Return-Receipt-To is taken.",
    ),
  },
  "ECO.2.3.2": {
    help: both(
      "L'accusé de lecture se demande par Disposition-Notification-To, qui désigne la boîte émettrice.",
      "The read receipt is asked by Disposition-Notification-To, at the sender's box.",
    ),
  },
  "ECO.2.4.1": {
    help: both(
      "X-MSS-CODECDA : les codes des CDA, séparés par des virgules ; absent sans CDA.",
      "X-MSS-CODECDA: the code of each CDA, joined by commas; absent without CDA.",
    ),
  },
  "ECO.2.4.2": {
    help: both(
      "X-MSS-INS : O quand le CDA a le matricule, son OID et les quatre traits ; N sinon ; absent sans CDA.",
      "X-MSS-INS: O where the CDA has number, OID and the four traits; N else; absent without CDA.",
    ),
  },
  "ECO.2.4.3": {
    help: both(
      "X-MSS-NIL dans chaque courriel, réponses et accusés compris : le numéro du produit.",
      "X-MSS-NIL in every mail, answers and receipts included: the product's number.",
    ),
  },
  "MSS-va1.13": {
    help: both(
      "Lisez SIZE à l'accueil, n'envoyez rien de plus volumineux, et signalez-le avant l'envoi.",
      "Read SIZE at the greeting and try nothing larger; say so before sending.",
    ),
  },
  "AMBU.MSS-va1.02": {
    help: both(
      "Une nouvelle version porte la mention « annule et remplace » (après XDM/1.0/DDM+ dans l'objet, ou dans le corps), avec l'action C et un CDA de version suivante.",
      "A new version says “annule et remplace” (behind XDM/1.0/DDM+ in the subject, or in the body), with action C and a CDA of the next version.",
    ),
  },
  "MSS-va1.20": {
    help: both(
      "L'opposition de l'usager à recevoir des courriels est enregistrée ; rien ne lui est alors envoyé.",
      "The patient's opposition to mails is recorded; nothing then goes to the patient.",
    ),
    attest: onScreen(
      both(
        "Où l'opposition est-elle saisie, et qu'affiche le logiciel ensuite ?",
        "Where is the opposition entered, and what does the software show afterwards?",
      ),
    ),
  },
  "MSS-va1.22": {
    help: both(
      "L'opposition aux échanges entre professionnels est enregistrée ; le logiciel avertit, et n'envoie que si l'avertissement est acquitté.",
      "The opposition to mails between professionals is recorded; the software warns, and sends only where the warning is acknowledged.",
    ),
    attest: onScreen(
      both(
        "L'avertissement s'affiche-t-il, et son acquittement est-il conservé ?",
        "Is the warning shown, and its acknowledgement kept?",
      ),
    ),
  },
  "INS-va1.53": {
    help: both(
      "Identité non qualifiée (récupérée, provisoire, validée) : ni matricule ni OID de l'INS dans le CDA, les métadonnées ou l'adresse.",
      "Identity not qualified (retrieved, provisional, validated): neither number nor OID of the INS in CDA, metadata or address.",
    ),
  },
};
