import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openPostgresOutbox, type PostgresOutbox } from "../../src/storage/index.js";
import { describeWithPostgres } from "../tools/postgres.js";
import { accepted, claimAll, claimOne, OTHER_WORKER, stateOf, submission, T0, WORKER, worker } from "./samples.js";

/** A line to the server that breaks at a COMMIT: before the server has it, or after, with its answer lost. */
class CommitCutter {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What the next COMMIT meets. */
  next: "pass" | "lost" | "answer lost" = "pass";
  cuts = 0;
  /** From the next cut on nobody gets through. */
  closes = false;
  #closed = false;

  constructor(public target: number) {
    this.#server = createServer((client) => this.#serve(client));
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  open(): void {
    this.#closed = false;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket): void {
    if (this.#closed) {
      client.destroy();
      return;
    }
    const server = connect(this.target, "127.0.0.1");
    let deaf = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        server.destroy();
      });
    }
    server.on("data", (bytes) => {
      if (!deaf) client.write(bytes);
    });
    client.on("data", (bytes) => {
      const cut = this.next !== "pass" && bytes.includes("COMMIT\0");
      if (!cut) {
        server.write(bytes);
        return;
      }
      this.cuts += 1;
      this.#closed = this.closes;
      const { next } = this;
      this.next = "pass";
      deaf = true;
      if (next === "answer lost") server.write(bytes, () => setTimeout(() => client.destroy(), 50));
      else client.destroy();
    });
  }
}

describeWithPostgres("a store on PostgreSQL whose line breaks", (server) => {
  let cutter: CommitCutter;
  let store: PostgresOutbox;
  beforeEach(async () => {
    cutter = new CommitCutter(server().port);
    const url = new URL(await server().database());
    url.port = String(await cutter.start());
    store = await openPostgresOutbox({ url: url.href, patienceMs: 500 });
  });
  afterEach(async () => {
    await store.close();
    cutter.stop();
  });

  it.each(["lost", "answer lost"] as const)("at the COMMIT of a submission (%s) has it once", async (how) => {
    cutter.next = how;
    const { created } = await store.submit(submission("a"));
    expect([created, cutter.cuts]).toEqual([true, 1]);
    expect(await store.list({})).toHaveLength(1);
    expect(await claimAll(store)).toHaveLength(1);
    expect((await store.events({})).map(({ event }) => event)).toEqual(["queued"]);
  });

  it.each(["lost", "answer lost"] as const)(
    "at that of a settlement (%s) has one answer, and one trace",
    async (how) => {
      await store.submit(submission("a"));
      const claimed = await claimOne(store);
      cutter.next = how;
      await store.settle([accepted(claimed)]);
      expect(cutter.cuts).toBe(1);
      expect(await stateOf(store, "a")).toBe("accepted");
      expect(await store.traces({})).toHaveLength(1);
      expect((await store.events({})).map(({ event }) => event)).toEqual(["queued", "accepted"]);
    },
  );

  it.each(["lost", "answer lost"] as const)("at that of a mark (%s) has it marked before it says so", async (how) => {
    await store.heartbeat(worker(WORKER), T0);
    await store.submit(submission("a"));
    const { mailId } = await claimOne(store);
    cutter.next = how;
    await store.markHandover(WORKER, [mailId]);
    const doubtful = await store.recover({ worker: OTHER_WORKER, now: T0, isDead: () => true });
    expect(doubtful.map((mail) => mail.mailId)).toEqual([mailId]);
  });

  it("at that of a claim, and stays so for long, gives back what it does not know to have", async () => {
    await store.submit(submission("a"));
    Object.assign(cutter, { next: "answer lost", closes: true });
    await expect(claimOne(store)).rejects.toMatchObject({ code: "storage_failed", retryable: true });
    cutter.open();
    expect(await store.recover({ worker: WORKER, now: T0, isDead: () => false })).toEqual([]);
    expect(await claimAll(store)).toHaveLength(1);
  });

  it("at that of a takeover, and stays so for long, tells what is in doubt the next time", async () => {
    await store.heartbeat(worker(WORKER), T0);
    await store.submit(submission("a"));
    const { mailId } = await claimOne(store);
    await store.markHandover(WORKER, [mailId]);
    const query = { worker: OTHER_WORKER, now: T0, isDead: () => true };
    Object.assign(cutter, { next: "answer lost", closes: true });
    await expect(store.recover(query)).rejects.toMatchObject({ code: "storage_failed" });
    cutter.open();
    expect((await store.recover(query)).map((mail) => mail.mailId)).toEqual([mailId]);
    expect(await store.recover(query)).toEqual([]);
  });

  it("between two calls answers the next", async () => {
    await store.submit(submission("a"));
    await server().query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'medimail-connector'",
    );
    expect(await stateOf(store, "a")).toBe("queued");
    await server().query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'medimail-connector'",
    );
    await store.submit(submission("b"));
    expect(await store.list({})).toHaveLength(2);
  });
  it("shares its connections with the others of its process, and ends them with the last", async () => {
    const url = await server().database();
    const stores = await Promise.all(Array.from({ length: 15 }, () => openPostgresOutbox({ url })));
    await Promise.all(stores.map((each, serial) => each.submit(submission(`s-${serial}`))));
    const [count] = await server().query(
      "SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = 'medimail-connector'",
    );
    expect(count?.["open"]).toBeLessThanOrEqual(11);
    await stores.pop()?.close();
    expect(await stores[0]?.list({})).toHaveLength(15);
    await Promise.all(stores.map((each) => each.close()));
  });
});

const tableOf = (url: URL) => `${url.searchParams.get("schema")}.medimail_submissions`;

describeWithPostgres(
  "a store on PostgreSQL whose server dies",
  (server) => {
    // What a transaction that left nothing on the disk was called, the server calls the next one after it has started again.
    it("at a COMMIT has the submission once, though others wrote before it could ask", async () => {
      const cutter = new CommitCutter(server().port);
      const url = new URL(await server().database());
      await using others = await openPostgresOutbox({ url: url.href });
      url.port = String(await cutter.start());
      await using store = await openPostgresOutbox({ url: url.href });
      Object.assign(cutter, { next: "lost", closes: true });
      const submitting = store.submit(submission("a"));
      await vi.waitUntil(() => cutter.cuts === 1);
      await server().kill();
      await server().start();
      for (const id of ["b", "c", "d", "e"]) await others.submit(submission(id));
      cutter.open();
      expect((await submitting).created).toBe(true);
      expect((await others.list({})).map(({ id }) => id).sort()).toEqual(["s-a", "s-b", "s-c", "s-d", "s-e"]);
      cutter.stop();
    });

    it("writes on where its standby takes over, once that takes writes", async () => {
      const standby = await server().standby();
      const cutter = new CommitCutter(server().port);
      const url = new URL(await server().database());
      url.port = String(await cutter.start());
      await using store = await openPostgresOutbox({ url: url.href });
      await store.submit(submission("a"));
      await vi.waitUntil(async () => (await standby.query("SELECT to_regclass($1) AS t", [tableOf(url)]))[0]?.["t"]);
      await server().kill();
      cutter.target = standby.port;
      const submitting = store.submit(submission("b"));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await standby.promote();
      await submitting;
      expect((await store.list({})).map(({ id }) => id).sort()).toEqual(["s-a", "s-b"]);
      cutter.stop();
      await standby.end();
    });
  },
  { own: true },
);
