import { generateKeyPairSync, sign } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import {
  loginHandler,
  loopbackLogin,
  type ProSanteConnect,
  type ProSanteConnectSession,
  relyingParty,
} from "../../src/auth/index.js";
import { errorCodeOf } from "../../src/errors.js";
import type { HttpRequest } from "../../src/http.js";
import { MockPsc } from "../../src/mock/index.js";

const REDIRECT = "http://127.0.0.1/callback";
const DOCTOR = { SubjectNameID: "899900000019", family_name: "EXEMPLE" };
type Answer = Record<string, unknown>;

/** A Pro Santé Connect whose answers can be changed, by the end of their address. No socket. */
class Hostile {
  readonly psc = new MockPsc({
    issuer: "https://auth.example.test/auth/realms/esante-wallet",
    professional: { ...DOCTOR },
  });
  readonly changes = new Map<string, (answer: Answer) => Answer | Response>();
  readonly asked: { path: string; signal: AbortSignal | undefined }[] = [];
  readonly software: ProSanteConnect;

  constructor() {
    const fetch = async (url: URL | string, { method, headers, body, signal }: HttpRequest = {}): Promise<Response> => {
      const request = new Request(url, {
        method: method ?? "GET",
        headers: headers ?? {},
        body: (body as string) ?? null,
      });
      const path = new URL(url).pathname.replace(/^.*\//, "");
      this.asked.push({ path, signal });
      const response = await this.psc.handle(request);
      const change = this.changes.get(path);
      if (!change) return response;
      const answer = change((await response.json()) as Answer);
      return answer instanceof Response ? answer : Response.json(answer);
    };
    const { id, secret } = this.psc.client;
    this.software = relyingParty({
      issuer: this.psc.issuer,
      clientId: id,
      proof: { method: "client_secret_basic", secret: async () => secret },
      redirectUri: REDIRECT,
      keepAliveMs: "never",
      http: { fetch, close: async () => {} },
    });
  }

  async login(): Promise<ProSanteConnectSession> {
    const { url, pending } = await this.software.authorize();
    const back = await this.psc.handle(new Request(url));
    const session = await this.software.complete(new URL(back.headers.get("location") ?? ""), pending);
    sessions.push(session);
    return session;
  }

  ask(signal?: AbortSignal): Promise<ProSanteConnectSession> {
    const loginHint = this.psc.professional.SubjectNameID;
    return this.software.ciba(signal ? { loginHint, signal } : { loginHint });
  }
}

const sessions: ProSanteConnectSession[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const codeOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  const error = await thrownBy(work);
  return error === undefined ? undefined : errorCodeOf(error);
};

describe("what a Pro Santé Connect may answer", () => {
  const hostile = new Hostile();
  afterEach(() => hostile.changes.clear());

  it.each<[string, string, (given: Answer) => Answer | Response]>([
    ["tokens without a type", "token", ({ token_type: _, ...answer }) => ({ ...answer, refresh_token: "CANARY" })],
    ["tokens without an ID token", "token", ({ id_token: _, ...answer }) => ({ ...answer, access_token: "CANARY" })],
    [
      "a refusal that names a person",
      "token",
      () => Response.json({ error: "invalid_request", error_description: "CANARY" }, { status: 400 }),
    ],
    ["a redirect", "token", () => new Response(null, { status: 302, headers: { location: "https://e.test/?CANARY" } })],
    [
      "a challenge",
      "userinfo",
      () => new Response(null, { status: 401, headers: { "www-authenticate": 'Bearer error="x", realm="CANARY"' } }),
    ],
    ["a text", "certs", () => Response.json("CANARY")],
    ["a document that is none", "wallet-openid-configuration", () => Response.json("CANARY")],
  ])("is in no part of the error: %s", async (_, path, change) => {
    hostile.changes.set(path, change);
    const error = await thrownBy(hostile.login());
    expect(["login_failed", "http_failed"]).toContain(errorCodeOf(error));
    expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/CANARY|medimail-test-secret/);
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  it("is an address for the browser only where it is http or https", async () => {
    const session = await hostile.login();
    const other = new Hostile();
    for (const { changes } of [hostile, other])
      changes.set("wallet-openid-configuration", (answer) => ({
        ...answer,
        authorization_endpoint: "javascript:alert(1)//",
        end_session_endpoint: "javascript:alert(1)//",
      }));
    expect(await codeOf(other.software.authorize())).toBe("login_failed");
    hostile.changes.set("token", () => Response.json([]));
    await thrownBy(hostile.login());
    expect(await codeOf(session.logout())).toBe("login_failed");
  });

  it("is asked for again after an answer that did not hold: keys of another server for a moment stop no later login", async () => {
    hostile.changes.set("certs", () => ({ keys: [] }));
    expect(await codeOf(hostile.login())).toBe("login_failed");
    hostile.changes.clear();
    expect((await hostile.login()).professional.rpps).toBe("99900000019");
  });

  it("is waited for as long as we say: the library's own limit is none of a caller who gives up", async () => {
    hostile.asked.length = 0;
    await hostile.login();
    expect(hostile.asked.length).toBeGreaterThan(1);
    expect(hostile.asked.filter(({ signal }) => signal !== undefined)).toEqual([]);
  });

  it("may say of the token's end what is no time", async () => {
    const session = await hostile.login();
    hostile.changes.set("introspect", (answer) => ({ ...answer, exp: 1e300 }));
    expect(await session.introspect()).toEqual({ active: true });
  });
});

describe("a renewal", () => {
  /** The next use renews it. */
  async function due(hostile: Hostile): Promise<ProSanteConnectSession> {
    hostile.changes.set("token", (answer) => ({ ...answer, expires_in: 0.001 }));
    const session = await hostile.login();
    hostile.changes.clear();
    await new Promise((resolve) => setTimeout(resolve, 3));
    return session;
  }

  it("by a token bound to a key is refused, as is a login by one: a mailbox would refuse it", async () => {
    const hostile = new Hostile();
    const session = await due(hostile);
    hostile.changes.set("token", (answer) => ({ ...answer, token_type: "DPoP" }));
    expect([await codeOf(session.accessToken()), await codeOf(hostile.login())]).toEqual([
      "login_failed",
      "login_failed",
    ]);
  });

  it("by an ID token that was issued to another software is refused, as is a login by one", async () => {
    const hostile = new Hostile();
    const session = await due(hostile);
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const issuedTo = (azp: string): void => {
      hostile.changes.set("certs", () =>
        Response.json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k" }] }),
      );
      hostile.changes.set("token", (answer) => {
        const claims = Buffer.from(String(answer["id_token"]).split(".")[1] ?? "", "base64url").toString();
        const parts = [
          { alg: "RS256", kid: "k" },
          { ...(JSON.parse(claims) as object), azp },
        ];
        const said = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
        const signature = sign("sha256", Buffer.from(said), privateKey).toString("base64url");
        return { ...answer, id_token: `${said}.${signature}` };
      });
    };
    issuedTo("another-software");
    expect([await codeOf(session.accessToken()), await codeOf(hostile.login())]).toEqual([
      "login_failed",
      "login_failed",
    ]);
    issuedTo(hostile.psc.client.id);
    expect(hostile.psc.accepts(await (await hostile.login()).accessToken())).toBe(true);
  });

  it("that brings a new right is kept where the keys cannot be had just then", async () => {
    const hostile = new Hostile();
    const session = await due(hostile);
    hostile.changes.set("certs", () => new Response(null, { status: 503 }));
    hostile.changes.set("token", ({ id_token, ...answer }) => ({
      ...answer,
      id_token: String(id_token).replace(
        /(?<=^)[^.]+/,
        Buffer.from('{"alg":"RS256","kid":"new"}').toString("base64url"),
      ),
    }));
    expect(hostile.psc.accepts(await session.accessToken())).toBe(true);
  });

  it("for another person ends the session", async () => {
    const hostile = new Hostile();
    const session = await due(hostile);
    hostile.psc.professional.SubjectNameID = "899900000027";
    expect(await codeOf(session.accessToken())).toBe("login_required");
    expect(session.ended.aborted).toBe(true);
  });
});

describe("the e-CPS", () => {
  it("is asked after once a second at most", async () => {
    const hostile = new Hostile();
    hostile.psc.card = "later";
    hostile.changes.set("auth", (answer) => ({ ...answer, interval: 0.0001, expires_in: 1e9 }));
    expect(await codeOf(hostile.ask(AbortSignal.timeout(300)))).toBe("aborted");
    expect(hostile.asked.filter(({ path }) => path === "token")).toEqual([]);
  });

  it("gives no session by an answer without an ID token, nor by one of another professional than the one asked", async () => {
    const [silent, other] = [new Hostile(), new Hostile()];
    silent.changes.set("token", ({ id_token: _, ...answer }) => answer);
    other.changes.set("userinfo", (answer) => ({ ...answer, SubjectNameID: "899900000027" }));
    expect(await Promise.all([codeOf(silent.ask()), codeOf(other.ask())])).toEqual(["login_failed", "login_failed"]);
  });
});

describe("the addresses of a login", () => {
  const REQUEST = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const say = (port: number, line: string): Promise<void> =>
    new Promise((resolve) => {
      connect(port, "127.0.0.1")
        .on("error", resolve)
        .on("close", () => resolve())
        .resume()
        .end(`${line} ${REQUEST}`);
    });

  it("of a web program are asked by anybody, with what is no address too", async () => {
    const login = loginHandler(new Hostile().software, { redirectUri: REDIRECT, onLogin: () => {} });
    for (const url of ["//", "//[", "http://["])
      expect(await login({ method: "GET", url, headers: {} } as IncomingMessage, {} as ServerResponse)).toBe(false);
  });

  it("of a desktop program let neither what is no address nor the answer to another login end this one", async () => {
    const hostile = new Hostile();
    const session = await loopbackLogin(hostile.software, {
      timeoutMs: 10_000,
      open: async (url) => {
        const port = Number(new URL(url.searchParams.get("redirect_uri") ?? "").port);
        await say(port, "GET //");
        await say(port, "GET /callback?error=access_denied&state=another");
        const back = new URL((await hostile.psc.handle(new Request(url))).headers.get("location") ?? "");
        void say(port, `GET ${back.pathname}${back.search}`);
      },
    });
    sessions.push(session);
    expect(session.professional.rpps).toBe("99900000019");
  });
});
