import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../src/seams/index.js";
import type { SqliteOutbox } from "../../src/storage/index.js";
import { openSqliteOutbox } from "../../src/storage/index.js";
import { createTraces, type Traces } from "../../src/traces/index.js";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const DAY = 86_400_000;
const entry = {
  tenant: "chu",
  mailbox: "labo@chu.mssante.fr",
  actor: "dr.martin",
  action: "send",
  request: "MAIL",
  answer: "250 Ok",
  ok: true,
};

let store: SqliteOutbox;
let traces: Traces;
let now: number;
const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };

beforeEach(async () => {
  now = NOW;
  store = await openSqliteOutbox({ memory: true });
  traces = createTraces(store, { clock, timeZone: "Europe/Paris" });
});
afterEach(() => store.close());

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("createTraces (ECO.4.1.1)", () => {
  it("writes the time of the moment, local, unless one is given", async () => {
    await traces.append(entry, { ...entry, at: NOW - DAY });
    expect((await all(traces.list())).map(({ at }) => at)).toEqual([
      "2026-11-23T10:00:00.000+01:00",
      "2026-11-22T10:00:00.000+01:00",
    ]);
  });

  it("masks what is appended", async () => {
    await traces.append({ ...entry, answer: "550 299057512300876@patient.mssante.fr" });
    expect(await all(traces.list())).toMatchObject([{ answer: "550 <patient>" }]);
  });

  it("lists every trace over as many pages as it takes, in order", async () => {
    await traces.append(...Array.from({ length: 1_203 }, (_, index) => ({ ...entry, action: `n${index}` })));
    const found = await all(traces.list());
    expect(found.map(({ action }) => action)).toEqual(Array.from({ length: 1_203 }, (_, index) => `n${index}`));
    expect(await all(traces.list({ limit: 700 }))).toHaveLength(700);
  });

  it("keeps to the mailbox and the time asked", async () => {
    await traces.append(
      { ...entry, at: NOW - 2 * DAY, action: "old" },
      { ...entry, action: "new" },
      { ...entry, mailbox: "other" },
    );
    expect(await all(traces.list({ mailbox: entry.mailbox, since: "2026-11-22T00:00:00+01:00" }))).toMatchObject([
      { action: "new" },
    ]);
    expect(await all(traces.list({ until: "2026-11-22T00:00:00+01:00" }))).toMatchObject([{ action: "old" }]);
  });

  it("stops listing when the caller aborts", async () => {
    await traces.append(entry);
    await expect(all(traces.list({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: "aborted" });
  });

  it("exports one JSON object a line, without tenant nor row number", async () => {
    await traces.append(entry, { ...entry, ok: false });
    const lines = await all(traces.export("jsonl"));
    expect(lines.map((line) => line.endsWith("\n"))).toEqual([true, true]);
    const { tenant: _, ...shown } = entry;
    expect(JSON.parse(lines[0] ?? "")).toEqual({ at: "2026-11-23T10:00:00.000+01:00", ...shown });
  });

  it("exports CSV whose cells keep commas and quotes, and run no formula", async () => {
    await traces.append({ ...entry, answer: '=HYPERLINK("http://x"),ok' });
    expect(await all(traces.export("csv"))).toEqual([
      "at,mailbox,actor,action,request,answer,ok\r\n",
      '"2026-11-23T10:00:00.000+01:00","labo@chu.mssante.fr","dr.martin","send","MAIL","\'=HYPERLINK(""http://x""),ok","true"\r\n',
    ]);
  });

  it("erases what is older than six months, and nothing else", async () => {
    await traces.append({ ...entry, action: "first" });
    now += 100 * DAY;
    await traces.append({ ...entry, action: "second" });
    now += 84 * DAY;
    expect(await traces.applyRetention()).toBe(1);
    expect(await all(traces.list())).toMatchObject([{ action: "second" }]);
  });

  it("keeps as long as the caller asks", async () => {
    const long = createTraces(store, { clock, retentionDays: 7_305 });
    await long.append(entry);
    now += 7_000 * DAY;
    expect(await long.applyRetention()).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a retention of %s days", (retentionDays) => {
    expect(() => createTraces(store, { retentionDays })).toThrow(
      expect.objectContaining({ code: "invalid_argument", requirement: "ECO.4.1.1" }),
    );
  });
});
