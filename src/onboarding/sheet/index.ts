export { type CertificateFacts, type CertificateHolder, certificateFacts } from "./certificate.js";
export { type DeclaredFacts, sheetInput, sheetVolumes } from "./input.js";
export {
  CERTIFICATE_ORDER,
  type Certainty,
  type CertificateStep,
  certificateRenewal,
  type RenewalStep,
} from "./order.js";
export { certificatePaper, sheetToHtml, sheetToJson, sheetToMarkdown } from "./render.js";
export { CONTACT_LABELS, technicalSheet } from "./sheet.js";
export {
  CONTACT_ROLES,
  type ContactRole,
  type SheetFinding,
  type SheetInput,
  type SheetRow,
  type SheetSection,
  type SheetSource,
  type SheetVolumes,
  type TechnicalSheet,
} from "./types.js";
