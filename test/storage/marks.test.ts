import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClaimedMail } from "../../src/seams/index.js";
import { openSqliteOutbox, type SqliteOutbox } from "../../src/storage/index.js";
import { accepted, claimAll, OTHER_WORKER, submission, T0, WORKER, worker } from "./samples.js";

const BOOT = "0f0e7d2c-1111-4a4a-8b8b-222222222222 pid:[1]";

let folder: string;
let path: string;
const stores: SqliteOutbox[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-marks-"));
  path = join(folder, "outbox.db");
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process of its own, as far as the store can tell. */
async function open(): Promise<SqliteOutbox> {
  const store = await openSqliteOutbox({ path });
  stores.push(store);
  return store;
}

async function prepared(store: SqliteOutbox, ...names: string[]): Promise<number[]> {
  await store.heartbeat(worker(WORKER, { boot: BOOT }), T0);
  for (const name of names) await store.submit(submission(name));
  const mails = await store.claim({ worker: WORKER, now: T0, limit: 100, prepare: true });
  return mails.map(({ mailId }) => mailId);
}

/** What the next process finds of it, while it is thought dead. */
async function takenOver(by = OTHER_WORKER): Promise<{ doubtful: ClaimedMail[]; due: string[] }> {
  const store = await open();
  await store.heartbeat(worker(by, { boot: BOOT }), T0);
  const doubtful = await store.recover({ worker: by, now: T0, isDead: ({ id }) => id !== by });
  return { doubtful, due: (await claimAll(store, T0, by)).map(({ submission: id }) => id) };
}

const namesOf = (mails: readonly ClaimedMail[]) => mails.map(({ submission: id }) => id);
const files = () => readdirSync(folder).filter((name) => name.endsWith(".marks"));
const file = () => join(folder, files()[0] ?? "none");

describe("the marks of hand-overs, in a file beside the database", () => {
  it("are readable by their owner only, hold numbers and answers, and go with the worker", async () => {
    const store = await open();
    const [a = 0, b = 0] = await prepared(store, "a", "b");
    await store.markHandover(WORKER, [a]);
    await store.markHandover(WORKER, [b], [{ mailId: a, answer: 'said "yes"\n+99' }]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readFileSync(file(), "utf8").split("\n").slice(1)).toEqual([
      `+${a}`,
      `=${a} "said \\"yes\\"\\n+99"`,
      `+${b}`,
      "",
    ]);
    await store.removeWorker(WORKER);
    expect(files()).toHaveLength(1);
    expect((await takenOver()).doubtful.map(({ answer }) => answer)).toEqual(['said "yes"\n+99', undefined]);
  });

  it("are gone where the worker leaves with nothing in its hands", async () => {
    const store = await open();
    const mails = await claimed(store);
    await store.markHandover(WORKER, [mails[0]?.mailId ?? 0]);
    await store.settle(mails.map((mail) => accepted(mail)));
    await store.removeWorker(WORKER);
    expect(files()).toEqual([]);
  });

  it("leave nothing in doubt of what was prepared and not marked, and are read once", async () => {
    const store = await open();
    const [, b = 0] = await prepared(store, "a", "b", "c");
    await store.markHandover(WORKER, [b]);
    const { doubtful, due } = await takenOver();
    expect([namesOf(doubtful), due]).toEqual([["s-b"], ["s-a", "s-c"]]);
    // Of the worker that took over alone: what it has in its hands is marked.
    expect(files()).toHaveLength(1);
  });

  it.each<[string, (path: string) => void]>([
    ["is missing", (name) => rmSync(name)],
    ["is empty", (name) => writeFileSync(name, "")],
    ["holds a line that nobody wrote", (name) => appendFileSync(name, "+1e3\n")],
    ["is of another database", (name) => writeFileSync(name, readFileSync(name, "utf8").replace(/1 \S+/, "1 00"))],
    ["is longer than we ever write", (name) => appendFileSync(name, "+99999\n".repeat(200_000))],
  ])("leave all that was prepared in doubt where the file %s", async (_what, damage) => {
    await prepared(await open(), "a", "b");
    damage(file());
    const { doubtful, due } = await takenOver();
    expect([namesOf(doubtful), due]).toEqual([["s-a", "s-b"], []]);
  });

  it("do not count where the end of the process cut them: the dot was not written", async () => {
    const store = await open();
    const [a = 0, b = 0] = await prepared(store, "a", "b");
    await store.markHandover(WORKER, [a]);
    appendFileSync(file(), `+${b}`);
    const { doubtful, due } = await takenOver();
    expect([namesOf(doubtful), due]).toEqual([["s-a"], ["s-b"]]);
  });

  it("are written anew when they are many, with what still counts", async () => {
    const store = await open();
    const [a = 0, b = 0, c = 0] = await prepared(store, "a", "b", "c");
    await store.markHandover(WORKER, [a]);
    const answer = `250 ${"x".repeat(1_000)}`;
    for (let time = 0; time < 70; time++) await store.markHandover(WORKER, [b], [{ mailId: a, answer }]);
    expect(statSync(file()).size).toBeLessThan(20_000);
    const { doubtful, due } = await takenOver();
    expect(doubtful.map((mail) => [mail.submission, mail.answer])).toEqual([
      ["s-a", answer],
      ["s-b", undefined],
    ]);
    expect([due, c > 0]).toEqual([["s-c"], true]);
  });

  it("are refused to a worker that another has taken over from, for each mail that it still had", async () => {
    const store = await open();
    const [a = 0, b = 0] = await prepared(store, "a", "b");
    expect((await takenOver()).due).toEqual(["s-a", "s-b"]);
    for (const id of [a, b, a]) {
      await expect(store.markHandover(WORKER, [id])).rejects.toMatchObject({ code: "lease_lost" });
    }
    // What it claims from then on is its own, and known to be.
    await store.submit(submission("d"));
    const [d] = await store.claim({ worker: WORKER, now: T0, limit: 1, prepare: true });
    await expect(store.markHandover(WORKER, [d?.mailId ?? 0])).resolves.toBeUndefined();
    await store.heartbeat(worker(WORKER, { boot: BOOT }), T0);
    expect(namesOf((await takenOver("worker-3")).doubtful)).toEqual(["s-d"]);
  });

  it("that cannot be written prepare nothing: the mail is not sent, and is due when they can be", async () => {
    const store = await open();
    const [a = 0] = await prepared(store, "a");
    const name = `${file()}.new`;
    await store.removeWorker(WORKER);
    mkdirSync(name);
    await store.heartbeat(worker(WORKER, { boot: BOOT }), T0);
    const claim = () => store.claim({ worker: WORKER, now: T0, limit: 1, prepare: true });
    await expect(claim()).rejects.toMatchObject({ code: "storage_failed", retryable: true });
    rmSync(name, { recursive: true });
    expect((await claim()).map(({ mailId }) => mailId)).toEqual([a]);
  });
});

describe("files of marks that nobody will read", () => {
  const aged = (name: string) => {
    const then = Date.now() / 1000 - 7_200;
    utimesSync(join(folder, name), then, then);
  };
  const left = (name: string) => {
    writeFileSync(join(folder, name), "medimail-handovers 1 of a store that was here\n");
    aged(name);
  };
  const ofNobody = `outbox.db-${"0".repeat(32)}.marks`;

  it("are removed with the content that is erased, an hour after their last line", async () => {
    const store = await open();
    left(ofNobody);
    left(`outbox.db-${"1".repeat(32)}.marks.new`);
    writeFileSync(join(folder, `outbox.db-${"2".repeat(32)}.marks`), "just now");
    await store.eraseContent(0, T0);
    expect(readdirSync(folder).filter((name) => name.includes(".marks"))).toEqual([
      `outbox.db-${"2".repeat(32)}.marks`,
    ]);
  });

  it("are not those of a worker that is registered or holds a mail, nor of another database", async () => {
    const store = await open();
    await prepared(store, "a");
    await store.submit(submission("b"));
    await store.claim({ worker: "unregistered", now: T0, limit: 1, prepare: true });
    const others = [`outbox.db-2-${"0".repeat(32)}.marks`, `other.db-${"0".repeat(32)}.marks`, "outbox.db-notes.marks"];
    for (const name of others) left(name);
    const all = files();
    expect(all).toHaveLength(5);
    for (const name of all) aged(name);
    // Another process, which has these workers not in its own memory.
    await (await open()).eraseContent(0, T0);
    expect(files()).toEqual(all);
  });

  it("cost a worker whose file is removed all the same no more than a look into the database", async () => {
    const store = await open();
    const [a = 0] = await prepared(store, "a");
    await store.removeWorker("nobody");
    rmSync(file());
    await expect(store.markHandover(WORKER, [a])).resolves.toBeUndefined();
    expect(namesOf((await takenOver()).doubtful)).toEqual(["s-a"]);
  });
});

async function claimed(store: SqliteOutbox): Promise<ClaimedMail[]> {
  await store.heartbeat(worker(WORKER, { boot: BOOT }), T0);
  await store.submit(submission("a"));
  return store.claim({ worker: WORKER, now: T0, limit: 1, prepare: true });
}
