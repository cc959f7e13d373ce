import { Integer } from "asn1js";
import { CertificateRevocationList, type Extension, IssuingDistributionPoint } from "pkijs";
import { type Certificate, hexNumber } from "../certificates/certificate.js";
import { RevocationProblem, SKEW_MS } from "./problem.js";
import { isSigned } from "./signature.js";

/** The lists of a large authority have some MB; one that fills the memory is refused. */
export const CRL_LIMITS = { bytes: 32_000_000, entries: 500_000 } as const;

const OID = {
  number: "2.5.29.20",
  delta: "2.5.29.27",
  issuingPoint: "2.5.29.28",
  certificateIssuer: "2.5.29.29",
} as const;

/** A list that its authority has signed. */
export interface Crl {
  number: bigint | undefined;
  thisUpdate: Date;
  nextUpdate: Date;
  /** Serial numbers, hex. */
  revoked: ReadonlySet<string>;
  only: "users" | "authorities" | undefined;
  /** Addresses that the list says it stands for. */
  points: readonly string[];
}

/**
 * Reads a list and checks all that does not depend on the certificate asked about: signature of the authority, its right to sign
 * lists, size, form. A delta list is refused: alone it says nothing.
 *
 * @throws RevocationProblem
 */
export function readCrl(bytes: Uint8Array, issuer: Certificate): Crl {
  if (bytes.length > CRL_LIMITS.bytes) throw new RevocationProblem("the list is too large");
  const list = parse(bytes);
  if (!list.issuer.isEqual(issuer.asn1.subject)) throw new RevocationProblem("the list is of another authority");
  if (issuer.keyUsage && !issuer.keyUsage.has("cRLSign"))
    throw new RevocationProblem("the authority may not sign lists");
  const { algorithmId } = list.signatureAlgorithm;
  if (
    algorithmId !== list.signature.algorithmId ||
    !isSigned(algorithmId, list.tbsView, issuer.x509.publicKey, list.signatureValue.valueBlock.valueHexView)
  )
    throw new RevocationProblem("the list's signature is not that of the authority");
  const extensions = list.crlExtensions?.extensions ?? [];
  const point = scope(extensions);
  if (!list.nextUpdate) throw new RevocationProblem("the list has no end of validity");
  const entries = list.revokedCertificates ?? [];
  if (entries.length > CRL_LIMITS.entries) throw new RevocationProblem("the list has too many entries");
  const isIndirect = entries.some((entry) =>
    entry.crlEntryExtensions?.extensions.some(({ extnID, critical }) => critical || extnID === OID.certificateIssuer),
  );
  if (isIndirect) throw new RevocationProblem("the list has entries that are not understood");
  return {
    number: crlNumber(extensions),
    thisUpdate: list.thisUpdate.value,
    nextUpdate: list.nextUpdate.value,
    revoked: new Set(entries.map(({ userCertificate }) => hexNumber(userCertificate.valueBlock.valueHexView))),
    ...point,
  };
}

/** Throws where the list is not of this time, or not about this certificate. @throws RevocationProblem */
export function assertCovers(crl: Crl, certificate: Certificate, now: number): void {
  if (crl.thisUpdate.getTime() > now + SKEW_MS) throw new RevocationProblem("the list is of the future");
  if (crl.nextUpdate.getTime() < now) throw new RevocationProblem("the list has expired");
  if (crl.only !== undefined && (crl.only === "authorities") !== certificate.isAuthority)
    throw new RevocationProblem("the list is about certificates of another kind");
  if (crl.points.length > 0 && !crl.points.some((url) => certificate.crlUrls.includes(url)))
    throw new RevocationProblem("the list is of another distribution point");
}

/** An older list, played again, would hide what has been revoked since. @throws RevocationProblem */
export function assertNotOlder(next: Crl, kept: Crl | undefined): void {
  if (!kept) return;
  const isOlder =
    next.thisUpdate < kept.thisUpdate ||
    (kept.number !== undefined && (next.number === undefined || next.number < kept.number));
  if (isOlder) throw new RevocationProblem("the list is older than the one kept");
}

function parse(bytes: Uint8Array): CertificateRevocationList {
  const text = bytes[0] === 0x30 ? "" : Buffer.from(bytes).toString("latin1");
  const pem = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(text);
  try {
    return CertificateRevocationList.fromBER(pem ? Buffer.from(pem[1] ?? "", "base64") : new Uint8Array(bytes));
  } catch {
    throw new RevocationProblem("what was received is no revocation list");
  }
}

function scope(extensions: readonly Extension[]): Pick<Crl, "only" | "points"> {
  let only: Crl["only"];
  let points: string[] = [];
  for (const { extnID, critical, parsedValue } of extensions) {
    if (extnID === OID.delta) throw new RevocationProblem("the list is a delta list, which alone says nothing");
    if (extnID === OID.issuingPoint) {
      if (!(parsedValue instanceof IssuingDistributionPoint)) throw new RevocationProblem("the list cannot be read");
      if (parsedValue.indirectCRL || parsedValue.onlyContainsAttributeCerts || parsedValue.onlySomeReasons)
        throw new RevocationProblem("the list is indirect or partial");
      if (parsedValue.onlyContainsUserCerts) only = "users";
      if (parsedValue.onlyContainsCACerts) only = "authorities";
      points = pointUrls(parsedValue.distributionPoint);
    } else if (critical && extnID !== OID.number) {
      throw new RevocationProblem("the list has a critical extension that is not understood");
    }
  }
  return { only, points };
}

function pointUrls(names: unknown): string[] {
  if (!Array.isArray(names)) return [];
  return names.map((one) => (one as { value?: unknown }).value).filter((value) => typeof value === "string");
}

function crlNumber(extensions: readonly Extension[]): bigint | undefined {
  const value = extensions.find(({ extnID }) => extnID === OID.number)?.parsedValue;
  return value instanceof Integer ? BigInt(`0x${hexNumber(value.valueBlock.valueHexView) || "0"}`) : undefined;
}
