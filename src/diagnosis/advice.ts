import { type ErrorCode, isMedimailError, type MedimailError } from "../errors.js";
import type { AdviceCode, StepName } from "./types.js";

const BY_CODE: Readonly<Partial<Record<ErrorCode, AdviceCode>>> = {
  dns_failed: "check_dns",
  operator_not_found: "pin_hosts",
  connection_refused: "open_port",
  proxy_failed: "check_proxy",
  starttls_missing: "tls_stripped",
  starttls_injection: "tls_stripped",
  tls_failed: "tls_profile",
  token_refused: "token_refused",
  auth_refused: "credentials_refused",
  login_required: "login",
  login_failed: "login",
  secret_unavailable: "secret_missing",
  file_not_found: "secret_missing",
  file_unreadable: "secret_missing",
};

/** The rule that a server's certificate breaks tells what is wrong with it, whatever the library calls it. */
const BY_REQUIREMENT: Readonly<Record<string, AdviceCode>> = {
  "ECO.1.1.4": "certificate_name",
  "ECO.1.1.5": "certificate_dates",
  "ECO.1.1.6": "certificate_revoked",
  "ECO.1.1.7": "certificate_revoked",
  "ECO.1.1.10": "add_authority",
};

/**
 * What to do where `step` failed with `error`. Node itself may be who forbids (its permission model): each message of the network tells its word.
 */
export function adviceOf(step: StepName, error: MedimailError): AdviceCode {
  if ((step === "resolved" || step === "connected") && /\bERR_ACCESS_DENIED\b/.test(error.message))
    return "allow_network";
  if (error.code === "operator_host_refused")
    return error.path === "network.allowedAddresses" ? "allowed_addresses" : "host_suffixes";
  if (step === "connected" && error.code === "timeout") return "open_port";
  if (error.code === "revocation_unknown") return "revocation_sources";
  if (step === "chain" && error.requirement === "ECO.1.1.10" && !isUnknownAuthority(error)) return "server_certificate";
  if (step === "chain" || step === "revocation") return BY_REQUIREMENT[error.requirement ?? ""] ?? "add_authority";
  if (step === "authenticated") {
    if (error.code === "certificate_invalid") return "own_certificate";
    if (isAboutOurCertificate(error)) return "own_certificate_refused";
    if (error.code === "smtp_permanent") return "credentials_refused";
  }
  return BY_CODE[error.code] ?? "operator_fault";
}

/** The server wants our certificate, or another one than ours: said in the handshake (TLS 1.2) or after it (TLS 1.3). */
export function isAboutOurCertificate(error: MedimailError): boolean {
  return error.code === "tls_failed" && /client certificate/.test(error.message);
}

/**
 * Who took the connection does not speak the protocol, or not a word: another service than the one meant, or one that waits for TLS first (465, 993). Of a
 * server that sends us away by a word of its protocol it is not said.
 */
export function isAnotherService(error: unknown): boolean {
  if (!isMedimailError(error)) return false;
  const { code, message } = error;
  return (
    code === "smtp_protocol" || code === "timeout" || (code === "imap_failed" && /does not speak IMAP/.test(message))
  );
}

/** No authority that was given leads to it: another one may. Of its use, range, key or constraints no authority makes it good. */
const isUnknownAuthority = ({ message }: MedimailError): boolean =>
  /unknown authority|self-signed|shows no certificate/.test(message);

/** In which step a verifier's refusal belongs. */
export function stepOfRefusal(error: MedimailError): StepName {
  const { code, requirement } = error;
  if (isAboutOurCertificate(error)) return "authenticated";
  if (requirement === "ECO.1.1.6" || requirement === "ECO.1.1.7" || /revo/.test(code)) return "revocation";
  return code.startsWith("certificate_") ? "chain" : "tls";
}
