import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from "openid-client";
import { MedimailError } from "../../errors.js";

/** What Pro Santé Connect gave, and until when it is good by our own clock: the server's may be another. */
export interface Tokens {
  access: string;
  refresh: string | undefined;
  id: string | undefined;
  until: number;
  /** Renewed when so little is left. */
  margin: number;
  /** Life of the right to renew, where it is told, in ms. */
  refreshMs: number | undefined;
}

const MOST_MARGIN_MS = 30_000;

/**
 * What the library does not look at: a mailbox is shown a Bearer token (one that is bound to a key, DPoP, would be refused there), and an ID token that
 * was issued to another software is not ours (OpenID Connect Core §3.1.3.7, 5).
 *
 * @throws MedimailError `login_failed`
 */
export function checkAnswer(answer: TokenEndpointResponse & TokenEndpointResponseHelpers, clientId: string): void {
  if (answer.token_type.toLowerCase() !== "bearer")
    throw new MedimailError("login_failed", "Pro Santé Connect gave an access token that is no Bearer token");
  const azp = answer.claims()?.["azp"];
  if (azp !== undefined && azp !== clientId)
    throw new MedimailError("login_failed", "Pro Santé Connect's ID token was issued to another software");
}

/**
 * Reads a token answer. The life is what the answer says (`expires_in`), else what the token itself says (`exp` less `iat`): it is
 * never taken for granted (interfaces.md §5 has four values for it).
 *
 * @throws MedimailError `login_failed` where neither says it
 */
export function readTokens(answer: TokenEndpointResponse, now: number, before?: Tokens): Tokens {
  const { access_token: access, expires_in: expiresIn } = answer;
  const seconds = expiresIn ?? lifeOf(access);
  if (seconds === undefined || !(seconds > 0) || !/^[\x21-\x7e]+$/.test(access))
    throw new MedimailError("login_failed", "Pro Santé Connect gave an access token that says nothing of its life");
  const { refresh_expires_in: refreshIn } = answer as { refresh_expires_in?: unknown };
  const lifeMs = seconds * 1_000;
  return {
    access,
    refresh: answer.refresh_token ?? before?.refresh,
    id: answer.id_token ?? before?.id,
    until: now + lifeMs,
    margin: Math.min(MOST_MARGIN_MS, lifeMs / 4),
    refreshMs: typeof refreshIn === "number" && refreshIn > 0 ? refreshIn * 1_000 : undefined,
  };
}

function lifeOf(jwt: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8"));
    const { exp, iat } = claims as { exp?: unknown; iat?: unknown };
    return typeof exp === "number" && typeof iat === "number" ? exp - iat : undefined;
  } catch {
    return undefined;
  }
}
