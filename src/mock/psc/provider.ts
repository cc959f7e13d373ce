import { MedimailError } from "../../errors.js";
import { challengeOf, handle, SigningKey } from "./keys.js";
import { MOCK_PROFESSIONAL } from "./professional.js";

export interface MockPscOptions {
  /** Default: `/auth/realms/esante-wallet` of the server, as Pro Santé Connect's own. */
  issuer: string;
  /** Default `medimail-test` and `medimail-test-secret`. */
  client?: { id: string; secret: string };
  /** Claims of userinfo: who logs in. Default: an invented physician. */
  professional?: Record<string, unknown> & { SubjectNameID: string };
  /** Life of an access token, in seconds. Default 120. */
  accessTtl?: number;
  /** Life of the right to renew, in seconds. Default 1 800. */
  refreshTtl?: number;
  now?: () => Date;
}

const CLIENT = { id: "medimail-test", secret: "medimail-test-secret" };
const CIBA = "urn:openid:params:grant-type:ciba";
const CODE_LIFE_MS = 60_000;

interface Right {
  /** The login that it comes from. */
  login: Login;
  until: number;
}

interface Login {
  nonce?: string;
  ended: boolean;
}

interface Asked {
  request: Request;
  query: URLSearchParams;
  form: URLSearchParams;
}

/** What a path answers, by method. */
type Route = Partial<Record<"GET" | "POST", (asked: Asked) => Response>>;

interface Code extends Right {
  redirectUri: string;
  challenge: string;
  clientId: string;
}

/**
 * A Pro Santé Connect of invented people (OpenID Connect: code with PKCE, CIBA, refresh): the professional has his card in, and is let through without
 * being asked. A function from request to answer: served by a real loopback server, or by msw in a publisher's own tests.
 */
