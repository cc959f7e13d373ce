import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openPostgresOutbox, type PostgresOutbox } from "../../src/storage/index.js";
import { describeWithPostgres } from "../tools/postgres.js";
import { claimAll, mail, stateOf, submission } from "./samples.js";

describeWithPostgres("a submission in the caller's own transaction, on PostgreSQL", (server) => {
  let url: string;
  let store: PostgresOutbox;
  let pool: pg.Pool;
  const clients: pg.PoolClient[] = [];
  beforeEach(async () => {
    url = await server().database();
    store = await openPostgresOutbox({ url });
    // As a program has it, which knows nothing of our schema.
    pool = new pg.Pool({ connectionString: server().url() });
  });
  afterEach(async () => {
    await store.close();
    for (const client of clients.splice(0)) client.release(true);
    await pool.end();
  });
  async function begun(): Promise<pg.PoolClient> {
    const client = await pool.connect();
    clients.push(client);
    await client.query("BEGIN");
    return client;
  }
  const names = async () => (await store.events({})).map(({ submission: id, event }) => `${id} ${event}`);

  it("is there once the caller commits, with its event", async () => {
    const tx = await begun();
    const { created } = await store.submit(submission("a"), { tx });
    expect(created).toBe(true);
    expect(await store.get("s-a")).toBeUndefined();
    await tx.query("COMMIT");
    expect(await stateOf(store, "a")).toBe("queued");
    expect(await claimAll(store)).toHaveLength(1);
    expect(await names()).toEqual(["s-a queued"]);
  });

  it("is not there once the caller rolls back", async () => {
    const tx = await begun();
    await store.submit(submission("a"), { tx });
    await tx.query("ROLLBACK");
    expect(await store.list({})).toEqual([]);
    expect((await store.submit(submission("a"))).created).toBe(true);
  });

  it("holds nobody up: others submit, claim and settle meanwhile", async () => {
    const tx = await begun();
    await store.submit(submission("a"), { tx });
    await store.submit(submission("b"));
    expect((await claimAll(store)).map(({ submission: id }) => id)).toEqual(["s-b"]);
    await tx.query("COMMIT");
  });

  it("has its event seen by a reader who has seen later ones already", async () => {
    const tx = await begun();
    await store.submit(submission("a"), { tx });
    await store.submit(submission("b"));
    const seen = await store.events({});
    expect(seen.map(({ submission: id }) => id)).toEqual(["s-b"]);
    await tx.query("COMMIT");
    const cursor = seen.at(-1)?.seq ?? 0;
    const later = await store.events({ after: cursor });
    expect(later.map(({ submission: id }) => id)).toEqual(["s-a"]);
    expect(await store.lastEventSeq()).toBe(later[0]?.seq);
  });

  it("of the same key as another that is not over waits for it, and gives it back", async () => {
    const [first, second] = [await begun(), await begun()];
    await store.submit(submission("a", { key: "k" }), { tx: first });
    const waiting = store.submit({ ...submission("a", { key: "k" }), id: "s-other" }, { tx: second });
    await first.query("COMMIT");
    expect(await waiting).toMatchObject({ created: false, submission: { id: "s-a" } });
    await second.query("COMMIT");
    expect(await store.list({})).toHaveLength(1);
  });

  it("of a document that another, not over yet, sends too waits for it, and is refused", async () => {
    const tx = await begun();
    await store.submit(submission("a"), { tx });
    const waiting = store.submit(submission("b", { mails: [mail("a")] }));
    const refused = expect(waiting).rejects.toMatchObject({ code: "already_sent" });
    await tx.query("COMMIT");
    await refused;
    expect(await store.get("s-b")).toBeUndefined();
  });

  it("of a document that another sends too, and that stays open, holds up nobody but whoever sends the same", async () => {
    const tx = await begun();
    await store.submit(submission("a"), { tx });
    const waiting = store.submit(submission("b", { mails: [mail("a")] }));
    const refused = expect(waiting).rejects.toMatchObject({ code: "already_sent" });
    const others = await Promise.all(["c", "d", "e"].map((name) => store.submit(submission(name))));
    expect(others.map(({ created }) => created)).toEqual([true, true, true]);
    await tx.query("COMMIT");
    await refused;
  });

  it("that is refused leaves the caller's transaction as it was", async () => {
    await store.submit(submission("a"));
    const tx = await begun();
    await tx.query("CREATE TEMPORARY TABLE of_the_caller (n INT) ON COMMIT DROP");
    await expect(store.submit(submission("b", { mails: [mail("a")] }), { tx })).rejects.toMatchObject({
      code: "already_sent",
    });
    await store.submit(submission("c"), { tx });
    await tx.query("INSERT INTO of_the_caller VALUES (1)");
    await tx.query("COMMIT");
    expect((await store.list({})).map(({ id }) => id)).toEqual(["s-c", "s-a"]);
  });

  it.each([
    ["a pool, whose statements are of no transaction", () => pool],
    ["something else", () => ({ prepare: () => {} })],
  ])("refuses %s", async (_what, tx) => {
    await expect(store.submit(submission("a"), { tx: tx() })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "tx",
    });
  });

  it("refuses a connection to another database, and leaves its transaction as it was", async () => {
    const other = await server().database();
    await using foreign = await openPostgresOutbox({ url: other });
    expect(await foreign.list({})).toEqual([]);
    await server().query("CREATE DATABASE elsewhere");
    const client = new pg.Client({ connectionString: server().url({ database: "elsewhere" }) });
    await client.connect();
    try {
      await client.query("BEGIN");
      await expect(store.submit(submission("a"), { tx: client })).rejects.toMatchObject({ code: "invalid_argument" });
      expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    } finally {
      await client.end();
    }
  });
});
