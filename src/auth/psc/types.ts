import type { Http } from "../../http.js";
import type { Logger } from "../../log.js";
import type { Clock } from "../../seams/clock.js";
import type { CredentialSource } from "../../seams/credentials.js";
import type { Professional } from "./professional.js";

/** How the software proves itself to Pro Santé Connect: by what was agreed at its registration. Secrets are asked when needed, and kept nowhere. */
export type ClientProof =
  | { method: "client_secret_basic" | "client_secret_post"; secret: () => Promise<string> }
  /** A signed assertion (RFC 7523): private key as PKCS#8 PEM, and its `kid` where the key set needs one. */
  | { method: "private_key_jwt"; key: () => Promise<string>; kid?: string; alg?: "RS256" | "PS256" | "ES256" }
  /** Mutual TLS (RFC 8705, psc-mtls). */
  | { method: "tls_client_auth"; certificate: () => Promise<{ cert: string; key: string }> };

export interface ProSanteConnectOptions {
  /**
   * As the contract names it, e.g. `https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet` (**certain**). What tokens are checked
   * against is the issuer that its discovery document gives.
   */
  issuer: string;
  clientId: string;
  proof: ClientProof;
  /** Where it answers; as registered. Needed by {@link ProSanteConnect.authorize}, not by CIBA. */
  redirectUri?: string;
  /**
   * The document that says where everything is: `wallet` (default) is Pro Santé Connect's own name for it,
   * `/.well-known/wallet-openid-configuration`; `standard` is `/.well-known/openid-configuration`; or a URL.
   */
  discovery?: "wallet" | "standard" | (string & {});
  /** Default `openid scope_all`. */
  scope?: string;
  /** Default `eidas1`. */
  acrValues?: string;
  /** Difference between clocks that is borne, in seconds. Default 30. */
  clockSkew?: number;
  /** Without use by a mail session, the right is kept alive by a refresh so often, in ms. Default 10 minutes, or half of the life told. `never`: not. */
  keepAliveMs?: number | "never";
  http: Http;
  logger?: Logger;
  clock?: Clock;
}

/** What must be kept between sending the browser away and its return: for this browser alone, a few minutes, on the server's side. */
export interface PendingLogin {
  state: string;
  nonce: string;
  codeVerifier: string;
  redirectUri: string;
}

export interface CibaOptions {
  /** The professional's national identifier (8 and RPPS): **certain** as the parameter, its form **inferred**. */
  loginHint: string;
  /** Shown on the e-CPS, so that the professional knows what he accepts. A few characters. */
  bindingMessage?: string;
  /** Parameter `channel`. */
  channel?: string;
  /** Called when the e-CPS has been asked, with the seconds that the answer may take. */
  onAsked?: (asked: { expiresIn: number }) => void;
  signal?: AbortSignal;
}

/** A relying party of Pro Santé Connect. */
export interface ProSanteConnect extends AsyncDisposable {
  /**
   * Where to send the browser (authorization code, PKCE S256, state, nonce).
   *
   * @throws MedimailError those of {@link Http.fetch} (retryable), `invalid_argument` without a redirect URI
   */
  authorize(options?: { redirectUri?: string }): Promise<{ url: URL; pending: PendingLogin }>;
  /**
   * The browser is back: `url` is the whole address that it asked for.
   *
   * @throws MedimailError `login_failed`: denied, of another login, too late, or an answer that does not hold
   */
  complete(url: URL, pending: PendingLogin): Promise<ProSanteConnectSession>;
  /**
   * Asks the professional's e-CPS, without a browser (CIBA), and waits for the answer at the pace that Pro Santé Connect asks for.
   *
   * @throws MedimailError `login_failed`: denied, or not answered in time; `aborted`
   */
  ciba(options: CibaOptions): Promise<ProSanteConnectSession>;
  /** Closes the connections. Sessions end with it: close them before. */
  close(): Promise<void>;
}

/**
 * A professional who is logged in. Tokens stay in the memory of this object (ECO.1.2.5 = SC.MSS/CONF.28): they are in none of its
 * members, and it cannot be serialised.
 */
export interface ProSanteConnectSession extends AsyncDisposable {
  readonly professional: Professional;
  /** Aborted when the right is gone: refresh refused (ECO.1.2.6), logged out, closed. The reason is a MedimailError. */
  readonly ended: AbortSignal;
  /**
   * An access token that is good for a while: renewed ahead of its end, once however many ask. Without the network the one
   * held serves to its end.
   *
   * @throws MedimailError `login_required` once the right is gone; those of {@link Http.fetch}
   */
  accessToken(options?: { signal?: AbortSignal }): Promise<string>;
  /** What a mailbox of the professional authenticates with: XOAUTH2 (ECO.1.2.1). Many mailboxes may share one session. */
  credentials(mailbox: string, options?: { initialResponse?: boolean }): CredentialSource;
  /** What Pro Santé Connect says of the access token. */
  introspect(): Promise<{ active: boolean; expiresAt?: Date }>;
  /** Ends the right here at once. Gives the address to send the browser to, which ends it at Pro Santé Connect; undefined where it has none. */
  logout(options?: { postLogoutRedirectUri?: string }): Promise<URL | undefined>;
  /** Forgets the tokens; the right at Pro Santé Connect stays. */
  close(): Promise<void>;
}
