import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConnector } from "../../src/connector.js";
import type { Connector } from "../../src/connector-types.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { createRuntime } from "../../src/runtime.js";
import { QUICK, soon } from "../sending/kit.js";
import { cdaOf, pdfOf } from "../tools/documents.js";

const LABO = "labo@ch-exemple.mssante.fr";
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const IMAP = "_imap._tcp.ch-exemple.mssante.fr";
const SMTP = "_submission._tcp.ch-exemple.mssante.fr";

let mock: MockMedimail;
beforeAll(async () => {
  mock = await startMockMedimail();
});
afterAll(async () => {
  expect(mock.problems).toEqual([]);
  await mock.close();
});

/** What `"operator": "discover"` gives, with the mock's name server; nothing else is changed. */
async function discovering(part: object = {}, options: Parameters<typeof createConnector>[1] = {}): Promise<Connector> {
  const config = await mock.config(LABO, { discover: true });
  return createConnector(
    { ...config, outbox: { store: "memory" }, ...part },
    { delivery: "manual", settings: { backoff: { baseMs: 20, maxMs: 20, jitter: 0 } }, ...options },
  );
}

const folders = async (connector: Connector) => (await connector.mailbox.folders()).length;

describe("operator: discover", () => {
  it("opens the sessions at the hosts that the DNS names, when they are first used (ECO.1.1.9)", async () => {
    const before = mock.dns.queries.length;
    await using connector = await discovering();
    await connector.ready();
    expect(mock.dns.queries.length).toBe(before);
    expect(await folders(connector)).toBeGreaterThan(0);
    expect(mock.dns.queries.slice(before).map(({ type, name }) => `${type} ${name}`)).toContain(`SRV ${IMAP}`);
    await mock.waitFor((seen) => seen.kind === "dns" && seen.name === IMAP && seen.answer === "NOERROR");
    await mock.waitFor(
      (seen) => seen.kind === "tls" && seen.what === "established" && seen.serverName === "mail.mock.mssante.fr",
    );
  });

  it("serves a mailbox that authenticates with a token as well", async () => {
    const config = await mock.config(DOCTOR, { discover: true });
    await using connector = createConnector({ ...config, outbox: { store: "memory" } }, { delivery: "manual" });
    expect(await folders(connector)).toBeGreaterThan(0);
  });

  it("sends a document to the host that the DNS names", async () => {
    const config = await mock.config(LABO, { discover: true });
    await using connector = createConnector({ ...config, outbox: { store: "memory" } }, QUICK);
    const before = mock.observations.length;
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(1), pdf: pdfOf(2_000, 1) }],
      to: [DOCTOR],
    });
    const settled = await submission.settled({ until: "accepted", signal: soon() });
    expect(settled.ok).toBe(true);
    const names = mock.observations
      .slice(before)
      .flatMap((seen) => (seen.kind === "tls" ? [`${seen.protocol} ${seen.serverName}`] : []));
    expect(names).toContain("smtp mail.mock.mssante.fr");
  });

  it("goes to the next host where the first by priority does not answer (RFC 2782)", async () => {
    mock.dns.setSrv(IMAP, [
      { target: "mail.mock.mssante.fr", port: 1, priority: 1 },
      { target: "mail.mock.mssante.fr", port: mock.imap.port, priority: 2 },
    ]);
    await using connector = await discovering();
    expect(await folders(connector)).toBeGreaterThan(0);
    mock.dns.reset(IMAP);
  });

  it("keeps a submission in the outbox while the DNS is out, and sends it once it is back (ECO.1.2.3)", async () => {
    const config = await mock.config(LABO, { discover: true });
    await using connector = createConnector(
      { ...config, outbox: { store: "memory" }, network: { ...config.network, autoconfig: "off" } },
      { ...QUICK, discoveryLives: { transientMs: 0, leastMs: 0 } },
    );
    mock.dns.fail(SMTP, "SERVFAIL");
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(2), pdf: pdfOf(2_000, 2) }],
      to: [DOCTOR],
    });
    for await (const event of connector.events({ after: 0, signal: soon() }))
      if (event.event === "deferred") {
        expect(event.error?.code).toBe("dns_failed");
        break;
      }
    mock.dns.reset(SMTP);
    expect((await submission.settled({ until: "accepted", signal: soon() })).ok).toBe(true);
  });

  it("is all that has to be changed in a configuration of the mock", async () => {
    const pinned = await mock.config(LABO);
    for (const operator of ["discover", { hostSuffixes: [".mssante.fr"] }, { discover: true, filesSent: true }]) {
      await using connector = createConnector(
        { ...pinned, operator, outbox: { store: "memory" } },
        { delivery: "manual" },
      );
      expect(await folders(connector)).toBeGreaterThan(0);
    }
  });

  it("takes the mailbox for one of a test, as the pinned one is: test identities are at home", async () => {
    const { isTestOperator } = await import("../../src/config/index.js");
    const config = await mock.config(LABO, { discover: true });
    expect(isTestOperator(config)).toBe(true);
    expect(isTestOperator({ ...config, network: { dns: ["192.0.2.53"], allowedAddresses: ["127.0.0.1"] } })).toBe(
      false,
    );
    expect(isTestOperator({ ...config, network: { dns: ["127.0.0.1:53"] } })).toBe(false);
    expect(isTestOperator({ ...config, network: { dns: ["127.0.0.1"], allowedAddresses: ["127.0.0.0/1"] } })).toBe(
      false,
    );
    expect(isTestOperator({ ...config, network: {} })).toBe(false);
  });

  it("finds the hosts in the autoconfig document where the DNS has no SRV record", async () => {
    mock.dns.setSrv(IMAP, []);
    await using connector = await discovering();
    expect(await folders(connector)).toBeGreaterThan(0);
    mock.dns.reset(IMAP);
  });

  it("follows a target that changes, without a restart: the session after the cut goes to the new one", async () => {
    await using other = await startMockMedimail({ mailboxes: [{ address: LABO, type: "APP" }] });
    await using connector = await discovering();
    await connector.mailbox.folders();
    mock.dns.setSrv(IMAP, [{ target: "mail.mock.mssante.fr", port: other.imap.port }]);
    mock.after("IMAP GREETING").drop().times(20);
    mock.disconnect(LABO);
    await expect
      .poll(
        () =>
          connector.mailbox.folders().then(
            (found) => found.length,
            () => 0,
          ),
        { timeout: 15_000 },
      )
      .toBeGreaterThan(0);
    expect(other.observations.some((seen) => seen.kind === "auth" && seen.ok)).toBe(true);
    mock.dns.reset(IMAP);
    mock.faults.clear();
  });
});

