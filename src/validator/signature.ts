import { createHash, createPrivateKey, type KeyObject, sign, verify, X509Certificate } from "node:crypto";
import { MedimailError } from "../errors.js";

/** Who seals a report: the publisher, with his certificate. */
export interface Signer {
  /** A detached CMS signature (RFC 5652), DER. */
  sign(content: Uint8Array): Promise<Uint8Array>;
}

/** What a signature says, once it holds. */
export interface SignedBy {
  subject: string;
  issuer: string;
  serial: string;
  notBefore: string;
  notAfter: string;
  /** The signer's own clock says so; nobody else does. */
  signedAt?: string;
  /** The certificate, and those that the signature brings, PEM. */
  chain: readonly string[];
}

const OID = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificate: "1.2.840.113549.1.9.16.2.47",
  sha256: "2.16.840.1.101.3.4.2.1",
  rsa: "1.2.840.113549.1.1.1",
  rsaSha256: "1.2.840.113549.1.1.11",
  ecdsaSha256: "1.2.840.10045.4.3.2",
} as const;

/** Bytes of a signature file: certificates and a few hundred bytes. */
const MAX_SIGNATURE = 1_000_000;

const view = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

/** What reads and writes CMS is loaded where it is needed. */
const libraries = async () => {
  const [asn1js, pkijs] = await Promise.all([import("asn1js"), import("pkijs")]);
  return { asn1js, pkijs };
};

/** Signs with a certificate, its chain and its key (PEM). RSA or elliptic curve. Throws `certificate_invalid` for another kind of key. */
export function signerOf({ cert, key }: { cert?: string; key?: string }, now: () => Date = () => new Date()): Signer {
  if (cert === undefined || key === undefined)
    throw new MedimailError("certificate_invalid", "a report is signed with a certificate and its key");
  const privateKey = createPrivateKey(key);
  const kind = privateKey.asymmetricKeyType;
  if (kind !== "rsa" && kind !== "ec")
    throw new MedimailError("certificate_invalid", "a report is signed with a key of RSA or of an elliptic curve");
  return { sign: (content) => signed(content, { cert, privateKey, ec: kind === "ec", at: now() }) };
}

async function signed(
  content: Uint8Array,
  { cert, privateKey, ec, at }: { cert: string; privateKey: KeyObject; ec: boolean; at: Date },
): Promise<Uint8Array> {
  const { asn1js, pkijs } = await libraries();
  const certificates = pemBlocks(cert).map((pem) => pkijs.Certificate.fromBER(view(new X509Certificate(pem).raw)));
  const [own] = certificates;
  if (!own) throw new MedimailError("certificate_invalid", "there is no certificate to sign with");
  const digest = createHash("sha256").update(content).digest();
  const sequences = (depth: number, value: InstanceType<typeof asn1js.BaseBlock>): typeof value =>
    depth === 0 ? value : new asn1js.Sequence({ value: [sequences(depth - 1, value)] });
  const attribute = (type: string, value: InstanceType<typeof asn1js.BaseBlock>) =>
    new pkijs.Attribute({ type, values: [value] });
  const attributes = [
    attribute(OID.contentType, new asn1js.ObjectIdentifier({ value: OID.data })),
    attribute(OID.signingTime, new asn1js.UTCTime({ valueDate: at })),
    attribute(OID.messageDigest, new asn1js.OctetString({ valueHex: view(digest) })),
    // Which certificate (RFC 5035): else the name in it could be written over, the key being the same.
    attribute(OID.signingCertificate, sequences(3, new asn1js.OctetString({ valueHex: view(hashOf(cert)) }))),
  ];
  // A SET OF is in the order of its bytes (DER); what is signed has its own tag, not that of the field.
  const inOrder = attributes
    .map((one) => ({ one, bytes: Buffer.from(one.toSchema().toBER()) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const toSign = Buffer.from(new asn1js.Set({ value: inOrder.map(({ one }) => one.toSchema()) }).toBER());
  const signature = sign("sha256", toSign, privateKey);
  const algorithm = (algorithmId: string) => new pkijs.AlgorithmIdentifier({ algorithmId });
  const data = new pkijs.SignedData({
    version: 1,
    digestAlgorithms: [algorithm(OID.sha256)],
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID.data }),
    certificates,
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
        digestAlgorithm: algorithm(OID.sha256),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes: inOrder.map(({ one }) => one) }),
        signatureAlgorithm: algorithm(ec ? OID.ecdsaSha256 : OID.rsaSha256),
        signature: new asn1js.OctetString({ valueHex: view(signature) }),
      }),
    ],
  });
  const info = new pkijs.ContentInfo({ contentType: OID.signedData, content: data.toSchema(true) });
  return new Uint8Array(info.toSchema().toBER());
}

