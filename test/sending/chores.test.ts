import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { createConnector } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { type Clock, systemClock } from "../../src/seams/index.js";
import { Bell } from "../../src/sending/index.js";
import { frameOf, openCore, runDelivery, Waiters } from "../../src/wiring/index.js";
import { configOf, DOCTOR } from "./kit.js";

const never = new AbortController().signal;
type Ear = ReturnType<Bell["listen"]>;
const waits = async (bell: Ear, mostMs: number): Promise<boolean> =>
  (await Promise.race([
    bell.heard(mostMs, systemClock, never).then(() => "heard"),
    new Promise<string>((resolve) => setTimeout(resolve, 50, "waits")),
  ])) === "waits";

it("a bell is heard once, before or after who waits for it, and after a time without it", async () => {
  const bell = new Bell();
  bell.ring();
  const ear = bell.listen();
  const waiting = ear.heard(60_000, systemClock, never);
  bell.ring();
  await waiting;
  bell.ring();
  expect(await waits(ear, 60_000)).toBe(false);
  expect(await waits(ear, 60_000)).toBe(true);
  expect(await waits(bell.listen(), 5)).toBe(false);
});

it("a bell is heard by each who listens", async () => {
  const bell = new Bell();
  const ears = [bell.listen(), bell.listen()];
  const waiting = Promise.all(ears.map((ear) => ear.heard(60_000, systemClock, never)));
  bell.ring();
  await waiting;
});

it("a bell is silent for who stops", async () => {
  const stop = new AbortController();
  const waiting = new Bell().listen().heard(60_000, systemClock, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow();
});

it("an idle connector sleeps until its periods: no timer of each second", async () => {
  await using mock = await startMockMedimail();
  // A second is 10 ms; what the chores ask for is counted.
  const asked: number[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    sleep(ms, options) {
      // The limits of sessions keep their length.
      if (!options?.unref) return systemClock.sleep(ms, options);
      asked.push(ms);
      return systemClock.sleep(ms / 100, options);
    },
  };
  await using connector = createConnector(await configOf(mock, DOCTOR), { clock, receiptPollMs: 30_000 });
  await connector.ready();
  const polls = () =>
    mock.observations.filter((seen) => seen.kind === "line" && seen.line.includes("UID SEARCH")).length;
  await expect.poll(polls, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  const [before, at] = [asked.length, polls()];
  await expect.poll(polls, { timeout: 10_000 }).toBeGreaterThanOrEqual(at + 2);
  // Two rounds of half a minute: of receipts and of copies, a rest and a pause each.
  expect(asked.length - before).toBeLessThan(20);
});

it("the store is not asked for copies while nothing changes, and is as soon as something does", async () => {
  await using mock = await startMockMedimail();
  const frame = frameOf(parseConfig(await configOf(mock, DOCTOR)), { settings: { pollMs: 20 } });
  const core = await openCore(frame);
  let asked = 0;
  const { takeSentCopy } = core.store;
  core.store.takeSentCopy = (query) => {
    asked += 1;
    return takeSentCopy(query);
  };
  const stop = new AbortController();
  const running = runDelivery(frame, core, { signal: stop.signal, receipts: false, waiters: new Waiters() });
  try {
    await expect.poll(() => asked).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(asked).toBe(1);
    core.reader.notify();
    await expect.poll(() => asked).toBe(2);
  } finally {
    stop.abort();
    await running;
    await core.operator.close();
    await core.store.close();
  }
});
