import type { KeyObject } from "node:crypto";
import { randomBytes, sign } from "node:crypto";
import forge from "node-forge";

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
      sign("sha256", Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), "latin1"), signer).toString(
        "latin1",
      ),
  };
  certificate.sign(key as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
  return {
    pem: forge.pki.certificateToPem(certificate).replace(/\r\n/g, "\n"),
    subject: request.subject,
    keys: request.keys,
  };
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
    { name: "basicConstraints", cA: authority, critical: true },
    authority
      ? { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true }
      : { name: "keyUsage", digitalSignature: true, keyEncipherment: request.use === "server", critical: true },
    { name: "subjectKeyIdentifier" },
  ];
  if (request.issuer) {
    const issuer = forge.pki.certificateFromPem(request.issuer.pem);
    list.push({ name: "authorityKeyIdentifier", keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() });
  }
  if (!authority)
    list.push({ name: "extKeyUsage", serverAuth: request.use === "server", clientAuth: request.use === "client" });
  if (request.names) {
    list.push({
      name: "subjectAltName",
      altNames: request.names.map((n) => (/^[\d.]+$/.test(n) ? { type: 7, ip: n } : { type: 2, value: n })),
    });
  }
  return list;
}