/**
 * Checks a detached signature, and says by whom it is. Whether that certificate is to be believed is another question: its chain is given.
 *
 * @throws MedimailError `signature_invalid`
 */
export async function checkSignature(content: Uint8Array, signature: Uint8Array): Promise<SignedBy> {
  try {
    if (signature.length > MAX_SIGNATURE) throw new RangeError("too large");
    return await checked(content, signature);
  } catch (cause) {
    if (cause instanceof MedimailError) throw cause;
    throw new MedimailError("signature_invalid", "the signature cannot be read", { cause });
  }
}

async function checked(content: Uint8Array, bytes: Uint8Array): Promise<SignedBy> {
  const { asn1js, pkijs } = await libraries();
  const { result, offset } = asn1js.fromBER(view(bytes));
  if (offset !== bytes.length) throw refused("it is not DER, or more than a signature");
  const info = new pkijs.ContentInfo({ schema: result });
  if (info.contentType !== OID.signedData) throw refused("it is not a signature");
  const data = new pkijs.SignedData({ schema: info.content });
  const [signer, ...others] = data.signerInfos;
  if (!signer || others.length > 0) throw refused("it has not one signer");
  const certificates = (data.certificates ?? []).flatMap((one) => (one instanceof pkijs.Certificate ? [one] : []));
  const { sid, signedAttrs } = signer;
  if (!(sid instanceof pkijs.IssuerAndSerialNumber) || !signedAttrs) throw refused("its form is another");
  const own = certificates.find((one) => one.serialNumber.isEqual(sid.serialNumber) && one.issuer.isEqual(sid.issuer));
  if (!own) throw refused("the signer's certificate is not in it");
  if (signer.digestAlgorithm.algorithmId !== OID.sha256) throw refused("its algorithm is not SHA-256");
  const attributeOf = (type: string) => signedAttrs.attributes.find((one) => one.type === type)?.values[0];
  const said = attributeOf(OID.messageDigest);
  const digest = createHash("sha256").update(content).digest();
  if (!(said instanceof asn1js.OctetString) || !digest.equals(Buffer.from(said.valueBlock.valueHexView)))
    throw refused("the content is not what was signed");
  const toCheck = Buffer.from(signedAttrs.encodedValue);
  toCheck[0] = 0x31;
  const leaf = x509(own);
  const named = attributeOf(OID.signingCertificate);
  // Of other tools it may be absent; ours is always there.
  if (named && !Buffer.from(named.toBER()).includes(sha256(leaf.raw)))
    throw refused("the certificate is not the one that signed");
  const ec = leaf.publicKey.asymmetricKeyType === "ec";
  const known: readonly string[] = ec ? [OID.ecdsaSha256] : [OID.rsaSha256, OID.rsa];
  if (!known.includes(signer.signatureAlgorithm.algorithmId)) throw refused("its algorithm is not known");
  if (!verify("sha256", toCheck, leaf.publicKey, Buffer.from(signer.signature.valueBlock.valueHexView)))
    throw refused("it does not hold");
  const time = attributeOf(OID.signingTime);
  const at = time instanceof asn1js.UTCTime || time instanceof asn1js.GeneralizedTime ? time.toDate() : undefined;
  return {
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    serial: leaf.serialNumber,
    notBefore: new Date(leaf.validFrom).toISOString(),
    notAfter: new Date(leaf.validTo).toISOString(),
    ...(at ? { signedAt: at.toISOString() } : {}),
    chain: [leaf, ...certificates.filter((one) => one !== own).map(x509)].map(String),
  };
}

type PkiCertificate = InstanceType<Awaited<ReturnType<typeof libraries>>["pkijs"]["Certificate"]>;

function x509(certificate: PkiCertificate): X509Certificate {
  return new X509Certificate(Buffer.from(certificate.toSchema(true).toBER()));
}

function refused(why: string): MedimailError {
  return new MedimailError("signature_invalid", `the signature is refused: ${why}`);
}

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** SHA-256 of the first certificate, the signer's. */
const hashOf = (pem: string): Buffer => sha256(new X509Certificate(pem).raw);

const oneLine = (name: string): string => name.split("\n").reverse().join(", ");

function pemBlocks(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}
