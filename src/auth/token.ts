import { abortable } from "../abortable.js";
import { MedimailError } from "../errors.js";
import type { Clock } from "../seams/clock.js";
import { systemClock } from "../seams/clock.js";
import type { CredentialSource } from "../seams/credentials.js";
import { secret } from "./password.js";

export interface TokenRequest {
  /** True where the server has just refused the last token: one from a cache will not do. */
  renew: boolean;
}

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
  const { username, initialResponse = true, reuseMs = 30_000, clock = systemClock } = options;
  // Neither may end the SASL string early and say something else.
  if (/[\x00-\x20\x7f]/.test(username))
    throw new MedimailError("config_invalid", "the user name has a space or a control character", {
      path: "auth.username",
    });
  let held: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;
  let renew = false;
  let closed = false;

  async function ask(): Promise<string> {
    const renewing = renew;
    renew = false;
    try {
      const token = await secret("the access token", () => options.token({ renew: renewing }));
      if (!/^[\x21-\x7e]+$/.test(token))
        throw new MedimailError("secret_unavailable", "the access token has a space or a control character");
      if (!closed) held = { token, until: clock.now() + reuseMs };
      return token;
    } catch (error) {
      renew ||= renewing;
      throw error;
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
    async refused() {
      held = undefined;
      renew = true;
      return !closed;
    },
    async close() {
      closed = true;
      held = undefined;
    },
  };
}
