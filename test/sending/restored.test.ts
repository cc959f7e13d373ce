import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { cdaOf } from "../tools/documents.js";
import { COLLEAGUE, configOf, DOCTOR, QUICK, soon, states } from "./kit.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-restored-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const MANUAL = { ...QUICK, delivery: "manual" } as const;
let outboxes = 0;

/** Two queued, then a copy while the outbox is open, then all sent; the copy is put back as docs/concepts.md says. */
async function putBack(mock: MockMedimail, options = {}): Promise<{ config: Record<string, unknown>; ids: string[] }> {
  outboxes += 1;
  const path = join(folder, `outbox-${outboxes}.db`);
  const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path } });
  const ids: string[] = [];
  {
    await using connector = createConnector(config, MANUAL);
    for (const [n, to] of [DOCTOR, COLLEAGUE].entries())
      ids.push((await connector.documents.submit({ documents: [{ cda: cdaOf(n + 1) }], to: [to], ...options })).id);
    const raw = new Libsql(path);
    raw.exec(`VACUUM INTO '${path}.copy'`);
    raw.close();
  }
  {
    await using connector = createConnector(config, QUICK);
    await expect.poll(() => mock.mails.length, { timeout: 10_000 }).toBe(2);
    for (const id of ids)
      await expect
        .poll(async () => Object.values(await states(connector, id)), { timeout: 10_000 })
        .not.toContain("queued");
  }
  for (const file of ["", "-wal", "-shm"]) rmSync(path + file, { force: true });
  copyFileSync(`${path}.copy`, path);
  return { config, ids };
}

describe("an older copy of the outbox that is put back", () => {
  it("sends again what was queued in it where nobody says that it is one", async () => {
    await using mock = await startMockMedimail();
    const { config } = await putBack(mock);
    await using _connector = createConnector(config, QUICK);
    await expect.poll(() => mock.mails.length, { timeout: 10_000 }).toBe(4);
  });

  it("sends nothing again once it is said: what was queued is `unknown`, and receipts settle it", async () => {
    await using mock = await startMockMedimail({ autoReceipts: { deliver: true } });
    const { config, ids } = await putBack(mock);
    {
      await using connector = createConnector(config, MANUAL);
      expect(await connector.outbox.restored({ actor: "899900000019" })).toBe(2);
      expect(await connector.outbox.list({ state: "unknown" })).toMatchObject([
        { recipients: [{ state: "unknown", error: { code: "delivery_unknown" } }] },
        {},
      ]);
      const traces = [];
      for await (const trace of connector.traces.list()) traces.push(trace);
      expect(traces.at(-1)).toMatchObject({ actor: "899900000019", action: "restore", answer: "2 in doubt" });
      expect(await connector.outbox.restored()).toBe(0);
    }
    await using connector = createConnector(config, QUICK);
    for (const id of ids)
      await expect
        .poll(async () => Object.values(await states(connector, id)), { timeout: 10_000 })
        .toEqual(["delivered"]);
    expect(mock.mails).toHaveLength(2);
  });

  it("lets go later what was not to leave before a time that is still to come", async () => {
    await using mock = await startMockMedimail();
    const path = join(folder, "later.db");
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path } });
    await using connector = createConnector(config, MANUAL);
    const notBefore = new Date(Date.now() + 3_600_000);
    const later = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR], notBefore });
    expect(await connector.outbox.restored()).toBe(0);
    expect(await states(connector, later.id)).toEqual({ [DOCTOR]: "queued" });
  });

  it("is refused while a process delivers from it", async () => {
    await using mock = await startMockMedimail();
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path: join(folder, "alive.db") } });
    await using delivering = createConnector(config, QUICK);
    const sent = await delivering.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await sent.settled({ signal: soon() });
    await using connector = createConnector(config, MANUAL);
    await expect(connector.outbox.restored()).rejects.toMatchObject({ code: "submission_state" });
  });
});