describe("a host that discovery refuses", () => {
  const refusal = async (part: object) => {
    await using connector = await discovering(part);
    return await folders(connector).then(
      () => "connected",
      (error: { code: string; path?: string }) => `${error.code} ${error.path ?? ""}`.trim(),
    );
  };

  it("is not connected to: at a loopback address that no setting allows", async () => {
    const { network } = await mock.config(LABO, { discover: true });
    const opened = mock.observations.length;
    expect(await refusal({ network: { ...network, allowedAddresses: [], autoconfig: "off" } })).toBe(
      "operator_host_refused network.allowedAddresses",
    );
    expect(mock.observations.slice(opened).filter(({ kind }) => kind === "tcp")).toEqual([]);
  });

  it("is not connected to: under another name, unless operator.hostSuffixes has it", async () => {
    mock.dns.setSrv(IMAP, [{ target: "localhost", port: mock.imap.port }]);
    mock.dns.setAddresses("localhost", ["127.0.0.1"]);
    const { network } = await mock.config(LABO, { discover: true });
    const part = { network: { ...network, autoconfig: "off" } };
    expect(await refusal(part)).toBe("operator_host_refused operator.hostSuffixes");
    expect(await refusal({ ...part, operator: { hostSuffixes: ["localhost"] } })).toBe("connected");
    mock.dns.reset(IMAP);
  });

  it("is operator_not_found where the domain has neither record nor document", async () => {
    mock.dns.remove(IMAP);
    mock.dns.remove("autoconfig.ch-exemple.mssante.fr");
    expect(await refusal({})).toBe("operator_not_found");
    mock.dns.reset("autoconfig.ch-exemple.mssante.fr");
    mock.dns.reset(IMAP);
  });

  it("leaves a pinned one alone", async () => {
    const { host, port } = mock.imap;
    expect(await refusal({ operator: { imap: { host, port }, discover: true }, network: {} })).toBe("connected");
  });

  it("has its address asked once for a session: there is no second answer to be led astray by (DNS rebinding)", async () => {
    const before = mock.dns.queries.length;
    await using connector = await discovering();
    await folders(connector);
    const asked = mock.dns.queries.slice(before).filter(({ name }) => name === "mail.mock.mssante.fr");
    expect(asked.map(({ type }) => type).sort()).toEqual(["A", "AAAA"]);
  });
});

describe("many mailboxes of one domain", () => {
  it("that share a runtime look once", async () => {
    const runtime = createRuntime();
    const before = mock.dns.queries.length;
    for (let n = 0; n < 3; n++) {
      await using connector = await discovering({}, { runtime });
      await folders(connector);
    }
    const asked = mock.dns.queries.slice(before).filter(({ type }) => type === "SRV");
    expect(asked.map(({ name }) => name).sort()).toEqual([IMAP, SMTP]);
  });
});
