import { setMaxListeners } from "node:events";
import type { TokenEndpointResponse } from "openid-client";
import { abortable } from "../../abortable.js";
import { isMedimailError, MedimailError } from "../../errors.js";
import type { Logger } from "../../log.js";
import { type Clock, steadyClock, systemClock } from "../../seams/clock.js";
import type { CredentialSource } from "../../seams/credentials.js";
import { isRefusal, loginRequired, pscError, REFRESHING } from "./failure.js";
import { openidClient } from "./library.js";
import type { Professional } from "./professional.js";
import type { RelyingParty } from "./relying-party.js";
import { checkAnswer, readTokens, type Tokens } from "./tokens.js";
import type { ProSanteConnectSession } from "./types.js";

export interface SessionDeps {
  party: RelyingParty;
  professional: Professional;
  keepAliveMs: number | "never";
  clock?: Clock;
  logger?: Logger;
}

const WAITING = "waiting for the access token";
/** After a refresh that failed for want of the network. */
const AGAIN_MS = 30_000;
/** Between two refreshes that nobody asked for, however short a life the server tells. */
const LEAST_MS = 1_000;

export class Session implements ProSanteConnectSession {
  readonly professional: Professional;
  readonly #party: RelyingParty;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  readonly #end = new AbortController();
  #tokens: Tokens | undefined;
  /** The token held, once a mail server has refused it to any of the mailboxes: the others renew it before they show it too. */
  #refused: string | undefined;
  #refreshing: Promise<Tokens> | undefined;
  #renewedAt: number;

