import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Connector, type ConnectorOptions, createConnector, type Health } from "../../src/index.js";
import { demoLaboratoryReport, type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, QUICK } from "../sending/kit.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-health-"));
let mock: MockMedimail;
let files = 0;
beforeAll(async () => {
  mock = await startMockMedimail();
});
afterEach(() => mock.faults.clear());
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true, force: true });
});

function newPath(): string {
  files += 1;
  return join(folder, `outbox-${files}.db`);
}

async function connectorOf(path: string, options: ConnectorOptions = {}, changes: object = {}): Promise<Connector> {
  return createConnector(await configOf(mock, undefined, { outbox: { path }, ...changes }), { ...QUICK, ...options });
}
const watching = (path: string) => connectorOf(path, { delivery: "manual" });

function report(n: number) {
  const { cda } = demoLaboratoryReport({ id: `2.25.77${n}`, setId: `2.25.7${n}` }, "20260105100000+0100");
  return { documents: [{ cda }], to: [DOCTOR] };
}

const found = ({ checks }: Health) =>
  checks.flatMap(({ status, name, reason, error }) =>
    status === "ok" ? [] : [[status, name, reason, error].filter((part) => part !== undefined).join(" ")],
  );
const namedIn = ({ checks }: Health, name: string) => checks.find((check) => check.name === name);

