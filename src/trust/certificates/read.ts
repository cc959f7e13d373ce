import { Certificate as Asn1Certificate, ContentInfo, SignedData } from "pkijs";
import { MedimailError } from "../../errors.js";
import { Certificate } from "./certificate.js";

const MAX_BYTES = 2_000_000;
const MAX_CERTIFICATES = 200;
const PEM = /-----BEGIN (CERTIFICATE|TRUSTED CERTIFICATE|X509 CERTIFICATE|PKCS7|CMS)-----([^-]+)-----END \1-----/g;
const SIGNED_DATA = "1.2.840.113549.1.7.2";

/**
 * The certificates of a file: PEM (one or several), DER (`.cer`), or PKCS#7 (`.p7b`, in which IGC-Santé publishes its chain).
 *
 * @throws certificate_invalid where there is none, or one cannot be read
 */
export function readCertificates(bytes: Uint8Array): Certificate[] {
  if (bytes.length > MAX_BYTES) throw invalid("the file is too large for certificates");
  const blocks = [...Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1").matchAll(PEM)];
  const found =
    blocks.length > 0
      ? blocks.flatMap(([, kind = "", base64 = ""]) => {
          const der = Buffer.from(base64, "base64");
          return /PKCS7|CMS/.test(kind) ? ofPkcs7(der) : [new Certificate(der)];
        })
      : binary(bytes);
  if (found.length === 0) throw invalid("the file holds no certificate");
  if (found.length > MAX_CERTIFICATES) throw invalid("the file holds too many certificates");
  return found;
}

function binary(bytes: Uint8Array): Certificate[] {
  // Both begin with a SEQUENCE; only a PKCS#7 has an OID at once.
  if (bytes[0] !== 0x30) throw invalid("the file holds no certificate");
  try {
    return [new Certificate(bytes)];
  } catch {
    return ofPkcs7(bytes);
  }
}

function ofPkcs7(der: Uint8Array): Certificate[] {
  let certificates: unknown[];
  try {
    const info = ContentInfo.fromBER(new Uint8Array(der));
    if (info.contentType !== SIGNED_DATA) throw new Error("not SignedData");
    certificates = new SignedData({ schema: info.content }).certificates ?? [];
  } catch (cause) {
    throw invalid("the file is neither a certificate nor a PKCS#7", cause);
  }
  return certificates
    .filter((one) => one instanceof Asn1Certificate)
    .map((one) => new Certificate(new Uint8Array(one.toSchema().toBER())));
}

function invalid(message: string, cause?: unknown): MedimailError {
  return new MedimailError("certificate_invalid", message, cause === undefined ? {} : { cause });
}
