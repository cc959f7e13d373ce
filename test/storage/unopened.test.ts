import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContentKey, SqliteOutbox } from "../../src/storage/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { accepted, claimAll, claimOne, MAILBOX, mail, PATIENT, submission, T0, TENANT } from "./samples.js";

let folder: string;
let opened: SqliteOutbox[];
let old: ContentKey;
let fresh: ContentKey;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-unopened-"));
  opened = [];
  [old, fresh] = [
    { id: "old", key: randomBytes(32) },
    { id: "new", key: randomBytes(32) },
  ];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(...key: ContentKey[]): Promise<SqliteOutbox> {
  const clock = { now: () => T0, sleep: () => Promise.resolve() };
  const store = await openSqliteOutbox({ path: join(folder, "outbox.db"), key, clock });
  opened.push(store);
  return store;
}

const toPatient = (name: string) => submission(name, { key: `order-${name}`, mails: [mail(name, PATIENT)] });
const report = {
  tenant: TENANT,
  mailbox: MAILBOX,
  source: "r",
  kind: "dsn" as const,
  at: T0,
  originalMessageId: "m-a@chu-exemple.mssante.fr",
  data: { text: "x" },
};

/** Sealed by a key that is not in the ring any more, `b` by the one that is. */
async function withLostKey(before?: (store: SqliteOutbox) => Promise<void>): Promise<SqliteOutbox> {
  const first = await open(old);
  await first.submit(toPatient("a"));
  await before?.(first);
  await first.close();
  await (await open(fresh, old)).close();
  const store = await open(fresh);
  await store.submit(toPatient("b"));
  return store;
}

describe("a submission that no key opens", () => {
  it("is listed with what can be known of it, and says so; the others as usual", async () => {
    const store = await withLostKey();
    const [b, a] = await store.list({ tenant: TENANT });
    expect(b).toMatchObject({ id: "s-b", key: "order-b", info: { reference: "ref-b" } });
    expect(b).not.toHaveProperty("unreadable");
    expect(a).toMatchObject({
      id: "s-a",
      action: "create",
      createdAt: T0,
      info: { documents: [] },
      unreadable: { code: "storage_key_wrong", retryable: false },
      recipients: [{ kind: "patient", address: "", state: "queued", messageId: "m-a@chu-exemple.mssante.fr" }],
    });
    expect(a).not.toHaveProperty("key");
    expect((await store.stats({ now: T0 })).byState.queued).toBe(2);
  });

  it("says why where it alone is asked for, unless what can be known is enough", async () => {
    const store = await withLostKey();
    await expect(store.get("s-a")).rejects.toMatchObject({ code: "storage_key_wrong" });
    expect(await store.get("s-a", { unopened: true })).toMatchObject({ unreadable: { code: "storage_key_wrong" } });
    expect(await store.get("s-b", { unopened: true })).not.toHaveProperty("unreadable");
  });

  it("is found by its key, and the same again is the same submission", async () => {
    const store = await withLostKey();
    expect(await store.findByKey(TENANT, MAILBOX, "order-a")).toMatchObject({ id: "s-a" });
    expect(await store.submit({ ...toPatient("a"), id: "s-again" })).toMatchObject({
      created: false,
      submission: { id: "s-a" },
    });
  });

  it("keeps the events of the others from no reader", async () => {
    const store = await withLostKey();
    await claimAll(store);
    const seen = await store.events({});
    expect(seen.map(({ event, submission: id, recipient, reference }) => [event, id, recipient, reference])).toEqual([
      ["queued", "s-a", undefined, undefined],
      ["queued", "s-b", PATIENT, "ref-b"],
      ["deferred", "s-a", undefined, undefined],
    ]);
  });

  it("can be withdrawn all the same", async () => {
    const store = await withLostKey();
    expect(await store.cancel("s-a", T0, [])).toMatchObject({ recipients: [{ state: "cancelled" }] });
  });

  it("keeps no receipt from being recorded and shown", async () => {
    const store = await withLostKey(async (first) => {
      await first.recordReceipt({ ...report, source: "sealed" }, () => []);
    });
    const decide = ([one]: readonly { id: number; address: string }[]) =>
      one ? [{ recipientId: one.id, change: { id: one.id, state: "failed" as const }, events: [] }] : [];
    expect(await store.recordReceipt(report, decide)).toBe("matched");
    expect(await store.receipts({})).toMatchObject([
      { source: "r", data: { text: "x" } },
      { source: "sealed", data: null, unreadable: { code: "storage_key_wrong" } },
    ]);
  });

  it("whose content is erased has nothing left to open: the key that sealed it may go", async () => {
    const store = await withLostKey(async (first) => {
      await first.settle([accepted(await claimOne(first))]);
      expect(await first.eraseContent(T0 + 10_000, T0 + 10_000)).toBe(1);
    });
    expect(await store.get("s-a")).not.toHaveProperty("unreadable");
    expect((await store.list({}))[1]).not.toHaveProperty("unreadable");
    expect(await store.findByKey(TENANT, MAILBOX, "order-a")).toMatchObject({ id: "s-a" });
  });
});
