/** Directories of MSSanté addresses (ECO.3.1.4): whom a document can be sent to. */

export type { UpdateOptions, UpdateReport } from "./extraction/download.js";
export { EXTRACTION_URL, updateExtraction } from "./extraction/download.js";
export type { ImportExtractionOptions } from "./extraction/import.js";
export { importExtraction } from "./extraction/import.js";
export type { ExtractionLimits } from "./extraction/limits.js";
export { EXTRACTION_LIMITS } from "./extraction/limits.js";
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
export type { ImportEntriesOptions, ImportOptions, ImportProgress, ImportReport, Malformed } from "./import.js";
export { importEntries } from "./import.js";
export { LazyIndex } from "./lazy-index.js";
export { LdapDirectory, type LdapDirectoryOptions, type LdapLimits } from "./ldap/directory.js";
export { DEFAULT_ATTRIBUTES, type LdapAttributes } from "./ldap/entries.js";
export {
  Directories,
  type DirectoriesOptions,
  type FindOptions,
  type MergedAnswer,
  type MergedEntry,
  mergeDirectories,
  type SourceFailure,
} from "./merged.js";
export type { DirectoryIndex, DirectoryIndexOptions } from "./open.js";
export { openDirectoryIndex } from "./open.js";
export { ANNUAIRE_REQUESTS_PER_SECOND, RequestRate, sharedRate } from "./rate.js";
export type { RegionalCharset } from "./regional/charset.js";
export { folderDeposit } from "./regional/folder.js";
export { type SftpOptions, sftpDeposit } from "./regional/sftp.js";
export type { Deposit, DepositedFile, RegionalLimits, RegionalProfile } from "./regional/types.js";
export { type RegionalUpdate, type UpdateRegionalOptions, updateRegional } from "./regional/update.js";
export { RecipientError, recipientError, type UnresolvedRecipient } from "./resolve/error.js";
export { identityOfRecipient } from "./resolve/from-cda.js";
export { type Resolver, resolveRecipient, type TrustSpaceCheck } from "./resolve/resolve.js";
export type {
  AddressIdentity,
  Candidate,
  PatientIdentity,
  RecipientIdentity,
  Resolution,
  ResolveOptions,
  ResolveReason,
} from "./resolve/types.js";
export type { DeltaCounts, DeltaEntry, DeltaKind } from "./store/delta.js";
export { directoryDelta } from "./store/delta.js";
export type { IndexInfo } from "./store/reader.js";
export { fold, nameWords } from "./words.js";
