import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSqliteOutbox, type SqliteOutboxOptions } from "../../src/storage/index.js";
import { inboxContract, resealContract, SCOPE, sighting } from "./contract-inbox.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-inbox-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let serial = 0;
function fresh(): string {
  serial += 1;
  return join(folder, `${serial}.db`);
}
const KINDS: [string, () => SqliteOutboxOptions][] = [
  ["in memory", () => ({ memory: true })],
  ["in a file", () => ({ path: fresh() })],
  ["in an encrypted file", () => ({ path: fresh(), key: new Uint8Array(32).fill(7) })],
];

describe.each(KINDS)("%s", (_, options) => inboxContract(() => openSqliteOutbox(options())));

describe("the registry at rest", () => {
  it("shows no id of a document without the key, and is kept", async () => {
    const path = join(folder, "rest.db");
    const key = new Uint8Array(32).fill(9);
    {
      await using store = await openSqliteOutbox({ path, key });
      await store.inbox.remember(SCOPE, [sighting()]);
    }
    expect(readFileSync(path).includes("CANARY")).toBe(false);
    await using again = await openSqliteOutbox({ path, key });
    expect(await again.inbox.list(SCOPE, {})).toMatchObject([sighting()]);
    await expect(openSqliteOutbox({ path })).rejects.toMatchObject({ code: "storage_key_wrong" });
  });
});

resealContract(() => {
  const path = fresh();
  return (key) => openSqliteOutbox({ path, key });
});
