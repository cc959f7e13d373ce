/** Whether a server may be spoken to: TLS profile, chain, name. Revocation and the white list come here later. */
export { CIPHER_SUITES, cipherList } from "./profile.js";
export { tlsError } from "./tls-error.js";
export type { TlsVerifierOptions } from "./verifier.js";
export { createTlsVerifier } from "./verifier.js";
