import { sign } from "node:crypto";
import { BitString, Enumerated, Integer, OctetString } from "asn1js";
import {
  AlgorithmIdentifier,
  Certificate as Asn1Certificate,
  CertificateRevocationList,
  Extension,
  Extensions,
  RevokedCertificate,
  Time,
} from "pkijs";
import type { Certificate } from "./certificates.js";

export interface CrlRequest {
  /** The authority that it is of. */
  issuer: Certificate;
  /** Serial numbers, hex. */
  revoked: readonly string[];
  number?: number;
  thisUpdate?: Date;
  nextUpdate?: Date;
  /** Signs in the authority's place: a forged list. */
  signer?: Certificate;
  extensions?: readonly Extension[];
}

const SHA256_RSA = "1.2.840.113549.1.1.11";
const DAY = 86_400_000;

/** A signed revocation list, DER. */
export function makeCrl(request: CrlRequest): Buffer {
  const { issuer, signer = issuer, revoked, number = 1, extensions = [] } = request;
  const now = Date.now();
  const list = new CertificateRevocationList({
    version: 1,
    issuer: asn1Of(issuer).subject,
    signature: new AlgorithmIdentifier({ algorithmId: SHA256_RSA }),
    signatureAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256_RSA }),
    thisUpdate: new Time({ value: whole(request.thisUpdate ?? new Date(now - 60_000)) }),
    nextUpdate: new Time({ value: whole(request.nextUpdate ?? new Date(now + DAY)) }),
    crlExtensions: new Extensions({
      extensions: [
        new Extension({ extnID: "2.5.29.20", extnValue: new Integer({ value: number }).toBER() } as never),
        ...extensions,
      ],
    }),
  });
  if (revoked.length > 0)
    list.revokedCertificates = revoked.map(
      (serial) =>
        new RevokedCertificate({
          userCertificate: new Integer({ valueHex: bytes(Buffer.from(serial, "hex")) }),
          revocationDate: new Time({ value: whole(new Date(now - DAY)) }),
          crlEntryExtensions: new Extensions({
            extensions: [
              new Extension({ extnID: "2.5.29.21", extnValue: new Enumerated({ value: 1 }).toBER() } as never),
            ],
          }),
        }),
    );
  const tbs = (list as unknown as { encodeTBS(): { toBER(): ArrayBuffer } }).encodeTBS().toBER();
  list.tbsView = new Uint8Array(tbs);
  list.signatureValue = new BitString({ valueHex: bytes(sign("sha256", Buffer.from(tbs), signer.keys.privateKey)) });
  return Buffer.from(list.toSchema(true).toBER());
}

export function asn1Of({ pem }: Pick<Certificate, "pem">): Asn1Certificate {
  return Asn1Certificate.fromBER(der(pem));
}

export function der(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}

/** An extension with a value that is already encoded. */
export function extension(
  extnID: string,
  critical: boolean,
  value: { toBER(): ArrayBuffer } = new OctetString(),
): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() } as never);
}

export function bytes(buffer: Uint8Array): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

/** Times have no milliseconds there. */
function whole(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}
