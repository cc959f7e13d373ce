import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type MockHttp, mockHttp, mswHandlers } from "../../src/mock/index.js";

const SECRET = "285057800604822";
const server = setupServer();
let medimail: MockHttp;
beforeAll(async () => {
  medimail = await mockHttp();
  server.use(...medimail.handlers(http));
  server.listen({ onUnhandledRequest: medimail.onUnhandledRequest });
});
beforeEach(() => server.resetHandlers(...medimail.handlers(http)));
afterAll(() => server.close());

describe("the mock's HTTP by msw alone, without a socket", () => {
  it("answers for Pro Santé Connect, where the real one is", async () => {
    const { issuer, client, professional } = medimail.psc;
    type Told = Record<string, string>;
    const found = (await (await fetch(`${issuer}/.well-known/wallet-openid-configuration`)).json()) as Told;
    const basic = Buffer.from(`${client.id}:${client.secret}`).toString("base64");
    const ask = async (url: string | undefined, form: Told): Promise<Told> => {
      const headers = { authorization: `Basic ${basic}` };
      const response = await fetch(url ?? "", { method: "POST", headers, body: new URLSearchParams(form) });
      return (await response.json()) as Told;
    };
    const login = { login_hint: professional.SubjectNameID, scope: "openid" };
    const { auth_req_id = "" } = await ask(found["backchannel_authentication_endpoint"], login);
    const grant = { grant_type: "urn:openid:params:grant-type:ciba", auth_req_id };
    const { access_token = "" } = await ask(found["token_endpoint"], grant);
    expect(medimail.psc.accepts(access_token)).toBe(true);
  });

  it("answers for the directory, the white list and autoconfig", async () => {
    const headers = { "ESANTE-API-KEY": medimail.directory.key };
    const bundle = await (await fetch(`${medimail.directory.url}/Practitioner?_count=2`, { headers })).json();
    expect(bundle).toMatchObject({ resourceType: "Bundle" });
    expect(await (await fetch(medimail.whiteList.url)).text()).toContain("<Nom>ch-exemple.mssante.fr</Nom>");
    const document = await (await fetch("https://autoconfig.ch-exemple.mssante.fr/mail/config-v1.1.xml")).text();
    expect(document).toContain("<port>587</port>");
  });

  it("answers for the authorities: list and responder of a certificate that is revoked", async () => {
    const { certificate } = await medimail.serverCertificate("revoked-certificate");
    expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const list = await fetch("http://igc-sante-mock.test/crl/organisations.crl");
    expect([list.status, list.headers.get("content-type")]).toEqual([200, "application/pkix-crl"]);
    const asked = await fetch("http://igc-sante-mock.test/ocsp/organisations", { method: "POST", body: "x" });
    expect(asked.headers.get("content-type")).toBe("application/ocsp-response");
  });

  it("fails a request that nothing answers, and the test, without printing its query or body (rule 17)", async () => {
    const printed: string[] = [];
    const spies = (["log", "warn", "error"] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...args) => void printed.push(args.join(" "))),
    );
    const outcome = await fetch(`https://elsewhere.example/patients?ins=${SECRET}`, {
      method: "POST",
      body: SECRET,
    }).then(
      async (response) => `${response.status} ${await response.text()}`,
      (error: unknown) => `failed ${String(error)}`,
    );
    for (const spy of spies) spy.mockRestore();
    expect(outcome).toMatch(/^(5\d\d|failed)/);
    expect(outcome + printed.join("\n")).not.toContain(SECRET);
    expect(medimail.unhandledHttp).toEqual([{ method: "POST", path: "https://elsewhere.example/patients" }]);
    expect(() => medimail.assertNoUnhandledHttp()).toThrow(
      expect.objectContaining({ code: "mock_http_unhandled", message: expect.not.stringContaining(SECRET) }),
    );
    medimail.assertNoUnhandledHttp();
  });

  it("stands beside a publisher's own handlers, which go before", async () => {
    server.use(http.get(medimail.whiteList.url, () => new HttpResponse(null, { status: 503 })));
    expect((await fetch(medimail.whiteList.url)).status).toBe(503);
  });

  it("is one function for who needs the handlers alone", async () => {
    const handlers = await mswHandlers(http, {
      whiteListUrl: "https://liste.example/l.xml",
      domains: ["a.mssante.fr"],
    });
    server.resetHandlers(...handlers);
    expect(await (await fetch("https://liste.example/l.xml")).text()).toContain("<Nom>a.mssante.fr</Nom>");
  });
});
