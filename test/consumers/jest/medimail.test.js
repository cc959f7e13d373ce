// A publisher's test by Jest, in CommonJS, without any setting: Jest has a `require` of its own, which loads no ES module.
const { createConnector, renderPdf, wrapPdf } = require("medimail-connector");
const { demoHeader, demoReport, startMockMedimail } = require("medimail-connector/mock");
const { judge } = require("medimail-connector/compliance");

const LABO = "labo@ch-exemple.mssante.fr";
const DOCTOR = "martin.dupont@medecin.mssante.fr";

test("a document goes to the mock, is read there, and the session is judged", async () => {
  const mock = await startMockMedimail();
  const laboratory = createConnector({ ...(await mock.config(LABO)), outbox: { store: "memory" } });
  const doctor = createConnector(
    { ...(await mock.config(DOCTOR)), outbox: { store: "memory" } },
    { delivery: "manual" },
  );
  try {
    await laboratory.ready();
    const { code, title, pdf } = demoReport();
    const cda = wrapPdf(pdf, demoHeader(code, title, "2.25.5", "20260105103000+0100"));
    const submission = await laboratory.documents.submit({ documents: [{ cda }], to: [DOCTOR] });
    expect(await submission.settled({ signal: AbortSignal.timeout(30_000) })).toMatchObject({ ok: true });
    expect(await doctor.mailbox.list().toArray({ limit: 5 })).toHaveLength(1);
    expect((await renderPdf(cda)).origin).toBe("encapsulated");
    expect((await judge(mock.observations, { mail: () => undefined })).results.length).toBeGreaterThan(100);
  } finally {
    await laboratory.close();
    await doctor.close();
    await mock.close();
  }
}, 120_000);

test("a professional logs in with the mock's Pro Santé Connect", async () => {
  const { createProSanteConnect } = require("medimail-connector");
  const mock = await startMockMedimail({ psc: true });
  try {
    const { psc } = await mock.ready();
    const client = createProSanteConnect({
      issuer: psc.issuer,
      clientId: "medimail-test",
      proof: { method: "client_secret_basic", secret: async () => "medimail-test-secret" },
      redirectUri: "http://127.0.0.1/callback",
      scope: "openid scope_all",
    });
    const { url } = await client.authorize();
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    await client.close();
  } finally {
    await mock.close();
  }
}, 120_000);
