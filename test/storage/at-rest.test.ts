import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SqliteOutbox, SqliteOutboxOptions } from "../../src/storage/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import {
  accepted,
  bytes,
  claimAll,
  claimOne,
  MAILBOX,
  mail,
  PATIENT,
  submission,
  T0,
  TENANT,
  trace,
  worker,
} from "./samples.js";

const CANARY = "CANARY-Mme-Josette-EXEMPLE-glycemie";
const INS = PATIENT.split("@")[0] ?? "";
const LATER = T0 + 10_000_000;

let folder: string;
let path: string;
let opened: SqliteOutbox[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-rest-"));
  path = join(folder, "outbox.db");
  opened = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: SqliteOutboxOptions = {}): Promise<SqliteOutbox> {
  const store = await openSqliteOutbox({ path, ...options });
  opened.push(store);
  return store;
}

/** Every byte on the disk: the database, its log, its index. */
const onDisk = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

function secret(name: string) {
  return submission(name, {
    info: { actor: "dr.martin", documents: [], reference: CANARY },
    bodies: [bytes(`${CANARY} ${"x".repeat(30_000)} ${CANARY}`)],
    mails: [{ ...mail(name, PATIENT), head: bytes(`Subject: ${CANARY}\r\n\r\n`) }],
  });
}

async function sendAndReceive(store: SqliteOutbox, name: string): Promise<void> {
  await store.submit(secret(name));
  await store.settle([accepted(await claimOne(store))]);
  const data = { text: CANARY, address: PATIENT };
  const input = {
    tenant: TENANT,
    mailbox: MAILBOX,
    source: name,
    kind: "mdn" as const,
    at: T0,
    originalMessageId: `m-${name}@chu-exemple.mssante.fr`,
    data,
  };
  await store.recordReceipt(input, () => []);
}

