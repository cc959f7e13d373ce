import { checkServerIdentity, DEFAULT_CIPHERS, type PeerCertificate } from "node:tls";

/** For TLS that is not the operator's (his is held to ECO.1.1.3): as Node 24 has it by itself, keys and signatures of 112 bits at least (RSA 2048). */
export const LEAST_TLS = { minVersion: "TLSv1.2", ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=2` } as const;

/** Node takes the CN where a certificate has no name of its own; ours are held to RFC 9525 §6.3, as an operator's are. */
export function byItsNames(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname) return checkServerIdentity(host, certificate);
  return Object.assign(new Error("the certificate has no alternative name"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}
