import { say } from "../text.js";
import type { Template, TemplateBlock } from "./types.js";

const RIGHTS: readonly TemplateBlock[] = [
  { kind: "heading", text: say("Vos droits", "Your rights") },
  {
    kind: "list",
    items: [
      say(
        "Vous pouvez vous opposer à ce que vos documents soient envoyés par messagerie sécurisée aux professionnels, ou à vous-même : signalez-le à l'équipe qui vous prend en charge.",
        "You may object to your documents being sent by secure mail to professionals, or to yourself: tell the team that cares for you.",
      ),
      say(
        "Vous pouvez demander l'accès aux données qui vous concernent, leur rectification ou la limitation de leur utilisation : {dpo}.",
        "You may ask to see the data about you, to have them corrected, to limit their use: {dpo}.",
      ),
      say(
        "Si la réponse ne vous convient pas, vous pouvez saisir la CNIL (www.cnil.fr).",
        "If the answer does not satisfy you, you may turn to the CNIL (www.cnil.fr).",
      ),
    ],
  },
];

const LAW = say(
  "Information donnée au titre des articles 13 et 14 du RGPD et de la loi du 6 janvier 1978 modifiée.",
  "Information given under articles 13 and 14 of the GDPR and the French act of 6 January 1978 as amended.",
);

const ADVICE = say(
  "À faire relire par votre délégué à la protection des données. Le guide de raccordement cite l'article 32 de la loi de 1978 ; nous citons le RGPD, dont les articles 13 et 14 portent aujourd'hui cette obligation.",
  "To be read over by your data protection officer. The guide of connection names article 32 of the act of 1978; we name the GDPR, whose articles 13 and 14 have that duty today.",
);

/** The poster (guide, part 4: note d'information patient/usager, affichage; `rac-rgpd`). */
export const NOTICE: Template = {
  name: "notice",
  title: say(
    "Vos documents de santé circulent par une messagerie sécurisée",
    "Your health documents travel by a secure mail",
  ),
  purpose: say("affiche pour les patients et usagers", "poster for patients and users"),
  advice: ADVICE,
  blocks: [
    {
      kind: "paragraph",
      line: say(
        "{structure} utilise Medimail, une messagerie sécurisée de santé (MSSanté), pour transmettre vos comptes rendus, résultats et ordonnances.",
        "{structure} uses Medimail, a secure health mail (MSSanté), to pass on your reports, results and prescriptions.",
      ),
    },
    { kind: "heading", text: say("À qui ?", "To whom?") },
    {
      kind: "list",
      items: [
        say(
          "Aux professionnels qui vous prennent en charge : votre médecin traitant, ceux qui poursuivent vos soins.",
          "To the professionals who care for you: your family doctor, those who take over.",
        ),
        say(
          "À vous, dans la messagerie de Mon espace santé, si vous l'avez ouvert et ne vous y opposez pas.",
          "To you, in the mailbox of Mon espace santé, if you have opened it and do not object.",
        ),
      ],
    },
    ...RIGHTS,
    { kind: "paragraph", line: say("{structure}, {address}", "{structure}, {address}") },
    { kind: "note", line: LAW },
  ],
};

/** The same for a welcome booklet, with what a person who reads on wants to know. */
export const BOOKLET: Template = {
  name: "booklet",
  title: say("La messagerie sécurisée de santé", "Secure health mail"),
  purpose: say("pages du livret d'accueil", "pages of the welcome booklet"),
  advice: ADVICE,
  blocks: [
    {
      kind: "paragraph",
      line: say(
        "Pour que les professionnels qui vous prennent en charge disposent de vos documents à temps, {structure} les leur envoie par Medimail, une messagerie réservée aux acteurs de santé (MSSanté). Seules des adresses contrôlées peuvent y correspondre ; les courriels y circulent chiffrés.",
        "So that those who care for you have your documents in time, {structure} sends them by Medimail, a mail kept for those who work in health (MSSanté). Only checked addresses write to each other there; mails travel encrypted.",
      ),
    },
    { kind: "heading", text: say("Ce qui est envoyé, et à qui", "What is sent, and to whom") },
    {
      kind: "list",
      items: [
        say(
          "Ce qui est utile à vos soins : comptes rendus, résultats d'examens, ordonnances, lettres de liaison.",
          "What your care needs: reports, results, prescriptions, discharge letters.",
        ),
        say(
          "Aux professionnels de votre équipe de soins, et à vous-même dans la messagerie de Mon espace santé.",
          "To the professionals of your care team, and to yourself in the mailbox of Mon espace santé.",
        ),
        say(
          "Avec votre identité et, si elle a été vérifiée, votre identité nationale de santé (INS), pour que le document rejoigne le bon dossier.",
          "With your identity and, where it was verified, your national health identity (INS), so that the document joins the right record.",
        ),
      ],
    },
    { kind: "heading", text: say("Qui est responsable", "Who answers for it") },
    {
      kind: "paragraph",
      line: say(
        "Responsable du traitement : {structure} (représentant légal : {controller}). Opérateur de la messagerie : Mipih (Medimail). Base légale : la mission de soins de l'établissement (RGPD, article 6.1.e, et article 9.2.h pour les données de santé). Les courriels sont conservés {retention} ; aucune donnée n'est vendue ni envoyée hors de l'Union européenne.",
        "Controller: {structure}, represented by {controller}. Operator of the mail: Mipih (Medimail). Legal basis: the structure's task of care (GDPR, article 6.1.e, and article 9.2.h for health data). Mails are kept {retention}; no data are sold or sent outside the European Union.",
      ),
    },
    ...RIGHTS,
    { kind: "note", line: LAW },
  ],
};
