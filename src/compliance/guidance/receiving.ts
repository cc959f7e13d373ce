import type { GuidanceTable } from "./guidance.js";
import { both, onPaper, onScreen } from "./guidance.js";

const STAGED = both(
  "Le serveur remet les différents cas (doublon, version suivante, version obsolète, suppression) ; ce que le logiciel en fait ne se constate qu'à l'écran.",
  "The server delivers the cases (duplicate, newer, obsolete, deletion); what the software makes of them is seen on the screen only.",
);

/** Section 3: receiving, screens, directory, traces. */
export const receiving: GuidanceTable = {
  "ECO.3.1.1": {
    help: both(
      "Dans la liste, un courriel d'usager se distingue de celui d'un professionnel par une icône ou un libellé.",
      "In the list a patient's mail is told from a professional's by an icon or a word.",
    ),
    attest: onScreen(
      both(
        "La liste distingue-t-elle les deux sans qu'on lise le domaine ?",
        "Does the list tell the two apart without reading the domain?",
      ),
    ),
  },
  "ECO.3.1.2": {
    help: both(
      "L'usager est affiché par son nom de naissance, son prénom et son INS, avec ou sans libellé dans From.",
      "The patient is shown by birth name, first name and INS, with or without a label in From.",
    ),
    attest: onScreen(
      both("Nom de naissance, prénom et INS sont-ils affichés ?", "Are birth name, first name and INS shown?"),
    ),
  },
  "ECO.3.1.3": {
    help: both(
      "XDM/1.0/DDM+ n'est masqué qu'à l'affichage : l'objet conservé dans la boîte ne change pas.",
      "XDM/1.0/DDM+ is hidden on the screen only: the subject in the box does not change.",
    ),
    attest: onScreen(
      both(
        "Le préfixe est-il masqué dans la liste et à la lecture ?",
        "Is the prefix hidden in the list and in the mail?",
      ),
    ),
  },
  "ECO.3.1.4": {
    help: both(
      "Les adresses sont recherchées dans l'Annuaire Santé (API FHIR ou extraction publique).",
      "Addresses are searched in Annuaire Santé (FHIR API or public extraction).",
    ),
  },
  "SC.MSS-UX.41": {
    help: both(
      "La recherche se fait par RPPS, nom, profession, spécialité ou lieu, seuls ou combinés.",
      "The search is by RPPS, name, profession, specialty, place, alone or together.",
    ),
  },
  "ECO.3.1.5": {
    help: both(
      "Pour écrire à un usager : on le choisit dans la base, son INS est vérifiée (statut qualifié, clé), l'adresse est formée automatiquement.",
      "To write to a patient: pick in the base, the INS is checked (qualified, key), the address is built.",
    ),
    unchecked: both(
      "Le choix du patient se fait à l'écran ; l'adresse qui en résulte est évaluée sous ECO.2.2.6.",
      "The choice of the patient is on the screen; the address that comes of it is judged under ECO.2.2.6.",
    ),
    attest: onScreen(
      both(
        "Le statut, la clé, le sexe et la date de naissance sont-ils contrôlés et affichés ?",
        "Are status, key, sex and birth date checked and shown?",
      ),
    ),
  },
  "ECO.3.1.6": {
    help: both(
      "Envoyez l'accusé quand il est demandé, jamais sinon, et affichez ceux qui sont reçus.",
      "Give the receipt where it is asked for, never else, and show those that come.",
    ),
    attest: onScreen(
      both(
        "Les accusés reçus sont-ils affichés avec leur courriel ?",
        "Are the receipts that came shown with their mail?",
      ),
    ),
  },
  "MSS-va1.25": {
    help: both(
      "La liste affiche, pour le document joint : titre, type, date, patient, auteur.",
      "The list shows of the joined document: title, type, date, patient, author.",
    ),
    attest: onScreen(both("Ces cinq métadonnées sont-elles dans la liste ?", "Are these five in the list?")),
  },
  "MSS-va1.27": {
    help: both(
      "Si l'INS reçue ne correspond à aucune identité qualifiée : rattachement après comparaison visuelle des traits.",
      "INS received with no qualified identity: attached after a visual comparison of the traits.",
    ),
    attest: onScreen(
      both(
        "La comparaison des traits est-elle affichée avant le rattachement ?",
        "Are the traits compared on the screen before attaching?",
      ),
    ),
  },
  "MSS-va1.28": {
    help: both(
      "Depuis le courriel, un clic affiche le document et un clic le classe dans le dossier.",
      "From the mail one click shows the document and one files it.",
    ),
    attest: onScreen(
      both("Un clic suffit-il pour voir, et un pour classer ?", "Is one click enough to see, and one to file?"),
      both("Vidéo sans coupure", "Video, without a cut"),
    ),
  },
  "SENTINELLE.20": {
    help: both(
      "La réception d'une INS qualifiée déclenche la recherche de l'identité déjà connue.",
      "A qualified INS that comes in makes the software look for the known identity.",
    ),
    attest: onScreen(
      both("L'identité connue est-elle proposée automatiquement ?", "Is the known identity proposed by itself?"),
    ),
  },
  "LGC.MSS-UX.05": {
    help: both(
      "Un courriel qui remplace ou supprime un document intégré est reconnu, et la décision laissée à l'utilisateur.",
      "A mail that replaces or deletes a filed document is recognised, and the user decides.",
    ),
    unchecked: STAGED,
    attest: onScreen(
      both(
        "Le remplacement et la suppression sont-ils proposés et tracés ?",
        "Are replacement and deletion proposed and traced?",
      ),
    ),
  },
  "LGC.MDV.06": {
    help: both(
      "Un document déjà intégré est signalé quand il revient.",
      "A document already filed is said to be when it comes again.",
    ),
    unchecked: STAGED,
    attest: onScreen(
      both("Le second envoi du même document est-il signalé ?", "Is the second sending of a document told?"),
    ),
  },
  "SC.CDA-INT.18": {
    help: both(
      "id, setId et versionNumber permettent de reconnaître le doublon exact, la version plus récente et la version obsolète.",
      "id, setId and versionNumber tell the exact duplicate, the newer version and the obsolete one.",
    ),
    unchecked: STAGED,
    attest: onScreen(both("Les quatre cas sont-ils correctement traités ?", "Are the four cases dealt with?")),
  },
  "SC.CDA-INT.04-.08-.17": {
    help: both(
      "Les documents importés se trient par type et par date, et leur origine est affichée (DMP, MSSanté).",
      "Imported documents sort by type and date, and say where they come from (DMP, MSSanté).",
    ),
    attest: onScreen(both("Le tri et l'origine sont-ils affichés ?", "Are order and origin shown?")),
  },
  "SC.CDA-VISU.01": {
    help: both(
      "Tout CDA est lisible : en-tête, corps de niveau 1, texte de niveau 3.",
      "Every CDA is readable: header, level 1 body, level 3 narrative.",
    ),
    attest: onScreen(both("Un CDA de chaque niveau s'affiche-t-il en entier ?", "Is a CDA of each level shown whole?")),
  },
  "SC.CDA-VISU.03": {
    help: both(
      "Le PDF contenu s'affiche en premier ; un document de niveau 3 et son PDF tiennent sur une ligne.",
      "The PDF inside is shown first; a level 3 and its PDF are on one line.",
    ),
    attest: onScreen(
      both("Le PDF vient-il en premier, et sur une seule ligne ?", "Does the PDF come first, on one line?"),
    ),
  },
  "BIO-va1.01-.05-.06-.08": {
    help: both(
      "Biologie : alertes AA, HH, LL, valeurs hors bornes signalées, unités conservées à l'intégration.",
      "Laboratory: alerts AA, HH, LL, values out of range marked, units kept.",
    ),
    attest: onScreen(
      both(
        "Les alertes et valeurs hors bornes sont-elles visibles dès la liste ?",
        "Are alerts and values out of range visible from the list?",
      ),
    ),
  },
  "ERGO-va1.05-.08": {
    help: both(
      "La liste se trie et se filtre (date, patient, lu, type), toutes boîtes confondues.",
      "The list sorts and filters (date, patient, read, type), all boxes together.",
    ),
    attest: onScreen(
      both(
        "Le tri, les filtres et la liste commune sont-ils disponibles ?",
        "Are order, filters and the common list there?",
      ),
    ),
  },
  "LGC.DMP-UX.10": {
    help: both(
      "Un serveur lent ne bloque pas l'écran ; les professionnels associés sont listés.",
      "A slow server does not block the screen; associated professionals are listed.",
    ),
    unchecked: both(
      "Le serveur peut être lent ; la réactivité du logiciel ne se constate qu'à l'écran.",
      "The server can be slow; whether the screen answers is seen on the screen.",
    ),
    attest: onScreen(
      both("L'écran répond-il pendant qu'un serveur tarde ?", "Does the screen answer while a server is slow?"),
    ),
  },
  "ANN-va1.01-.04": {
    help: both(
      "L'Annuaire Santé alimente utilisateurs et correspondants : RPPS, noms, profession et spécialité, catégorie, adresses.",
      "Annuaire Santé feeds users and correspondents: RPPS, names, profession and specialty, category, addresses.",
    ),
    attest: onPaper(
      both("À quel rythme les données arrivent-elles, et lesquelles ?", "How often do data come, and which?"),
      both("Vidéo, journal des appels, fréquence", "Video, log of calls, frequency"),
    ),
  },
  "ECO.4.1.1": {
    help: both(
      "Chaque boîte a ses traces fonctionnelles : envois et suppressions au moins.",
      "Each box has functional traces: sendings and deletions at least.",
    ),
    attest: onPaper(
      both(
        "Les traces existent-elles par boîte, et combien de temps sont-elles conservées ?",
        "Are there traces for each box, and for how long?",
      ),
      both("Extrait des traces de cette campagne", "Extract of the traces of this run"),
    ),
  },
  "ECO.4.1.2": {
    help: both(
      "Une trace indique l'auteur authentifié, l'heure locale, l'action, la requête et la réponse du serveur, même en cas d'échec ; jamais le contenu.",
      "A trace says the authenticated author, local time, action, request and the server's answer, even on failure; never content.",
    ),
    attest: onPaper(
      both(
        "L'extrait joint est-il celui de cette campagne, et est-il complet ?",
        "Is the extract that is joined that of this run, whole?",
      ),
      both("Extrait des traces, à joindre au rapport", "Extract of the traces, to be judged with the run"),
    ),
  },
  "SC.MSS-UX.37": {
    help: both("L'historique de chaque transmission se consulte.", "The history of each transmission can be read."),
    attest: onScreen(
      both("L'historique affiche-t-il chaque envoi et son issue ?", "Does the history show each sending and its end?"),
    ),
  },
  "trace-20y": {
    help: both(
      "Accès au dossier : 20 ans ; journaux techniques : 6 à 12 mois ; durées réglables.",
      "Record access: 20 years; technical logs: 6 to 12 months; durations are settings.",
    ),
    attest: onPaper(
      both("Les durées sont-elles ainsi réglées ?", "Are the durations so set?"),
      both("Réglages, politique de conservation", "Settings, retention policy"),
    ),
  },
};
