import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { http } from "msw";
import { setupServer } from "msw/node";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Connector,
  createConnector,
  createProSanteConnect,
  isMedimailError,
  loginHandler,
  loopbackLogin,
  type ProSanteConnect,
  type ProSanteConnectSession,
} from "../../src/index.js";
import { type MockMedimail, MockPsc, startMockMedimail } from "../../src/mock/index.js";
import { QUICK } from "../sending/kit.js";
import { cdaOf } from "../tools/documents.js";

const DOCTOR = "martin.dupont@medecin.mssante.fr";
const COLLEAGUE = "claire.morel@medecin.mssante.fr";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});
const kept = <T extends AsyncDisposable>(each: T): T => {
  open.push(each);
  return each;
};

async function operator(psc: Parameters<typeof startMockMedimail>[0] = { psc: true }): Promise<MockMedimail> {
  return kept(await startMockMedimail({ autoReceipts: { deliver: true }, ...psc }));
}

function software({ psc }: MockMedimail, changes = {}): ProSanteConnect {
  const proof = { method: "client_secret_basic", secret: async () => psc.client.secret } as const;
  return kept(createProSanteConnect({ issuer: psc.issuer, clientId: psc.client.id, proof, ...changes }));
}

const byCard = async (mock: MockMedimail, changes = {}): Promise<ProSanteConnectSession> =>
  kept(await software(mock, changes).ciba({ loginHint: mock.psc.professional.SubjectNameID }));

async function connected(
  mock: MockMedimail,
  session: ProSanteConnectSession | undefined,
  address = DOCTOR,
): Promise<Connector> {
  const config = {
    ...(await mock.config(address)),
    outbox: { store: "memory" },
    auth: {
      method: "pro-sante-connect",
      issuer: mock.psc.issuer,
      clientId: mock.psc.client.id,
      clientSecret: { env: "NONE" },
    },
  };
  return kept(createConnector(config, { ...QUICK, allowTestIdentities: true, ...(session ? { session } : {}) }));
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isMedimailError(error) ? error.code : String(error);
};

describe("a mailbox of a professional who is logged in with Pro Santé Connect", () => {
  it("sends and reads with his token, over as many sessions as it takes (ECO.1.2.1)", async () => {
    const mock = await operator();
    const connector = await connected(mock, await byCard(mock));
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf() }], to: [COLLEAGUE] });
    expect((await submission.settled({ until: "delivered", signal: AbortSignal.timeout(10_000) })).ok).toBe(true);
    expect((await connector.mailbox.folders()).map(({ role }) => role)).toContain("inbox");
    expect(mock.psc.grants).toEqual({ "urn:openid:params:grant-type:ciba": 1 });
  });

  it("keeps what is to be sent until he logs in again, and closes its sessions with his right (ECO.1.2.6)", async () => {
    const mock = await operator();
    const session = await byCard(mock);
    const connector = await connected(mock, session);
    await connector.mailbox.folders();
    const watched = (async () => {
      for await (const _ of connector.mailbox.watch(["inbox"])) return "an event";
      return "the end";
    })();
    watched.catch(() => {});
    const ends = (): string[] =>
      mock.observations.flatMap((seen) =>
        seen.kind === "line" && seen.from === "client" && /\b(LOGOUT|QUIT)$/.test(seen.line) ? [seen.line] : [],
      );
    await session.logout();
    // The session of the list and that of the watch, or both in one way or another: none goes on.
    await expect.poll(() => ends().length).toBeGreaterThanOrEqual(1);
    const authentications = () => mock.observations.filter(({ kind }) => kind === "auth").length;
    const before = authentications();
    expect(await codeOf(watched)).toBe("login_required");
    expect(await codeOf(connector.mailbox.folders())).toBe("login_required");
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf() }], to: [COLLEAGUE] });
    for await (const event of submission.events({ signal: AbortSignal.timeout(10_000) }))
      if (event.event === "deferred") break;
    const [recipient] = (await submission.status()).recipients;
    expect([recipient?.state, recipient?.error?.code]).toEqual(["queued", "login_required"]);
    expect(authentications()).toBe(before);
    expect(mock.observations.filter(({ kind }) => /auth/i.test(kind)).at(-1)).not.toMatchObject({
      outcome: "ok",
      at: expect.anything(),
      later: true,
    });
  });

  it("is opened again by itself while his right lasts, with a token renewed (ECO.1.2.7)", async () => {
    let shift = 0;
    const mock = await operator({ psc: { accessTtl: 60 }, now: () => new Date(Date.now() + shift) });
    const clock = {
      now: () => Date.now() + shift,
      sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref()),
    };
    const session = await byCard(mock, { clock, keepAliveMs: "never" });
    const connector = await connected(mock, session);
    await connector.mailbox.folders();
    shift = 120_000;
    mock.faults.add({ name: "bye", at: "imap-list", times: 1 });
    expect((await connector.mailbox.folders()).length).toBeGreaterThan(0);
    expect(mock.psc.grants["refresh_token"]).toBe(1);
  });

  it("says that nobody is logged in, and leaves the rest of the software alone (ECO.1.2.3)", async () => {
    const mock = await operator();
    const connector = await connected(mock, undefined);
    expect(await codeOf(connector.mailbox.folders())).toBe("login_required");
    expect(await connector.outbox.list()).toEqual([]);
  });

  it("lives half an hour with tokens of a minute over fifty mailboxes: one refresh for all, no token that has ended", async () => {
    let now = Date.now();
    const mock = await operator({ psc: { accessTtl: 60 }, now: () => new Date(now) });
    const session = await byCard(mock, { clock: { now: () => now, sleep: () => new Promise<void>(() => {}) } });
    const boxes = Array.from({ length: 50 }, (_, index) => session.credentials(`boite${index}@chu.mssante.fr`));
    let asked = 0;
    for (let second = 0; second <= 1_800; second += 15, now += 15_000) {
      const steps = await Promise.all(boxes.map((box) => box.sasl(second % 2 ? "smtp" : "imap")));
      for (const step of steps) {
        asked++;
        expect(step.mechanism === "xoauth2" && mock.psc.accepts(step.token)).toBe(true);
      }
    }
    // 1,800 s of tokens of 60 s, renewed 15 s ahead.
    console.info(`50 mailboxes, 30 minutes: ${asked} sessions opened, ${mock.psc.grants["refresh_token"]} refreshes`);
    expect(mock.psc.grants["refresh_token"]).toBe(40);
  });
});

