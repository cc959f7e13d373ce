import { say } from "../text.js";
import type { Template } from "./types.js";

/** Entry of the GDPR register, article 30.1 (guide, part 4: RGPD; `rac-rgpd`). A proposal: the data protection officer decides. */
export const REGISTER: Template = {
  name: "register",
  title: say(
    "Registre des activités de traitement : messagerie sécurisée de santé",
    "Record of processing activities: secure health mail",
  ),
  purpose: say("fiche du registre RGPD, à compléter", "entry of the GDPR register, to complete"),
  advice: say(
    "Proposition de medimail-connector : les durées indiquées pour le connecteur sont ses réglages par défaut, à corriger s'ils ont été modifiés.",
    "A proposal of medimail-connector: the connector's durations are its defaults, to be corrected where they were changed.",
  ),
  defaults: {
    outboxRetention: say("7 jours après la fin de l'envoi", "7 days after the sending has ended"),
    traceRetention: say("183 jours", "183 days"),
  },
  blocks: [
    {
      kind: "table",
      caption: say("Fiche du traitement (RGPD, article 30)", "Entry (GDPR, article 30)"),
      headings: say("Rubrique|Contenu", "Heading|Content"),
      rows: [
        [
          say("Responsable du traitement", "Controller"),
          say("{structure}, {address}, FINESS {finess}", "{structure}, {address}, FINESS {finess}"),
        ],
        [say("Représentant", "Represented by"), say("{controller}", "{controller}")],
        [say("Délégué à la protection des données", "Data protection officer"), say("{dpo}", "{dpo}")],
        [say("Date de création de la fiche", "Date of the entry"), say("{date}", "{date}")],
        [
          say("Finalités", "Purposes"),
          say(
            "Échanger des données de santé entre professionnels de la prise en charge ; transmettre ses documents à l'usager (Mon espace santé) ; recevoir les documents des correspondants et les classer ; prouver l'envoi, la remise et la lecture.",
            "Exchange health data between the professionals of the care; give users their documents (Mon espace santé); receive documents of correspondents and file them; prove sending, delivery and reading.",
          ),
        ],
        [
          say("Base légale", "Legal basis"),
          say(
            "Mission d'intérêt public ou obligation légale (RGPD, article 6.1.e ou 6.1.c) ; données de santé : article 9.2.h ; échange entre professionnels : article L. 1110-4 du code de la santé publique. À confirmer par le délégué.",
            "Task in the public interest or legal duty (GDPR, article 6.1.e or 6.1.c); health data: article 9.2.h; exchange between professionals: article L. 1110-4 of the French public health code. To be confirmed by the officer.",
          ),
        ],
        [
          say("Personnes concernées", "Persons"),
          say(
            "Patients ou usagers ; professionnels expéditeurs ou destinataires ; utilisateurs des boîtes.",
            "Patients or users; professionals who write or receive; users of the mailboxes.",
          ),
        ],
        [
          say("Catégories de données", "Categories of data"),
          say(
            "Identité du patient (traits et INS qualifiée) ; documents de santé et leurs métadonnées ; identité et adresse MSSanté des professionnels (RPPS, structure) ; accusés ; traces fonctionnelles sans contenu.",
            "Identity of the patient (traits and qualified INS); health documents and their metadata; identity and MSSanté address of professionals (RPPS, structure); receipts; functional traces without content.",
          ),
        ],
        [
          say("Destinataires", "Recipients"),
          say(
            "Professionnels de l'équipe de soins, dans l'espace de confiance MSSanté ; l'usager lui-même.",
            "Professionals of the care team, in the trust space of MSSanté; the user himself.",
          ),
        ],
        [
          say("Sous-traitants", "Processors"),
          say(
            "Mipih, opérateur de Medimail (convention signée) ; {publisher}, éditeur de {software} ; {host}.",
            "Mipih, operator of Medimail (signed agreement); {publisher}, publisher of {software}; {host}.",
          ),
        ],
        [say("Transferts hors de l'Union européenne", "Transfers outside the European Union"), say("Aucun.", "None.")],
        [
          say("Durées de conservation", "How long"),
          say(
            "Courriels dans les boîtes : {retention}. Contenu dans la boîte d'envoi du connecteur : {outboxRetention}. Traces fonctionnelles : {traceRetention} (recommandation : 6 mois). Documents classés : durée du dossier du patient.",
            "Mails in the mailboxes: {retention}. Content in the connector's outbox: {outboxRetention}. Functional traces: {traceRetention} (recommended: 6 months). Filed documents: as long as the patient's record.",
          ),
        ],
        [
          say("Sécurité", "Security"),
          say(
            "STARTTLS obligatoire (TLS 1.2 ou supérieur) et certificats IGC-Santé contrôlés ; authentification par certificat de la structure ou par Pro Santé Connect ; destinataires limités à la liste blanche MSSanté ; contenu chiffré au repos si une clé est donnée au connecteur ; traces non modifiables ; aucune donnée de santé dans les journaux techniques.",
            "Mandatory STARTTLS (TLS 1.2 or later) and checked IGC-Santé certificates; authentication by the structure's certificate or by Pro Santé Connect; recipients held to the white list of MSSanté; content encrypted at rest where the connector is given a key; traces that cannot be changed; no health data in technical logs.",
          ),
        ],
        [
          say("Information et droits des personnes", "Information and rights"),
          say(
            "Affiche et livret d'accueil ; opposition aux envois entre professionnels ou à l'usager, enregistrée dans le logiciel ; demandes : {dpo}.",
            "Poster and welcome booklet; objection to mails between professionals or to the user, recorded in the software; requests: {dpo}.",
          ),
        ],
        [
          say("Analyse d'impact", "Impact assessment"),
          say(
            "À décider avec le délégué : données de santé à grande échelle, personnes vulnérables (RGPD, article 35).",
            "To be decided with the officer: health data on a large scale, vulnerable persons (GDPR, article 35).",
          ),
        ],
      ],
    },
  ],
};
