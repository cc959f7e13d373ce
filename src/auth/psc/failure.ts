import { isMedimailError, MedimailError } from "../../errors.js";

/** Refusals that only a new login of the professional mends. */
const GONE = new Set(["invalid_grant"]);
const BY_THE_PROFESSIONAL: Readonly<Record<string, string>> = {
  access_denied: "the professional refused",
  expired_token: "the professional did not answer in time",
  transaction_failed: "the professional's e-CPS did not answer",
  unknown_user_id: "Pro Santé Connect does not know this professional",
};
const BY_THE_SOFTWARE = new Set(["invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"]);

/** What of Pro Santé Connect's answer, or of its absence, makes which error. Its descriptions are not quoted: they may name a person. */
export function pscError(thrown: unknown, doing: string): MedimailError {
  const known = medimailErrorIn(thrown);
  if (known) return known;
  const refusal = refusalIn(thrown);
  const error = bare(thrown);
  if (refusal) {
    if ((refusal.status ?? 0) >= 500) return unusable(doing, error);
    if (GONE.has(refusal.error) && doing === REFRESHING)
      return loginRequired("Pro Santé Connect refuses to renew it", error);
    return refusedBecause(refusal.error, doing, error);
  }
  if (isOutage(thrown)) return unusable(doing, error);
  return new MedimailError(
    "login_failed",
    `${doing}: the answer of Pro Santé Connect does not hold (${codeOf(thrown)})`,
    {
      cause: error,
      hint: "Log in again; if it stays so, compare the issuer, the client and the clock of this machine.",
    },
  );
}

export const REFRESHING = "renewing the session";

export function loginRequired(why: string, cause?: unknown): MedimailError {
  return new MedimailError("login_required", `no professional is logged in with Pro Santé Connect: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "Let the professional log in again.",
  });
}

function refusedBecause(code: string, doing: string, cause: unknown): MedimailError {
  const shown = /^[\w.-]{1,60}$/.test(code) ? code : "unknown";
  const why = Object.hasOwn(BY_THE_PROFESSIONAL, shown)
    ? BY_THE_PROFESSIONAL[shown]
    : `Pro Santé Connect answers ${shown}`;
  return new MedimailError("login_failed", `${doing}: ${why}`, {
    cause,
    ...(BY_THE_SOFTWARE.has(shown)
      ? { hint: "Compare the client, its secret or key and its rights with the registration." }
      : {}),
  });
}

const unusable = (doing: string, cause: unknown): MedimailError =>
  new MedimailError("http_failed", `${doing}: Pro Santé Connect is not in service`, { retryable: true, cause });

/** What the token endpoint answers, or the browser brings back: known by its code, since its class is the library's, which may not be loaded. */
function refusalIn(error: unknown): { error: string; status?: number } | undefined {
  if (!REFUSALS.has(codeOf(error))) return undefined;
  const { error: why, status } = error as { error?: unknown; status?: unknown };
  return { error: String(why), ...(typeof status === "number" ? { status } : {}) };
}

const REFUSALS = new Set(["OAUTH_RESPONSE_BODY_ERROR", "OAUTH_AUTHORIZATION_RESPONSE_ERROR"]);

/** An answer that is none of the protocol's: a page of a proxy, of maintenance. */
function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === "OAUTH_RESPONSE_IS_NOT_CONFORM" || code === "OAUTH_RESPONSE_IS_NOT_JSON" || code === "OAUTH_PARSE_ERROR"
  );
}

/** Whether it was said by the protocol: a professional who refuses, a right that has ended. What was found out about the server still holds. */
export const isRefusal = (error: unknown): boolean => refusalIn(error) !== undefined;

/**
 * The library hangs on its errors what it was answered: tokens, the code of the login, who the professional is. Whoever prints an error prints its
 * causes too: of each only its kind, its code and its place in the program stay.
 */
function bare(error: unknown, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const cause = bare(error.cause, depth + 1);
  const kept = Object.assign(new Error(codeOf(error), cause === undefined ? {} : { cause }), { code: codeOf(error) });
  kept.name = error.name;
  kept.stack = [`${error.name}: ${kept.message}`, ...(error.stack?.match(/^ {4}at .*$/gm) ?? [])].join("\n");
  return kept;
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "unknown";
}

/** Of ours, beneath what the library makes of it. */
function medimailErrorIn(error: unknown): MedimailError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth++)
    if (isMedimailError(cause)) return cause;
  return undefined;
}
