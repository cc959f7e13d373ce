import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
// The provider of an OpenID reference implementation, told to be Pro Santé Connect. It has no types of its own.
// @ts-expect-error no declaration
import Provider, { errors } from "oidc-provider";

export const NATIONAL_ID = "8" + "10000000018";
export const CLIENT = { id: "labsoft", secret: "a-secret-of-the-client-that-is-long" };
export const REDIRECT = "http://127.0.0.1/callback";

const USERINFO = {
  SubjectNameID: NATIONAL_ID,
  preferred_username: NATIONAL_ID,
  given_name: "Anne",
  family_name: "LEROY",
  SubjectRole: ["10^1.2.250.1.213.1.1.5.5"],
  SubjectOrganization: "CH EXEMPLE",
  Secteur_Activite: "SA01^1.2.250.1.71.4.2.4",
  Palier_Authentification: "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
  SubjectRefPro: {
    codeCivilite: "MME",
    exercices: [
      {
        codeProfession: "10",
        codeCategorieProfessionnelle: "C",
        codeSavoirFaire: "SM03",
        nomDexercice: "LEROY",
        prenomDexercice: "Anne",
        activities: [
          {
            codeSecteurDactivite: "SA01",
            numeroFinessSite: "310000001",
            raisonSocialeSite: "CH EXEMPLE",
            codeGenreActivite: "",
          },
        ],
      },
    ],
  },
};

export interface PscServer extends AsyncDisposable {
  issuer: string;
  /** Requests by path, since the start. */
  requests: string[];
  /** Takes every right back: the next refresh is refused. */
  revoke(): void;
  /** Answers the e-CPS of the next CIBA request. Default: accepted at once. */
  answer: "accept" | "deny" | "later";
  /** What the server does instead of answering. */
  down: "up" | "503" | "page";
  privateKey: string;
}

/** Tokens live for `ttl` seconds, as short as Pro Santé Connect's may be. */
export async function startPsc({ ttl = 60, jwtUserinfo = false } = {}): Promise<PscServer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signing = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    state.requests.push(path.split("?")[0] as string);
    if (state.down === "503") return void response.writeHead(503).end();
    if (state.down === "page")
      return void response.writeHead(200, { "content-type": "text/html" }).end("<h1>maintenance</h1>");
    // Pro Santé Connect's name for it.
    if (path.startsWith("/.well-known/wallet-openid-configuration")) request.url = "/.well-known/openid-configuration";
    if (path.startsWith("/interaction/")) return void interact(request, response);
    callback(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const common = {
    grant_types: ["authorization_code", "refresh_token", "urn:openid:params:grant-type:ciba"],
    redirect_uris: [REDIRECT],
    response_types: ["code"],
    backchannel_token_delivery_mode: "poll",
    ...(jwtUserinfo ? { userinfo_signed_response_alg: "RS256" } : {}),
  };
  const provider = new Provider(issuer, {
    clients: [
      { ...common, client_id: CLIENT.id, client_secret: CLIENT.secret },
      { ...common, client_id: "post", client_secret: CLIENT.secret, token_endpoint_auth_method: "client_secret_post" },
      {
        ...common,
        client_id: "jwt",
        token_endpoint_auth_method: "private_key_jwt",
        jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
      },
    ],
    jwks: { keys: [{ ...signing, use: "sig", alg: "RS256", kid: "1" }] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    scopes: ["openid", "scope_all", "offline_access"],
    claims: { openid: ["sub"], scope_all: Object.keys(USERINFO) },
    acrValues: ["eidas1"],
    conformIdTokenClaims: true,
    ttl: {
      AccessToken: ttl,
      RefreshToken: 1_800,
      IdToken: 60,
      Session: 14_400,
      Grant: 14_400,
      Interaction: 600,
      BackchannelAuthenticationRequest: 120,
    },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...USERINFO }) }),
    issueRefreshToken: () => true,
    loadExistingGrant: (ctx: never) => grantFor(ctx),
    pkce: { required: () => true, methods: ["S256"] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      jwtUserinfo: { enabled: jwtUserinfo },
      ciba: {
        enabled: true,
        deliveryModes: ["poll"],
        processLoginHint: (_: unknown, hint: string) => (hint === NATIONAL_ID ? hint : undefined),
        validateBindingMessage() {},
        validateRequestContext() {},
        verifyUserCode() {},
        triggerAuthenticationDevice: (ctx: unknown, request: never) => trigger(ctx, request),
      },
    },
  });
  const callback = provider.callback();

  async function grantFor(ctx: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
    return await granted(ctx.oidc.client.clientId, ctx.oidc.session.accountId);
  }

  async function granted(clientId: string, accountId: string) {
    const grant = new provider.Grant({ clientId, accountId });
    grant.addOIDCScope("openid scope_all offline_access");
    await grant.save();
    return grant;
  }

  // The professional has put his card in before we knew it.
  async function interact(request: unknown, response: unknown): Promise<void> {
    await provider.interactionFinished(request, response, { login: { accountId: NATIONAL_ID, acr: "eidas1" } });
  }

  async function trigger(_: unknown, request: { clientId: string; accountId: string }): Promise<void> {
    if (state.answer === "later") return;
    if (state.answer === "deny") {
      await provider.backchannelResult(request, new errors.AccessDenied("refused on the e-CPS"));
      return;
    }
    await provider.backchannelResult(request, await granted(request.clientId, request.accountId), { acr: "eidas1" });
  }

  const rights: { destroy(): Promise<void> }[] = [];
  provider.on("refresh_token.saved", (token: { destroy(): Promise<void> }) => rights.push(token));

  const state: PscServer = {
    issuer,
    requests: [],
    answer: "accept",
    down: "up",
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    revoke() {
      for (const right of rights) void right.destroy();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

/** A browser: follows redirects with its cookies until the software's own address. */
export async function browse(url: URL): Promise<URL> {
  const jar = new Map<string, string>();
  let at = url;
  for (let step = 0; step < 12; step++) {
    if (at.href.startsWith(REDIRECT)) return at;
    const response = await fetch(at, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const next = response.headers.get("location");
    if (next === null)
      throw new Error(
        `the login stops at ${at.pathname} with ${response.status}: ${(await response.text()).slice(0, 300)}`,
      );
    at = new URL(next, at);
  }
  throw new Error("too many redirects");
}
