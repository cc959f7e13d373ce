import { createHash } from "node:crypto";
import { MedimailError } from "../errors.js";
import type { SqliteDatabase } from "./driver.js";

/** One step of a schema. A step that was published is never edited: its checksum is compared at each opening. */
export interface Migration {
  name: string;
  sql: string;
}

/** Where the steps that were applied are noted, in every database. */
export const MIGRATIONS_TABLE = "medimail_schema_migrations";
const TABLE = MIGRATIONS_TABLE;

interface Applied {
  version: number;
  checksum: string;
}

/**
 * Brings `component`'s tables up to the last of `migrations` (version = place in the list, from 1). Safe when several
 * processes open the same new file at once: each looks again once it holds the write lock. All of it is one transaction, so
 * a crash leaves the schema as it was.
 *
 * Throws `storage_schema_newer` where a later version of the package made the file, `storage_corrupt` where a step that was
 * applied is not the one known here.
 */
export function migrate(
  database: SqliteDatabase,
  component: string,
  migrations: readonly Migration[],
  now: () => number = Date.now,
): void {
  if (upToDate(database, component, migrations)) return;
  database.transaction(() => {
    database.exec(`CREATE TABLE IF NOT EXISTS ${TABLE} (
      component TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL,
      PRIMARY KEY (component, version)) STRICT, WITHOUT ROWID`);
    const done = checkApplied(applied(database, component), component, migrations);
    for (const [index, migration] of migrations.entries()) {
      if (index < done) continue;
      database.exec(migration.sql);
      database.run(`INSERT INTO ${TABLE} (component, version, name, checksum, applied_at) VALUES (?, ?, ?, ?, ?)`, [
        component,
        index + 1,
        migration.name,
        checksumOf(migration),
        now(),
      ]);
    }
  });
}

function upToDate(database: SqliteDatabase, component: string, migrations: readonly Migration[]): boolean {
  const table = database.get("SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = ?", [TABLE]);
  return table !== undefined && checkApplied(applied(database, component), component, migrations) === migrations.length;
}

function applied(database: SqliteDatabase, component: string): Applied[] {
  return database.all<Applied>(`SELECT version, checksum FROM ${TABLE} WHERE component = ? ORDER BY version`, [
    component,
  ]);
}

/** How many steps are applied. @throws `storage_schema_newer`, `storage_corrupt` */
export function checkApplied(rows: Applied[], component: string, migrations: readonly Migration[]): number {
  for (const [index, row] of rows.entries()) {
    const migration = migrations[index];
    if (row.version > migrations.length || migration === undefined) {
      const found = rows.at(-1)?.version ?? row.version;
      throw new MedimailError(
        "storage_schema_newer",
        `the schema of ${component} is at version ${found}, this version of the package knows ${migrations.length}`,
        { hint: "Run the version of the package that made this database, or a later one." },
      );
    }
    if (row.version !== index + 1 || row.checksum !== checksumOf(migration)) {
      throw new MedimailError(
        "storage_corrupt",
        `step ${index + 1} of the schema of ${component} is not the one of this package`,
        {
          hint: "The database was made by a modified or unpublished version of the package.",
        },
      );
    }
  }
  return rows.length;
}

export function checksumOf(migration: Migration): string {
  return createHash("sha256").update(`${migration.name}\n${migration.sql}`).digest("hex");
}
