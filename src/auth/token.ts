import { abortable } from "../abortable.js";
import { MedimailError } from "../errors.js";
import type { Clock } from "../seams/clock.js";
import { steadyClock, systemClock } from "../seams/clock.js";
import type { CredentialSource } from "../seams/credentials.js";
import { secret } from "./password.js";

export interface TokenRequest {
  /** True where a server has refused the last token: one from a cache will not do. The same again is shown again. */
  renew: boolean;
}

/** Tokens that are remembered as refused: a source that gives older ones again is past help. */
const MOST_REFUSED = 8;

export interface TokenCredentialsOptions {
  /** The mailbox's address: XOAUTH2 names it beside the token (ECO.1.2.1). */
  username: string;
  /** Gives an access token (Pro Santé Connect). Called once however many sessions open at the same time. */
  token: (request: TokenRequest) => Promise<string>;
  /** Send the token with the AUTH command itself. Default true; some servers want to be asked first. */
  initialResponse?: boolean;
  /**
   * How long a token serves the next sessions without being asked again, in ms. Default 30 000: a Pro Santé Connect
   * token may live for 60 s only, and what gives it knows its end better than we do.
   */
  reuseMs?: number;
  clock?: Clock;
}

/** XOAUTH2 with a token given from outside. The token stays in memory (ECO.1.2.5 = SC.MSS/CONF.28). */
export function tokenCredentials(options: TokenCredentialsOptions): CredentialSource {
  const { username, initialResponse = true, reuseMs = 30_000 } = options;
  const clock = steadyClock(options.clock ?? systemClock);
  // Neither may end the SASL string early and say something else.
  if (/[\x00-\x20\x7f]/.test(username))
    throw new MedimailError("config_invalid", "the user name has a space or a control character", {
      path: "auth.username",
    });
  let held: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;
  /** One of the sessions was refused, and no other token has come since. */
  let renew = false;
  /** The last that were refused: shown to no server again, unless their source stands by them. */
  const refused = new Set<string>();
  let closed = false;

  async function ask(): Promise<string> {
    for (let renewing = renew; ; renewing = true) {
      const token = await secret("the access token", () => options.token({ renew: renewing }));
      if (!/^[\x21-\x7e]+$/.test(token))
        throw new MedimailError("secret_unavailable", "the access token has a space or a control character");
      // Refused while it was being asked for, or out of a cache.
      if (refused.has(token) && !renewing) continue;
      // What is given by who knows of the refusal is vouched for: a server may have erred.
      refused.delete(token);
      renew = false;
      if (!closed) held = { token, until: clock.now() + reuseMs };
      return token;
    }
  }

  async function current(): Promise<string> {
    if (held && held.until > clock.now()) return held.token;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return await asking;
  }

  return {
    certificate: async () => undefined,
    async sasl(_protocol, { signal } = {}) {
      if (closed) throw new MedimailError("closed", "the credentials are closed");
      return {
        mechanism: "xoauth2",
        username,
        token: await abortable(current(), signal, "waiting for the access token"),
        initialResponse,
      };
    },
    async refused(_protocol, step) {
      if (closed || step?.mechanism !== "xoauth2") return false;
      refused.delete(step.token);
      refused.add(step.token);
      for (const oldest of refused) if (refused.size > MOST_REFUSED) refused.delete(oldest);
      if (held?.token === step.token) held = undefined;
      // Another session was refused the same, and there is a fresh one already.
      if (!held) renew = true;
      return true;
    },
    async close() {
      closed = true;
      held = undefined;
      refused.clear();
    },
  };
}