export class MockPsc {
  readonly issuer: string;
  readonly client: { id: string; secret: string };
  readonly professional: Record<string, unknown> & { SubjectNameID: string };
  /** What the e-CPS answers to CIBA. `later`: nothing yet. Default `accept`. */
  card: "accept" | "deny" | "later" = "accept";
  /** Requests at the token endpoint by grant type, since the start. */
  readonly grants: Record<string, number> = {};
  readonly #key = new SigningKey();
  readonly #accessTtl: number;
  readonly #refreshTtl: number;
  readonly #now: () => number;
  readonly #codes = new Map<string, Code>();
  readonly #refresh = new Map<string, Right>();
  readonly #access = new Map<string, Right>();
  readonly #asked = new Map<string, { until: number }>();
  readonly #logins = new Set<Login>();
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: MockPscOptions) {
    this.issuer = options.issuer.replace(/\/+$/, "");
    if (!URL.canParse(this.issuer))
      throw new MedimailError("invalid_argument", "The issuer is not a URL.", { path: "issuer" });
    this.client = options.client ?? CLIENT;
    this.professional = options.professional ?? MOCK_PROFESSIONAL;
    this.#accessTtl = options.accessTtl ?? 120;
    this.#refreshTtl = options.refreshTtl ?? 1_800;
    const now = options.now ?? (() => new Date());
    this.#now = () => now().getTime();
    this.#routes = this.#makeRoutes();
  }

  /** Whether a mail server would let this token in now. */
  accepts(token: string): boolean {
    const right = this.#access.get(token);
    return right !== undefined && !right.login.ended && right.until > this.#now();
  }

  /** Every session ends: refreshes are refused, tokens too. */
  endSessions(): void {
    for (const login of this.#logins) login.ended = true;
    this.#logins.clear();
  }

  /**
   * Handlers for msw (version 2): `setupServer(...psc.handlers(http))`.
   *
   * @param http msw's `http`
   */
  handlers<T>(http: { all(path: string, resolver: (info: { request: Request }) => Promise<Response>): T }): T[] {
    return [http.all(`${new URL(this.issuer).origin}/*`, ({ request }) => this.handle(request))];
  }

  /** Where it is asked, under the issuer's host. */
  get paths(): string[] {
    return [...this.#routes.keys()];
  }

  async handle(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const answer = this.#routes.get(pathname)?.[request.method === "POST" ? "POST" : "GET"];
    if (!answer || !["GET", "POST"].includes(request.method)) return new Response("not found", { status: 404 });
    const form = request.method === "POST" ? new URLSearchParams(await request.text()) : new URLSearchParams();
    return answer({ request, query: searchParams, form });
  }

  #makeRoutes(): Map<string, Route> {
    const base = new URL(this.issuer).pathname;
    const at = (name: string): string => `${base}/protocol/openid-connect/${name}`;
    const metadata: Route = { GET: () => Response.json(this.#metadata()) };
    const ofSoftware = (act: (form: URLSearchParams) => Response): Route => ({
      POST: ({ request, form }) => this.#authenticated(request, form) ?? act(form),
    });
    const userinfo = ({ request }: Asked) => this.#userinfo(request);
    return new Map<string, Route>([
      ["/auth", { GET: ({ query }) => this.#authorize(query) }],
      [`${base}/.well-known/wallet-openid-configuration`, metadata],
      [`${base}/.well-known/openid-configuration`, metadata],
      [at("certs"), { GET: () => Response.json(this.#key.jwks) }],
      [at("token"), ofSoftware((form) => this.#token(form))],
      [at("ext/ciba/auth"), ofSoftware((form) => this.#askCard(form))],
      [at("token/introspect"), ofSoftware((form) => this.#introspect(form))],
      [at("userinfo"), { GET: userinfo, POST: userinfo }],
      [at("logout"), { GET: ({ query }) => this.#logout(query) }],
    ]);
  }

  #metadata(): object {
    const at = `${this.issuer}/protocol/openid-connect`;
    return {
      issuer: this.issuer,
      authorization_endpoint: new URL("/auth", this.issuer).href,
      token_endpoint: `${at}/token`,
      userinfo_endpoint: `${at}/userinfo`,
      jwks_uri: `${at}/certs`,
      end_session_endpoint: `${at}/logout`,
      introspection_endpoint: `${at}/token/introspect`,
      backchannel_authentication_endpoint: `${at}/ext/ciba/auth`,
      backchannel_token_delivery_modes_supported: ["poll"],
      grant_types_supported: ["authorization_code", "refresh_token", CIBA],
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "scope_all"],
      acr_values_supported: ["eidas1"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    };
  }

  #authorize(asked: URLSearchParams): Response {
    const redirectUri = asked.get("redirect_uri") ?? "";
    const clientId = asked.get("client_id") ?? "";
    if (!URL.canParse(redirectUri) || clientId !== this.client.id)
      return new Response("client or redirect_uri unknown", { status: 400 });
    const back = new URL(redirectUri);
    const state = asked.get("state");
    if (state !== null) back.searchParams.set("state", state);
    const challenge = asked.get("code_challenge");
    const allowed =
      asked.get("response_type") === "code" &&
      (asked.get("scope") ?? "").split(" ").includes("openid") &&
      asked.get("acr_values") === "eidas1" &&
      asked.get("code_challenge_method") === "S256";
    if (!allowed || challenge === null) back.searchParams.set("error", "invalid_request");
    else {
      const nonce = asked.get("nonce");
      const login: Login = { ended: false, ...(nonce === null ? {} : { nonce }) };
      const code = handle();
      this.#codes.set(code, { login, redirectUri, challenge, clientId, until: this.#now() + CODE_LIFE_MS });
      back.searchParams.set("code", code);
    }
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  /** The refusal, where the software does not prove itself. */
  #authenticated(request: Request, form: URLSearchParams): Response | undefined {
    const basic = /^Basic (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    const [id, secret] = basic
      ? Buffer.from(basic, "base64").toString("utf8").split(":").map(decodeURIComponent)
      : [form.get("client_id") ?? undefined, form.get("client_secret") ?? undefined];
    return id === this.client.id && secret === this.client.secret ? undefined : refusal("invalid_client", 401);
  }

  #token(form: URLSearchParams): Response {
    const grant = form.get("grant_type") ?? "";
    this.grants[grant] = (this.grants[grant] ?? 0) + 1;
    if (grant === "authorization_code") return this.#byCode(form);
    if (grant === "refresh_token") return this.#byRefresh(form);
    return grant === CIBA ? this.#byCard(form) : refusal("unsupported_grant_type");
  }

  #byCode(form: URLSearchParams): Response {
    const name = form.get("code") ?? "";
    const code = this.#codes.get(name);
    this.#codes.delete(name);
    const holds =
      code !== undefined &&
      code.until > this.#now() &&
      code.redirectUri === form.get("redirect_uri") &&
      code.challenge === challengeOf(form.get("code_verifier") ?? "");
    return holds ? this.#issue(code.login) : refusal("invalid_grant");
  }

  #byRefresh(form: URLSearchParams): Response {
    const name = form.get("refresh_token") ?? "";
    const right = this.#refresh.get(name);
    this.#refresh.delete(name);
    if (!right || right.login.ended || right.until <= this.#now()) return refusal("invalid_grant");
    return this.#issue(right.login);
  }

  #byCard(form: URLSearchParams): Response {
    const asked = this.#asked.get(form.get("auth_req_id") ?? "");
    if (!asked) return refusal("invalid_grant");
    if (asked.until <= this.#now()) return refusal("expired_token");
    if (this.card === "later") return refusal("authorization_pending");
    this.#asked.delete(form.get("auth_req_id") ?? "");
    return this.card === "deny" ? refusal("access_denied") : this.#issue({ ended: false });
  }

  #askCard(form: URLSearchParams): Response {
    if (form.get("login_hint") !== this.professional.SubjectNameID) return refusal("unknown_user_id");
    const name = handle();
    this.#asked.set(name, { until: this.#now() + 120_000 });
    return Response.json({ auth_req_id: name, expires_in: 120, interval: 1 });
  }

  #issue(login: Login): Response {
    this.#logins.add(login);
    const now = this.#now();
    const seconds = Math.floor(now / 1_000);
    const claims = { iss: this.issuer, sub: this.professional.SubjectNameID, iat: seconds };
    const access = this.#key.jwt({ ...claims, exp: seconds + this.#accessTtl, azp: this.client.id, jti: handle() });
    const refresh = handle();
    this.#access.set(access, { login, until: now + this.#accessTtl * 1_000 });
    this.#refresh.set(refresh, { login, until: now + this.#refreshTtl * 1_000 });
    return Response.json(
      {
        access_token: access,
        token_type: "Bearer",
        expires_in: this.#accessTtl,
        refresh_token: refresh,
        refresh_expires_in: this.#refreshTtl,
        id_token: this.#key.jwt({
          ...claims,
          aud: this.client.id,
          exp: seconds + this.#accessTtl,
          acr: "eidas1",
          ...(login.nonce === undefined ? {} : { nonce: login.nonce }),
        }),
      },
      { headers: { "cache-control": "no-store" } },
    );
  }

  #introspect(form: URLSearchParams): Response {
    const right = this.#access.get(form.get("token") ?? "");
    const active = right !== undefined && this.accepts(form.get("token") ?? "");
    return Response.json(active ? { active, exp: Math.floor(right.until / 1_000), iss: this.issuer } : { active });
  }

  #userinfo(request: Request): Response {
    const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    if (!this.accepts(token))
      return new Response(null, { status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
    return Response.json({ sub: this.professional.SubjectNameID, ...this.professional });
  }

  #logout(asked: URLSearchParams): Response {
    this.endSessions();
    const back = asked.get("post_logout_redirect_uri");
    if (back === null || !URL.canParse(back)) return new Response("logged out");
    return new Response(null, { status: 302, headers: { location: back } });
  }
}

const refusal = (error: string, status = 400): Response => Response.json({ error }, { status });
