import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import {
  type ClientProof,
  type ProSanteConnect,
  type ProSanteConnectOptions,
  type ProSanteConnectSession,
  relyingParty,
} from "../../src/auth/index.js";
import { isMedimailError } from "../../src/errors.js";
import { createHttp } from "../../src/http.js";
import { createDialer } from "../../src/net/index.js";
import type { CredentialSource, SaslStep } from "../../src/seams/index.js";
import { browse, CLIENT, NATIONAL_ID, type PscServer, REDIRECT, startPsc } from "./psc-server.js";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function psc(options: Parameters<typeof startPsc>[0] = {}): Promise<PscServer> {
  const server = await startPsc(options);
  open.push(server);
  return server;
}

const BASIC: ClientProof = { method: "client_secret_basic", secret: async () => CLIENT.secret };

function software(server: { issuer: string }, changes: Partial<ProSanteConnectOptions> = {}): ProSanteConnect {
  const http = createHttp({ dialer: createDialer(), timeoutMs: 5_000 });
  open.push({ [Symbol.asyncDispose]: () => http.close() });
  return relyingParty({
    issuer: server.issuer,
    clientId: CLIENT.id,
    proof: BASIC,
    redirectUri: REDIRECT,
    keepAliveMs: "never",
    http,
    ...changes,
  });
}

async function loggedIn(
  server: PscServer,
  changes: Partial<ProSanteConnectOptions> = {},
): Promise<ProSanteConnectSession> {
  const client = software(server, changes);
  const { url, pending } = await client.authorize();
  const session = await client.complete(await browse(url), pending);
  open.push(session);
  return session;
}

const failure = async (work: Promise<unknown>): Promise<{ code?: string; requirement?: string; message?: string }> => {
  const error = await work.then(
    () => ({ code: "none" }),
    (thrown: unknown) => thrown,
  );
  return isMedimailError(error)
    ? { code: error.code, message: error.message, ...(error.requirement ? { requirement: error.requirement } : {}) }
    : { code: String(error) };
};
const tokenOf = (step: SaslStep): string => (step.mechanism === "xoauth2" ? step.token : "");
const refreshes = (server: PscServer): number => server.requests.filter((path) => path === "/token").length - 1;

describe("a login with Pro Santé Connect, against an OpenID provider", () => {
  it("asks by authorization code with PKCE, state, nonce and eidas1, and gives the professional of userinfo (SC.PSC.01)", async () => {
    const server = await psc();
    const client = software(server);
    const { url, pending } = await client.authorize();
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      scope: "openid scope_all",
      acr_values: "eidas1",
      code_challenge_method: "S256",
      state: pending.state,
      nonce: pending.nonce,
    });
    const session = await client.complete(await browse(url), pending);
    expect(server.requests[0]).toBe("/.well-known/wallet-openid-configuration");
    expect(session.professional).toMatchObject({
      nationalId: NATIONAL_ID,
      rpps: "10000000018",
      family: "LEROY",
      roles: ["10^1.2.250.1.213.1.1.5.5"],
      practices: [
        {
          profession: "10",
          knowHow: "SM03",
          activities: [{ sector: "SA01", finess: "310000001", name: "CH EXEMPLE" }],
        },
      ],
    });
    await session.close();
  });

  it("reads userinfo that comes as a signed JWT", async () => {
    const session = await loggedIn(await psc({ jwtUserinfo: true }));
    expect(session.professional.family).toBe("LEROY");
  });

  it.each([
    [
      "client_secret_post",
      "post",
      async () => ({ method: "client_secret_post", secret: async () => CLIENT.secret }) as const,
    ],
    [
      "private_key_jwt",
      "jwt",
      async (server: PscServer) => ({ method: "private_key_jwt", key: async () => server.privateKey }) as const,
    ],
  ])("proves the software by %s", async (_, clientId, proofOf) => {
    const server = await psc();
    expect((await loggedIn(server, { clientId, proof: await proofOf(server) })).professional.sub).toBe(NATIONAL_ID);
  });

  it("refuses an answer to another login, one without its code, and a professional who refuses", async () => {
    const client = software(await psc());
    const { url, pending } = await client.authorize();
    const back = await browse(url);
    expect((await failure(client.complete(back, { ...pending, state: "another" }))).code).toBe("login_failed");
    expect((await failure(client.complete(back, { ...pending, nonce: "another" }))).code).toBe("login_failed");
    const denied = new URL(
      `${REDIRECT}?error=access_denied&state=${pending.state}&iss=${encodeURIComponent(new URL(url).origin)}`,
    );
    expect((await failure(client.complete(denied, pending))).message).toContain("the professional refused");
  });

  it("says that the software's proof is wrong, and what to look at, without the proof", async () => {
    const client = software(await psc(), {
      proof: { method: "client_secret_basic", secret: async () => "wrong-secret" },
    });
    const { url, pending } = await client.authorize();
    const told = await failure(client.complete(await browse(url), pending));
    expect(told.code).toBe("login_failed");
    expect(JSON.stringify(told)).not.toContain("wrong-secret");
  });

  it.each(["503", "page"] as const)(
    "says that Pro Santé Connect is not in service (%s), to be tried again",
    async (down) => {
      const server = await psc();
      server.down = down;
      expect((await failure(software(server).authorize())).code).toBe("http_failed");
      server.down = "up";
    },
  );

  it("refuses an issuer that is no address before anything is asked", () => {
    expect(() => software({ issuer: "psc" })).toThrowError(/not a URL/);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses to keep a right alive every %s ms", (keepAliveMs) => {
    expect(() => software({ issuer: "https://psc.test" }, { keepAliveMs })).toThrow(
      expect.objectContaining({ code: "invalid_argument", path: "keepAliveMs" }),
    );
  });
});

