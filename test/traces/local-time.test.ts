import { describe, expect, it } from "vitest";
import { localTime } from "../../src/traces/index.js";

const at = (text: string) => new Date(text);

describe("localTime (ECO.4.1.2)", () => {
  it("gives local time with its offset, in winter and in summer", () => {
    expect(localTime(at("2026-11-23T09:05:00.007Z"), "Europe/Paris")).toBe("2026-11-23T10:05:00.007+01:00");
    expect(localTime(at("2026-07-23T09:05:00Z"), "Europe/Paris")).toBe("2026-07-23T11:05:00.000+02:00");
  });

  it("changes the offset at the very hour", () => {
    expect(localTime(at("2026-03-29T00:59:59.999Z"), "Europe/Paris")).toBe("2026-03-29T01:59:59.999+01:00");
    expect(localTime(at("2026-03-29T01:00:00.000Z"), "Europe/Paris")).toBe("2026-03-29T03:00:00.000+02:00");
    expect(localTime(at("2026-10-25T00:59:59.999Z"), "Europe/Paris")).toBe("2026-10-25T02:59:59.999+02:00");
    expect(localTime(at("2026-10-25T01:00:00.000Z"), "Europe/Paris")).toBe("2026-10-25T02:00:00.000+01:00");
  });

  it.each([
    ["UTC", "2026-01-01T00:30:00.000+00:00"],
    ["America/Guadeloupe", "2025-12-31T20:30:00.000-04:00"],
    ["Indian/Reunion", "2026-01-01T04:30:00.000+04:00"],
    ["Pacific/Marquesas", "2025-12-31T15:00:00.000-09:30"],
    ["Asia/Kathmandu", "2026-01-01T06:15:00.000+05:45"],
  ])("knows %s", (zone, expected) => {
    expect(localTime(at("2026-01-01T00:30:00Z"), zone)).toBe(expected);
  });

  it("keeps the milliseconds and the zone of each where several are written within a second", () => {
    expect(localTime(at("2026-11-23T09:05:00.999Z"), "Europe/Paris")).toBe("2026-11-23T10:05:00.999+01:00");
    expect(localTime(at("2026-11-23T09:05:00.001Z"), "Asia/Kathmandu")).toBe("2026-11-23T14:50:00.001+05:45");
    expect(localTime(at("2026-11-23T09:05:00.010Z"), "Europe/Paris")).toBe("2026-11-23T10:05:00.010+01:00");
    expect(localTime(at("2026-11-23T09:05:01.000Z"), "Europe/Paris")).toBe("2026-11-23T10:05:01.000+01:00");
    expect(localTime(at("1969-12-31T23:59:59.999Z"), "UTC")).toBe("1969-12-31T23:59:59.999+00:00");
  });

  it("names the same instant in the machine's own zone", () => {
    for (const month of ["01", "07"]) {
      const text = localTime(at(`2026-${month}-15T12:00:00.123Z`));
      expect(text).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:00\.123[+-]\d\d:\d\d$/);
      expect(Date.parse(text)).toBe(Date.parse(`2026-${month}-15T12:00:00.123Z`));
    }
  });

  it("refuses a date that is none and a zone that is none", () => {
    expect(() => localTime(new Date(Number.NaN))).toThrow(RangeError);
    expect(() => localTime(new Date(0), "Mars/Olympus")).toThrow(RangeError);
  });
});
