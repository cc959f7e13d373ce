import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { createConnector } from "../../src/index.js";
import { silentLogger } from "../../src/log.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { settleDoubts } from "../../src/sending/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { traceOf } from "../../src/traces/index.js";
import { claimOne, MAILBOX, settledAs, stateOf, submission, T0, TENANT, trace, worker } from "../storage/samples.js";
import { cdaOf } from "../tools/documents.js";
import { HOUR, settableClock, YEAR } from "../tools/settable-clock.js";
import { configOf, DOCTOR, pair, QUICK, soon, states } from "./kit.js";

// A person or a time server sets the machine's clock while mails are under way.
const folder = mkdtempSync(join(tmpdir(), "medimail-clock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const QUIET = { autoReceipts: { deliver: false } };
// A busy machine is slow; each waits for an event, not for a time.
vi.setConfig({ testTimeout: 120_000 });

describe("a clock that is set in the middle of the work", () => {
  it.each([
    ["forward", [HOUR]],
    ["back", [-HOUR]],
    ["years forward and back again", [30 * YEAR, -30 * YEAR]],
  ])("%s: each mail goes once", async (_, steps) => {
    const clock = settableClock();
    await using it = await pair({ clock }, QUIET);
    const submissions = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        it.connector.documents.submit({ documents: [{ cda: cdaOf(n) }], to: [DOCTOR] }),
      ),
    );
    const count = () => it.mock.mailbox(DOCTOR).messages("INBOX").length;
    for (const by of steps) {
      const arrived = count();
      await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(Math.min(arrived, 5));
      clock.set(by);
    }
    for (const each of submissions) expect((await each.settled({ signal: soon(40_000) })).ok).toBe(true);
    const ids = it.mock
      .mailbox(DOCTOR)
      .messages("INBOX")
      .map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(6);
    expect(ids).toHaveLength(6);
  });

  it.each([-HOUR, -10 * YEAR])(
    "back by %i ms: a mail that waits for its next try, and one just submitted, do not wait for it",
    async (by) => {
      const clock = settableClock();
      await using it = await pair({ clock, settings: { backoff: { baseMs: 2_000, maxMs: 2_000, jitter: 0 } } }, QUIET);
      it.mock.faults.add({ name: "defer", at: "rcpt", times: 1 });
      const first = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
      for await (const { event } of first.events({ signal: soon(40_000) })) if (event === "deferred") break;
      it.connector.delivery.pause();
      const second = await it.connector.documents.submit({ documents: [{ cda: cdaOf(2) }], to: [DOCTOR] });
      clock.set(by);
      it.connector.delivery.resume();
      for (const each of [first, second]) expect((await each.settled({ signal: soon(40_000) })).ok).toBe(true);
    },
  );

  it("back: a worker that starts then finds what waits for another year", async () => {
    const config = { outbox: { store: "sqlite", path: join(folder, "late.db") } };
    await using mock = await startMockMedimail(QUIET);
    const ahead = settableClock();
    ahead.set(YEAR);
    const first = createConnector(await configOf(mock, undefined, config), {
      ...QUICK,
      clock: ahead,
      delivery: "manual",
    });
    const { id } = await first.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    const later = new Date(ahead.now() + HOUR);
    const scheduled = await first.documents.submit({ documents: [{ cda: cdaOf(2) }], to: [DOCTOR], notBefore: later });
    await first.close();
    await using second = createConnector(await configOf(mock, undefined, config), { ...QUICK, clock: settableClock() });
    await expect.poll(() => states(second, id), { timeout: 30_000 }).toEqual({ [DOCTOR]: "accepted" });
    expect(await states(second, scheduled.id)).toEqual({ [DOCTOR]: "queued" });
  });

  it("back: an operator that was down is tried again after the pause, not an hour later", async () => {
    const clock = settableClock();
    await using it = await pair({ clock }, QUIET);
    it.mock.faults.add({ name: "drop", at: "greeting", times: 5 });
    const one = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    let deferred = 0;
    for await (const { event } of one.events({ signal: soon(40_000) })) {
      if (event === "deferred") deferred += 1;
      if (deferred === 5) break;
    }
    clock.set(-HOUR);
    expect((await one.settled({ signal: soon(40_000) })).ok).toBe(true);
  });

  it("a year forward: a mail that the operator puts off is not given up for its age", async () => {
    const clock = settableClock();
    await using it = await pair({ clock }, QUIET);
    it.connector.delivery.pause();
    const one = await it.connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    it.mock.faults.add({ name: "defer", at: "rcpt", times: 1 });
    clock.set(YEAR);
    it.connector.delivery.resume();
    expect((await one.settled({ signal: soon(40_000) })).ok).toBe(true);
  });

  it("a year forward: traces and contents stay, in the process that runs and in one that starts then (ECO.4.1.1)", async () => {
    const config = { outbox: { store: "sqlite", path: join(folder, "young.db") } };
    await using mock = await startMockMedimail(QUIET);
    const clock = settableClock();
    const first = createConnector(await configOf(mock, undefined, config), { ...QUICK, clock });
    const one = await first.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    await one.settled({ signal: soon(40_000) });
    await first.close();
    clock.set(YEAR);
    await using second = createConnector(await configOf(mock, undefined, config), { ...QUICK, clock });
    const other = await second.documents.submit({ documents: [{ cda: cdaOf(2) }], to: [DOCTOR] });
    await other.settled({ signal: soon(40_000) });
    expect((await second.outbox.get(one.id)).erasedAt).toBeUndefined();
    const kept = [];
    for await (const { action } of second.traces.list()) kept.push(action);
    expect(kept).toEqual(["send", "send"]);
  });

  it("back: what a dead worker held is taken over all the same", async () => {
    const path = join(folder, "dead.db");
    await using mock = await startMockMedimail(QUIET);
    const clock = settableClock();
    await using connector = createConnector(await configOf(mock, undefined, { outbox: { store: "sqlite", path } }), {
      ...QUICK,
      clock,
    });
    await connector.ready();
    connector.delivery.pause();
    const one = await connector.documents.submit({ documents: [{ cda: cdaOf(1) }], to: [DOCTOR] });
    clock.set(-HOUR);
    const store = await openSqliteOutbox({ path });
    await store.heartbeat(
      worker("dead", { boot: "00000000-aaaa pid:[1]", host: (await import("node:os")).hostname() }),
      Date.now(),
    );
    expect(await store.claim({ worker: "dead", now: Date.now() + HOUR, limit: 1 })).toHaveLength(1);
    await store.close();
    connector.delivery.resume();
    expect((await one.settled({ signal: soon(40_000) })).ok).toBe(true);
  });
});

