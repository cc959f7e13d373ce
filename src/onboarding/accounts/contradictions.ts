import { isPatientDomain } from "../../identity/index.js";
import type { Bilingual } from "../text.js";
import { say } from "../text.js";
import { folded } from "./fold.js";
import type { Account, AccountField, AccountType } from "./types.js";

export interface Contradiction {
  severity: "error" | "warning";
  code: "contradiction" | "stray-domain";
  field: AccountField;
  message: Bilingual;
}

/** What one row says against itself, or against the structure. Each value may be right by itself. */
export function contradictions(
  account: Account,
  type: AccountType | undefined,
  domain: string | undefined,
): Contradiction[] {
  const found: Contradiction[] = [];
  const tell = (
    severity: Contradiction["severity"],
    field: AccountField,
    message: Bilingual,
    code: Contradiction["code"] = "contradiction",
  ) => found.push({ severity, code, field, message });
  const { rpps, adeli, address, email, status, action, link, redList, responsible, finess, siret } = account;
  if (rpps && adeli)
    tell(
      "warning",
      "adeli",
      say(
        "numéro ADELI en plus du RPPS : le RPPS l'a remplacé",
        "an ADELI number beside an RPPS: the RPPS has replaced it",
      ),
    );
  if (address && isPatientDomain(address))
    tell(
      "error",
      "address",
      say("patient.mssante.fr est le domaine des usagers", "patient.mssante.fr is the domain of the patients"),
    );
  else if (address && domain && !address.toLowerCase().endsWith(`@${domain.toLowerCase()}`))
    tell(
      "warning",
      "address",
      say(`adresse hors du domaine de la structure (${domain})`, `not of the structure's domain (${domain})`),
      "stray-domain",
    );
  if (email && /\.mssante\.fr$/i.test(email))
    tell(
      "error",
      "email",
      say(
        "le lien de finalisation ne peut pas arriver dans une boîte MSSanté qui n'est pas encore ouverte : indiquez une adresse de courriel ordinaire",
        "the link cannot arrive in an MSSanté mailbox that is not open yet: give an ordinary address",
      ),
    );
  if (folded(status ?? "") === "valide" && link)
    tell(
      "warning",
      "link",
      say("le compte est VALIDE : il n'y a plus de lien à envoyer", "the account is VALIDE: no link to send any more"),
    );
  if (folded(action ?? "") === "fermer" && !address)
    tell(
      "error",
      "action",
      say("FERMER nécessite l'adresse du compte à fermer", "FERMER needs the address of the account to close"),
    );
  if (folded(redList ?? "").startsWith("o") && (type === "INT" || type === "MED"))
    tell(
      "warning",
      "redList",
      say(
        `une boîte ${type} ne figure pas dans l'annuaire national (déduit)`,
        `a ${type} mailbox is not in the national directory (inferred)`,
      ),
    );
  if (type === "PER" && responsible)
    tell(
      "warning",
      "responsible",
      say(
        "une boîte personnelle n'a pas de responsable : s'agit-il d'une boîte ORG ?",
        "a personal mailbox has no responsible person: ORG?",
      ),
    );
  if (finess && siret && folded(finess) === folded(siret))
    tell("error", "siret", say("le FINESS et le SIRET sont identiques", "FINESS and SIRET are the same"));
  return found;
}
