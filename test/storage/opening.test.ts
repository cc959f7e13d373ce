import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterAll, expect, it } from "vitest";
import { openSqliteOutbox } from "../../src/storage/index.js";

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
