/** Names of the Annuaire Santé (interfaces.md §4a). */

export const ANNUAIRE_URL = "https://gateway.api.esante.gouv.fr/fhir/v2";
/** The only place of the key. */
export const KEY_HEADER = "ESANTE-API-KEY";

/** Says what kind of mail address a telecom is; only `MSSANTE` is a mailbox of the trust space. */
export const EMAIL_TYPE = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type";
export const MSSANTE = "MSSANTE";
/** Type, description, service, red list and paperless of a mailbox. */
export const MAILBOX =
  "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata";

export const IDNPS = "urn:oid:1.2.250.1.71.4.2.1";
export const RPPS = "https://rpps.esante.gouv.fr";
export const IDNST = "urn:oid:1.2.250.1.71.4.2.2";
export const FINESS = "https://finess.esante.gouv.fr";
export const SIRET = /siret/i;

/** Parts of the URLs of the nomenclatures: the rest differs between versions of the server. */
export const PROFESSION = /TRE_G15-/;
export const CATEGORY = /TRE_R09-/;
export const SPECIALTY = /TRE_R38-/;
