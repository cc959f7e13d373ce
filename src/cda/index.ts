/**
 * The header of a CDA R2 document, and a PDF wrapped as one (level 1, minimal French structure). Pure: bytes in, bytes out.
 */
export { frenchProblems } from "./french-rules.js";
export { frenchTime } from "./french-time.js";
export { inspectCda } from "./inspect.js";
export { hasQualifier } from "./names.js";
export { type CdaTree, type ReadCdaOptions, readCda, readCdaTree } from "./read.js";
export { readSectionParties } from "./read-parties.js";
export { cdaHeaderInputSchema } from "./schema.js";
export type {
  Address,
  Author,
  Cda,
  CdaBody,
  CdaHeader,
  CdaHeaderInput,
  CdaLimits,
  Code,
  Consent,
  Encounter,
  Id,
  LegalAuthenticator,
  Order,
  Organization,
  Party,
  Patient,
  PatientName,
  Performer,
  PersonName,
  Recipient,
  ServiceEvent,
  Telecom,
  Translation,
} from "./types.js";
export { type WrapPdfOptions, wrapPdf } from "./wrap.js";
