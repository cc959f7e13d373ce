import type { KeyObject } from "node:crypto";
import { createPrivateKey, X509Certificate } from "node:crypto";
import forge from "node-forge";
import { MedimailError } from "../errors.js";
import type { ClientCertificate } from "../seams/credentials.js";

export interface ClientCertificateInput {
  p12?: Uint8Array;
  cert?: string;
  key?: string;
  passphrase?: string;
}

/** A certificate, its key and its chain weigh a few KB. */
const MAX_P12 = 1024 * 1024;

/**
 * Opens a client certificate and makes sure that it can be used: the passphrase fits, the key is its own, it is within
 * its dates. A PKCS#12 file is always taken apart into PEM: OpenSSL 3 refuses the old algorithms (RC2, 3DES) that many
 * issuing tools still write, and would trust the authorities inside the file to vouch for servers.
 *
 * @throws secret_unavailable where the passphrase is wrong; certificate_invalid where the file or the certificate is unfit.
 */
export function loadClientCertificate(
  input: ClientCertificateInput,
  now: number = Date.now(),
): ClientCertificate & { cert: string; key: string } {
  const { own, certificates, key } = open(input);
  if (Date.parse(own.validTo) < now)
    throw invalid(`it expired on ${new Date(own.validTo).toISOString().slice(0, 10)}`, "Ask for a new certificate.");
  if (Date.parse(own.validFrom) > now)
    throw invalid(
      `it is not valid before ${new Date(own.validFrom).toISOString().slice(0, 10)}`,
      "Check the clock of this machine, or use the former certificate until then.",
    );
  return {
    cert: [own, ...chainOf(own, certificates)].map(String).join(""),
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/**
 * The certificate alone (PEM), whatever its dates: for who describes it.
 *
 * @throws as {@link loadClientCertificate}, but for the dates.
 */
export const readClientCertificate = (input: ClientCertificateInput): string => open(input).own.toString();

function open(input: ClientCertificateInput): {
  own: X509Certificate;
  certificates: X509Certificate[];
  key: KeyObject;
} {
  const { certificates, key } = input.p12 ? fromPkcs12(input.p12, input.passphrase) : fromPem(input);
  const own = certificates.find((candidate) => candidate.checkPrivateKey(key));
  if (!own) throw invalid("its private key belongs to another certificate", "Give the key that it was made with.");
  return { own, certificates, key };
}

function invalid(why: string, hint?: string, cause?: unknown): MedimailError {
  return new MedimailError("certificate_invalid", `the client certificate cannot be used: ${why}`, {
    path: "auth",
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Issuers in order, as the handshake sends them; a root need not be sent. */
function chainOf(leaf: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let current = leaf; chain.length < 8; ) {
    const issuer = others.find(
      (candidate) => candidate !== current && !chain.includes(candidate) && current.checkIssued(candidate),
    );
    if (!issuer || issuer.checkIssued(issuer)) return chain;
    chain.push(issuer);
    current = issuer;
  }
  return chain;
}

function fromPem({ cert, key, passphrase }: ClientCertificateInput): {
  certificates: X509Certificate[];
  key: KeyObject;
} {
  const found = cert?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!found || key === undefined) throw invalid("it is not PEM");
  let certificates: X509Certificate[];
  try {
    certificates = found.map((pem) => new X509Certificate(pem));
  } catch (cause) {
    throw invalid("it is damaged", undefined, cause);
  }
  try {
    return { certificates, key: createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }) };
  } catch (cause) {
    if (key.includes("ENCRYPTED")) throw wrongPassphrase(cause, passphrase !== undefined);
    throw invalid("its private key is not a PEM key", undefined, cause);
  }
}

function wrongPassphrase(cause: unknown, given: boolean): MedimailError {
  const message = given
    ? "the client certificate does not open with the passphrase given"
    : "the client certificate does not open without a passphrase: auth.passphrase gives it";
  return new MedimailError("secret_unavailable", message, { cause, path: "auth.passphrase" });
}

function fromPkcs12(
  bytes: Uint8Array,
  passphrase: string | undefined,
): { certificates: X509Certificate[]; key: KeyObject } {
  if (bytes.byteLength > MAX_P12) throw invalid("the p12 file is larger than 1 MB");
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(bytes).toString("latin1")));
  } catch (cause) {
    throw invalid("the file is not PKCS#12 (.p12, .pfx)", undefined, cause);
  }
  let p12: forge.pkcs12.Pkcs12Pfx;
  try {
    p12 = forge.pkcs12.pkcs12FromAsn1(asn1, false, passphrase ?? "");
  } catch (cause) {
    if (/MAC could not be verified|Invalid password/i.test(cause instanceof Error ? cause.message : ""))
      throw wrongPassphrase(cause, passphrase !== undefined);
    throw invalid(
      "the PKCS#12 file is damaged, or uses algorithms that cannot be read",
      "Export it again, with AES-256 and SHA-256.",
      cause,
    );
  }
  try {
    const bags = p12.safeContents.flatMap((content) => content.safeBags);
    // forge itself reads RSA only; what it hands back undecoded (elliptic curves) Node reads.
    const keys = bags
      .filter(({ type }) => type === forge.pki.oids["keyBag"] || type === forge.pki.oids["pkcs8ShroudedKeyBag"])
      .map(toKey);
    const certificates = bags
      .filter(({ type }) => type === forge.pki.oids["certBag"])
      .map((bag) => new X509Certificate(der(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1)));
    const key =
      keys.find((candidate) => certificates.some((certificate) => certificate.checkPrivateKey(candidate))) ?? keys[0];
    if (!key) throw invalid("the PKCS#12 file holds no private key");
    if (certificates.length === 0) throw invalid("the PKCS#12 file holds no certificate");
    return { certificates, key };
  } catch (cause) {
    if (cause instanceof MedimailError) throw cause;
    throw invalid("the PKCS#12 file is damaged", undefined, cause);
  }
}

function toKey(bag: forge.pkcs12.Bag): KeyObject {
  return bag.key
    ? createPrivateKey(forge.pki.privateKeyToPem(bag.key))
    : createPrivateKey({ key: der(bag.asn1), format: "der", type: "pkcs8" });
}

function der(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), "latin1");
}
