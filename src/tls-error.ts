import { MedimailError, type MedimailErrorDetails } from "./errors.js";

/** Of every server's certificate that is refused. */
export const SERVER_HINT =
  "Tell who runs the server; an authority that is missing here is added to tls.ca. Never go round it.";

const CERTIFICATE: Readonly<Record<string, { why: string; requirement: string }>> = {
  CERT_HAS_EXPIRED: { why: "has expired", requirement: "ECO.1.1.5" },
  CERT_NOT_YET_VALID: { why: "is not valid yet (check this machine's clock)", requirement: "ECO.1.1.5" },
  DEPTH_ZERO_SELF_SIGNED_CERT: { why: "is self-signed: no known authority vouches for it", requirement: "ECO.1.1.10" },
  SELF_SIGNED_CERT_IN_CHAIN: { why: "comes from an unknown authority", requirement: "ECO.1.1.10" },
  UNABLE_TO_GET_ISSUER_CERT: { why: "comes from an unknown authority", requirement: "ECO.1.1.10" },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { why: "comes from an unknown authority", requirement: "ECO.1.1.10" },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { why: "comes from an unknown authority", requirement: "ECO.1.1.10" },
  CERT_UNTRUSTED: { why: "comes from an unknown authority", requirement: "ECO.1.1.10" },
  CERT_REJECTED: { why: "is rejected by its authority", requirement: "ECO.1.1.10" },
  ERROR_IN_CERT_NOT_BEFORE_FIELD: { why: "has a date that cannot be read", requirement: "ECO.1.1.5" },
  ERROR_IN_CERT_NOT_AFTER_FIELD: { why: "has a date that cannot be read", requirement: "ECO.1.1.5" },
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: { why: "has a signature that cannot be read", requirement: "ECO.1.1.10" },
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: { why: "has an issuer whose key cannot be read", requirement: "ECO.1.1.10" },
  CERT_SIGNATURE_FAILURE: { why: "has a signature that does not match its authority", requirement: "ECO.1.1.10" },
  CERT_REVOKED: { why: "is revoked", requirement: "ECO.1.1.6" },
  INVALID_PURPOSE: { why: "was not issued for a server", requirement: "ECO.1.1.10" },
  INVALID_CA: { why: "has an issuer that is not an authority", requirement: "ECO.1.1.10" },
  PATH_LENGTH_EXCEEDED: { why: "has a chain that its authority does not allow", requirement: "ECO.1.1.10" },
  CERT_CHAIN_TOO_LONG: { why: "has a chain that is too long", requirement: "ECO.1.1.10" },
  HOSTNAME_MISMATCH: { why: "is for another name", requirement: "ECO.1.1.4" },
  ERR_TLS_CERT_ALTNAME_INVALID: { why: "is for another name", requirement: "ECO.1.1.4" },
};

const HANDSHAKE: readonly { pattern: RegExp; why: string; requirement?: string; retryable: boolean }[] = [
  {
    pattern: /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS/,
    why: "the server has no TLS 1.2 or later",
    requirement: "ECO.1.1.1",
    retryable: false,
  },
  {
    pattern: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
    why: "the server does not speak TLS where it should begin",
    requirement: "ECO.1.1.1",
    retryable: true,
  },
  {
    pattern: /CERTIFICATE_REQUIRED/,
    why: "the server demands a client certificate and none was given",
    retryable: false,
  },
  {
    pattern:
      /ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|NO_CERTIFICATE)/,
    why: "the server refuses our client certificate",
    retryable: false,
  },
  {
    pattern: /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|WRONG_CIPHER|NO_CIPHERS|INSUFFICIENT_SECURITY/,
    why: "the server has no cipher suite in common with the allowed list, or refuses our side of the handshake",
    requirement: "ECO.1.1.3",
    retryable: false,
  },
  {
    pattern: /EE_KEY_TOO_SMALL|CA_KEY_TOO_SMALL|DH_KEY_TOO_SMALL|CA_MD_TOO_WEAK/,
    why: "the server's key is too weak",
    retryable: false,
  },
];

/**
 * Says in clear words, and with our codes, what went wrong in TLS with `host`. Also for the errors that come after the
 * handshake: in TLS 1.3 a client certificate is refused by an alert on the first read.
 *
 * @param server whose it is: ECO.1.1.3 to ECO.1.1.10 speak of an operator's, so that no other is said to break them
 * @returns undefined where the error is not one of TLS.
 */
export function tlsError(
  error: unknown,
  host: string,
  server: "operator" | "other" = "operator",
): MedimailError | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== "string") return undefined;
  const fault = CERTIFICATE[code];
  const details = (requirement: string | undefined, retryable?: boolean): MedimailErrorDetails => ({
    cause: error,
    ...(fault || code === "UNSPECIFIED" ? { hint: SERVER_HINT } : {}),
    ...(retryable === undefined ? {} : { retryable }),
    ...(requirement === undefined || server === "other" ? {} : { requirement }),
  });
  if (fault)
    return new MedimailError(
      "certificate_invalid",
      `the certificate of ${host} ${fault.why}`,
      details(fault.requirement),
    );
  if (code === "UNSPECIFIED") {
    // A verdict on the chain for which Node has no name: a constraint, a critical extension, a weak digest. The text is OpenSSL's own.
    const why = error instanceof Error ? error.message.slice(0, 100) : "";
    return new MedimailError(
      "certificate_invalid",
      `the certificate of ${host} is refused: ${why}`,
      details("ECO.1.1.10"),
    );
  }
  if (!code.startsWith("ERR_SSL_") && !code.startsWith("ERR_TLS_") && code !== "EPROTO") return undefined;
  const text = `${code} ${error instanceof Error ? error.message : ""}`.toUpperCase().replaceAll(" ", "_");
  const known = HANDSHAKE.find(({ pattern }) => pattern.test(text));
  if (!known) return new MedimailError("tls_failed", `TLS with ${host} failed (${code})`, details(undefined, true));
  const { why, requirement, retryable } = known;
  return new MedimailError("tls_failed", `TLS with ${host} failed: ${why}`, details(requirement, retryable));
}