describe("CIBA: the e-CPS without a browser", () => {
  it("waits for the professional's answer", async () => {
    const server = await psc();
    let told: number | undefined;
    const session = await software(server).ciba({
      loginHint: NATIONAL_ID,
      bindingMessage: "42",
      onAsked: ({ expiresIn }) => (told = expiresIn),
    });
    expect([session.professional.rpps, told]).toEqual(["10000000018", 120]);
    await session.close();
  });

  it("ends where the professional refuses, is not known, or the caller gives up", async () => {
    const server = await psc();
    server.answer = "deny";
    expect(await failure(software(server).ciba({ loginHint: NATIONAL_ID }))).toMatchObject({ code: "login_failed" });
    expect(await failure(software(server).ciba({ loginHint: "899999999999" }))).toMatchObject({ code: "login_failed" });
    server.answer = "later";
    const abort = new AbortController();
    const asked = failure(
      software(server).ciba({ loginHint: NATIONAL_ID, signal: abort.signal, onAsked: () => abort.abort() }),
    );
    expect((await asked).code).toBe("aborted");
  });
});

describe("the session of a professional", () => {
  it("gives the same token while it is good, and renews it ahead of its end, once however many ask", async () => {
    const server = await psc();
    let now = Date.now();
    const clock = { now: () => now, sleep: () => new Promise<void>(() => {}) };
    const session = await loggedIn(server, { clock });
    const first = await session.accessToken();
    expect(await session.accessToken()).toBe(first);
    now += 50_000;
    const tokens = await Promise.all(Array.from({ length: 50 }, () => session.accessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(first);
    expect(refreshes(server)).toBe(1);
  });

  it("is what mailboxes authenticate with: XOAUTH2, the token that a server refused is replaced, once for all of them (ECO.1.2.1)", async () => {
    const server = await psc();
    const session = await loggedIn(server);
    const boxes = ["a@chu.mssante.fr", "b@chu.mssante.fr"].map((address) => session.credentials(address));
    const steps = await Promise.all(boxes.map((box) => box.sasl("imap")));
    expect(steps[1]).toMatchObject({ mechanism: "xoauth2", username: "b@chu.mssante.fr", initialResponse: true });
    expect(await Promise.all(boxes.map((box, at) => box.refused("imap", steps[at])))).toEqual([true, true]);
    const again = await Promise.all(boxes.map((box) => box.sasl("imap")));
    expect(new Set([...steps, ...again].map((step) => (step.mechanism === "xoauth2" ? step.token : ""))).size).toBe(2);
    expect(refreshes(server)).toBe(1);
  });

  it("shows a token that one mailbox saw refused to no server any more, and keeps the fresh one where another learns of it late", async () => {
    const server = await psc();
    const session = await loggedIn(server);
    const [one, other] = ["a@chu.mssante.fr", "b@chu.mssante.fr"].map((address) => session.credentials(address)) as [
      CredentialSource,
      CredentialSource,
    ];
    const old = await one.sasl("smtp");
    await other.sasl("imap");
    await one.refused("smtp", old);
    const fresh = tokenOf(await other.sasl("smtp"));
    expect(fresh).not.toBe(tokenOf(old));
    await other.refused("imap", old);
    expect([tokenOf(await one.sasl("smtp")), tokenOf(await other.sasl("imap"))]).toEqual([fresh, fresh]);
    expect(refreshes(server)).toBe(1);
  });

  it("serves the mailboxes that were refused nothing, where a refused token cannot be renewed for now", async () => {
    const server = await psc();
    const session = await loggedIn(server);
    const [one, other] = [session.credentials("a@chu.mssante.fr"), session.credentials("b@chu.mssante.fr")];
    const old = await one.sasl("smtp");
    await one.refused("smtp", old);
    server.down = "503";
    expect(await failure(one.sasl("imap"))).toMatchObject({ code: "http_failed" });
    expect(tokenOf(await other.sasl("imap"))).toBe(tokenOf(old));
    server.down = "up";
    expect(tokenOf(await other.sasl("imap"))).not.toBe(tokenOf(old));
  });

  it("ends where the renewal is refused, and says so to who holds sessions open (ECO.1.2.6)", async () => {
    const server = await psc();
    let now = Date.now();
    const session = await loggedIn(server, { clock: { now: () => now, sleep: () => new Promise<void>(() => {}) } });
    const box = session.credentials("a@chu.mssante.fr");
    server.revoke();
    now += 55_000;
    expect(await failure(box.sasl("smtp"))).toMatchObject({ code: "login_required", requirement: "ECO.1.2.6" });
    expect([box.ended?.aborted, await box.refused("smtp", undefined)]).toEqual([true, false]);
    expect((await failure(session.accessToken())).code).toBe("login_required");
  });

  it("lives on without Pro Santé Connect as long as its token does, and longer once it is back (ECO.1.2.7)", async () => {
    const server = await psc();
    let now = Date.now();
    const session = await loggedIn(server, { clock: { now: () => now, sleep: () => new Promise<void>(() => {}) } });
    const first = await session.accessToken();
    server.down = "503";
    now += 50_000;
    expect(await session.accessToken()).toBe(first);
    now += 20_000;
    expect((await failure(session.accessToken())).code).toBe("http_failed");
    server.down = "up";
    expect(await session.accessToken()).not.toBe(first);
  });

  it("keeps the right alive while nobody asks for a token", async () => {
    const server = await psc();
    let waits = 0;
    const clock = {
      now: () => Date.now() + waits * 600_000,
      sleep: async (_: number, { signal }: { signal?: AbortSignal } = {}) => {
        waits += 1;
        if (waits > 3) await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      },
    };
    const session = await loggedIn(server, { clock, keepAliveMs: 600_000 });
    await expect.poll(() => refreshes(server), { timeout: 5_000 }).toBe(3);
    expect(session.ended.aborted).toBe(false);
  });

  it("tells what its token is worth, and ends at Pro Santé Connect by an address for the browser (SC.SSI/IE.38)", async () => {
    const server = await psc();
    const session = await loggedIn(server);
    const { active, expiresAt } = await session.introspect();
    expect([active, (expiresAt?.getTime() ?? 0) > Date.now()]).toEqual([true, true]);
    const url = await session.logout({ postLogoutRedirectUri: "http://127.0.0.1/bye" });
    expect(url?.searchParams.get("id_token_hint")).toMatch(/^ey/);
    expect((await failure(session.accessToken())).code).toBe("login_required");
  });

  it("shows its tokens to nobody who looks at it (ECO.1.2.5)", async () => {
    const session = await loggedIn(await psc());
    const token = await session.accessToken();
    const box = session.credentials("a@chu.mssante.fr");
    await box.sasl("imap");
    for (const seen of [
      inspect(session, { depth: 9, showHidden: true }),
      JSON.stringify(session),
      inspect(box, { depth: 9, showHidden: true }),
    ])
      expect(seen).not.toContain(token);
  });
});
