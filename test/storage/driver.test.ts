import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Migration, SqliteDatabase } from "../../src/storage/index.js";
import { bytesOf, migrate, openSqlite, storageError } from "../../src/storage/index.js";

let folder: string;
let path: string;
const opened: SqliteDatabase[] = [];

function open(): SqliteDatabase {
  const database = openSqlite({ path });
  opened.push(database);
  return database;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-driver-"));
  path = join(folder, "store.db");
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(folder, { recursive: true, force: true });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return storageError(error);
  }
  return undefined;
}

const pragma = (database: SqliteDatabase, name: string) =>
  Object.values(database.all<object>(`PRAGMA ${name}`)[0] ?? {})[0];

describe("openSqlite", () => {
  it.skipIf(process.platform === "win32")("makes a file that only its owner reads, its log too", () => {
    open().exec("CREATE TABLE t (a)");
    expect([path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777)).toEqual([
      0o600, 0o600, 0o600,
    ]);
  });

  it("makes missing folders", () => {
    path = join(folder, "a", "b", "store.db");
    open();
    expect(statSync(path).isFile()).toBe(true);
  });

  it("writes each commit through to the disk, checks keys and overwrites what is erased", () => {
    const database = open();
    const names = ["journal_mode", "synchronous", "foreign_keys", "secure_delete", "recursive_triggers"];
    expect(names.map((name) => pragma(database, name))).toEqual(["wal", 2, 1, 1, 1]);
  });

  it("relaxes and restores the fsync of commits", () => {
    const database = open();
    database.setDurable(false);
    expect(pragma(database, "synchronous")).toBe(1);
    database.setDurable(true);
    expect(pragma(database, "synchronous")).toBe(2);
  });

  it("refuses a file that is no database, without changing it", () => {
    writeFileSync(path, "an invoice, not a database ".repeat(300));
    expect(thrown(open)).toMatchObject({ code: "storage_corrupt", hint: expect.any(String) });
    expect(statSync(path).size).toBe(27 * 300);
  });

  it("says of a folder that it is not a file", () => {
    path = folder;
    expect(thrown(open)).toMatchObject({
      code: "storage_failed",
      retryable: false,
      hint: expect.stringContaining("file"),
    });
  });

  it("says that a file may not be written", () => {
    // A folder that is a file: refused to everyone, root included.
    open().close();
    path = join(path, "below.db");
    expect(thrown(open)).toMatchObject({ code: "storage_failed", retryable: false });
  });

  it("says that the disk is full, and that it may be tried again", () => {
    const database = open();
    database.exec("CREATE TABLE t (a BLOB); PRAGMA max_page_count = 20");
    expect(thrown(() => database.run("INSERT INTO t VALUES (?)", [new Uint8Array(200_000)]))).toMatchObject({
      code: "storage_failed",
      retryable: true,
      message: expect.stringContaining("full"),
    });
  });

  it("quotes no value in an error", () => {
    const database = open();
    database.exec("CREATE TABLE t (a INTEGER) STRICT");
    const error = thrown(() => database.run("INSERT INTO t VALUES (?)", ["INS 299057512300876"]));
    expect(error).toMatchObject({ code: "storage_failed" });
    expect(`${String(error)}${(error as Error).stack}${String((error as Error).cause)}`).not.toContain(
      "299057512300876",
    );
  });

  it("takes lone null and bytes as values, and gives bytes back", () => {
    const database = open();
    database.exec("CREATE TABLE t (a)");
    database.run("INSERT INTO t VALUES (?)", [null]);
    database.run("INSERT INTO t VALUES (?)", [Uint8Array.of(0, 255)]);
    const rows = database.all<{ a: ArrayBuffer | null }>("SELECT a FROM t");
    expect(rows.map(({ a }) => a && [...bytesOf(a)])).toEqual([null, [0, 255]]);
    expect([
      ...bytesOf(
        database.get<{ a: ArrayBuffer }>("SELECT a FROM t WHERE a = ?", [Uint8Array.of(0, 255)])?.a ??
          new ArrayBuffer(0),
      ),
    ]).toEqual([0, 255]);
  });

  it("rolls a transaction back whose work throws", () => {
    const database = open();
    database.exec("CREATE TABLE t (a)");
    const work = () => {
      database.run("INSERT INTO t VALUES (1)");
      throw new RangeError("no");
    };
    expect(() => database.transaction(work)).toThrow(RangeError);
    expect(database.all("SELECT a FROM t")).toEqual([]);
    expect(database.inTransaction).toBe(false);
  });

  it("folds its log into the file when it closes", () => {
    const database = open();
    database.exec("CREATE TABLE t (a); INSERT INTO t VALUES ('kept')");
    database.close();
    expect(statSync(`${path}-wal`).size).toBe(0);
    expect(open().all("SELECT a FROM t")).toEqual([{ a: "kept" }]);
  });

  it("closes twice without harm", () => {
    const database = open();
    database.close();
    expect(() => database.close()).not.toThrow();
  });
});

describe("migrate", () => {
  const first: Migration = { name: "first", sql: "CREATE TABLE a (x)" };
  const second: Migration = { name: "second", sql: "CREATE TABLE b (x)" };

  it("applies each step once, in order", () => {
    const database = open();
    migrate(database, "test", [first]);
    migrate(database, "test", [first, second]);
    migrate(database, "test", [first, second]);
    expect(database.all("SELECT version, name FROM medimail_schema_migrations")).toEqual([
      { version: 1, name: "first" },
      { version: 2, name: "second" },
    ]);
  });

  it("keeps components apart", () => {
    const database = open();
    migrate(database, "one", [first]);
    migrate(database, "two", [second]);
    expect(database.all("SELECT component FROM medimail_schema_migrations ORDER BY 1")).toEqual([
      { component: "one" },
      { component: "two" },
    ]);
  });

  it("refuses a schema newer than it knows", () => {
    const database = open();
    migrate(database, "test", [first, second]);
    expect(thrown(() => migrate(database, "test", [first]))).toMatchObject({
      code: "storage_schema_newer",
      hint: expect.any(String),
    });
  });

  it("refuses a step that was changed after it was applied", () => {
    const database = open();
    migrate(database, "test", [first]);
    expect(thrown(() => migrate(database, "test", [{ name: "first", sql: "CREATE TABLE a (y)" }]))).toMatchObject({
      code: "storage_corrupt",
    });
  });

  it("leaves the schema as it was when a step fails", () => {
    const database = open();
    expect(thrown(() => migrate(database, "test", [first, { name: "broken", sql: "CREATE TABLE" }]))).toMatchObject({
      code: "storage_failed",
    });
    expect(database.all("SELECT name FROM sqlite_schema WHERE name IN ('a', 'medimail_schema_migrations')")).toEqual(
      [],
    );
  });
});

describe("two connections", () => {
  it("see each other's commits", () => {
    const one = open();
    one.exec("CREATE TABLE t (a)");
    const other = new Libsql(path);
    other.prepare("INSERT INTO t VALUES (7)").run([]);
    other.close();
    expect(one.get("SELECT a FROM t")).toMatchObject({ a: 7 });
  });
});
