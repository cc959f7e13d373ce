import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, LABO, QUICK, soon } from "../sending/kit.js";
import { cdaOf } from "../tools/documents.js";

// What docs/sending.md promises and no room's test shows: the connector as a whole, used as the guide says.
let folder: string;
let mock: MockMedimail;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "medimail-guide-"));
  mock = await startMockMedimail();
});
afterEach(async () => {
  await mock.close();
  rmSync(folder, { recursive: true, force: true });
});

const outboxAt = (path: string) => configOf(mock, LABO, { outbox: { store: "sqlite", path } });
const submission = (serial: number) => ({ documents: [{ cda: cdaOf(serial) }], to: [DOCTOR] });

describe("submit in the caller's own transaction", () => {
  it("commits with the caller's rows, is then delivered, and leaves nothing after a rollback", async () => {
    const path = join(folder, "software.db");
    const db = new Libsql(path);
    db.exec("CREATE TABLE reports (id INTEGER PRIMARY KEY, validated INTEGER NOT NULL)");
    await using connector = createConnector(await outboxAt(path), QUICK);
    await connector.ready();

    db.exec("BEGIN IMMEDIATE");
    db.prepare("INSERT INTO reports VALUES (1, 1)").run();
    await connector.documents.submit(submission(1), { tx: db });
    db.exec("ROLLBACK");
    expect(await connector.outbox.list()).toEqual([]);

    db.exec("BEGIN IMMEDIATE");
    db.prepare("INSERT INTO reports VALUES (2, 1)").run();
    const { id } = await connector.documents.submit(submission(1), { tx: db });
    db.exec("COMMIT");
    db.close();
    expect((await connector.outbox.list()).map((row) => row.id)).toEqual([id]);
    await mock.waitForMail({ to: DOCTOR });
  });
});

describe("delivery by another connector", () => {
  it("sends what a connector that never opens a session has stored, and its events come back", async () => {
    const path = join(folder, "outbox.db");
    await using writer = createConnector(await outboxAt(path), { ...QUICK, delivery: "manual" });
    const { settled, id } = await writer.documents
      .submit(submission(2))
      .then((handle) => ({ settled: handle.settled({ signal: soon() }), id: handle.id }));
    await using worker = createConnector(await outboxAt(path), { ...QUICK, delivery: "manual" });
    const stop = new AbortController();
    const run = worker.delivery.run({ signal: stop.signal });
    const { ok, submission: row } = await settled;
    stop.abort();
    await run;
    expect([ok, row.id, mock.mails.length]).toEqual([true, id, 1]);
  });
});

describe("an unknown", () => {
  it("is told at once by settled, and a person says what became of it", async () => {
    await using connector = createConnector(await outboxAt(join(folder, "outbox.db")), QUICK);
    mock.faults.add({ name: "drop-after-dot-lost" });
    const handle = await connector.documents.submit(submission(3));
    const { ok, recipients } = await handle.settled({ signal: soon() });
    expect([ok, recipients[0]?.state, recipients[0]?.error?.code]).toEqual([false, "unknown", "delivery_unknown"]);
    await expect(connector.outbox.retry(handle.id)).rejects.toMatchObject({ code: "submission_state" });
    const row = await connector.outbox.resolve(handle.id, "failed", { actor: "899900000019" });
    expect(row.recipients[0]?.state).toBe("failed");
  });
});
