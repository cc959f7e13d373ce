import { expect, it } from "vitest";
import { ClockWatch } from "../../src/sending/clock-watch.js";
import { HOUR, settableClock, YEAR } from "../tools/settable-clock.js";

it("tells once that the clock was set back, whatever else was asked meanwhile, and not that time went by", () => {
  const clock = settableClock();
  const watch = new ClockWatch(clock);
  clock.pass(HOUR);
  expect(watch.wasSetBack()).toBe(false);
  clock.set(-HOUR);
  expect(watch.skippedSince(0)).toBe(0);
  expect(watch.wasSetBack()).toBe(true);
  expect(watch.wasSetBack()).toBe(false);
  clock.set(HOUR);
  expect(watch.wasSetBack()).toBe(false);
  clock.set(-4_000);
  expect(watch.wasSetBack()).toBe(false);
});

it("knows what the clock leapt over since a mail was made, and that it came back", () => {
  const clock = settableClock();
  const watch = new ClockWatch(clock);
  const before = clock.now();
  clock.pass(1_000);
  clock.set(YEAR);
  expect(watch.skippedSince(before)).toBeGreaterThan(YEAR - HOUR);
  clock.pass(1_000);
  expect(watch.skippedSince(clock.now())).toBe(0);
  clock.set(-YEAR);
  expect(Math.abs(watch.skippedSince(before))).toBeLessThan(HOUR);
});
