import type { KeyObject } from "node:crypto";
import { randomBytes, sign } from "node:crypto";
import forge from "node-forge";
import { AccessDescription, CRLDistributionPoints, DistributionPoint, GeneralName, InfoAccess } from "pkijs";

/** A key pair of node:crypto (fast), as PEM for forge and tls. */
export interface KeyPair {
  privateKey: KeyObject;
  privatePem: string;
  publicPem: string;
}

/** Attributes of a subject, in the order of the certificate (country first). */
export type Name = readonly (readonly ["C" | "O" | "OU" | "CN" | "ST", string])[];

export interface Certificate {
  pem: string;
  subject: Name;
  keys: KeyPair;
  /** Hex. */
  serial: string;
}

export interface CertificateRequest {
  subject: Name;
  keys: KeyPair;
  /** The authority that signs; absent: self-signed. */
  issuer?: Certificate;
  use: "authority" | "server" | "client";
  /** DNS names and IP addresses of a server. */
  names?: readonly string[];
  notBefore: Date;
  notAfter: Date;
  /** Of an authority: how many may stand below it. */
  pathLength?: number;
  /** In place of those of its use, forge's names: `keyCertSign`, `digitalSignature`… */
  keyUsage?: readonly string[];
  /** In place of that of its use: `serverAuth`, `clientAuth`, or an OID. */
  extKeyUsage?: readonly string[];
  /** Where its authority says what is revoked. */
  crlUrl?: string;
  ocspUrl?: string;
  /** Further extensions: OID, and the DER of its value. */
  extensions?: readonly { id: string; critical: boolean; value: Uint8Array }[];
  /** Default SHA-256. */
  digest?: "sha256" | "sha1";
}

const DAY = 86_400_000;

/** A validity around now: a day before, because clocks differ. */
export function validity(days = 365): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + days * DAY) };
}

export function expiredValidity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 60 * DAY), notAfter: new Date(Date.now() - 30 * DAY) };
}

export function issueCertificate(request: CertificateRequest): Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(request.keys.publicPem);
  // The first bit is cleared: a serial number is positive.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  certificate.serialNumber = serial.toString("hex");
  certificate.validity.notBefore = request.notBefore;
  certificate.validity.notAfter = request.notAfter;
  certificate.setSubject(attributes(request.subject));
  certificate.setIssuer(attributes(request.issuer?.subject ?? request.subject));
  certificate.setExtensions(extensions(request));
  const signer = (request.issuer?.keys ?? request.keys).privateKey;
  // forge asks the key to sign what it has just built; node:crypto does it in a millisecond where forge's arithmetic takes fifty.
  const key = {
    sign: () =>
      sign(
        request.digest ?? "sha256",
        Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), "latin1"),
        signer,
      ).toString("latin1"),
  };
  const { sha1, sha256 } = forge.md;
  certificate.sign(key as unknown as forge.pki.rsa.PrivateKey, (request.digest === "sha1" ? sha1 : sha256).create());
  return {
    pem: forge.pki.certificateToPem(certificate).replace(/\r\n/g, "\n"),
    subject: request.subject,
    keys: request.keys,
    serial: certificate.serialNumber,
  };
}

const KEY_USAGES = {
  authority: ["keyCertSign", "cRLSign"],
  server: ["digitalSignature", "keyEncipherment"],
  client: ["digitalSignature"],
} as const;

function flags(names: readonly string[]): Record<string, true> {
  return Object.fromEntries(names.map((name) => [name, true as const]));
}

function raw(id: string, critical: boolean, value: Uint8Array): object {
  return { id, critical, value: Buffer.from(value).toString("latin1") };
}

function crlPoint(url: string): Uint8Array {
  const point = new DistributionPoint({ distributionPoint: [new GeneralName({ type: 6, value: url })] });
  return new Uint8Array(new CRLDistributionPoints({ distributionPoints: [point] }).toSchema().toBER());
}

function ocspAddress(url: string): Uint8Array {
  const description = new AccessDescription({
    accessMethod: "1.3.6.1.5.5.7.48.1",
    accessLocation: new GeneralName({ type: 6, value: url }),
  });
  return new Uint8Array(new InfoAccess({ accessDescriptions: [description] }).toSchema().toBER());
}

/** PKCS#12 that OpenSSL 3 reads without its legacy provider: AES-256 for the key and the certificates. */
export function toPkcs12(client: Certificate, authority: Certificate, passphrase: string): Buffer {
  const asn1 = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(client.keys.privatePem),
    [forge.pki.certificateFromPem(client.pem), forge.pki.certificateFromPem(authority.pem)],
    passphrase,
    { algorithm: "aes256", count: 1000 },
  );
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), "latin1");
}

function attributes(name: Name): forge.pki.CertificateField[] {
  return name.map(([shortName, value]) => ({
    shortName,
    value,
    valueTagClass: forge.asn1.Type.UTF8 as unknown as forge.asn1.Class,
  }));
}

function extensions(request: CertificateRequest): object[] {
  const authority = request.use === "authority";
  const list: object[] = [
    {
      name: "basicConstraints",
      cA: authority,
      critical: true,
      ...(request.pathLength === undefined ? {} : { pathLenConstraint: request.pathLength }),
    },
    { name: "keyUsage", critical: true, ...flags(request.keyUsage ?? KEY_USAGES[request.use]) },
    { name: "subjectKeyIdentifier" },
  ];
  if (request.issuer) {
    const issuer = forge.pki.certificateFromPem(request.issuer.pem);
    list.push({ name: "authorityKeyIdentifier", keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() });
  }
  const usages = request.extKeyUsage ?? (authority ? [] : [request.use === "server" ? "serverAuth" : "clientAuth"]);
  if (usages.length > 0) list.push({ name: "extKeyUsage", ...flags(usages) });
  if (request.crlUrl !== undefined) list.push(raw("2.5.29.31", false, crlPoint(request.crlUrl)));
  if (request.ocspUrl !== undefined) list.push(raw("1.3.6.1.5.5.7.1.1", false, ocspAddress(request.ocspUrl)));
  for (const { id, critical, value } of request.extensions ?? []) list.push(raw(id, critical, value));
  if (request.names) {
    list.push({
      name: "subjectAltName",
      altNames: request.names.map((n) => (/^[\d.]+$/.test(n) ? { type: 7, ip: n } : { type: 2, value: n })),
    });
  }
  return list;
}
