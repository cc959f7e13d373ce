import { createHash, sign } from "node:crypto";
import { BitString, Constructed, Enumerated, GeneralizedTime, Integer, Null, OctetString, Primitive } from "asn1js";
import {
  AlgorithmIdentifier,
  BasicOCSPResponse,
  CertID,
  type Extension,
  OCSPRequest,
  OCSPResponse,
  ResponseBytes,
  ResponseData,
  SingleResponse,
} from "pkijs";
import type { Certificate } from "./certificates.js";
import { asn1Of, bytes, extension } from "./crl.js";

export interface OcspRequestOptions {
  /** The authority of the certificate asked about. */
  issuer: Certificate;
  /** Hex. */
  serial: string;
  status: "good" | "revoked" | "unknown";
  /** Signs in the authority's place; its certificate goes with the answer. */
  responder?: Certificate;
  thisUpdate?: Date;
  /** `none`: the answer has no end of validity. */
  nextUpdate?: Date | "none";
  /** The content of the extension that the question had. */
  nonce?: Uint8Array;
}

const SHA256_RSA = "1.2.840.113549.1.1.11";
const NONCE = "1.3.6.1.5.5.7.48.1.2";
const HOUR = 3_600_000;

/** A signed answer about one certificate, DER. */
export function makeOcsp(request: OcspRequestOptions): Buffer {
  const { issuer, responder, serial, status, nonce } = request;
  const now = new Date();
  const authority = asn1Of(issuer);
  const key = authority.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  const nextUpdate = request.nextUpdate ?? new Date(now.getTime() + HOUR);
  const single = new SingleResponse({
    certID: new CertID({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: "1.3.14.3.2.26", algorithmParams: new Null() }),
      issuerNameHash: new OctetString({ valueHex: sha1(Buffer.from(authority.subject.toSchema().toBER())) }),
      issuerKeyHash: new OctetString({ valueHex: sha1(key) }),
      serialNumber: new Integer({ valueHex: bytes(Buffer.from(serial, "hex")) }),
    }),
    certStatus: statusOf(status, now),
    thisUpdate: whole(request.thisUpdate ?? new Date(now.getTime() - 1000)),
    ...(nextUpdate === "none" ? {} : { nextUpdate: whole(nextUpdate) }),
  });
  const signer = responder ?? issuer;
  const data = new ResponseData({
    responderID: asn1Of(signer).subject,
    producedAt: whole(now),
    responses: [single],
    ...(nonce ? { responseExtensions: [nonceExtension(nonce)] } : {}),
  });
  const tbs = data.toSchema(true).toBER();
  data.tbsView = new Uint8Array(tbs);
  const basic = new BasicOCSPResponse({
    tbsResponseData: data,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256_RSA }),
    signature: new BitString({ valueHex: bytes(sign("sha256", Buffer.from(tbs), signer.keys.privateKey)) }),
    ...(responder ? { certs: [asn1Of(responder)] } : {}),
  });
  return envelope(0, Buffer.from(basic.toSchema().toBER()));
}

/** An answer that says only that there is none: 2 internal error, 3 try later, 6 unauthorized. */
export function ocspFailure(status: number): Buffer {
  return envelope(status);
}

/** What a question is about. */
export function readOcspRequest(body: Uint8Array): { serial: string; nonce: Uint8Array | undefined } {
  const { tbsRequest } = OCSPRequest.fromBER(bytes(body));
  const [first] = tbsRequest.requestList;
  const serial = first?.reqCert.serialNumber.valueBlock.valueHexView ?? new Uint8Array();
  const nonce = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === NONCE);
  return {
    serial: Buffer.from(serial).toString("hex"),
    nonce: nonce && new Uint8Array(nonce.extnValue.valueBlock.valueHexView),
  };
}

function envelope(status: number, basic?: Buffer): Buffer {
  const response = new OCSPResponse({
    responseStatus: new Enumerated({ value: status }),
    ...(basic
      ? {
          responseBytes: new ResponseBytes({
            responseType: "1.3.6.1.5.5.7.48.1.1",
            response: new OctetString({ valueHex: bytes(basic) }),
          }),
        }
      : {}),
  });
  return Buffer.from(response.toSchema().toBER());
}

function statusOf(status: OcspRequestOptions["status"], now: Date): unknown {
  if (status === "revoked")
    return new Constructed({
      idBlock: { tagClass: 3, tagNumber: 1 },
      value: [new GeneralizedTime({ valueDate: whole(new Date(now.getTime() - HOUR)) })],
    });
  return new Primitive({ idBlock: { tagClass: 3, tagNumber: status === "good" ? 0 : 2 } });
}

function nonceExtension(nonce: Uint8Array): Extension {
  return extension(NONCE, false, { toBER: () => bytes(nonce) });
}

function sha1(content: Uint8Array): ArrayBuffer {
  return bytes(createHash("sha1").update(content).digest());
}

function whole(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}
