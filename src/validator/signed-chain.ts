import { X509Certificate } from "node:crypto";

const MAX_DEPTH = 8;

/**
 * Whether a certificate comes from one of these authorities, by signatures and dates. What it may be used for is not asked: publishers sign with
 * what they have.
 *
 * @param at when it was signed; default: now
 */
export function chainTo(chain: readonly string[], ca: readonly string[], at?: string): boolean {
  const [leaf, ...others] = chain.map((pem) => new X509Certificate(pem));
  const anchors = ca.flatMap(certificatesOf);
  const time = at === undefined ? Date.now() : Date.parse(at);
  const inTime = (one: X509Certificate) => Date.parse(one.validFrom) <= time && time <= Date.parse(one.validTo);
  let current = leaf;
  for (let depth = 0; current && depth < MAX_DEPTH; depth += 1) {
    const { fingerprint256 } = current;
    if (!inTime(current)) return false;
    if (anchors.some((anchor) => anchor.fingerprint256 === fingerprint256)) return true;
    current = [...anchors, ...others].find(
      (one) =>
        one.ca && one.fingerprint256 !== fingerprint256 && current?.checkIssued(one) && current.verify(one.publicKey),
    );
  }
  return false;
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
