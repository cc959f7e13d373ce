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
  const all = ca.flatMap((file) => read(typeof file === "string" ? Buffer.from(file) : file));
  if (all.length === 0)
    throw new MedimailError("config_invalid", "no certificate authority is given", {
      path: "tls.ca",
      requirement: "ECO.1.1.10",
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

function read(bytes: Uint8Array): Certificate[] {
  try {
    return readCertificates(bytes);
  } catch (cause) {
    throw new MedimailError("config_invalid", "an authority is not a certificate", { path: "tls.ca", cause });
  }
}
