import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { ClientCertificate } from "../seams/index.js";
import type { CertificateSeen } from "./types.js";

const DAY_MS = 86_400_000;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;
/** More names than a server has; a hostile certificate may have thousands. */
const MAX_NAMES = 20;

export function certificateOf(certificate: X509Certificate, now: number): CertificateSeen {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore: isoDate(certificate.validFrom),
    notAfter: isoDate(certificate.validTo),
    daysLeft: Math.floor((Date.parse(certificate.validTo) - now) / DAY_MS),
    names: (certificate.subjectAltName ?? "")
      .split(", ", MAX_NAMES)
      .filter((name) => name !== "")
      .map(short),
    fingerprint256: certificate.fingerprint256,
  };
}

/** Of the other side of a connection. */
export function peerCertificate(socket: TLSSocket, now: number): CertificateSeen | undefined {
  const peer = socket.getPeerX509Certificate();
  return peer && certificateOf(peer, now);
}

/** Our own, as it is shown to servers; its key is not looked at. */
export function ownCertificate({ cert }: ClientCertificate, now: number): CertificateSeen | undefined {
  const pem = PEM.exec(cert ?? "")?.[0];
  return pem === undefined ? undefined : certificateOf(new X509Certificate(pem), now);
}

/** OpenSSL writes a name one attribute a line, the country first. */
function oneLine(name: string | undefined): string {
  return short((name ?? "").split("\n").reverse().join(", "));
}

function short(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

function isoDate(written: string): string {
  const at = Date.parse(written);
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}
