import pg from "pg";
import { expect, it } from "vitest";
import { Texts } from "../../src/storage/postgres/driver.js";
import { PgWriteQueue } from "../../src/storage/postgres/write-queue.js";
import { describeWithPostgres } from "../tools/postgres.js";

describeWithPostgres("statements that the server keeps by a name", (server) => {
  async function opened(): Promise<{ pool: pg.Pool; queue: PgWriteQueue; texts: Texts }> {
    const pool = new pg.Pool({ connectionString: server().url(), max: 1 });
    const texts = new Texts("public");
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

  it("are sent without one where a pool of connections between us and the server does not keep them", async () => {
    const { pool, queue, texts } = await opened();
    pool.on("acquire", (client) => void client.query("DEALLOCATE ALL"));
    for (let n = 0; n < 3; n += 1) expect(await one(queue)).toEqual({ one: 1 });
    expect(texts.keeps).toBe(false);
    await pool.end();
  });
});
