import { expect, it } from "vitest";
import { elapsedOf, steadyClock, steadyNow, systemClock } from "../../src/seams/index.js";
import { HOUR, settableClock } from "../tools/settable-clock.js";

it("what has gone by does not change with the clock on the wall", () => {
  const clock = settableClock();
  const before = elapsedOf(clock);
  clock.set(-HOUR);
  expect(elapsedOf(clock) - before).toBeLessThan(1_000);
  expect(elapsedOf(clock) - before).toBeGreaterThanOrEqual(0);
  // Frozen by a test, or a caller's own: all there is.
  expect(elapsedOf({ now: () => 7 })).toBe(7);
});

it("a steady clock agrees with the one on the wall, goes forward with it, and never back", () => {
  const clock = settableClock();
  const now = steadyNow(clock);
  const start = now();
  expect(Math.abs(start - clock.now())).toBeLessThan(1_000);
  clock.set(-HOUR);
  expect(now()).toBeGreaterThanOrEqual(start);
  clock.pass(5_000);
  expect(now() - start).toBeGreaterThanOrEqual(5_000);
  expect(now() - start).toBeLessThan(7_000);
  clock.set(3 * HOUR);
  expect(now() - start).toBeGreaterThan(2 * HOUR - 1_000);
});

it("a steady clock is one for all who use the same, and sleeps as that does", async () => {
  expect(steadyNow(systemClock)).toBe(steadyNow(systemClock));
  const slept: number[] = [];
  const clock = { now: () => 1, sleep: async (ms: number) => void slept.push(ms) };
  await steadyClock(clock).sleep(3);
  expect([slept, steadyClock(clock).now()]).toEqual([[3], 1]);
});
