/** Directories of MSSanté addresses (ECO.3.1.4): whom a document can be sent to. */
export {
  FhirClient,
  type FhirClientOptions,
  type FhirLimits,
  type FhirPage,
  type FhirSearchOptions,
} from "./fhir/client.js";
export { FhirDirectory, type FhirDirectoryOptions } from "./fhir/directory.js";
export type {
  FhirDate,
  FhirReference,
  FhirResourceType,
  FhirSearches,
  FhirText,
  FhirToken,
  OrganizationParameters,
  PractitionerParameters,
  PractitionerRoleParameters,
} from "./fhir/parameters.js";
export { LdapDirectory, type LdapDirectoryOptions, type LdapLimits } from "./ldap/directory.js";
export { DEFAULT_ATTRIBUTES, type LdapAttributes } from "./ldap/entries.js";
export { ANNUAIRE_REQUESTS_PER_SECOND, RequestRate, sharedRate } from "./rate.js";
