import { describe, expect, it } from "vitest";
import { oidOfUuid, oidOfWords } from "../../src/xdm/oid.js";
import { digitsOf, toUtc } from "../../src/xdm/time.js";

describe("times of the metadata are UTC, of the precision that they had", () => {
  it.each([
    ["20240104160527+0100", "20240104150527"],
    ["20240101003000+0200", "20231231223000"],
    ["20240229233000-0500", "20240301043000"],
    ["20240104160527Z", "20240104160527"],
    ["20240104160527.123+0100", "20240104150527"],
    ["202401041605+0100", "202401041505"],
    ["2024010416+0100", "2024010415"],
    ["2024010416+0530", "202401041030"],
    ["20240104160527+01", "20240104150527"],
    ["20240104160527+100", "20240104150527"],
    ["20240104160527-230", "20240104183527"],
    ["20240104160527+1", "20240104150527"],
    ["20240104", "20240104"],
    ["20240104+0100", "20240104"],
    ["202401", "202401"],
    ["2024", "2024"],
  ])("writes %s as %s", (time, value) => {
    expect(toUtc(time)).toEqual({ value, exact: true });
  });

  it("keeps the digits of a time without an offset, and says that they are not exact", () => {
    expect(toUtc("20240104160527")).toEqual({ value: "20240104160527", exact: false });
  });

  it.each(["", "2024010", "20241301", "20240132", "2024010425+0100", "hier", "2024-01-04"])("refuses %j", (time) => {
    expect(toUtc(time)).toBeUndefined();
  });

  it("writes a moment as 14 digits", () => {
    expect(digitsOf(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)))).toBe("20260102030405");
  });
});

describe("OIDs made of UUIDs", () => {
  it("writes the UUID as a decimal number under 2.25", () => {
    expect(oidOfUuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")).toBe("2.25.329800735698586629295641978511506172918");
  });

  it("makes the same OID of the same words only", () => {
    expect(oidOfWords("a", "b")).toBe(oidOfWords("a", "b"));
    expect(oidOfWords("a", "b")).not.toBe(oidOfWords("ab"));
  });
});
