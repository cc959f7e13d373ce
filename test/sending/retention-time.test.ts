import { describe, expect, it } from "vitest";
import { retentionTime } from "../../src/sending/retention-time.js";
import { HOUR, YEAR } from "../tools/settable-clock.js";

const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 10, 29, 12);

/** A process that looks each hour; the clock says `clockAt(hour)`. */
function run(hours: number, clockAt: (hour: number) => number, kept?: string) {
  let note = kept;
  let now = 0;
  for (let hour = 0; hour < hours; hour += 1) {
    const time = retentionTime(note, clockAt(hour), hour === 0 ? undefined : HOUR);
    note = time.note ?? note;
    now = time.now;
  }
  return { now, note };
}

describe("the time of the retention", () => {
  it("is the clock's, where that goes as time does", () => {
    const { now } = run(100, (hour) => T0 + hour * HOUR);
    expect(now).toBe(T0 + 99 * HOUR);
  });

  it("is not taken along by a clock that leaps a year ahead, and by two days where a process starts then", () => {
    const { note } = run(10, (hour) => T0 + hour * HOUR);
    const leapt = run(6, (hour) => T0 + 10 * HOUR + YEAR + hour * HOUR, note);
    expect(leapt.now - T0).toBeLessThan(3 * DAY + 10 * HOUR);
    const ongoing = retentionTime(note, T0 + 10 * HOUR + YEAR, HOUR);
    expect(ongoing.now).toBe(T0 + 13 * HOUR);
  });

  it("is the clock's again once that is set right", () => {
    const leapt = run(24, (hour) => T0 + YEAR + hour * HOUR, run(1, () => T0).note);
    const { now } = run(48, (hour) => T0 + (24 + hour) * HOUR, leapt.note);
    expect(now).toBe(T0 + 71 * HOUR);
  });

  it("follows a machine that was off for a month, within ten days", () => {
    const { note } = run(1, () => T0);
    expect(run(2, (hour) => T0 + 30 * DAY + hour * HOUR, note).now).toBeLessThan(T0 + 3 * DAY);
    expect(run(240, (hour) => T0 + 30 * DAY + hour * HOUR, note).now).toBe(T0 + 30 * DAY + 239 * HOUR);
  });

  it("keeps up with a machine that is on for ten hours a day, and never knows for how long it was off", () => {
    let note: string | undefined;
    let now = 0;
    for (let day = 0; day < 365; day += 1) ({ note, now } = run(10, (hour) => T0 + day * DAY + hour * HOUR, note));
    expect(T0 + 364 * DAY + 9 * HOUR - now).toBeLessThan(HOUR);
  });

  it("does not go faster because several processes look", () => {
    let note = run(1, () => T0).note;
    let now = 0;
    for (let hour = 1; hour <= 5; hour += 1)
      for (let process = 0; process < 8; process += 1) {
        const time = retentionTime(note, T0 + YEAR + hour * HOUR + process * 60_000, HOUR);
        note = time.note ?? note;
        now = time.now;
      }
    expect(now - T0).toBeLessThan(21 * HOUR);
  });

  it("begins anew where the clock began in 1970 until its time server answered", () => {
    const first = run(3, (hour) => hour * HOUR);
    expect(first.note).toBeUndefined();
    expect(run(1, () => T0, first.note).now).toBe(T0);
    expect(run(1, () => T0, "3600000 3600000").now).toBe(T0);
  });

  it("goes on from a machine that began in 1970 for an hour", () => {
    const { note } = run(1, () => T0);
    const lost = run(1, () => HOUR, note);
    expect(lost.now).toBe(HOUR);
    expect(retentionTime(note, T0 + 2 * HOUR, 2 * HOUR).now).toBe(T0 + 2 * HOUR);
  });
});
