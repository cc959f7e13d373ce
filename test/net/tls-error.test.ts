import { describe, expect, it } from "vitest";
import { tlsError } from "../../src/tls-error.js";

const failed = (code: string) => Object.assign(new Error("failed"), { code });

/** Of Node's names for OpenSSL's verdicts, those that a certificate can earn (lists of revocation are read by ourselves). */
const VERDICTS = [
  ["CERT_HAS_EXPIRED", "ECO.1.1.5"],
  ["CERT_NOT_YET_VALID", "ECO.1.1.5"],
  ["ERROR_IN_CERT_NOT_BEFORE_FIELD", "ECO.1.1.5"],
  ["ERROR_IN_CERT_NOT_AFTER_FIELD", "ECO.1.1.5"],
  ["CERT_REVOKED", "ECO.1.1.6"],
  ["HOSTNAME_MISMATCH", "ECO.1.1.4"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "ECO.1.1.4"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "ECO.1.1.10"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "ECO.1.1.10"],
  ["UNABLE_TO_GET_ISSUER_CERT", "ECO.1.1.10"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "ECO.1.1.10"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ECO.1.1.10"],
  ["UNABLE_TO_DECRYPT_CERT_SIGNATURE", "ECO.1.1.10"],
  ["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", "ECO.1.1.10"],
  ["CERT_SIGNATURE_FAILURE", "ECO.1.1.10"],
  ["CERT_UNTRUSTED", "ECO.1.1.10"],
  ["CERT_REJECTED", "ECO.1.1.10"],
  ["CERT_CHAIN_TOO_LONG", "ECO.1.1.10"],
  ["PATH_LENGTH_EXCEEDED", "ECO.1.1.10"],
  ["INVALID_CA", "ECO.1.1.10"],
  ["INVALID_PURPOSE", "ECO.1.1.10"],
  ["UNSPECIFIED", "ECO.1.1.10"],
] as const;

describe("the classification of TLS errors", () => {
  it.each(VERDICTS)(
    "a certificate refused with %s is never asked again; an operator's breaks %s",
    (code, requirement) => {
      const { code: ours, retryable, requirement: broken } = tlsError(failed(code), "imap.exemple.fr") ?? {};
      expect([ours, retryable, broken]).toEqual(["certificate_invalid", false, requirement]);
      expect(tlsError(failed(code), "www.exemple.fr", "other")?.requirement).toBeUndefined();
    },
  );

  it("leaves to others what is not of TLS", () => {
    for (const error of [failed("ECONNRESET"), new Error("no code"), undefined])
      expect(tlsError(error, "imap.exemple.fr")).toBeUndefined();
  });
});
