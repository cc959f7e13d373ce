import type { KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { MedimailError } from "../../errors.js";
import { SERVER_HINT } from "../../tls-error.js";
import { type Certificate, EXT_KEY_USAGE } from "./certificate.js";
import { igcAuthority, MSSANTE_RANGE } from "./igc-sante.js";
import { namesAllowed } from "./name-constraints.js";

/** The checks of a certificate, in the order in which they are made. */
export const CERTIFICATE_CHECKS = [
  "chain",
  "validity",
  "authority",
  "path-length",
  "key-usage",
  "extended-key-usage",
  "name-constraints",
  "critical-extensions",
  "algorithm",
  "range",
  "environment",
  "name",
] as const;
export type CertificateCheckId = (typeof CERTIFICATE_CHECKS)[number];

export interface CertificateCheck {
  id: CertificateCheckId;
  ok: boolean;
  /** What was seen: names, dates, usages. */
  seen: string;
}

export interface ChainOptions {
  /** Certificates that may stand between: sent by the server, or of files. */
  pool: readonly Certificate[];
  /** Self-signed authorities that are trusted. */
  anchors: readonly Certificate[];
  at: Date;
  /** Default `server`. */
  purpose?: "server" | "client";
  /** The name that a server's certificate must have. */
  host?: string;
}

const MAX_DEPTH = 6;
const MAX_TRIES = 200;

/** From a certificate to a trusted root, by name, key identifier and signature; undefined where there is no way. */
export function buildChain(leaf: Certificate, { pool, anchors }: ChainOptions): Certificate[] | undefined {
  let tries = 0;
  const search = (chain: Certificate[]): Certificate[] | undefined => {
    const last = chain.at(-1) as Certificate;
    if (anchors.some(({ fingerprint }) => fingerprint === last.fingerprint)) return chain;
    if (chain.length >= MAX_DEPTH) return undefined;
    for (const next of [...anchors, ...pool]) {
      if (chain.some(({ fingerprint }) => fingerprint === next.fingerprint)) continue;
      if (next.x509.subject !== last.x509.issuer) continue;
      // Signatures cost: a pool full of namesakes must not take the processor.
      tries += 1;
      if (tries > MAX_TRIES) return undefined;
      const found = last.isIssuedBy(next) ? search([...chain, next]) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  return search([leaf]);
}

/** Every check of a certificate, one by one; where there is no chain, those that need it are left out. */
export function checkCertificate(
  leaf: Certificate,
  options: ChainOptions,
): { checks: CertificateCheck[]; chain: Certificate[] | undefined } {
  const { at, purpose = "server", host } = options;
  const chain = buildChain(leaf, options);
  const whole = chain ?? [leaf];
  const authorities = whole.slice(1);
  const checks: CertificateCheck[] = [];
  const add = (id: CertificateCheckId, ok: boolean, seen: string) => void checks.push({ id, ok, seen });

  add("chain", chain !== undefined, chain ? chain.map(({ name }) => name).join(" < ") : (leaf.issuer.get("CN") ?? "?"));
  const outside = whole.filter(({ notBefore, notAfter }) => at < notBefore || at > notAfter);
  add("validity", outside.length === 0, (outside.length > 0 ? outside : [leaf]).map(dates).join(", "));
  if (chain) {
    const not = authorities.filter(({ isAuthority }) => !isAuthority);
    add("authority", not.length === 0, (not.length > 0 ? not : authorities).map(({ name }) => name).join(", "));
    const tooLong = authorities.filter((one, below) => one.pathLength !== undefined && below > one.pathLength);
    add("path-length", tooLong.length === 0, authorities.map(({ pathLength }) => pathLength ?? "∞").join(", "));
  }
  const misused = whole.filter((one, index) => !mayDo(one, index > 0, purpose));
  add(
    "key-usage",
    misused.length === 0,
    `${(misused[0] ?? leaf).name}: ${[...((misused[0] ?? leaf).keyUsage ?? ["any"])].join(", ")}`,
  );
  const usages = leaf.extKeyUsage;
  const barred = authorities.some((one) => one.extKeyUsage && !serves(one.extKeyUsage, purpose));
  add("extended-key-usage", (usages ? serves(usages, purpose) : purpose === "server") && !barred, usageNames(usages));
  if (chain) {
    const bad = whole.flatMap((one, index) => whole.slice(index + 1).filter((above) => !namesAllowed(one, above)));
    add("name-constraints", bad.length === 0, bad.map(({ name }) => name).join(", "));
  }
  const unknown = whole.flatMap(({ unknownCritical }) => unknownCritical);
  add("critical-extensions", unknown.length === 0, unknown.join(", "));
  const weak = whole.filter((one, index) => !isStrong(one, chain !== undefined && index === whole.length - 1));
  add("algorithm", weak.length === 0, (weak.length > 0 ? weak : [leaf]).map(algorithmOf).join(", "));
  if (chain) addIgc(chain, add);
  if (host !== undefined) add("name", nameMatches(leaf, host), leaf.x509.subjectAltName ?? "-");
  return { checks, chain };
}

/** Where an authority of IGC-Santé vouches: it is of the range of MSSanté, and all of one environment. Silent on other authorities. */
function addIgc(chain: readonly Certificate[], add: (id: CertificateCheckId, ok: boolean, seen: string) => void): void {
  const known = chain.slice(1).map((one) => igcAuthority(one));
  const found = known.filter((one) => one !== undefined);
  if (found.length === 0) return;
  const range = known[0]?.range ?? "?";
  add("range", range === MSSANTE_RANGE, range);
  const environments = new Set(found.map(({ environment }) => environment));
  add("environment", environments.size === 1, [...environments].join(", "));
}

const WHY: Readonly<Record<CertificateCheckId, { why: string; requirement: string }>> = {
  chain: { why: "comes from an unknown authority", requirement: "ECO.1.1.10" },
  validity: { why: "has expired or is not valid yet, or one of its authorities", requirement: "ECO.1.1.5" },
  authority: { why: "has an issuer that is not an authority", requirement: "ECO.1.1.10" },
  "path-length": { why: "has a chain that its authority does not allow", requirement: "ECO.1.1.10" },
  "key-usage": { why: "has a key, or an authority's, that is not for this use", requirement: "ECO.1.1.10" },
  "extended-key-usage": { why: "was not issued for this use", requirement: "ECO.1.1.10" },
  "name-constraints": { why: "has a name that its authority may not vouch for", requirement: "ECO.1.1.10" },
  "critical-extensions": { why: "has a critical extension that is not understood", requirement: "ECO.1.1.10" },
  algorithm: { why: "has a signature or a key that is too weak", requirement: "ECO.1.1.10" },
  range: { why: `is not of the range ${MSSANTE_RANGE} of IGC-Santé`, requirement: "ECO.1.1.10" },
  environment: { why: "mixes test and production authorities", requirement: "ECO.1.1.10" },
  name: { why: "is for another name", requirement: "ECO.1.1.4" },
};

/** The first check that failed, as the error of a connection to `host`. */
export function checkError(checks: readonly CertificateCheck[], host: string): MedimailError | undefined {
  const failed = checks.find(({ ok }) => !ok);
  if (!failed) return undefined;
  const { why, requirement } = WHY[failed.id];
  return new MedimailError("certificate_invalid", `the certificate of ${host} ${why}`, {
    requirement,
    hint: SERVER_HINT,
  });
}

function dates({ name, notBefore, notAfter }: Certificate): string {
  return `${name}: ${notBefore.toISOString().slice(0, 10)} – ${notAfter.toISOString().slice(0, 10)}`;
}

function mayDo({ keyUsage, asn1 }: Certificate, isAuthority: boolean, purpose: "server" | "client"): boolean {
  if (!keyUsage) return true;
  if (isAuthority) return keyUsage.has("keyCertSign");
  const isEc = asn1.subjectPublicKeyInfo.algorithm.algorithmId === "1.2.840.10045.2.1";
  return keyUsage.has("digitalSignature") || (purpose === "server" && !isEc && keyUsage.has("keyEncipherment"));
}

const ANY_USAGE = "2.5.29.37.0";

function serves(usages: readonly string[], purpose: "server" | "client"): boolean {
  return usages.includes(EXT_KEY_USAGE[purpose]) || usages.includes(ANY_USAGE);
}

const USAGE_NAMES: Readonly<Record<string, string>> = {
  [EXT_KEY_USAGE.server]: "serverAuth",
  [EXT_KEY_USAGE.client]: "clientAuth",
  [EXT_KEY_USAGE.ocsp]: "OCSPSigning",
  "1.3.6.1.5.5.7.3.4": "emailProtection",
  "1.3.6.1.5.5.7.3.3": "codeSigning",
};

function usageNames(usages: readonly string[] | undefined): string {
  return usages?.map((oid) => USAGE_NAMES[oid] ?? oid).join(", ") ?? "-";
}

const WEAK_SIGNATURES: ReadonlySet<string> = new Set([
  "1.2.840.113549.1.1.2",
  "1.2.840.113549.1.1.4",
  "1.2.840.113549.1.1.5", // SHA-1 with RSA
  "1.2.840.10045.4.1", // SHA-1 with ECDSA
]);

/** The signature of a root proves nothing, so its algorithm does not count. */
function isStrong({ asn1, x509 }: Certificate, isRoot: boolean): boolean {
  if (!isRoot && WEAK_SIGNATURES.has(asn1.signatureAlgorithm.algorithmId)) return false;
  const { asymmetricKeyType, asymmetricKeyDetails } = keyOf(x509) ?? {};
  if (asymmetricKeyType === undefined) return false;
  return asymmetricKeyType !== "rsa" || (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}

/** undefined where the key is of a kind that OpenSSL cannot read. */
function keyOf(x509: X509Certificate): KeyObject | undefined {
  try {
    return x509.publicKey;
  } catch {
    return undefined;
  }
}

function algorithmOf({ asn1, x509 }: Certificate): string {
  const { asymmetricKeyType = "?", asymmetricKeyDetails } = keyOf(x509) ?? {};
  const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? "";
  return `${asymmetricKeyType} ${size} (${asn1.signatureAlgorithm.algorithmId})`;
}

/** RFC 7817, RFC 6125: the alternative names only, never the subject's CN; a wildcard stands for one whole label. */
export function nameMatches({ x509 }: Pick<Certificate, "x509">, host: string): boolean {
  if (isIP(host) !== 0) return x509.checkIP(host) !== undefined;
  return x509.checkHost(host, { subject: "never", partialWildcards: false, multiLabelWildcards: false }) !== undefined;
}
