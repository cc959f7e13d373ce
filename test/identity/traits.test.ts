import { describe, expect, it } from "vitest";
import { sameBirthDate, sameGender, sameName } from "../../src/identity/index.js";

describe("what two places say of a patient", () => {
  it.each([
    ["MOREL", "Morél", true],
    ["D'ŒUVRE", "d oeuvre", true],
    ["JEAN-PAUL", "Jean Paul", true],
    ["STRAß", "Strass", true],
    ["MOREL", "MORIN", false],
    ["MOREL", "MOREL MARTIN", false],
    ["Иванов", "Петров", false],
  ])("%s and %s: the same name %s", (a, b, same) => expect(sameName(a, b)).toBe(same));

  it.each([
    ["19850512", "198505120830", true],
    ["1985", "19850512", true],
    ["19850512", "19850513", false],
    ["", "19850512", false],
  ])("%s and %s: the same birth %s", (a, b, same) => expect(sameBirthDate(a, b)).toBe(same));

  it("a sex that is not known has two codes", () => {
    expect([sameGender("U", "UN"), sameGender("m", "M"), sameGender("M", "F"), sameGender("U", "F")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
