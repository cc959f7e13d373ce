import { MedimailError } from "../errors.js";
import type { Certificate } from "./certificates/certificate.js";
import { igcAuthority } from "./certificates/igc-sante.js";
import { readCertificates } from "./certificates/read.js";

/** The authorities that the publisher of the software has chosen. */
export interface Authorities {
  /** Self-signed: where a chain may end. */
  anchors: readonly Certificate[];
  /** Those between. */
  pool: readonly Certificate[];
  /** All, for OpenSSL. */
  pem: string[];
}

/**
 * Reads the files of `tls.ca`: PEM, DER or PKCS#7. Those of IGC-Santé are all of the test or all of the production: a configuration
 * that has both would let a certificate of the test, which anybody may ask for, vouch for a server of the production.
 *
 * @throws config_invalid
 */
export function readAuthorities(ca: readonly (string | Uint8Array)[]): Authorities {
  const all = ca.flatMap((file, index) => read(typeof file === "string" ? Buffer.from(file) : file, index));
  if (all.length === 0)
    throw new MedimailError("config_invalid", "no certificate authority is given", {
      path: "tls.ca",
      requirement: "ECO.1.1.10",
      hint: "Name the files of the IGC-Santé's authorities in tls.ca of the configuration.",
    });
  const environments = new Set(all.flatMap((one) => igcAuthority(one)?.environment ?? []));
  if (environments.size > 1)
    throw new MedimailError("config_invalid", "tls.ca mixes test and production authorities of IGC-Santé", {
      path: "tls.ca",
      requirement: "ECO.1.1.10",
      hint: "Keep a configuration for each.",
    });
  return {
    anchors: all.filter(({ isSelfIssued }) => isSelfIssued),
    pool: all.filter(({ isSelfIssued }) => !isSelfIssued),
    pem: all.map(({ x509 }) => x509.toString()),
  };
}

function read(bytes: Uint8Array, index: number): Certificate[] {
  try {
    return readCertificates(bytes);
  } catch (cause) {
    const path = `tls.ca[${index}]`;
    throw new MedimailError("config_invalid", `${path} is not a certificate (PEM, DER or PKCS#7)`, { path, cause });
  }
}
