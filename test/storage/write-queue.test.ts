import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SqliteDatabase, WriteQueueOptions } from "../../src/storage/index.js";
import { endOpening, openSqlite, WriteQueue } from "../../src/storage/index.js";

let folder: string;
let database: SqliteDatabase;
let commands: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-queue-"));
  database = openSqlite({ path: join(folder, "q.db") });
  database.exec("CREATE TABLE t (a INTEGER NOT NULL)");
  endOpening(database);
  commands = [];
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function queueOf(options: WriteQueueOptions = {}): WriteQueue {
  const watched = new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "exec") {
        return (sql: string) => {
          commands.push(sql);
          target.exec(sql);
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return new WriteQueue(watched, options);
}

const insert = (value: number) => () => {
  database.run("INSERT INTO t VALUES (?)", [value]);
  return value;
};
const values = () => database.all<{ a: number }>("SELECT a FROM t ORDER BY rowid").map(({ a }) => a);

describe("WriteQueue", () => {
  it("commits the writes of one turn together, without savepoints", async () => {
    const queue = queueOf();
    expect(await Promise.all([1, 2, 3].map((value) => queue.write(insert(value))))).toEqual([1, 2, 3]);
    expect(commands).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
    expect(values()).toEqual([1, 2, 3]);
  });

  it("keeps a write that can wait for company, which takes it along at once", async () => {
    const queue = queueOf();
    const waiting = queue.write(insert(1), { waitMs: 60_000 });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(commands).toEqual([]);
    await Promise.all([waiting, queue.write(insert(2))]);
    expect(commands).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
    expect(values()).toEqual([1, 2]);
  });

  it("writes what waited alone at the end of its time, the first of several ends", async () => {
    const queue = queueOf();
    await Promise.all([queue.write(insert(1), { waitMs: 60_000 }), queue.write(insert(2), { waitMs: 5 })]);
    expect(commands).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
  });

  it("makes nobody wait once it is closed", async () => {
    const queue = queueOf();
    const waiting = queue.write(insert(1), { waitMs: 60_000 });
    await queue.close();
    expect(await waiting).toBe(1);
  });

  it("resolves a write after its commit, not before", async () => {
    const queue = queueOf();
    const seen = queue.write(insert(1)).then(() => database.inTransaction);
    expect(await seen).toBe(false);
  });

  it("commits at once when a batch is full", async () => {
    const queue = queueOf({ maxBatch: 2 });
    const both = [queue.write(insert(1)), queue.write(insert(2))];
    expect(values()).toEqual([1, 2]);
    await Promise.all(both);
  });

  it("refuses alone what throws before it writes, in the same transaction", async () => {
    const queue = queueOf();
    const refuse = () => {
      throw new RangeError("no");
    };
    const outcomes = await Promise.allSettled([queue.write(insert(1)), queue.write(refuse), queue.write(insert(2))]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(commands).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
  });

  it("takes back all that a failed write had written, and nothing else", async () => {
    const queue = queueOf();
    const half = () => {
      insert(98)();
      insert(99)();
      throw new RangeError("no");
    };
    const outcomes = await Promise.allSettled([queue.write(insert(1)), queue.write(half), queue.write(insert(2))]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(values()).toEqual([1, 2]);
  });

  it("names the fault of the database in our own terms", async () => {
    const queue = queueOf();
    const broken = queue.write(() => database.run("INSERT INTO t VALUES (?)", [null]));
    await expect(broken).rejects.toMatchObject({ code: "storage_failed", retryable: false });
  });

  it("refuses the whole batch when the disk is full, and works again after", async () => {
    const queue = queueOf();
    database.exec("CREATE TABLE big (b BLOB); PRAGMA max_page_count = 20");
    const big = () => database.run("INSERT INTO big VALUES (?)", [new Uint8Array(300_000)]);
    const outcomes = await Promise.allSettled([queue.write(insert(1)), queue.write(big)]);
    expect(outcomes.map((outcome) => (outcome as { reason?: { code: string } }).reason?.code)).toEqual([
      "storage_failed",
      "storage_failed",
    ]);
    expect(values()).toEqual([]);
    database.exec("PRAGMA max_page_count = 100000");
    await queue.write(insert(2));
    expect(values()).toEqual([2]);
  });

  it("waits for the transaction of another connection of this very process, without blocking it", async () => {
    const other = new Libsql(join(folder, "q.db"));
    other.exec("BEGIN IMMEDIATE");
    const queue = queueOf();
    const written = queue.write(insert(1));
    await new Promise((resolve) => setImmediate(resolve));
    other.prepare("INSERT INTO t VALUES (0)").run([]);
    other.exec("COMMIT");
    await written;
    expect(values()).toEqual([0, 1]);
    other.close();
  });

  it("gives up on a lock that is never let go, and says what to do", async () => {
    const other = new Libsql(join(folder, "q.db"));
    other.exec("BEGIN IMMEDIATE");
    await expect(queueOf({ lockTimeoutMs: 30 }).write(insert(1))).rejects.toMatchObject({
      code: "storage_failed",
      retryable: true,
      hint: expect.stringContaining("transaction"),
    });
    other.exec("ROLLBACK");
    other.close();
  });

  it("settles what was accepted before it closes, and refuses the rest", async () => {
    const queue = queueOf();
    const written = queue.write(insert(1));
    await queue.close();
    await expect(written).resolves.toBe(1);
    await expect(queue.write(insert(2))).rejects.toMatchObject({ code: "closed" });
  });
});
