import { say } from "../text.js";
import type { Template } from "./types.js";

/** What goes under the letters and ordinary mails of the structure (guide, part 4, "Communiquer": bas de page). */
export const FOOTER: Template = {
  name: "footer",
  title: say("Bas de page", "Footer"),
  purpose: say(
    "sous les courriers et les courriels ordinaires, pour dire aux correspondants où écrire",
    "under letters and ordinary mails, to tell correspondents where to write",
  ),
  bare: true,
  blocks: [
    {
      kind: "paragraph",
      line: say(
        "{structure} échange les documents de santé par messagerie sécurisée MSSanté (Medimail). Professionnels : écrivez à {mailbox} depuis votre propre boîte MSSanté, quel que soit votre opérateur.",
        "{structure} exchanges health documents by secure MSSanté mail (Medimail). Professionals: write to {mailbox} from your own MSSanté mailbox, whoever your operator is.",
      ),
    },
    {
      kind: "paragraph",
      line: say(
        "Merci de ne jamais envoyer de données de santé par une messagerie ordinaire.",
        "Please never send health data by ordinary mail.",
      ),
    },
  ],
};

/** The banner under a signature (guide, part 4: bandeau de signature). */
export const BANNER: Template = {
  name: "banner",
  title: say("Bandeau de signature", "Signature banner"),
  purpose: say(
    "sous la signature des courriels ; aussi l'option `banner` du connecteur",
    "under the signature of mails; also the option `banner` of the connector",
  ),
  bare: true,
  blocks: [
    { kind: "paragraph", line: say("{structure} — {service}", "{structure} — {service}") },
    {
      kind: "paragraph",
      line: say(
        "Messagerie sécurisée de santé MSSanté (Medimail) : {mailbox}",
        "Secure health mail MSSanté (Medimail): {mailbox}",
      ),
    },
  ],
};

/** To those who write to the structure. */
export const CORRESPONDENTS: Template = {
  name: "correspondents",
  title: say(
    "Nos documents de santé vous parviennent désormais par MSSanté",
    "Our health documents now reach you by MSSanté",
  ),
  purpose: say(
    "courriel ou lettre aux correspondants : ce qui change, et ce qu'ils ont à faire",
    "mail or letter to correspondents: what changes, and what they have to do",
  ),
  blocks: [
    { kind: "paragraph", line: say("Chère consœur, cher confrère,", "Dear colleague,") },
    {
      kind: "paragraph",
      line: say(
        "À partir du {date}, {structure} envoie ses documents de santé par messagerie sécurisée MSSanté, avec l'opérateur Medimail. Les boîtes de l'établissement sont dans le domaine {domain} ; celle qui vous écrira le plus souvent est {mailbox}.",
        "From {date} on, {structure} sends its health documents by secure MSSanté mail, with the operator Medimail. Its mailboxes are in the domain {domain}; the one that will write to you most often is {mailbox}.",
      ),
    },
    { kind: "heading", text: say("Ce que vous recevez", "What you receive") },
    {
      kind: "paragraph",
      line: say(
        "Un courriel par patient et par envoi : le document en PDF, lisible tel quel, et une archive (IHE_XDM.ZIP) que votre logiciel classe dans le dossier du patient.",
        "One mail for each patient and sending: the document as a PDF, readable as it is, and an archive (IHE_XDM.ZIP) that your software files in the patient's record.",
      ),
    },
    { kind: "heading", text: say("Ce que nous vous demandons", "What we ask of you") },
    {
      kind: "list",
      items: [
        say(
          "Disposer d'une boîte MSSanté, chez l'opérateur de votre choix, et la consulter régulièrement.",
          "Have a MSSanté mailbox, with any operator, and read it.",
        ),
        say(
          "Vérifier que votre adresse est publiée dans l'Annuaire Santé : c'est là que nous la recherchons.",
          "Check that your address is published in Annuaire Santé: there we look for it.",
        ),
        say(
          "Si vous acceptez de ne plus recevoir de papier, l'indiquer dans votre fiche de l'Annuaire Santé (dématérialisation) ou en réponse à ce courriel.",
          "If you want no paper any more, say so in your entry of the directory (dématérialisation), or in answer to this mail.",
        ),
        say(
          "Laisser votre logiciel envoyer les accusés de lecture et d'intégration : nous saurons ainsi que le document est arrivé.",
          "Let your software acknowledge reception and filing: so we know that the document has arrived.",
        ),
      ],
    },
    {
      kind: "paragraph",
      line: say(
        "Une question ? {referent}, {phone}. Nous vous écrivons par MSSanté : répondez-nous de même, et n'envoyez pas de données de santé par une messagerie ordinaire.",
        "A question? {referent}, {phone}. We write to you by MSSanté: answer the same way, and send no health data by ordinary mail.",
      ),
    },
    { kind: "paragraph", line: say("Bien confraternellement,", "Yours sincerely,") },
    { kind: "paragraph", line: say("{structure}, {address}", "{structure}, {address}") },
  ],
};