  constructor(answer: TokenEndpointResponse, { party, professional, keepAliveMs, clock, logger }: SessionDeps) {
    // Two for each mailbox of the professional: more than the ten at which Node suspects a leak.
    setMaxListeners(0, this.#end.signal);
    this.professional = professional;
    this.#party = party;
    this.#clock = steadyClock(clock ?? systemClock);
    this.#logger = logger;
    this.#renewedAt = this.#clock.now();
    this.#tokens = readTokens(answer, this.#renewedAt);
    if (keepAliveMs !== "never" && this.#tokens.refresh !== undefined) void this.#keepAlive(keepAliveMs);
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  async accessToken({ signal }: { signal?: AbortSignal } = {}): Promise<string> {
    return await abortable(this.#token(undefined), signal, WAITING);
  }

  /** @param refused what a server has refused to the mailbox that asks: another one is wanted, or none */
  async #token(refused: string | undefined): Promise<string> {
    const held = this.#held();
    const renews = held.access === refused || held.access === this.#refused;
    if (!renews && held.until - this.#clock.now() > held.margin) return held.access;
    try {
      return (await this.#refresh()).access;
    } catch (error) {
      // Without the network, what is held serves to its end (SC.MSS/CONF.11).
      if (!this.ended.aborted && held.access !== refused && held.until > this.#clock.now()) return held.access;
      throw error;
    }
  }

  #held(): Tokens {
    if (this.#tokens) return this.#tokens;
    throw this.ended.reason;
  }

  #refresh(): Promise<Tokens> {
    this.#refreshing ??= this.#renew().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #renew(): Promise<Tokens> {
    const held = this.#held();
    if (held.refresh === undefined) {
      const error = loginRequired("its access token has ended, and there is none to renew it with");
      if (held.until <= this.#clock.now()) this.#finish(error);
      throw error;
    }
    try {
      const { refreshTokenGrant } = await openidClient();
      const answer = await refreshTokenGrant(await this.#party.renewal(), held.refresh);
      // Logged out or closed meanwhile.
      this.#held();
      checkAnswer(answer, this.#party.clientId);
      const { sub = this.professional.sub } = answer.claims() ?? {};
      if (sub !== this.professional.sub) throw loginRequired("it was renewed for another person");
      this.#renewedAt = this.#clock.now();
      this.#tokens = readTokens(answer, this.#renewedAt, held);
      this.#refused = undefined;
      return this.#tokens;
    } catch (error) {
      if (this.ended.aborted) throw this.ended.reason;
      if (!isRefusal(error)) this.#party.forget();
      const known = pscError(error, REFRESHING);
      this.#logger?.log("warn", "psc_refresh_failed", { code: known.code });
      // The mail sessions are ended with it (ECO.1.2.6 = SC.MSS/CONF.10).
      if (known.code === "login_required") this.#finish(known);
      throw known;
    }
  }

  #finish(reason: MedimailError): void {
    this.#tokens = undefined;
    this.#refused = undefined;
    this.#end.abort(reason);
  }

  /** The right to renew ends by itself when it is not used. */
  async #keepAlive(wanted: number): Promise<void> {
    const { ended } = this;
    const told = (): number => (this.#tokens?.refreshMs ?? Number.POSITIVE_INFINITY) / 2;
    const every = (): number => Math.min(wanted, Math.max(LEAST_MS, told()));
    let pause = every();
    while (!ended.aborted) {
      try {
        await this.#clock.sleep(pause, { signal: ended, unref: true });
        const due = this.#renewedAt + every() - this.#clock.now();
        if (due <= 0) await this.#refresh();
        pause = due > 0 ? due : every();
      } catch (error) {
        if (ended.aborted) return;
        // Asked again soon while the right may still live; said by the refresh itself.
        pause = isMedimailError(error) ? Math.min(AGAIN_MS, every()) : every();
      }
    }
  }

  credentials(mailbox: string, { initialResponse = true }: { initialResponse?: boolean } = {}): CredentialSource {
    if (/[\x00-\x20\x7f]/.test(mailbox) || mailbox === "")
      throw new MedimailError(
        "invalid_argument",
        "the mailbox's address is empty, or has a space or a control character",
        {
          path: "mailbox",
        },
      );
    let refused: string | undefined;
    let closed = false;
    return {
      ended: this.ended,
      certificate: async () => undefined,
      sasl: async (_protocol, { signal } = {}) => {
        if (closed) throw new MedimailError("closed", "the credentials are closed");
        const token = await abortable(this.#token(refused), signal, WAITING);
        return { mechanism: "xoauth2", username: mailbox, token, initialResponse };
      },
      refused: async (_protocol, step) => {
        if (closed || this.ended.aborted || step?.mechanism !== "xoauth2") return false;
        // One that was renewed meanwhile is shown by nobody: the fresh one stays.
        if (step.token === this.#tokens?.access) this.#refused = refused = step.token;
        return true;
      },
      // The session is the caller's: other mailboxes may use it.
      close: async () => {
        closed = true;
        refused = undefined;
      },
    };
  }

  async introspect(): Promise<{ active: boolean; expiresAt?: Date }> {
    const { access } = this.#held();
    try {
      const { tokenIntrospection } = await openidClient();
      const { active, exp } = await tokenIntrospection(await this.#party.configuration(), access, {
        token_type_hint: "access_token",
      });
      const expiresAt = new Date(Number(exp) * 1_000);
      return { active, ...(Number.isNaN(expiresAt.getTime()) ? {} : { expiresAt }) };
    } catch (error) {
      throw pscError(error, "asking what the session is worth");
    }
  }

  async logout({ postLogoutRedirectUri }: { postLogoutRedirectUri?: string } = {}): Promise<URL | undefined> {
    const id = this.#tokens?.id;
    this.#finish(loginRequired("he has logged out"));
    const configuration = await this.#party.configuration();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    const { buildEndSessionUrl } = await openidClient();
    try {
      return buildEndSessionUrl(configuration, {
        ...(id === undefined ? {} : { id_token_hint: id }),
        ...(postLogoutRedirectUri === undefined ? {} : { post_logout_redirect_uri: postLogoutRedirectUri }),
      });
    } catch (error) {
      throw pscError(error, "logging out");
    }
  }

  async close(): Promise<void> {
    if (!this.ended.aborted) this.#finish(loginRequired("the session was closed"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
