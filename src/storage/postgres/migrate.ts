import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { MedimailError } from "../../errors.js";
import { checkApplied, checksumOf, MIGRATIONS_TABLE } from "../migrations.js";
import { BEGIN } from "./commits.js";
import { quoted, Texts } from "./driver.js";
import { withClient } from "./pool.js";
import { PG_MIGRATIONS } from "./schema.js";

const COMPONENT = "outbox";

interface Applied {
  version: number;
  checksum: string;
}

/**
 * Brings the tables up to what this version knows, once for however many processes open at the same time: the others wait for the first. All of it
 * is one transaction. `schema` absent: the first of the user's search path that is there.
 *
 * @returns the schema and the random id of the store
 * @throws `storage_schema_newer`, `storage_corrupt`, `storage_failed`
 */
export async function migrate(
  pool: Pool,
  schema: string | undefined,
  now: () => number,
): Promise<{ texts: Texts; storeId: string }> {
  return withClient(pool, async (client) => {
    const name =
      schema ?? (await client.query<{ name: string | null }>("SELECT current_schema() AS name")).rows[0]?.name;
    if (name === undefined || name === null)
      throw new MedimailError("storage_failed", "the user of the database has no schema to make tables in", {
        retryable: false,
        hint: "CREATE SCHEMA medimail AUTHORIZATION its_user, and ?schema=medimail in outbox.url.",
      });
    const texts = new Texts(name);
    const table = texts.of(MIGRATIONS_TABLE);
    const applied = async (): Promise<Applied[]> =>
      (
        await client.query<Applied>(
          `SELECT version::int AS version, checksum FROM ${table} WHERE component = '${COMPONENT}' ORDER BY version`,
        )
      ).rows;
    const isThere = async (): Promise<boolean> =>
      (await client.query("SELECT to_regclass($1) IS NOT NULL AS there", [table])).rows[0]?.there === true;

    if (!(await isThere()) || checkApplied(await applied(), COMPONENT, PG_MIGRATIONS) < PG_MIGRATIONS.length) {
      await client.query(BEGIN);
      // Of this schema alone; any number will do that others are unlikely to take.
      await client.query("SELECT pg_advisory_xact_lock(1835884393, hashtext($1))", [name]);
      await client.query(`SET LOCAL search_path TO ${quoted(name)}`);
      await client.query(`CREATE TABLE IF NOT EXISTS ${table} (
        component TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,
        PRIMARY KEY (component, version))`);
      const done = checkApplied(await applied(), COMPONENT, PG_MIGRATIONS);
      for (const [index, migration] of PG_MIGRATIONS.entries()) {
        if (index < done) continue;
        await client.query(migration.sql);
        await client.query(
          `INSERT INTO ${table} (component, version, name, checksum, applied_at) VALUES ($1, $2, $3, $4, $5)`,
          [COMPONENT, index + 1, migration.name, checksumOf(migration), now()],
        );
      }
      await client.query(
        texts.of("INSERT INTO medimail_meta (name, value) VALUES ('store-id', ?) ON CONFLICT (name) DO NOTHING"),
        [randomBytes(16)],
      );
      await client.query("COMMIT");
    }
    const { rows } = await client.query<{ value: Buffer }>(
      texts.of("SELECT value FROM medimail_meta WHERE name = 'store-id'"),
    );
    return { texts, storeId: rows[0]?.value.toString("hex") ?? "" };
  });
}