describe("content at rest", () => {
  it("is on the disk in clear without a key (what the next tests look for can be found)", async () => {
    await sendAndReceive(await open(), "a");
    expect(onDisk().includes(CANARY)).toBe(true);
    expect(onDisk().includes(INS)).toBe(true);
  });

  it("is nowhere on the disk in clear with a key", async () => {
    await sendAndReceive(await open({ key: randomBytes(32) }), "a");
    expect(onDisk().includes(CANARY)).toBe(false);
    expect(onDisk().includes(INS)).toBe(false);
  });

  it.each(["without a key", "with a key"])("is nowhere in the file nor in its log once erased, %s", async (how) => {
    const store = await open(how === "with a key" ? { key: randomBytes(32) } : {});
    for (const name of ["a", "b", "c"]) await sendAndReceive(store, name);
    expect(await store.eraseContent(LATER, LATER)).toBe(3);
    expect(onDisk().includes(CANARY)).toBe(false);
    expect(onDisk().includes(INS)).toBe(false);
    expect((await store.list({})).length).toBe(3);
  });

  it("is refused with another key, at opening", async () => {
    await (await open({ key: randomBytes(32) })).close();
    await expect(open({ key: randomBytes(32) })).rejects.toMatchObject({ code: "storage_key_wrong" });
  });

  it("is refused without its key, at opening", async () => {
    await (await open({ key: randomBytes(32) })).close();
    await expect(open()).rejects.toMatchObject({
      code: "storage_key_wrong",
      message: expect.stringContaining("no key was given"),
    });
  });

  it("is refused when an id is given another key than it had", async () => {
    await (await open({ key: [{ id: "a", key: randomBytes(32) }] })).close();
    await expect(open({ key: [{ id: "a", key: randomBytes(32) }] })).rejects.toMatchObject({
      code: "storage_key_wrong",
    });
  });

  it("is read after a rotation, and deduplicated as before", async () => {
    const [old, fresh] = [
      { id: "old", key: randomBytes(32) },
      { id: "new", key: randomBytes(32) },
    ];
    const before = await open({ key: [old] });
    await before.submit(secret("a"));
    await before.close();
    const after = await open({ key: [fresh, old] });
    expect((await claimOne(after)).recipients[0]?.address).toBe(PATIENT);
    await expect(after.submit({ ...secret("b"), mails: [mail("a", PATIENT)] })).rejects.toMatchObject({
      code: "already_sent",
    });
  });

  it("written before the first key stays readable, and deduplicated", async () => {
    const plain = await open();
    await plain.submit(secret("a"));
    await plain.close();
    const keyed = await open({ key: randomBytes(32) });
    expect((await keyed.get("s-a"))?.recipients[0]?.address).toBe(PATIENT);
    await expect(keyed.submit({ ...secret("b"), mails: [mail("a", PATIENT)] })).rejects.toMatchObject({
      code: "already_sent",
    });
  });

  it("of a mail whose key is missing waits for it, and does not stop the others", async () => {
    const [old, fresh] = [
      { id: "old", key: randomBytes(32) },
      { id: "new", key: randomBytes(32) },
    ];
    const before = await open({ key: [old] });
    await before.submit(secret("a"));
    await before.close();
    await (await open({ key: [fresh, old] })).close();
    const clock = { now: () => T0, sleep: () => Promise.resolve() };
    const store = await open({ key: [fresh], clock });
    await store.submit(submission("b"));
    expect((await claimAll(store)).map(({ submission: id }) => id)).toEqual(["s-b"]);
    await store.close();
    const again = await open({ key: [fresh, old], clock });
    expect((await claimAll(again, T0 + 60_000)).map(({ submission: id }) => id)).toEqual(["s-a"]);
  });

  it.each([
    ["its key is missing", () => undefined],
    ["it is damaged", (raw: Libsql.Database) => raw.exec("UPDATE medimail_contents SET data = zeroblob(50)")],
  ])("of a mail that may have gone leaves it in doubt, and never due again, where %s", async (_why, damage) => {
    const key = { id: "old", key: randomBytes(32) };
    const dying = await open({ key: [key] });
    await dying.submit(secret("a"));
    await dying.heartbeat(worker("dead"), T0);
    await dying.markHandover("dead", [(await claimOne(dying, T0, "dead")).mailId]);
    const raw = new Libsql(path);
    damage(raw);
    raw.close();
    const fresh = { id: "new", key: randomBytes(32) };
    await (await open({ key: [fresh, key] })).close();
    const store = await open({ key: [fresh] });
    const doubtful = await store.recover({ worker: "next", now: T0, isDead: ({ id }) => id === "dead" });
    expect(doubtful).toMatchObject([
      { submission: "s-a", content: [], recipients: [{ kind: "patient", address: "" }] },
    ]);
    expect(await claimAll(store, LATER)).toEqual([]);
  });

  it("that the store cannot read just now leaves its mail due, for any worker, once it can", async () => {
    const store = await open({});
    await store.submit(submission("a"));
    await store.heartbeat(worker("first"), T0);
    const raw = new Libsql(path);
    raw.exec("ALTER TABLE medimail_contents RENAME TO away");
    await expect(store.claim({ worker: "first", now: T0, limit: 5, prepare: true })).rejects.toMatchObject({
      code: "storage_failed",
    });
    raw.exec("ALTER TABLE away RENAME TO medimail_contents");
    raw.close();
    expect((await claimAll(store, T0, "second")).map(({ submission: id }) => id)).toEqual(["s-a"]);
  });

  it("that is damaged fails its mail for a person to see, and does not stop the others", async () => {
    const store = await open({ key: randomBytes(32) });
    await store.submit(submission("a"));
    await store.submit(submission("b"));
    const raw = new Libsql(path);
    raw.exec("UPDATE medimail_contents SET data = zeroblob(50) WHERE submission = 1 AND part = 0");
    raw.close();
    expect((await claimAll(store)).map(({ submission: id }) => id)).toEqual(["s-b"]);
    expect((await store.get("s-a"))?.recipients[0]).toMatchObject({
      state: "failed",
      error: { code: "storage_corrupt" },
    });
    expect((await store.events({ submission: "s-a" })).map(({ event }) => event)).toEqual(["queued", "failed"]);
  });
});

describe("the journal (ECO.4.1.1)", () => {
  it.each([
    ["changes", "UPDATE medimail_traces SET answer = '250 ok'"],
    ["deletes", "DELETE FROM medimail_traces"],
    [
      "replaces",
      "INSERT OR REPLACE INTO medimail_traces SELECT seq, at, at_ms, tenant, mailbox, actor, action, request, 'x', ok FROM medimail_traces",
    ],
  ])("refuses a statement that %s a trace, whoever sends it", async (_what, sql) => {
    const store = await open();
    await store.appendTraces([{ ...trace, ok: false, answer: "550" }]);
    const raw = new Libsql(path);
    expect(() => raw.exec(sql)).toThrow(/ECO\.4\.1\.1/);
    raw.close();
    expect(await store.traces({})).toMatchObject([{ answer: "550" }]);
  });
});

describe("events of other processes", () => {
  it("keep their cursor when old ones are erased", async () => {
    const store = await open();
    await store.submit(submission("a"));
    const seen = await store.lastEventSeq();
    expect(await store.eraseEvents(LATER)).toBe(1);
    expect(await store.lastEventSeq()).toBe(seen);
    const other = await open();
    await other.submit(submission("b"));
    expect(await store.events({ after: seen })).toMatchObject([{ submission: "s-b" }]);
  });
});
