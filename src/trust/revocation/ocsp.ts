import { createHash, randomBytes } from "node:crypto";
import { Integer, Null, OctetString } from "asn1js";
import {
  AlgorithmIdentifier,
  BasicOCSPResponse,
  CertID,
  Extension,
  OCSPRequest,
  OCSPResponse,
  Request as OcspSingleRequest,
  type SingleResponse,
  TBSRequest,
} from "pkijs";
import { Certificate, EXT_KEY_USAGE, hexNumber } from "../certificates/certificate.js";
import { RevocationProblem, SKEW_MS } from "./problem.js";
import { isSigned } from "./signature.js";

const SHA1 = "1.3.14.3.2.26";
const BASIC = "1.3.6.1.5.5.7.48.1.1";
const NONCE = "1.3.6.1.5.5.7.48.1.2";
const HASHES: Readonly<Record<string, string>> = { [SHA1]: "sha1", "2.16.840.1.101.3.4.2.1": "sha256" };
export const MAX_OCSP_BYTES = 64_000;
/** An answer without an end of validity is taken as fresh so long after it was made. */
const MAX_AGE_MS = 24 * 3_600_000;

export interface OcspAnswer {
  status: "good" | "revoked" | "unknown";
  /** ms since 1970. */
  until: number | undefined;
}

/** A question about one certificate (RFC 6960, names hashed with SHA-1 as RFC 5019 wants), with a nonce. */
export function ocspRequest(certificate: Certificate, issuer: Certificate): { body: Uint8Array; nonce: Buffer } {
  const nonce = Buffer.from(new OctetString({ valueHex: new Uint8Array(randomBytes(16)).buffer }).toBER());
  const request = new OCSPRequest({
    tbsRequest: new TBSRequest({
      requestList: [
        new OcspSingleRequest({
          reqCert: new CertID({
            hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA1, algorithmParams: new Null() }),
            issuerNameHash: new OctetString({ valueHex: bytesOf(nameHash(issuer, "sha1")) }),
            issuerKeyHash: new OctetString({ valueHex: bytesOf(keyHash(issuer, "sha1")) }),
            serialNumber: new Integer({ valueHex: bytesOf(certificate.asn1.serialNumber.valueBlock.valueHexView) }),
          }),
        }),
      ],
      requestExtensions: [new Extension({ extnID: NONCE, extnValue: bytesOf(nonce) } as never)],
    }),
  });
  return { body: new Uint8Array(request.toSchema(true).toBER()), nonce };
}

/**
 * Reads an answer, asked for or stapled, and checks it: signature, the responder's right, that it is about this certificate and of
 * this time; the nonce where the answer has one (many responders sign in advance and leave it out).
 *
 * @throws RevocationProblem
 */
export function readOcsp(
  bytes: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
  context: { now: number; nonce?: Buffer },
): OcspAnswer {
  try {
    return judged(bytes, certificate, issuer, context);
  } catch (error) {
    if (error instanceof RevocationProblem) throw error;
    // A part that is read late, such as the responder's key.
    throw new RevocationProblem("the OCSP answer cannot be read");
  }
}

