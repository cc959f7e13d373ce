import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Libsql from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import type { LogFields, Logger } from "../../src/log.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { type Clock, systemClock } from "../../src/seams/index.js";
import { configOf, DOCTOR, QUICK, soon } from "../sending/kit.js";
import { cdaOf } from "../tools/documents.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-late-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is said of the delivery; a pause of a second or more takes 20 ms. */
function house() {
  const said: (LogFields & { event: string })[] = [];
  const logger: Logger = {
    log: (_level, event, fields) => {
      if (event.startsWith("delivery.")) said.push({ event, ...fields });
    },
  };
  const clock: Clock = {
    now: () => Date.now(),
    sleep: (ms, options) => systemClock.sleep(Math.min(ms, 20), options),
  };
  return { said, options: { ...QUICK, logger, clock } };
}
const events = (said: { event: string }[]) => said.map(({ event }) => event);

describe("a connector that delivers by itself", () => {
  it("delivers once the disk of its outbox is there, though nobody calls it", async () => {
    await using mock = await startMockMedimail();
    const [place, path] = [join(folder, "mount"), join(folder, "mount", "outbox.db")];
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path } });
    {
      await using writer = createConnector(config, { ...QUICK, delivery: "manual" });
      await writer.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    }
    renameSync(place, `${place}-away`);
    writeFileSync(place, "no folder");
    const { said, options } = house();
    await using connector = createConnector(config, options);
    await expect.poll(() => said.length, { timeout: 5_000 }).toBeGreaterThan(2);
    expect(said.slice(0, 2)).toMatchObject([
      { event: "delivery.waits", code: "storage_failed", attempt: 1 },
      { event: "delivery.waits", code: "storage_failed", attempt: 2 },
    ]);
    expect(said[2]?.ms).toBeGreaterThan(said[0]?.ms ?? 0);
    await expect(connector.ready()).rejects.toMatchObject({ code: "storage_failed" });
    rmSync(place);
    renameSync(`${place}-away`, place);
    await expect.poll(() => mock.mails.length, { timeout: 5_000 }).toBe(1);
    expect(events(said)).toContain("delivery.started");
  });

  it("delivers at once where another call opens the outbox before", async () => {
    await using mock = await startMockMedimail();
    const place = join(folder, "soon");
    writeFileSync(place, "no folder");
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path: join(place, "outbox.db") } });
    const { said, options } = house();
    // Only the first pause is at stake.
    const clock: Clock = { now: () => Date.now(), sleep: (ms, how) => systemClock.sleep(ms < 700 ? ms : 60_000, how) };
    await using connector = createConnector(config, { ...options, clock });
    await expect.poll(() => said.length, { timeout: 5_000 }).toBe(1);
    rmSync(place);
    mkdirSync(place);
    const sent = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect((await sent.settled({ signal: soon() })).ok).toBe(true);
  });

  it("delivers once the authorities that it needs are there", async () => {
    await using mock = await startMockMedimail();
    const base = (await configOf(mock)) as { tls: { ca: string[] } };
    const [ca = ""] = base.tls.ca;
    const late = join(folder, "late.pem");
    const { said, options } = house();
    await using connector = createConnector({ ...base, tls: { ...base.tls, ca: [late] } }, options);
    await expect.poll(() => said.length, { timeout: 5_000 }).toBeGreaterThan(1);
    expect(said[0]).toMatchObject({ event: "delivery.waits", code: "file_not_found" });
    copyFileSync(ca, late);
    const sent = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    expect((await sent.settled({ signal: soon() })).ok).toBe(true);
  });

  it("does not try again what no waiting mends, and is closed in the middle of a pause", async () => {
    await using mock = await startMockMedimail();
    const path = join(folder, "newer.db");
    const config = await configOf(mock, undefined, { outbox: { store: "sqlite", path } });
    await using first = createConnector(config, { ...QUICK, delivery: "manual" });
    await first.ready();
    const raw = new Libsql(path);
    raw.exec(
      "INSERT INTO medimail_schema_migrations SELECT component, 999, name, checksum, 0 FROM medimail_schema_migrations LIMIT 1",
    );
    raw.close();
    const newer = house();
    await using connector = createConnector(config, newer.options);
    await expect.poll(() => events(newer.said), { timeout: 5_000 }).toEqual(["delivery.stopped"]);
    expect(connector).toBeDefined();
    writeFileSync(join(folder, "wall"), "");
    const walled = house();
    const elsewhere = await configOf(mock, undefined, {
      outbox: { store: "sqlite", path: join(folder, "wall", "o.db") },
    });
    const waiting = createConnector(elsewhere, { ...walled.options, clock: systemClock });
    await expect.poll(() => walled.said.length, { timeout: 5_000 }).toBe(1);
    const since = performance.now();
    await waiting.close();
    expect(performance.now() - since).toBeLessThan(500);
  });
});
