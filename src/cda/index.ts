/**
 * The header of a CDA R2 document, and a PDF wrapped as one (level 1, minimal French structure). Pure: bytes in, bytes out.
 */
export { inspectCda } from "./inspect.js";
export { type ReadCdaOptions, readCda } from "./read.js";
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
  Encounter,
  Id,
  LegalAuthenticator,
  Organization,
  Patient,
  PatientName,
  PersonName,
  Recipient,
  ServiceEvent,
  Telecom,
} from "./types.js";
export { type WrapPdfOptions, wrapPdf } from "./wrap.js";
