import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterAll, expect, it } from "vitest";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { submission, T0, WORKER, worker } from "./samples.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-opening-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["without a key", {}],
  ["with one", { key: new Uint8Array(32).fill(7) }],
])("an outbox that is there is opened at once while another program holds its lock, %s", async (name, options) => {
  const path = join(folder, `${name}.db`);
  await (await openSqliteOutbox({ path, ...options })).close();
  const other = new Libsql(path);
  other.exec("BEGIN IMMEDIATE");
  const since = performance.now();
  await using store = await openSqliteOutbox({ path, ...options });
  expect(performance.now() - since).toBeLessThan(2_000);
  expect(await store.list({})).toEqual([]);
  other.exec("ROLLBACK");
  other.close();
});

it("an outbox whose file is removed or replaced while it is open takes nothing and delivers nothing any more", async () => {
  const [path, other] = [join(folder, "replaced.db"), join(folder, "other.db")];
  await using store = await openSqliteOutbox({ path });
  await store.submit(submission("a"));
  await using _elsewhere = await openSqliteOutbox({ path: other });
  const refused = { code: "storage_failed", retryable: false };
  const claim = () => store.claim({ worker: WORKER, now: T0, limit: 1 });
  renameSync(path, `${path}-away`);
  await expect(store.submit(submission("b"))).rejects.toMatchObject(refused);
  await expect(claim()).rejects.toMatchObject(refused);
  renameSync(other, path);
  await expect(claim()).rejects.toMatchObject(refused);
  await expect(store.heartbeat(worker(WORKER), T0)).rejects.toMatchObject(refused);
  // Whoever took it for another and puts it back has lost nothing.
  renameSync(path, other);
  renameSync(`${path}-away`, path);
  expect((await claim()).map(({ submission: id }) => id)).toEqual(["s-a"]);
});
