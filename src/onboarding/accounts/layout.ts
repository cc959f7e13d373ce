import { say } from "../text.js";
import type { AccountColumn, AccountLayout, AccountType } from "./types.js";

const PEOPLE: readonly AccountType[] = ["PER", "INT", "MED"];
const SHARED: readonly AccountType[] = ["ORG", "APP"];
const ALL: readonly AccountType[] = ["PER", "ORG", "APP", "INT", "MED"];

const column = (
  field: AccountColumn["field"],
  heading: string,
  format: AccountColumn["format"],
  max: number,
  help: AccountColumn["help"],
  rest: Partial<AccountColumn> = {},
): AccountColumn => ({ field, heading, format, max, help, synonyms: [], ...rest });

/**
 * Our own description of a load file (**inferred**: Mipih's real columns are not public). It is made of what the national directory asks of each type
 * (interfaces.md §7) and of what the guide says of accounts: types, statuses, the link sent now or later.
 */
export const DEFAULT_LAYOUT: AccountLayout = {
  name: "medimail-connector-1",
  sheet: "Comptes",
  columns: [
    column("type", "Type de BAL", "type", 3, say("PER, ORG, APP, INT ou MED", "PER, ORG, APP, INT or MED"), {
      required: ALL,
      synonyms: ["Type", "Type BAL", "Type de boite", "Type de compte"],
    }),
    column("civility", "Civilité", "text", 20, say("M., Mme, Dr, Pr", "M., Mme, Dr, Pr"), {
      synonyms: ["Titre", "Civilité d'exercice"],
      forbidden: SHARED,
    }),
    column("family", "Nom", "text", 100, say("nom d'exercice", "family name used at work"), {
      required: PEOPLE,
      forbidden: SHARED,
      synonyms: ["Nom d'exercice", "Nom de famille", "Nom usuel"],
    }),
    column("given", "Prénom", "text", 100, say("prénom d'exercice", "given name used at work"), {
      required: PEOPLE,
      forbidden: SHARED,
      synonyms: ["Prénom d'exercice"],
    }),
    column("rpps", "N° RPPS", "rpps", 11, say("11 chiffres", "11 digits"), {
      forbidden: SHARED,
      synonyms: ["RPPS", "Numéro RPPS", "Identifiant RPPS", "No RPPS"],
    }),
    column(
      "adeli",
      "N° ADELI",
      "adeli",
      9,
      say("9 caractères ; seulement sans RPPS", "9 characters; only without RPPS"),
      {
        forbidden: SHARED,
        synonyms: ["ADELI", "Numéro ADELI", "No ADELI"],
      },
    ),
    column("profession", "Profession", "text", 100, say("profession", "profession"), {
      forbidden: SHARED,
      synonyms: ["Libellé profession"],
    }),
    column("specialty", "Spécialité", "text", 100, say("spécialité ou savoir-faire", "specialty"), {
      forbidden: SHARED,
      synonyms: ["Savoir-faire", "Libellé savoir-faire"],
    }),
    column(
      "label",
      "Libellé de la BAL",
      "text",
      100,
      say("libellé affiché aux correspondants", "what a correspondent reads"),
      {
        required: SHARED,
        synonyms: ["Libellé", "Nom de la BAL", "Intitulé"],
      },
    ),
    column(
      "description",
      "Description",
      "text",
      75,
      say("75 caractères (annuaire national)", "75 characters (national directory)"),
    ),
    column(
      "responsible",
      "Responsable",
      "text",
      45,
      say("personne responsable de la boîte ; 45 caractères", "who answers for the mailbox; 45 characters"),
      {
        required: SHARED,
        synonyms: ["Responsable de la BAL", "Responsable opérationnel"],
      },
    ),
    column("service", "Service de rattachement", "text", 100, say("service ou unité", "service or unit"), {
      synonyms: ["Service", "Unité"],
    }),
    column(
      "email",
      "Adresse mail de contact",
      "email",
      254,
      say("où le lien de finalisation est envoyé", "where the link is sent"),
      {
        required: PEOPLE,
        synonyms: ["Mail", "E-mail", "Email", "Adresse mail", "Adresse électronique", "Courriel"],
      },
    ),
    column("phone", "Téléphone", "phone", 25, say("téléphone", "telephone"), {
      synonyms: ["Tél", "Numéro de téléphone"],
    }),
    column(
      "address",
      "Adresse MSSanté",
      "mss-address",
      254,
      say("vide : proposée d'après le nom", "empty: proposed from the name"),
      {
        synonyms: ["Adresse BAL", "Adresse de la BAL", "BAL", "Adresse MSS"],
      },
    ),
    column("finess", "N° FINESS", "finess", 9, say("9 caractères", "9 characters"), {
      synonyms: ["FINESS", "Numéro FINESS", "No FINESS", "FINESS géographique"],
    }),
    column("siret", "N° SIRET", "siret", 14, say("14 chiffres", "14 digits"), {
      synonyms: ["SIRET", "Numéro SIRET", "No SIRET"],
    }),
    column("structure", "Structure", "text", 120, say("nom de la structure", "name of the structure"), {
      synonyms: ["Raison sociale", "Établissement", "Nom de la structure"],
    }),
    column(
      "paperless",
      "Dématérialisation",
      "yes-no",
      3,
      say("O : accepte de ne plus recevoir de papier", "O: wants no paper any more"),
      {
        forbidden: ["APP"],
      },
    ),
    column(
      "redList",
      "Liste rouge",
      "yes-no",
      3,
      say("O : non publiée dans l'annuaire", "O: not published in the directory"),
    ),
    column("link", "Envoi du lien", "link", 8, say("IMMEDIAT ou DIFFERE", "IMMEDIAT or DIFFERE"), {
      forbidden: ["APP"],
      synonyms: ["Envoi lien", "Lien de finalisation"],
    }),
    column(
      "status",
      "Statut",
      "status",
      10,
      say(
        "PREINSCRIT, A VALIDER ou VALIDE ; écrit par Medimail",
        "PREINSCRIT, A VALIDER or VALIDE; written by Medimail",
      ),
      {
        synonyms: ["Etat", "Statut du compte"],
      },
    ),
    column(
      "action",
      "Action",
      "action",
      6,
      say("FERMER pour fermer ce compte ; sinon vide", "FERMER to close this account; else empty"),
    ),
  ],
  oneOf: [
    {
      types: ["PER"],
      fields: ["rpps", "adeli"],
      why: say(
        "une boîte PER est publiée à l'annuaire national sous un numéro RPPS ou ADELI",
        "a PER mailbox is published in the national directory under an RPPS or ADELI number",
      ),
    },
    {
      types: SHARED,
      fields: ["finess", "siret"],
      why: say(
        "une boîte ORG ou APP est rattachée à une structure par son FINESS ou son SIRET",
        "an ORG or APP mailbox belongs to a structure, by FINESS or SIRET",
      ),
    },
  ],
};
