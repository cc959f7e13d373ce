import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SqliteOutbox } from "../../src/storage/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { claimOne, mail, PATIENT, submission } from "./samples.js";

let folder: string;
let store: SqliteOutbox;
let own: Libsql.Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "medimail-tx-"));
  store = await openSqliteOutbox({ path: join(folder, "business.db"), key: Buffer.alloc(32, 3) });
  own = new Libsql(join(folder, "business.db"));
  own.exec("CREATE TABLE reports (id TEXT, validated INTEGER)");
});
afterEach(async () => {
  own.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("submit within the caller's transaction", () => {
  it("is there once the caller commits, with what the caller wrote", async () => {
    own.exec("BEGIN");
    own.prepare("INSERT INTO reports VALUES ('r1', 1)").run([]);
    const { created } = await store.submit(submission("a", { mails: [mail("a", PATIENT)] }), { tx: own });
    expect(await store.get("s-a")).toBeUndefined();
    own.exec("COMMIT");
    expect(created).toBe(true);
    expect((await claimOne(store)).recipients[0]?.address).toBe(PATIENT);
  });

  it("was never there when the caller rolls back", async () => {
    own.exec("BEGIN");
    await store.submit(submission("a"), { tx: own });
    own.exec("ROLLBACK");
    expect(await store.get("s-a")).toBeUndefined();
    expect((await store.submit(submission("b", { mails: [mail("a")] }))).created).toBe(true);
  });

  it("is done when the call returns: a synchronous transaction function holds it", async () => {
    let submitted: Promise<unknown> | undefined;
    own.transaction(() => {
      submitted = store.submit(submission("a"), { tx: own });
    })();
    expect((await store.get("s-a"))?.id).toBe("s-a");
    await submitted;
  });

  it("knows the submissions of the store: same key, same document", async () => {
    await store.submit(submission("a", { key: "k" }));
    own.exec("BEGIN");
    expect(await store.submit(submission("a", { key: "k" }), { tx: own })).toMatchObject({ created: false });
    await expect(store.submit(submission("b", { mails: [mail("a")] }), { tx: own })).rejects.toMatchObject({
      code: "already_sent",
    });
    own.exec("COMMIT");
    expect((await store.list({})).length).toBe(1);
  });

  it("leaves other submissions of the process to wait for the commit, not to fail", async () => {
    own.exec("BEGIN IMMEDIATE");
    const beside = store.submit(submission("b"));
    await store.submit(submission("a"), { tx: own });
    await new Promise((resolve) => setImmediate(resolve));
    own.exec("COMMIT");
    await beside;
    expect((await store.list({})).map(({ id }) => id)).toEqual(["s-b", "s-a"]);
  });

  it("refuses a database without an open transaction", async () => {
    await expect(store.submit(submission("a"), { tx: own })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "tx",
    });
  });

  it("refuses a database of another file, with or without an outbox in it", async () => {
    const elsewhere = new Libsql(join(folder, "elsewhere.db"));
    elsewhere.exec("BEGIN");
    await expect(store.submit(submission("a"), { tx: elsewhere })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "tx",
    });
    elsewhere.close();
    await using another = await openSqliteOutbox({ path: join(folder, "another.db") });
    own.exec("BEGIN");
    await expect(another.submit(submission("a"), { tx: own })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "tx",
    });
    own.exec("ROLLBACK");
  });

  it("refuses what is no database", async () => {
    await expect(store.submit(submission("a"), { tx: {} })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "tx",
    });
  });
});
