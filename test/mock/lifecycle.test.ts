import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { defaultMailboxes, startMockMedimail } from "../../src/mock/index.js";
import type { Observation } from "../../src/seams/observations.js";
import { DUPONT, imapClient, LABO, MOREL, mail, PATIENT, RawClient, SECRETARIAT, smtpClient, submit } from "./kit.js";

/** What keeps a process alive, the test runner's own pipes apart. */
const resources = () => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)).length;

describe("starting and closing", () => {
  it("twenty at once, with clients on them, leave nothing", async () => {
    await (await startMockMedimail()).close();
    const before = resources();
    const mocks = await Promise.all(Array.from({ length: 20 }, () => startMockMedimail()));
    expect(new Set(mocks.flatMap((m) => [m.smtp.port, m.imap.port])).size).toBe(40);
    await Promise.all(
      mocks.map(async (mock) => {
        await smtpClient(mock, LABO);
        await imapClient(mock, DUPONT);
        await RawClient.connect(mock.imap.port);
      }),
    );
    await Promise.all(mocks.map((mock) => mock.close()));
    await expect.poll(resources, { interval: 5 }).toBeLessThanOrEqual(before);
    for (const mock of mocks) expect(mock.problems).toEqual([]);
  });

  it("starts in less than 300 ms once the keys of the process are made", async () => {
    await (await startMockMedimail()).close();
    const before = performance.now();
    const mock = await startMockMedimail();
    expect(performance.now() - before).toBeLessThan(300);
    await mock.close();
  });

  it("is closed by `await using`, and closing twice is closing once", async () => {
    let port = 0;
    {
      await using mock = await startMockMedimail();
      port = mock.smtp.port;
      await mock.close();
    }
    await expect(RawClient.connect(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("listens on loopback alone", async () => {
    await using mock = await startMockMedimail();
    const other = createServer();
    // The same port is free on another loopback address: the mock has not taken them all.
    await new Promise<void>((resolve, reject) => {
      other.once("error", reject);
      other.listen(mock.smtp.port, "127.0.0.2", resolve);
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it("says that a port is taken", async () => {
    await using mock = await startMockMedimail();
    await expect(startMockMedimail({ smtpPort: mock.smtp.port })).rejects.toMatchObject({ code: "mock_failed" });
  });

  it("refuses a mailbox that cannot be", async () => {
    const twice = { address: LABO, type: "APP" } as const;
    await expect(startMockMedimail({ mailboxes: [twice, twice] })).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(startMockMedimail({ mailboxes: [{ address: "../x", type: "PER" }] })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });
});

describe("waiting", () => {
  it("finds what has passed and what is to come", async () => {
    await using mock = await startMockMedimail();
    const coming = mock.waitForMail({ to: MOREL, messageId: "<b@t.fr>" });
    const client = await smtpClient(mock, LABO);
    await submit(client, "a@t.fr");
    await submit(client, "b@t.fr", { to: MOREL });
    expect((await coming).id).toBe(2);
    expect((await mock.waitForMail({ to: DUPONT.toUpperCase() })).messageId).toBe("a@t.fr");
    client.destroy();
  });

  it("fails with timeout, aborted or closed", async () => {
    const mock = await startMockMedimail();
    await expect(mock.waitForMail({ timeoutMs: 1 })).rejects.toMatchObject({ code: "timeout" });
    await expect(mock.waitFor(() => false, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    const waiting = mock.waitForMail();
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: "closed" }), mock.close()]);
  });

  it("forgets the oldest observations beyond the limit, and has shown them all", async () => {
    const seen: Observation[] = [];
    await using mock = await startMockMedimail({
      keepObservations: 10,
      onObservation: (o) => seen.push(o),
      now: () => new Date("2026-02-03T04:05:06Z"),
    });
    const client = await smtpClient(mock, LABO);
    for (let i = 0; i < 20; i++) await client.smtp("NOOP");
    expect(mock.observations.length).toBeLessThanOrEqual(11);
    expect(seen.length).toBeGreaterThan(40);
    expect(new Set(seen.map((o) => `${o.v} ${o.at}`))).toEqual(new Set(["1 2026-02-03T04:05:06.000Z"]));
    client.destroy();
  });

  it("an observer that throws is a problem of the mock's, not a crash", async () => {
    const mock = await startMockMedimail({
      onObservation: (o) => {
        if (o.kind === "line") throw new Error("observer");
      },
    });
    const client = await RawClient.connect(mock.smtp.port);
    expect(await client.reply()).toMatch(/^220 /);
    await mock.close();
    expect(mock.problems).toContainEqual(new Error("observer"));
  });
});

describe("the ready object (CLI.md)", () => {
  it("names files that exist, in the folder asked, and keeps secrets to their owner", async () => {
    const dir = await mkdtemp(join(tmpdir(), "mock-test-"));
    try {
      await using mock = await startMockMedimail({ dir });
      const ready = await mock.ready();
      expect(ready).toMatchObject({
        event: "ready",
        smtp: { host: "localhost", port: mock.smtp.port },
        imap: { host: "localhost", port: mock.imap.port },
      });
      expect(await readFile(ready.ca, "utf8")).toBe(mock.ca);
      expect(ready.mailboxes.map((m) => m.type)).toEqual(["APP", "ORG", "PER", "PER", "CAB"]);
      expect(ready.mailboxes.map((m) => m.auth.method)).toEqual([
        "certificate",
        "xoauth2",
        "xoauth2",
        "xoauth2",
        "xoauth2",
      ]);
      const app = ready.mailboxes[0]?.auth;
      if (app?.method !== "certificate") throw new Error("the APP mailbox has no certificate");
      expect(app.sasl).toEqual({ smtp: "none", imap: "external" });
      createSecureContext({ pfx: await readFile(app.p12), passphrase: app.passphrase });
      createSecureContext({ cert: await readFile(app.pem), key: await readFile(app.key) });
      expect((await stat(app.key)).mode & 0o077).toBe(0);
      expect((await stat(join(dir, "token-martin.dupont_medecin.mssante.fr.txt"))).mode & 0o077).toBe(0);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it("gives a configuration for each mailbox that the connector's schema takes", async () => {
    await using mock = await startMockMedimail({ filesSent: true });
    const ready = await mock.ready();
    expect(Object.keys(ready.configs)).toEqual(defaultMailboxes.map((m) => m.address));
    for (const path of Object.values(ready.configs)) {
      const config = parseConfig(JSON.parse(await readFile(path, "utf8")));
      expect(config.operator).toMatchObject({
        imap: { port: mock.imap.port },
        smtp: { port: mock.smtp.port },
        filesSent: true,
      });
    }
    const app = JSON.parse(await readFile(ready.configs[LABO] ?? "", "utf8"));
    expect(existsSync(join(dirname(ready.configs[LABO] ?? ""), app.auth.p12))).toBe(true);
  });

  it("writes a new token where the configuration reads it", async () => {
    const mock = await startMockMedimail();
    const dir = dirname((await mock.ready()).ca);
    const token = mock.issueToken(SECRETARIAT);
    const file = join(dir, "token-secretariat.cardiologie_ch-exemple.mssante.fr.txt");
    await expect.poll(() => readFile(file, "utf8"), { interval: 5 }).toBe(token);
    await mock.close();
    expect(existsSync(dir)).toBe(false);
  });

  it("has the mailboxes added later, and the mails on disk where a folder was asked", async () => {
    const dir = await mkdtemp(join(tmpdir(), "mock-test-"));
    try {
      await using mock = await startMockMedimail({ dir });
      mock.addMailbox({ address: "int@ch-exemple.mssante.fr", type: "INT" });
      expect(Object.keys((await mock.ready()).configs)).toContain("int@ch-exemple.mssante.fr");
      const client = await smtpClient(mock, LABO);
      await submit(client, "a@t.fr", { to: PATIENT });
      client.destroy();
      const seen = await mock.waitFor((o) => o.kind === "mail");
      expect(seen).toMatchObject({ file: "mails/000001.eml", to: [PATIENT] });
      expect(await readFile(join(dir, "mails/000001.eml"), "utf8")).toBe(mail("a@t.fr", { to: PATIENT }));
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
