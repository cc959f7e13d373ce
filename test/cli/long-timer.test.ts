import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { longTimer } from "../../src/cli/long-timer.js";

const DAY_MS = 24 * 3_600_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it.each([0.001, 1, 24.9, 60, 115])("a limit of %d days is over then, not before", (days) => {
  const over = vi.fn();
  longTimer(days * DAY_MS, over);
  vi.advanceTimersByTime(days * DAY_MS - 2);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3);
  expect(over).toHaveBeenCalledOnce();
});

it("can be called off at any time", () => {
  const over = vi.fn();
  const callOff = longTimer(60 * DAY_MS, over);
  vi.advanceTimersByTime(30 * DAY_MS);
  callOff();
  vi.advanceTimersByTime(90 * DAY_MS);
  expect(over).not.toHaveBeenCalled();
});