describe("a login in a program", () => {
  it("of the desktop comes back to this machine", async () => {
    const mock = await operator();
    const pages: string[] = [];
    const session = await loopbackLogin(software(mock), {
      open: async (url) => void fetch(url).then(async (page) => pages.push(await page.text())),
    });
    expect(session.professional.family).toBe("EXEMPLE");
    await expect.poll(() => pages.join()).toContain("revenir à votre logiciel");
    expect(await codeOf(loopbackLogin(software(mock), { open: () => {}, timeoutMs: 50 }))).toBe("timeout");
  });

  it("of the web is bound to the browser that began it", async () => {
    const mock = await operator();
    const logins: string[] = [];
    const server = createServer(async (request, response) => {
      if (!(await login(request, response))) response.writeHead(404).end("elsewhere");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    kept({
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        server.close();
      },
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const login = loginHandler(software(mock), {
      redirectUri: `${origin}/callback`,
      onLogin: (session, _, response) => {
        logins.push(session.professional.family ?? "");
        response.end("bonjour");
      },
    });
    const begun = await fetch(`${origin}/login/psc`, { redirect: "manual" });
    const cookie = begun.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    const back = (await fetch(begun.headers.get("location") as string, { redirect: "manual" })).headers.get(
      "location",
    ) as string;
    // Another browser that is sent there with the code gets nothing.
    expect((await fetch(back)).status).toBe(403);
    expect(await (await fetch(back, { headers: { cookie: cookie.split(";")[0] as string } })).text()).toBe("bonjour");
    expect((await fetch(back, { headers: { cookie: cookie.split(";")[0] as string } })).status).toBe(403);
    expect([logins, (await fetch(`${origin}/other`)).status]).toEqual([["EXEMPLE"], 404]);
  });

  it("is served by msw in a publisher's own tests", async () => {
    const psc = new MockPsc({ issuer: "https://auth.example.test/auth/realms/esante-wallet" });
    const server = setupServer(...psc.handlers(http));
    server.listen({ onUnhandledRequest: "error" });
    kept({ [Symbol.asyncDispose]: async () => server.close() });
    const proof = { method: "client_secret_post", secret: async () => psc.client.secret } as const;
    const client = kept(createProSanteConnect({ issuer: psc.issuer, clientId: psc.client.id, proof }));
    const session = await client.ciba({ loginHint: psc.professional.SubjectNameID });
    expect(psc.accepts(await session.accessToken())).toBe(true);
    psc.card = "deny";
    expect(await codeOf(client.ciba({ loginHint: psc.professional.SubjectNameID }))).toBe("login_failed");
  });
});