/** Asks until it is as wanted. */
async function until(connector: Connector, wanted: (health: Health) => boolean): Promise<Health> {
  for (;;) {
    const health = await connector.health();
    if (wanted(health)) return health;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

describe("connector.health() of the process that serves the mailbox", () => {
  it("is ok once the receipts were looked for, and knows the certificate, the operator's last answer and the queue", async () => {
    await using connector = await connectorOf(newPath());
    const sent = await connector.documents.submit(report(1));
    await sent.settled({ until: "accepted", signal: AbortSignal.timeout(10_000) });
    const health = await until(connector, (one) => namedIn(one, "receipts")?.last !== undefined);
    expect(found(health)).toEqual([]);
    expect(health).toMatchObject({ status: "ok", mailbox: "labo@ch-exemple.mssante.fr" });
    expect(namedIn(health, "certificate")?.expires).toMatch(/^20\d\d-/);
    expect(Date.parse(namedIn(health, "operator")?.last ?? "")).toBeGreaterThan(Date.now() - 10_000);
    expect(namedIn(health, "queue")?.counts).toMatchObject({ queued: 0, due: 0 });
  });

  it("tells an operator who does not take mails, with his code, and that he takes them again", async () => {
    await using connector = await connectorOf(newPath(), {
      settings: { ...QUICK.settings, backoff: { baseMs: 400, maxMs: 400, jitter: 0 } },
    });
    mock.faults.add({ name: "defer", at: "mail" });
    const sent = await connector.documents.submit(report(2));
    const limits = { failing: { warningMs: 0, criticalMs: 3_600_000 } };
    const failing = await until(connector, (one) => namedIn(one, "operator")?.error !== undefined);
    expect(namedIn(failing, "operator")).toMatchObject({ status: "ok", error: "smtp_temporary" });
    expect(found(await connector.health({ limits }))).toEqual(["warning operator operator_fails smtp_temporary"]);
    await sent.settled({ until: "accepted", signal: AbortSignal.timeout(10_000) });
    const mended = await connector.health({ limits });
    expect(found(mended)).toEqual([]);
    expect(namedIn(mended, "operator")).not.toHaveProperty("error");
  });

  it("takes a mail that is refused for itself for a sign of life of the operator", async () => {
    await using connector = await connectorOf(newPath());
    mock.faults.add({ name: "refuse", at: "data" });
    const sent = await connector.documents.submit(report(5));
    await sent.settled({ until: "accepted", signal: AbortSignal.timeout(10_000) });
    const operator = namedIn(await connector.health(), "operator");
    expect(operator).toMatchObject({ status: "ok", last: expect.stringMatching(/^20/) });
    expect(operator).not.toHaveProperty("error");
  });

  it("tells a pause", async () => {
    await using connector = await connectorOf(newPath());
    await connector.ready();
    connector.delivery.pause();
    const health = await until(connector, (one) => namedIn(one, "service")?.reason !== "nobody_delivers");
    expect(found(health)).toEqual(["warning service delivery_paused"]);
  });
});

describe("connector.health() of another process", () => {
  it("knows from the outbox that the service lives, what it fails with, and that it has gone silent", async () => {
    const path = newPath();
    const clock = { ahead: 0 };
    await using other = await connectorOf(path, {
      delivery: "manual",
      clock: { now: () => Date.now() + clock.ahead, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    });
    {
      await using service = await connectorOf(path);
      await service.ready();
      const health = await until(other, (one) => namedIn(one, "receipts")?.last !== undefined);
      expect(found(health)).toEqual([]);
    }
    clock.ahead = 4 * 60_000;
    const silent = await other.health();
    expect(found(silent)).toEqual(["warning service nobody_delivers"]);
    expect(namedIn(silent, "service")?.last).toMatch(/^20\d\d-/);
    await other.documents.submit(report(3));
    expect(found(await other.health())).toEqual(["critical service nobody_delivers"]);
  });

  it("is told of a mailbox that cannot be looked at, soon after it began", async () => {
    const path = newPath();
    await using service = await connectorOf(
      path,
      {},
      { operator: { smtp: { host: "127.0.0.1", port: mock.smtp.port }, imap: { host: "127.0.0.1", port: 9 } } },
    );
    await service.ready();
    await using other = await watching(path);
    const limits = { failing: { warningMs: 0, criticalMs: 3_600_000 } };
    for (;;) {
      const health = await other.health({ limits });
      const receipts = namedIn(health, "receipts");
      if (receipts?.reason === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      expect(found(health)).toEqual(["warning receipts receipts_fail connection_refused"]);
      expect(Date.parse(receipts.since ?? "")).toBeGreaterThan(Date.now() - 30_000);
      return;
    }
  });

  it("does not take a command that sends one submission for a service", async () => {
    const path = newPath();
    await using sender = await watching(path);
    const sent = await sender.documents.submit(report(4));
    const ended = new AbortController();
    const run = sender.delivery.run({ signal: ended.signal, submission: sent.id });
    await sent.settled({ until: "accepted", signal: AbortSignal.timeout(10_000) });
    ended.abort();
    await run;
    expect(found(await sender.health())).toEqual(["warning service nobody_delivers"]);
  });
});

describe("what cannot be read", () => {
  it("is a finding: an outbox that is no outbox, a passphrase that is wrong, authorities that are not there", async () => {
    const path = newPath();
    writeFileSync(path, "no database at all, but long enough to be looked at as one ".repeat(40));
    const base = await configOf(mock);
    await using connector = createConnector(
      {
        ...base,
        outbox: { path },
        auth: { ...(base["auth"] as object), passphrase: "wrong" },
        tls: { ...(base["tls"] as object), ca: [join(folder, "missing.pem")] },
      },
      { delivery: "manual" },
    );
    const health = await connector.health();
    expect(health.status).toBe("critical");
    expect(found(health)).toEqual([
      expect.stringMatching(/^critical outbox store_unavailable storage_/),
      "critical certificate certificate_unusable secret_unavailable",
      "critical authorities authorities_unusable file_not_found",
    ]);
  });

  it("is an error where the caller gives up, has closed the connector, or sets what is no limit", async () => {
    const connector = await watching(newPath());
    await expect(connector.health({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    await expect(connector.health({ limits: { queue: { warningMs: -1 } } } as never)).rejects.toMatchObject({
      code: "invalid_argument",
      path: "limits.queue.warningMs",
    });
    await connector.close();
    await expect(connector.health()).rejects.toMatchObject({ code: "closed" });
  });
});
