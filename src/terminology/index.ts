export type { ConfidentialityCode } from "./confidentiality.js";
export {
  CONFIDENTIALITY_SYSTEM,
  confidentialityCodes,
  isConfidentialityCode,
  VISIBILITY_SYSTEM,
} from "./confidentiality.js";
export { contentType, contentTypes } from "./content-types.js";
export type { TableCode } from "./document-types.js";
export {
  CLASS_CODE_SYSTEM,
  classLabel,
  classOfType,
  documentTypeLabel,
  LOINC,
  OTHER_DOCUMENT_TYPES,
} from "./document-types.js";
export type { FormatCode } from "./formats.js";
export { formatOfTemplate, formatsOfTemplate, OTHER_FORMAT, PDF_FORMAT } from "./formats.js";
export type { IntegrationErrorCode } from "./integration-errors.js";
export { integrationErrorLabel, integrationErrors } from "./integration-errors.js";
export { facilityLabel, practiceLabel } from "./settings.js";
export type { TableVersion } from "./versions.js";
export { terminologyVersions } from "./versions.js";
