import { Integer } from "asn1js";
import { type Extension, Extensions, IssuingDistributionPoint, RelativeDistinguishedNames } from "pkijs";
import { type Certificate, hexNumber } from "../certificates/certificate.js";
import { type CrlParts, crlParts } from "./crl-parts.js";
import { RevocationProblem, SKEW_MS } from "./problem.js";
import { isSigned } from "./signature.js";

/** The lists of a large authority have some MB; one that fills the memory is refused. */
export const CRL_LIMITS = { bytes: 32_000_000, entries: 500_000 } as const;

const OID = {
  number: "2.5.29.20",
  delta: "2.5.29.27",
  issuingPoint: "2.5.29.28",
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
  try {
    return judged(bytes, issuer);
  } catch (error) {
    if (error instanceof RevocationProblem) throw error;
    throw new RevocationProblem("the list cannot be read");
  }
}

function judged(bytes: Uint8Array, issuer: Certificate): Crl {
  if (bytes.length > CRL_LIMITS.bytes) throw new RevocationProblem("the list is too large");
  const list = parse(bytes);
  if (!isNameOf(list.issuer, issuer)) throw new RevocationProblem("the list is of another authority");
  if (issuer.keyUsage && !issuer.keyUsage.has("cRLSign"))
    throw new RevocationProblem("the authority may not sign lists");
  if (!isSigned(oidText(list.algorithm), list.tbs, issuer.x509.publicKey, list.signature))
    throw new RevocationProblem("the list's signature is not that of the authority");
  const extensions = extensionsOf(list.extensions);
  const point = scope(extensions);
  if (!list.nextUpdate) throw new RevocationProblem("the list has no end of validity");
  const { revoked, hasStrangeEntries } = list.entries();
  if (hasStrangeEntries) throw new RevocationProblem("the list has entries that are not understood");
  return {
    number: crlNumber(extensions),
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    revoked,
    ...point,
  };
}

/** Throws where the list is not of this time. @throws RevocationProblem */
export function assertOfNow(crl: Crl, now: number): void {
  if (crl.thisUpdate.getTime() > now + SKEW_MS) throw new RevocationProblem("the list is of the future");
  if (crl.nextUpdate.getTime() < now) throw new RevocationProblem("the list has expired");
}

/** Throws where the list is not of this time, or not about this certificate. @throws RevocationProblem */
export function assertCovers(crl: Crl, certificate: Certificate, now: number): void {
  assertOfNow(crl, now);
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

function parse(bytes: Uint8Array): CrlParts {
  const text = bytes[0] === 0x30 ? "" : Buffer.from(bytes).toString("latin1");
  const pem = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(text);
  try {
    return crlParts(pem ? Buffer.from(pem[1] ?? "", "base64") : bytes, CRL_LIMITS.entries);
  } catch {
    throw new RevocationProblem("what was received is no revocation list");
  }
}

/** Bytes of a name that are read: anybody may have written a list whose signature was not checked yet. */
const MAX_NAME = 4096;

/** Byte for byte, or as names are compared: the same text in another string type. */
function isNameOf(name: Uint8Array, { asn1 }: Certificate): boolean {
  const own = Buffer.from(asn1.subject.toSchema().toBER());
  if (own.equals(name)) return true;
  if (name.length > MAX_NAME) return false;
  try {
    return RelativeDistinguishedNames.fromBER(new Uint8Array(name)).isEqual(asn1.subject);
  } catch {
    return false;
  }
}

/** Dotted, from the content of its DER. */
function oidText(hex: string): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of Buffer.from(hex, "hex")) {
    value = value * 128 + (byte & 0x7f);
    if (byte > 0x7f) continue;
    if (numbers.length === 0)
      numbers.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else numbers.push(value);
    value = 0;
  }
  return numbers.join(".");
}

function extensionsOf(der: Uint8Array | undefined): readonly Extension[] {
  if (!der) return [];
  try {
    return Extensions.fromBER(new Uint8Array(der)).extensions;
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
