import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClaimedMail } from "../../src/seams/index.js";
import { openSqliteOutbox, type SqliteOutbox } from "../../src/storage/index.js";
import { accepted, settledAs, stateOf, submission, T0, WORKER, worker } from "./samples.js";

// A worker that is thought dead may live: its container was paused, the clock jumped. Whatever it does then, and whoever takes over from it,
// no mail is sent twice.
const BOOT = "0f0e7d2c-1111-4a4a-8b8b-222222222222 pid:[1]";
const HEIR = "worker-2";
const THIRD = "worker-3";
const LOST = { code: "lease_lost" };

let folder: string;
let path: string;
const stores: SqliteOutbox[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-takeover-"));
  path = join(folder, "outbox.db");
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process of its own, as far as the store can tell. */
async function open(options: { lockTimeoutMs?: number } = {}): Promise<SqliteOutbox> {
  const store = await openSqliteOutbox({ path, ...options });
  stores.push(store);
  return store;
}

const beat = (store: SqliteOutbox, id: string) => store.heartbeat(worker(id, { boot: BOOT }), T0);
const prepare = (store: SqliteOutbox, by = WORKER) => store.claim({ worker: by, now: T0, limit: 100, prepare: true });
const idsOf = (mails: readonly ClaimedMail[]) => mails.map(({ mailId }) => mailId);
const namesOf = (mails: readonly ClaimedMail[]) => mails.map(({ submission: id }) => id);
const files = () => readdirSync(folder).filter((name) => name.includes(".marks"));
const file = () => join(folder, files()[0] ?? "none");

async function prepared(store: SqliteOutbox, ...names: string[]): Promise<number[]> {
  await beat(store, WORKER);
  for (const name of names) await store.submit(submission(name));
  return idsOf(await prepare(store));
}

/** `by` takes over from all that `dead` names. */
async function recover(store: SqliteOutbox, by = HEIR, dead: readonly string[] = [WORKER]): Promise<ClaimedMail[]> {
  await beat(store, by);
  return store.recover({ worker: by, now: T0, isDead: ({ id }) => dead.includes(id) });
}

describe("a worker that lives and was thought dead", () => {
  it("does not send what was given back because its file became long and was written anew", async () => {
    const store = await open();
    const [a = 0, b = 0] = await prepared(store, "a", "b");
    await store.markHandover(WORKER, [a]);
    const answer = "x".repeat(70_000);
    await store.markHandover(WORKER, [a], [{ mailId: a, answer }]);
    expect(namesOf(await recover(await open()))).toEqual(["s-a"]);
    await expect(store.markHandover(WORKER, [b])).rejects.toMatchObject(LOST);
  });

  it("does not send what was given back while its file could not be written", async () => {
    const store = await open();
    const [a = 0, b = 0] = await prepared(store, "a", "b");
    await store.markHandover(WORKER, [a]);
    await store.markHandover(WORKER, [a], [{ mailId: a, answer: "x".repeat(70_000) }]);
    const obstacle = `${file()}.new`;
    mkdirSync(obstacle);
    await expect(store.markHandover(WORKER, [b])).rejects.toMatchObject({ code: "storage_failed" });
    rmSync(obstacle, { recursive: true });
    await recover(await open());
    await expect(store.markHandover(WORKER, [b])).rejects.toMatchObject(LOST);
  });

  it("does not send what was given back where a backup holds its file by another name", async () => {
    const store = await open();
    const [a = 0] = await prepared(store, "a");
    linkSync(file(), join(folder, "backup"));
    expect(await recover(await open())).toEqual([]);
    await expect(store.markHandover(WORKER, [a])).rejects.toMatchObject(LOST);
  });

  it("does not begin a second time what it is still at: it came back into the queue, and only this worker serves the mailbox", async () => {
    const store = await open();
    const [a = 0] = await prepared(store, "a");
    await store.submit(submission("b"));
    expect(await recover(await open())).toEqual([]);
    await beat(store, WORKER);
    // It does not know yet that it has lost it, and is about to write the dot: one of two would be too many.
    expect(namesOf(await prepare(store))).toEqual(["s-b"]);
    await expect(store.markHandover(WORKER, [a])).rejects.toMatchObject(LOST);
    const back = { recipients: [], events: [], traces: [], next: { kind: "retry", dueAt: T0 } } as const;
    await store.settle([{ ...accepted({ mailId: a, recipients: [] } as unknown as ClaimedMail), ...back } as never]);
    const [again] = await prepare(store);
    expect(again?.submission).toBe("s-a");
    await store.markHandover(WORKER, [a]);
  });

  it("that brings a refusal of a mail which another holds by now takes it from that one", async () => {
    const store = await open();
    await prepared(store, "a");
    const other = await open();
    expect(await recover(other)).toEqual([]);
    const [again] = await prepare(other, HEIR);
    await store.settle([settledAs(again as ClaimedMail, "failed")]);
    await expect(other.markHandover(HEIR, [again?.mailId ?? 0])).rejects.toMatchObject(LOST);
    expect(await stateOf(other, "a")).toBe("failed");
  });

  it("sends on what it claimed since, and what nobody took from it", async () => {
    const store = await open();
    await prepared(store, "a");
    await recover(await open());
    await store.submit(submission("b"));
    const mails = await prepare(store);
    for (const { mailId } of mails) await store.markHandover(WORKER, [mailId]);
    expect(namesOf(mails)).toEqual(["s-b"]);
  });
});

describe("a worker that has left", () => {
  it.each([0, 1])("does not send what it gave back; %i of its mails were marked", async (marked) => {
    const store = await open();
    const ids = await prepared(store, "a", "b");
    if (marked > 0) await store.markHandover(WORKER, ids.slice(0, marked));
    await store.removeWorker(WORKER);
    await expect(store.markHandover(WORKER, ids.slice(1))).rejects.toMatchObject(LOST);
  });

  it("prepares anew what it claims when it comes back", async () => {
    const store = await open();
    await prepared(store, "a");
    await store.removeWorker(WORKER);
    await beat(store, WORKER);
    const [a] = await store.claim({ worker: WORKER, now: T0, limit: 1 });
    await store.markHandover(WORKER, [a?.mailId ?? 0]);
    expect(namesOf(await recover(await open()))).toEqual(["s-a"]);
  });
});

describe("whoever takes over", () => {
  it("gets what it took though another worker of its process looks for dead ones meanwhile", async () => {
    const [a = 0] = await prepared(await open(), "a");
    const dead = stores[0] as SqliteOutbox;
    await dead.markHandover(WORKER, [a]);
    const store = await open();
    await beat(store, HEIR);
    await beat(store, THIRD);
    const [mails] = await Promise.all([
      store.recover({ worker: HEIR, now: T0, isDead: ({ id }) => id === WORKER }),
      store.recover({ worker: THIRD, now: T0, isDead: () => false }),
    ]);
    expect(namesOf(mails)).toEqual(["s-a"]);
  });

  it("and dies before it has given back what had not gone leaves no more in doubt than the first", async () => {
    const first = await open();
    const [, b = 0] = await prepared(first, "a", "b", "c");
    await first.markHandover(WORKER, [b]);
    const store = await open({ lockTimeoutMs: 1 });
    await beat(store, HEIR);
    const recovering = store.recover({ worker: HEIR, now: T0, isDead: ({ id }) => id === WORKER });
    const lock = new Libsql(path);
    try {
      const taken = () => lock.prepare("SELECT 1 FROM medimail_mails WHERE lease_owner = ?").get([HEIR]);
      while (!taken()) await new Promise((resolve) => setImmediate(resolve));
      lock.exec("BEGIN IMMEDIATE");
      await expect(recovering).rejects.toMatchObject({ code: "storage_failed" });
      lock.exec("ROLLBACK");
    } finally {
      lock.close();
    }
    const third = await open();
    expect(namesOf(await recover(third, THIRD, [HEIR]))).toEqual(["s-b"]);
    expect(namesOf(await prepare(third, THIRD))).toEqual(["s-a", "s-c"]);
  });

  it("and could not divide what it took does so later, without what is another's by then", async () => {
    const first = await open();
    const [, b = 0] = await prepared(first, "a", "b");
    await first.markHandover(WORKER, [b]);
    const store = await open({ lockTimeoutMs: 1 });
    await beat(store, HEIR);
    const recovering = store.recover({ worker: HEIR, now: T0, isDead: ({ id }) => id === WORKER });
    const lock = new Libsql(path);
    const taken = () => lock.prepare("SELECT 1 FROM medimail_mails WHERE lease_owner = ?").get([HEIR]);
    while (!taken()) await new Promise((resolve) => setImmediate(resolve));
    lock.exec("BEGIN IMMEDIATE");
    await expect(recovering).rejects.toMatchObject({ code: "storage_failed" });
    lock.exec("ROLLBACK");
    lock.close();
    const third = await open();
    expect(namesOf(await recover(third, THIRD, [HEIR]))).toEqual(["s-b"]);
    expect(await recover(store, HEIR, [])).toEqual([]);
  });

  it("leaves no file behind, not even one that was being written", async () => {
    await prepared(await open(), "a");
    writeFileSync(`${file()}.new`, "medimail");
    const store = await open();
    await recover(store);
    await store.removeWorker(HEIR);
    expect(files()).toEqual([]);
  });
});

describe("the file of marks", () => {
  it("that a cleaner removes is there again with the next mark", async () => {
    const store = await open();
    const [a = 0, b = 0] = await prepared(store, "a", "b", "c");
    await store.markHandover(WORKER, [a]);
    rmSync(file());
    await store.markHandover(WORKER, [b]);
    expect(existsSync(file())).toBe(true);
    expect(namesOf(await recover(await open()))).toEqual(["s-a", "s-b"]);
  });

  it("is made by the claim of a mail, not by one that finds none", async () => {
    const store = await open();
    const [a] = await prepared(store, "a");
    await store.removeWorker(WORKER);
    await beat(store, WORKER);
    await prepare(store);
    await store.settle([accepted({ mailId: a ?? 0, recipients: [] } as unknown as ClaimedMail)]);
    await store.removeWorker(WORKER);
    await beat(store, WORKER);
    // The claim before found a mail, so this one looks inside its transaction.
    await prepare(store);
    expect(files()).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("is beside the database itself where that is opened by a link", async () => {
    await prepared(await open(), "a");
    mkdirSync(join(folder, "links"));
    symlinkSync(path, join(folder, "links", "outbox.db"));
    const store = await openSqliteOutbox({ path: join(folder, "links", "outbox.db") });
    stores.push(store);
    expect(await recover(store)).toEqual([]);
    expect(namesOf(await prepare(store, HEIR))).toEqual(["s-a"]);
    expect(readdirSync(join(folder, "links"))).toEqual(["outbox.db"]);
  });

  it.skipIf(process.platform === "win32")("is for whoever may read the database: of another user too", async () => {
    writeFileSync(path, "", { mode: 0o640 });
    await prepared(await open(), "a");
    expect(statSync(file()).mode & 0o777).toBe(0o640);
  });

  it("is not asked for where the database is in memory by SQLite's own name for it", async () => {
    await using store = await openSqliteOutbox({ path: ":memory:" });
    const [a = 0] = await prepared(store, "a");
    await store.markHandover(WORKER, [a]);
    expect(namesOf(await recover(store))).toEqual(["s-a"]);
  });
});
