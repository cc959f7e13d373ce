import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openPostgresOutbox } from "../../src/storage/index.js";
import { describeWithPostgres, postgresPrograms } from "../tools/postgres.js";
import { accepted, claimAll, claimOne, stateOf, submission, T0, trace } from "./samples.js";

describeWithPostgres("a copy of an outbox in PostgreSQL", (server) => {
  const key = new Uint8Array(32).fill(5);
  const program = (name: string) => join(postgresPrograms() ?? "", name);

  it("made by pg_dump while it is used, and put back, has what it had; what was queued comes into doubt", async () => {
    const url = await server().database();
    const schema = new URL(url).searchParams.get("schema") ?? "";
    let copy: Buffer;
    {
      await using store = await openPostgresOutbox({ url, key });
      await store.submit(submission("sent"));
      await store.settle([accepted(await claimOne(store))]);
      await store.submit(submission("queued", { tail: [Buffer.alloc(300_000, 1)] }));
      copy = execFileSync(program("pg_dump"), ["--schema", schema, server().url()], { maxBuffer: 2 ** 28 });
      // Since the copy: it left.
      await claimAll(store);
      await store.submit(submission("later"));
    }
    await server().query(`DROP SCHEMA ${schema} CASCADE`);
    execFileSync(program("psql"), ["--quiet", "--set=ON_ERROR_STOP=1", server().url()], {
      input: copy,
      stdio: ["pipe", "ignore", "pipe"],
    });

    await using store = await openPostgresOutbox({ url, key });
    expect((await store.list({})).map(({ id }) => id)).toEqual(["s-queued", "s-sent"]);
    const told = await store.lastEventSeq();
    expect(await store.restored({ now: T0, isDead: () => true, trace: () => trace })).toBe(1);
    expect([await stateOf(store, "sent"), await stateOf(store, "queued")]).toEqual(["accepted", "unknown"]);
    expect(await claimAll(store)).toEqual([]);
    expect(await store.lastEventSeq()).toBeGreaterThan(told + 1_000_000);
    // It goes on, and still refuses to change a trace.
    await store.submit(submission("new"));
    expect(await claimAll(store)).toHaveLength(1);
    await expect(server().query(`UPDATE ${schema}.medimail_traces SET ok = 0`)).rejects.toThrow(/append-only/);
  });
});
