import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { longBytes, read, staged } from "./contract-tails.js";
import { claimAll, claimOne, submission } from "./samples.js";

const CANARY = "CANARY-Mme-Josette-EXEMPLE-glycemie";
const LONG = Buffer.concat([longBytes(400_000), Buffer.from(CANARY), longBytes(400_000, 2)]);
const key = randomBytes(32);

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "medimail-tails-"));
  path = join(folder, "outbox.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const onDisk = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

function changed(sql: string): void {
  const database = new Libsql(path);
  database.exec(sql);
  database.close();
}

describe("tails at rest", () => {
  it.each([
    ["in clear without a key (what the next test looks for can be found)", undefined],
    ["not in clear with a key, staged or submitted", key],
  ])("are %s", async (_how, given) => {
    await using store = await openSqliteOutbox({ path, ...(given ? { key: given } : {}) });
    const tail = await staged(store, "s-a", LONG);
    expect(onDisk().includes(CANARY)).toBe(given === undefined);
    await store.submit(submission("a", { tail }));
    expect(onDisk().includes(CANARY)).toBe(given === undefined);
  });

  it("that are given up are nowhere in the file once it is closed", async () => {
    const store = await openSqliteOutbox({ path });
    await staged(store, "s-a", LONG);
    await store.discard("s-a");
    await store.close();
    expect(onDisk().includes(CANARY)).toBe(false);
  });

  it("are there after a crash for who submitted them, and not sent for who had not", async () => {
    const store = await openSqliteOutbox({ path, key });
    await store.submit(submission("a", { tail: await staged(store, "s-a", LONG) }));
    await staged(store, "s-b", LONG);
    // As a process that was killed leaves it: the files, their log not folded in.
    const left = join(folder, "copy");
    const copies = readdirSync(folder).map(
      (name) => [name.replace("outbox", "copy"), readFileSync(join(folder, name))] as const,
    );
    await store.close();
    const { writeFileSync } = await import("node:fs");
    for (const [name, bytes] of copies) writeFileSync(join(folder, name), bytes);
    await using again = await openSqliteOutbox({ path: `${left}.db`, key });
    const claimed = await claimAll(again);
    expect(claimed.map(({ submission: id }) => id)).toEqual(["s-a"]);
    expect((await read(claimed[0]?.content ?? [])).subarray(-LONG.length).equals(LONG)).toBe(true);
  });

  it.each([
    [
      "two pieces changed places",
      "UPDATE medimail_pieces SET place = 99 WHERE place = 0; UPDATE medimail_pieces SET place = 0 WHERE place = 1; UPDATE medimail_pieces SET place = 1 WHERE place = 99",
    ],
    ["the last piece is missing", "DELETE FROM medimail_pieces WHERE place = (SELECT max(place) FROM medimail_pieces)"],
    [
      "a piece is another tail's",
      "UPDATE medimail_pieces SET data = (SELECT o.data FROM medimail_pieces o WHERE o.tail <> medimail_pieces.tail AND o.place = medimail_pieces.place)",
    ],
  ])("are not read where %s", async (_what, sql) => {
    const before = await openSqliteOutbox({ path, key });
    for (const name of ["a", "b"]) await before.submit(submission(name, { tail: [LONG] }));
    await before.close();
    changed(sql);
    await using store = await openSqliteOutbox({ path, key });
    await expect(read((await claimOne(store)).content)).rejects.toMatchObject({ code: "storage_corrupt" });
  });
});
