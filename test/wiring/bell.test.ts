import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { systemClock } from "../../src/seams/index.js";
import { Bell } from "../../src/wiring/bell.js";
import { frameOf, openCore, runDelivery } from "../../src/wiring/index.js";
import { configOf, DOCTOR } from "../sending/kit.js";

const never = new AbortController().signal;
const waits = async (bell: Bell, mostMs: number): Promise<boolean> =>
  (await Promise.race([
    bell.heard(mostMs, systemClock, never).then(() => "heard"),
    new Promise<string>((resolve) => setTimeout(resolve, 50, "waits")),
  ])) === "waits";

it("a bell is heard once, before or after who waits for it, and after a time without it", async () => {
  const bell = new Bell();
  // What was left by another process is looked for at the start.
  expect(await waits(bell, 60_000)).toBe(false);
  const waiting = bell.heard(60_000, systemClock, never);
  bell.ring();
  await waiting;
  bell.ring();
  expect(await waits(bell, 60_000)).toBe(false);
  expect(await waits(bell, 60_000)).toBe(true);
  expect(await waits(new Bell(), 5)).toBe(false);
});

it("a bell is silent for who stops", async () => {
  const bell = new Bell();
  await bell.heard(1, systemClock, never);
  const stop = new AbortController();
  const waiting = bell.heard(60_000, systemClock, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow();
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
  const running = runDelivery(frame, core, { signal: stop.signal, receipts: false, waiting: () => 0 });
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
