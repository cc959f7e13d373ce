import type * as openid from "openid-client";
import { abortable } from "../../abortable.js";
import { MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import { isRefusal, pscError } from "./failure.js";
import { openidClient } from "./library.js";
import { readProfessional } from "./professional.js";
import { RelyingParty } from "./relying-party.js";
import { Session } from "./session.js";
import { checkAnswer } from "./tokens.js";
import type {
  CibaOptions,
  PendingLogin,
  ProSanteConnect,
  ProSanteConnectOptions,
  ProSanteConnectSession,
} from "./types.js";

/**
 * The software as a relying party of Pro Santé Connect (interfaces.md §5). Nothing is asked of the network before the first login.
 *
 * @throws MedimailError `config_invalid` where the issuer is not a URL, `invalid_argument` for a `keepAliveMs` that is no length of time
 */
export function relyingParty(options: ProSanteConnectOptions): ProSanteConnect {
  return new Logins(options);
}

class Logins implements ProSanteConnect {
  readonly #options: ProSanteConnectOptions;
  readonly #party: RelyingParty;

  constructor(options: ProSanteConnectOptions) {
    const { keepAliveMs } = options;
    if (typeof keepAliveMs === "number" && !(Number.isFinite(keepAliveMs) && keepAliveMs > 0))
      throw new MedimailError("invalid_argument", "keepAliveMs is not a positive number of ms", {
        path: "keepAliveMs",
        hint: 'Leave it out for 10 minutes, or give "never".',
      });
    this.#options = options;
    this.#party = new RelyingParty(options);
  }

  async authorize({ redirectUri = this.#options.redirectUri }: { redirectUri?: string } = {}) {
    if (redirectUri === undefined || !URL.canParse(redirectUri))
      throw new MedimailError("invalid_argument", "the redirect URI is not a URL", { path: "redirectUri" });
    const configuration = await this.#party.configuration();
    const client = await openidClient();
    const codeVerifier = client.randomPKCECodeVerifier();
    const pending: PendingLogin = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier,
      redirectUri,
    };
    const challenge = await client.calculatePKCECodeChallenge(codeVerifier);
    const url = await this.#try("logging in", async () =>
      client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: this.#options.scope ?? "openid scope_all",
        acr_values: this.#options.acrValues ?? "eidas1",
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: challenge,
        code_challenge_method: "S256",
      }),
    );
    return { url, pending };
  }

  async complete(url: URL, pending: PendingLogin): Promise<ProSanteConnectSession> {
    const configuration = await this.#party.configuration();
    const client = await openidClient();
    // Behind a proxy the software sees another host than the browser: only what the answer says counts.
    const current = new URL(pending.redirectUri);
    current.search = url.search;
    const answer = await this.#try("logging in", () =>
      client.authorizationCodeGrant(configuration, current, {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.codeVerifier,
        idTokenExpected: true,
      }),
    );
    return await this.#session(configuration, answer);
  }

  async ciba({ loginHint, bindingMessage, channel, onAsked, signal }: CibaOptions): Promise<ProSanteConnectSession> {
    const configuration = await this.#party.configuration();
    const client = await openidClient();
    const doing = "asking the professional's e-CPS";
    const asked = await this.#try(doing, () =>
      client.initiateBackchannelAuthentication(configuration, {
        scope: this.#options.scope ?? "openid scope_all",
        acr_values: this.#options.acrValues ?? "eidas1",
        login_hint: loginHint,
        ...(bindingMessage === undefined ? {} : { binding_message: bindingMessage }),
        ...(channel === undefined ? {} : { channel }),
      }),
    );
    const expiresIn = Math.min(asked.expires_in, MOST_WAIT_S);
    const interval = Math.max(asked.interval ?? 5, LEAST_INTERVAL_S);
    onAsked?.({ expiresIn });
    const over = late(expiresIn);
    const ended = firstAborted(signal, over);
    const answer = await this.#try(
      doing,
      () =>
        // The library looks at the signal every five seconds.
        abortable(
          client.pollBackchannelAuthenticationGrant(configuration, { ...asked, interval }, undefined, {
            signal: ended.signal,
          }),
          signal,
          doing,
        ),
      { over, ...(signal ? { signal } : {}) },
    ).finally(ended.release);
    // Nothing else says that this is who was asked: the code flow has its state and its browser.
    if (answer.claims() === undefined)
      throw new MedimailError("login_failed", `${doing}: Pro Santé Connect gives no ID token`);
    const session = await this.#session(configuration, answer);
    const { nationalId = loginHint } = session.professional;
    if (!NATIONAL_ID.test(loginHint) || nationalId === loginHint) return session;
    await session.close();
    throw new MedimailError("login_failed", `${doing}: another professional answered`);
  }

  async close(): Promise<void> {
    await this.#options.http.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #session(
    configuration: openid.Configuration,
    answer: openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers,
  ): Promise<ProSanteConnectSession> {
    const { keepAliveMs, clock, logger, clientId } = this.#options;
    checkAnswer(answer, clientId);
    const client = await openidClient();
    const sub = answer.claims()?.sub;
    const userinfo = await this.#try("reading who logged in", () =>
      client.fetchUserInfo(configuration, answer.access_token, sub ?? client.skipSubjectCheck),
    );
    const professional = readProfessional(userinfo);
    if (professional === undefined)
      throw new MedimailError("login_failed", "reading who logged in: Pro Santé Connect does not say who it is");
    return new Session(answer, {
      party: this.#party,
      professional,
      keepAliveMs: keepAliveMs ?? KEEP_ALIVE_MS,
      ...(clock === undefined ? {} : { clock }),
      ...(logger === undefined ? {} : { logger }),
    });
  }

  async #try<T>(
    doing: string,
    work: () => Promise<T>,
    { signal, over }: { signal?: AbortSignal; over?: AbortSignal } = {},
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted)
        throw new MedimailError("aborted", `${doing} was given up by the caller`, { cause: signal.reason });
      if (over?.aborted) throw new MedimailError("login_failed", `${doing}: the professional did not answer in time`);
      if (!isRefusal(error)) this.#party.forget();
      throw pscError(error, doing);
    }
  }
}

/** See {@link ProSanteConnectOptions.keepAliveMs}. */
const KEEP_ALIVE_MS = 10 * 60_000;

/** The e-CPS is waited for so long at most, and asked after no more often, whatever the server says. */
const MOST_WAIT_S = 3_600;
const LEAST_INTERVAL_S = 1;

/** 8 and RPPS: another form of `loginHint` cannot be compared. */
const NATIONAL_ID = /^8\d{11}$/;

/** The library polls until it is told that the time is over: a server that never says so is not waited for. */
const late = (seconds: number): AbortSignal => AbortSignal.timeout((seconds + 10) * 1_000);
