import { X509Certificate } from "node:crypto";
import { MedimailError } from "../../errors.js";
import { parseFiness, parseSiret } from "../../identity/index.js";

/** The legal entity that a certificate of the range "Organisations" is made for. */
export interface CertificateHolder {
  /** `1` and a FINESS, `3` and a SIRET: as the certificate and Struct_IdNat write it. */
  idNat: string;
  kind: "FINESS" | "SIRET";
  number: string;
  /** Whether its check digit is right. */
  keyRight: boolean;
}

/** What Mipih needs to know of a certificate. Public: no key is in it. */
export interface CertificateFacts {
  /** RFC 4514, common name first. */
  subject: string;
  issuer: string;
  commonName?: string;
  organization?: string;
  issuerName?: string;
  /** Upper-case hex. */
  serial: string;
  /** ISO 8601. */
  validFrom: string;
  validTo: string;
  holder?: CertificateHolder;
  /** Of an IGC-Santé chain: one of its test line. */
  test: boolean;
  /** Its extended usages let a client show it; absent usages let it all. */
  clientAuth: boolean;
  /** `RSA 2048`, `EC P-256`. */
  key: string;
  /** Of RSA, in bits. */
  keyBits?: number;
  /** Hex with colons. */
  sha256: string;
}

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/**
 * Reads a certificate, PEM or DER.
 *
 * @throws MedimailError `certificate_invalid`
 */
export function certificateFacts(bytes: Uint8Array | string): CertificateFacts {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(bytes);
  } catch (cause) {
    throw new MedimailError("certificate_invalid", "the certificate cannot be read", { cause });
  }
  const subject = readName(certificate.subject);
  const issuer = readName(certificate.issuer);
  const { asymmetricKeyType = "", asymmetricKeyDetails: details = {} } = certificate.publicKey;
  const usages: readonly string[] | undefined = certificate.keyUsage;
  const commonName = attribute(subject, "CN");
  const organization = attribute(subject, "O");
  const issuerName = attribute(issuer, "CN");
  const holder = holderOf(subject);
  return {
    subject: written(subject),
    issuer: written(issuer),
    ...(commonName === undefined ? {} : { commonName }),
    ...(organization === undefined ? {} : { organization }),
    ...(issuerName === undefined ? {} : { issuerName }),
    serial: certificate.serialNumber.toUpperCase(),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    ...(holder === undefined ? {} : { holder }),
    test: issuer.some(([, value]) => /\bTEST\b/i.test(value)),
    clientAuth: usages === undefined || usages.includes(CLIENT_AUTH),
    key:
      details.modulusLength === undefined
        ? `${asymmetricKeyType.toUpperCase()} ${details.namedCurve ?? ""}`.trim()
        : `RSA ${details.modulusLength}`,
    ...(details.modulusLength === undefined ? {} : { keyBits: details.modulusLength }),
    sha256: certificate.fingerprint256,
  };
}

type Name = readonly (readonly [type: string, value: string])[];

/** Node writes a name one attribute a line, in the certificate's order, escaped by RFC 2253; several in one RDN with " + ". */
const readName = (text: string): Name =>
  text.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });

/** Most particular first (RFC 4514). The values are escaped already. */
const written = (name: Name): string =>
  [...name]
    .reverse()
    .map(([type, value]) => `${type}=${value}`)
    .join(", ");

const attribute = (name: Name, type: string): string | undefined => {
  const value = name.find(([of]) => of === type)?.[1];
  return value
    ?.replace(/\\([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\(.)/g, "$1");
};

/** `OU=1` and a FINESS, or `OU=3` and a SIRET (interfaces.md §6: certain for one Medimail certificate, inferred in general). */
function holderOf(subject: Name): CertificateHolder | undefined {
  for (const [type, value] of subject) {
    if (type !== "OU") continue;
    const [, prefix, number] = /^([13])((?:\d\d|2[AB])\d{7}|\d{14})$/.exec(value) ?? [];
    if (prefix === undefined || number === undefined) continue;
    const kind = prefix === "1" ? "FINESS" : "SIRET";
    if ((kind === "FINESS") !== (number.length === 9)) continue;
    return { idNat: value, kind, number, keyRight: right(kind === "FINESS" ? parseFiness : parseSiret, number) };
  }
  return undefined;
}

function right(parse: (value: string) => unknown, number: string): boolean {
  try {
    parse(number);
    return true;
  } catch {
    return false;
  }
}