describe("a mail in doubt, where the operator files in Sent", () => {
  it("is not sent again because the clock leaps over the time that its copy may take to appear", async () => {
    const clock = settableClock();
    await using store = await openSqliteOutbox({ memory: true });
    await store.submit(submission("a", { createdAt: clock.now() }));
    await store.settle([settledAs(await claimOne(store, clock.now()), "unknown", { at: clock.now() })]);
    let filed = false;
    const missed = new Map<string, number>();
    const look = () =>
      settleDoubts({
        store,
        clock,
        log: silentLogger,
        tenant: TENANT,
        mailbox: MAILBOX,
        policy: "hold",
        sentGraceMs: 15_000,
        missed,
        sentSearch: async () => filed,
        trace: (entry, actor, now) =>
          traceOf({ ...entry, request: "x", tenant: TENANT, mailbox: MAILBOX, actor: actor ?? "x", at: now }),
        changed: () => {},
      });
    expect(await look()).toBe(1);
    clock.set(HOUR);
    expect(await look()).toBe(1);
    expect(await stateOf(store, "a")).toBe("unknown");
    filed = true;
    expect(await look()).toBe(0);
    expect(await stateOf(store, "a")).toBe("accepted");
    expect(missed.size).toBe(0);
  });

  it("that is absent when the time is over is sent again, though the clock was set back", async () => {
    const clock = settableClock();
    await using store = await openSqliteOutbox({ memory: true });
    await store.submit(submission("a", { createdAt: T0 }));
    await store.settle([settledAs(await claimOne(store), "unknown", { at: clock.now(), traces: [trace] })]);
    const deps = {
      store,
      clock,
      log: silentLogger,
      tenant: TENANT,
      mailbox: MAILBOX,
      policy: "hold" as const,
      sentGraceMs: 15_000,
      missed: new Map<string, number>(),
      sentSearch: async () => false,
      trace: () => trace,
      changed: () => {},
    };
    await settleDoubts(deps);
    clock.set(-HOUR);
    clock.pass(15_000);
    expect(await settleDoubts(deps)).toBe(0);
    expect(await stateOf(store, "a")).toBe("queued");
  });
});
