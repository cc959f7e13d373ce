import { createHash, X509Certificate } from "node:crypto";
import { BitString } from "asn1js";
import { Certificate as Asn1Certificate, BasicConstraints, ExtKeyUsage, NameConstraints } from "pkijs";
import { MedimailError } from "../../errors.js";

const OID = {
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extKeyUsage: "2.5.29.37",
  nameConstraints: "2.5.29.30",
  crlPoints: "2.5.29.31",
  authorityInfo: "1.3.6.1.5.5.7.1.1",
} as const;

/** Critical extensions that are understood here or by OpenSSL's own check; another one forbids the certificate (RFC 5280 §4.2). */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.nameConstraints,
  OID.crlPoints,
  "2.5.29.17", // subjectAltName
  "2.5.29.32", // certificatePolicies
  "2.5.29.36", // policyConstraints
  "2.5.29.33", // policyMappings
  "2.5.29.54", // inhibitAnyPolicy
]);

const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

export const EXT_KEY_USAGE = {
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
  ocsp: "1.3.6.1.5.5.7.3.9",
} as const;

/** A certificate as the checks see it: read once, by OpenSSL and as ASN.1. */
export class Certificate {
  readonly der: Buffer;
  readonly x509: X509Certificate;
  readonly asn1: Asn1Certificate;
  /** SHA-256, hex. */
  readonly fingerprint: string;
  /** Attributes of the subject, CN first where it has one. */
  readonly subject: ReadonlyMap<string, string>;
  readonly issuer: ReadonlyMap<string, string>;
  readonly notBefore: Date;
  readonly notAfter: Date;

  /** @throws certificate_invalid where the bytes are no certificate */
  constructor(der: Uint8Array) {
    try {
      this.x509 = new X509Certificate(der);
      this.der = this.x509.raw;
      this.asn1 = Asn1Certificate.fromBER(this.der);
      this.notBefore = this.asn1.notBefore.value;
      this.notAfter = this.asn1.notAfter.value;
    } catch (cause) {
      throw new MedimailError("certificate_invalid", "a certificate cannot be read", { cause });
    }
    this.fingerprint = createHash("sha256").update(this.der).digest("hex");
    this.subject = attributes(this.x509.subject);
    this.issuer = attributes(this.x509.issuer);
  }

  /** CN of the subject, or the whole of it. For messages. */
  get name(): string {
    return this.subject.get("CN") ?? this.x509.subject.replaceAll("\n", ", ");
  }

  /** Serial number, lower-case hex without leading zeros. */
  get serial(): string {
    return hexNumber(this.asn1.serialNumber.valueBlock.valueHexView);
  }

  get isSelfIssued(): boolean {
    return this.x509.subject === this.x509.issuer;
  }

  get isAuthority(): boolean {
    return this.#extension(OID.basicConstraints, BasicConstraints)?.cA === true;
  }

  /** How many authorities may stand below this one; undefined: any number. */
  get pathLength(): number | undefined {
    const found = this.#extension(OID.basicConstraints, BasicConstraints)?.pathLenConstraint;
    return typeof found === "number" ? found : found?.valueBlock.valueDec;
  }

  /** undefined where the extension is absent: every use. */
  get keyUsage(): ReadonlySet<KeyUsage> | undefined {
    const bits = this.#extension(OID.keyUsage, BitString)?.valueBlock.valueHexView;
    return bits && new Set(KEY_USAGES.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0));
  }

  /** OIDs; undefined where the extension is absent. */
  get extKeyUsage(): readonly string[] | undefined {
    return this.#extension(OID.extKeyUsage, ExtKeyUsage)?.keyPurposes;
  }

  get nameConstraints(): NameConstraints | undefined {
    return this.#extension(OID.nameConstraints, NameConstraints);
  }

  /** Critical extensions that nobody here understands. */
  get unknownCritical(): string[] {
    return (this.asn1.extensions ?? [])
      .filter((one) => one.critical && !UNDERSTOOD.has(one.extnID))
      .map((one) => one.extnID);
  }

  /** Where its authority's revocation list is, by HTTP; other schemes (ldap) are passed over. */
  get crlUrls(): string[] {
    const value = this.#raw(OID.crlPoints) as { distributionPoints?: { distributionPoint?: unknown }[] } | undefined;
    return (value?.distributionPoints ?? []).flatMap(({ distributionPoint }) => urls(distributionPoint));
  }

  get ocspUrls(): string[] {
    const value = this.#raw(OID.authorityInfo) as
      | { accessDescriptions?: { accessMethod: string; accessLocation: unknown }[] }
      | undefined;
    return (value?.accessDescriptions ?? [])
      .filter(({ accessMethod }) => accessMethod === "1.3.6.1.5.5.7.48.1")
      .flatMap(({ accessLocation }) => urls([accessLocation]));
  }

  /** By name, by key identifier, and by signature. */
  isIssuedBy(other: Certificate): boolean {
    try {
      return this.x509.checkIssued(other.x509) && this.x509.verify(other.x509.publicKey);
    } catch {
      // A key that cannot be read, or not of the signature's kind.
      return false;
    }
  }

  #raw(oid: string): unknown {
    return this.asn1.extensions?.find(({ extnID }) => extnID === oid)?.parsedValue;
  }

  #extension<T>(oid: string, kind: new (...args: never[]) => T): T | undefined {
    const value = this.#raw(oid);
    return value instanceof kind ? value : undefined;
  }
}

export function hexNumber(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("hex")
    .replace(/^0+(?=.)/, "");
}

function attributes(dn: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of dn.split("\n")) {
    const at = line.indexOf("=");
    const name = line.slice(0, at);
    // Of several (OU), the others are kept beside the first.
    found.set(name, found.has(name) ? `${found.get(name)}\n${line.slice(at + 1)}` : line.slice(at + 1));
  }
  return found;
}

function urls(names: unknown): string[] {
  if (!Array.isArray(names)) return [];
  return names
    .map((one) => (one as { type?: number; value?: unknown }).value)
    .filter(
      (value): value is string => typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value),
    );
}
