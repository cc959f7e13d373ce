import { type KeyObject, verify } from "node:crypto";

/** Algorithms of a list's or an answer's signature. SHA-1 is left out: a collision would let one be forged. RSASSA-PSS is not read. */
const HASHES: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

export function isSigned(algorithm: string, content: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  const hash = HASHES[algorithm];
  const isEc = algorithm.startsWith("1.2.840.10045.");
  if (hash === undefined || key.asymmetricKeyType !== (isEc ? "ec" : "rsa")) return false;
  try {
    return verify(hash, content, key, signature);
  } catch {
    return false;
  }
}