function judged(
  bytes: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
  { now, nonce }: { now: number; nonce?: Buffer },
): OcspAnswer {
  if (bytes.length > MAX_OCSP_BYTES) throw new RevocationProblem("the OCSP answer is too large");
  const basic = parse(bytes);
  assertSigned(basic, issuer, now);
  const { responses, responseExtensions = [] } = basic.tbsResponseData;
  const given = responseExtensions.find(({ extnID }) => extnID === NONCE)?.extnValue.valueBlock.valueHexView;
  if (nonce && given && !nonce.equals(given)) throw new RevocationProblem("the OCSP answer is to another question");
  if (responseExtensions.some(({ critical, extnID }) => critical && extnID !== NONCE))
    throw new RevocationProblem("the OCSP answer has a critical extension that is not understood");
  const single = responses.find((one) => isAbout(one, certificate, issuer));
  if (!single) throw new RevocationProblem("the OCSP answer is about another certificate");
  if (single.singleExtensions?.some(({ critical }) => critical))
    throw new RevocationProblem("the OCSP answer has a critical extension that is not understood");
  const from = single.thisUpdate.getTime();
  const until = single.nextUpdate?.getTime();
  if (from > now + SKEW_MS) throw new RevocationProblem("the OCSP answer is of the future");
  if ((until ?? from + MAX_AGE_MS) < now) throw new RevocationProblem("the OCSP answer is out of date");
  const tag = (single.certStatus as { idBlock?: { tagNumber?: number } }).idBlock?.tagNumber;
  return { status: tag === 0 ? "good" : tag === 1 ? "revoked" : "unknown", until };
}

function parse(bytes: Uint8Array): BasicOCSPResponse {
  let response: OCSPResponse;
  try {
    response = OCSPResponse.fromBER(new Uint8Array(bytes));
  } catch {
    throw new RevocationProblem("what was received is no OCSP answer");
  }
  const status = response.responseStatus.valueBlock.valueDec;
  if (status !== 0) throw new RevocationProblem(`the OCSP responder gives no answer (status ${status})`);
  if (response.responseBytes?.responseType !== BASIC)
    throw new RevocationProblem("the OCSP answer is of an unknown type");
  try {
    return BasicOCSPResponse.fromBER(new Uint8Array(response.responseBytes.response.valueBlock.valueHexView));
  } catch {
    throw new RevocationProblem("what was received is no OCSP answer");
  }
}

/** By the authority itself, or by one whom it has given this right and no other way (RFC 6960 §4.2.2.2). */
function assertSigned(basic: BasicOCSPResponse, issuer: Certificate, now: number): void {
  const signed = ({ x509 }: Certificate) =>
    isSigned(
      basic.signatureAlgorithm.algorithmId,
      basic.tbsResponseData.tbsView,
      x509.publicKey,
      basic.signature.valueBlock.valueHexView,
    );
  if (signed(issuer)) return;
  const others = (basic.certs ?? []).slice(0, 5).map((one) => {
    try {
      return new Certificate(new Uint8Array(one.toSchema().toBER()));
    } catch {
      throw new RevocationProblem("the OCSP answer has a certificate that cannot be read");
    }
  });
  const responder = others.find(signed);
  if (!responder) throw new RevocationProblem("the OCSP answer is not signed by the authority or its responder");
  const mayAnswer =
    responder.isIssuedBy(issuer) &&
    responder.extKeyUsage?.includes(EXT_KEY_USAGE.ocsp) === true &&
    responder.keyUsage?.has("digitalSignature") !== false;
  if (!mayAnswer) throw new RevocationProblem("the OCSP answer is signed by one who has no right to");
  if (now < responder.notBefore.getTime() || now > responder.notAfter.getTime())
    throw new RevocationProblem("the certificate of the OCSP responder has expired");
}

function isAbout({ certID }: SingleResponse, certificate: Certificate, issuer: Certificate): boolean {
  const hash = HASHES[certID.hashAlgorithm.algorithmId];
  return (
    hash !== undefined &&
    hexNumber(certID.serialNumber.valueBlock.valueHexView) === certificate.serial &&
    nameHash(issuer, hash).equals(certID.issuerNameHash.valueBlock.valueHexView) &&
    keyHash(issuer, hash).equals(certID.issuerKeyHash.valueBlock.valueHexView)
  );
}

function nameHash({ asn1 }: Certificate, hash: string): Buffer {
  return createHash(hash).update(new Uint8Array(asn1.subject.toSchema().toBER())).digest();
}

function keyHash({ asn1 }: Certificate, hash: string): Buffer {
  return createHash(hash).update(asn1.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView).digest();
}

function bytesOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
