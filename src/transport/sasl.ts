import type { SaslStep } from "../seams/credentials.js";

/** `user=…^Aauth=Bearer …^A^A`, the initial string of XOAUTH2 (interfaces.md §2.2), in base64. */
export function xoauth2(step: Extract<SaslStep, { mechanism: "xoauth2" }>): string {
  return Buffer.from(`user=${step.username}\x01auth=Bearer ${step.token}\x01\x01`, "utf8").toString("base64");
}

/** RFC 4616, in base64; no authorization id. */
export function plain(step: Extract<SaslStep, { mechanism: "plain" }>): string {
  return Buffer.from(`\0${step.username}\0${step.password}`, "utf8").toString("base64");
}

/** RFC 4422 appendix A, in base64; `=` stands for the empty string. */
export function external(step: Extract<SaslStep, { mechanism: "external" }>): string {
  return step.authorizationId === undefined ? "=" : Buffer.from(step.authorizationId, "utf8").toString("base64");
}

/** True for the base64 JSON by which a server says that a token will not do, before it says so by a code, or drops the line. */
export function isTokenError(challenge: string): boolean {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(challenge.trim(), "base64").toString("utf8"));
    return typeof parsed === "object" && parsed !== null && "status" in parsed;
  } catch {
    return false;
  }
}
