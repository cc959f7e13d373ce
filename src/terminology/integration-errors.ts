/** Why a recipient's software refused a document (ANS guide of reception by MSSanté v1.1.3, tables 900-906). */
export type IntegrationErrorCode = "900" | "901" | "902" | "903" | "904" | "905" | "906";

/** The application codes of a negative receipt, with our French label of each. */
export const integrationErrors: Readonly<Record<IntegrationErrorCode, string>> = {
  "900": "Version du document incorrecte",
  "901": "Auteur non autorisé",
  "902": "Patient inconnu",
  "903": "INS absent du document",
  "904": "INS différent de celui du destinataire",
  "905": "INS incomplet",
  "906": "Autre erreur",
};

/** The label of an application code; undefined for a code outside of 900-906. */
export function integrationErrorLabel(code: string): string | undefined {
  return Object.hasOwn(integrationErrors, code) ? integrationErrors[code as IntegrationErrorCode] : undefined;
}
