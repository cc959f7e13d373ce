import pg from "pg";
import { expect, it } from "vitest";
import { createConnector, type MedimailError } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { cdaOf } from "../tools/documents.js";
import { describeWithPostgres, PASSWORD } from "../tools/postgres.js";
import { configOf, DOCTOR, QUICK, soon, states } from "./kit.js";

const in_ = (url: unknown, more: object = {}) => ({ outbox: { store: "postgres", url, ...more } });
const manual = { ...QUICK, delivery: "manual" } as const;
const toDoctor = (n: number) => ({ documents: [{ cda: cdaOf(n) }], to: [DOCTOR] });
const schemaOf = (url: string) => new URL(url).searchParams.get("schema");

describeWithPostgres("a connector whose outbox is in PostgreSQL", (server) => {
  it("sends, lists and traces", async () => {
    await using mock = await startMockMedimail();
    await using connector = createConnector(await configOf(mock, undefined, in_(await server().database())), QUICK);
    const sent = await connector.documents.submit(toDoctor(1));
    expect((await sent.settled({ signal: soon(20_000) })).ok).toBe(true);
    expect(mock.mails).toHaveLength(1);
    expect((await connector.outbox.list()).map(({ id }) => id)).toEqual([sent.id]);
    const traces: string[] = [];
    for await (const { action } of connector.traces.list()) traces.push(action);
    expect(traces).toContain("send");
  });

  it("delivers each mail once, whichever of two delivers it", { timeout: 120_000 }, async () => {
    await using mock = await startMockMedimail();
    const config = await configOf(mock, undefined, in_(await server().database()));
    await using one = createConnector(config, QUICK);
    await using other = createConnector(config, QUICK);
    const submitted = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : other).documents.submit(toDoctor(n))),
    );
    await Promise.all(submitted.map((each) => each.settled({ signal: soon(90_000) })));
    expect(mock.mails).toHaveLength(20);
    expect(new Set(mock.mails.map(({ messageId }) => messageId)).size).toBe(20);
  });

  it("stores with what the software writes, in the software's own transaction", async () => {
    await using mock = await startMockMedimail();
    const url = await server().database();
    await using connector = createConnector(await configOf(mock, undefined, in_(url)), manual);
    await connector.ready();
    const client = new pg.Client({ connectionString: server().url() });
    await client.connect();
    try {
      await client.query(`CREATE TABLE ${schemaOf(url)}.reports (id TEXT)`);
      const submit = async (n: number, end: "COMMIT" | "ROLLBACK") => {
        await client.query("BEGIN");
        await client.query(`INSERT INTO ${schemaOf(url)}.reports VALUES ($1)`, [String(n)]);
        await connector.documents.submit(toDoctor(n), { tx: client });
        await client.query(end);
      };
      await submit(1, "ROLLBACK");
      expect(await connector.outbox.list()).toHaveLength(0);
      await submit(1, "COMMIT");
      expect(await connector.outbox.list()).toHaveLength(1);
      expect((await client.query(`SELECT id FROM ${schemaOf(url)}.reports`)).rows).toEqual([{ id: "1" }]);
    } finally {
      await client.end();
    }
  });

  it("keeps content sealed by the key that the configuration names", async () => {
    await using mock = await startMockMedimail();
    const url = await server().database();
    process.env["MEDIMAIL_TEST_PG_URL"] = url;
    process.env["MEDIMAIL_TEST_PG_KEY"] = Buffer.alloc(32, 4).toString("base64");
    try {
      const named = in_({ env: "MEDIMAIL_TEST_PG_URL" }, { encryptionKey: { env: "MEDIMAIL_TEST_PG_KEY" } });
      await using connector = createConnector(await configOf(mock, undefined, named), manual);
      await connector.documents.submit(toDoctor(1));
      // The first byte of what is sealed.
      const stored = `SELECT get_byte(info, 0) AS first FROM ${schemaOf(url)}.medimail_submissions`;
      expect(await server().query(stored)).toEqual([{ first: 1 }]);
      await using keyless = createConnector(await configOf(mock, undefined, in_(url)), manual);
      await expect(keyless.outbox.list()).rejects.toMatchObject({ code: "storage_key_wrong" });
    } finally {
      delete process.env["MEDIMAIL_TEST_PG_URL"];
      delete process.env["MEDIMAIL_TEST_PG_KEY"];
    }
  });
});

describeWithPostgres(
  "a connector whose database server is stopped and started again",
  (server) => {
    it("loses nothing and sends nothing twice", { timeout: 120_000 }, async () => {
      await using mock = await startMockMedimail();
      const config = await configOf(mock, undefined, in_(await server().database()));
      await using connector = createConnector(config, QUICK);
      const first = await Promise.all(Array.from({ length: 20 }, (_, n) => connector.documents.submit(toDoctor(n))));
      await server().stop();
      // Waits for the server within its patience.
      const during = connector.documents.submit(toDoctor(100));
      await server().start();
      const all = [...first, await during];
      await server().kill();
      await server().start();
      await Promise.all(all.map((each) => each.settled({ signal: soon(60_000) })));
      expect(mock.mails).toHaveLength(21);
      for (const { id } of all) expect(["accepted", "delivered"]).toContain((await states(connector, id))[DOCTOR]);
    });

    it.each([
      ["a wrong password", { password: "CANARY-WRONG" }, /refused the login \(28P01\)/],
      ["no such user", { user: "nobody" }, /refused the login \(28P01\)/],
      ["no such database", { database: "nowhere" }, /no such database or schema \(3D000\)/],
      ["no such schema", { query: "schema=nowhere" }, /no such database or schema \(3F000\)/],
    ])("says what is wrong, and never the password: %s", async (_what, changes, message) => {
      await using mock = await startMockMedimail();
      await using connector = createConnector(await configOf(mock, undefined, in_(server().url(changes))), manual);
      const error = (await connector.ready().catch((thrown: unknown) => thrown)) as MedimailError;
      expect(error).toMatchObject({ code: "storage_failed", message: expect.stringMatching(message) });
      expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).not.toMatch(/CANARY/);
      expect(PASSWORD).toContain("CANARY");
    });

    it("opens once the server that was not there is", async () => {
      await using mock = await startMockMedimail();
      await using connector = createConnector(await configOf(mock, undefined, in_(await server().database())), manual);
      await server().stop();
      await expect(connector.ready()).rejects.toMatchObject({ code: "storage_failed", retryable: true });
      await server().start();
      await connector.ready();
      expect(await connector.outbox.list()).toEqual([]);
    });
  },
  { own: true, locked: true },
);
