import pg from "pg";
import { expect, it } from "vitest";
import type { Texts } from "../../src/storage/postgres/driver.js";
import { migrate } from "../../src/storage/postgres/migrate.js";
import { PgWriteQueue } from "../../src/storage/postgres/write-queue.js";
import { describeWithPostgres } from "../tools/postgres.js";
import { T0 } from "./samples.js";

describeWithPostgres("statements of a write", (server) => {
  async function opened(options = ""): Promise<{ pool: pg.Pool; queue: PgWriteQueue; texts: Texts }> {
    const url = new URL(await server().database());
    const schema = url.searchParams.get("schema") ?? "";
    url.search = "";
    const pool = new pg.Pool({ connectionString: url.href, max: 1, options });
    const { texts } = await migrate(pool, schema, () => T0);
    return { pool, texts, queue: new PgWriteQueue(pool, texts, "4711") };
  }
  const one = (queue: PgWriteQueue) => queue.write((sql) => sql.get<{ one: number }>("SELECT ?::bigint AS one", [1]));

  it("are read and planned once for a connection", async () => {
    const { pool, queue } = await opened();
    for (let n = 0; n < 3; n += 1) expect(await one(queue)).toEqual({ one: 1 });
    const { rows } = await pool.query("SELECT statement FROM pg_prepared_statements");
    expect(rows).toEqual([{ statement: "SELECT $1::bigint AS one" }]);
    await pool.end();
  });

  it("are sent without a name where a pool of connections between us and the server does not keep them", async () => {
    const { pool, queue, texts } = await opened();
    pool.on("acquire", (client) => void client.query("DEALLOCATE ALL"));
    for (let n = 0; n < 3; n += 1) expect(await one(queue)).toEqual({ one: 1 });
    expect(texts.keeps).toBe(false);
    await pool.end();
  });

  it("see what others wrote while the lock was waited for, whatever the user's default is", async () => {
    const { pool, queue } = await opened("-c default_transaction_isolation=serializable");
    const { level } = (await queue.write((sql) =>
      sql.get<{ level: string }>("SELECT current_setting('transaction_isolation') AS level"),
    )) as { level: string };
    expect(level).toBe("read committed");
    await pool.end();
  });
});
