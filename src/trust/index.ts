/** Whether a server may be spoken to (TLS profile, chain, name), and who may be written to (white list of domains). */
export { type Authorities, readAuthorities } from "./authorities.js";
export { Certificate } from "./certificates/certificate.js";
export {
  CERTIFICATE_CHECKS,
  type CertificateCheck,
  type CertificateCheckId,
  checkCertificate,
} from "./certificates/chain.js";
export { readCertificates } from "./certificates/read.js";
export { type ExaminedCertificate, type ExaminedCheck, examineCertificate } from "./examine.js";
export { CIPHER_SUITES, cipherList } from "./profile.js";
export { RevocationChecker, type RevocationOptions, type RevocationStatus } from "./revocation/checker.js";
export type { TlsVerifierOptions } from "./verifier.js";
export { createTlsVerifier } from "./verifier.js";
export {
  type DomainOperator,
  type DomainVerdict,
  domainName,
  operatorOf,
  readWhiteList,
  type UpdateResult,
  WHITE_LIST_URL,
  WhiteList,
  type WhiteListOptions,
  type WhiteListStatus,
} from "./white-list/index.js";
