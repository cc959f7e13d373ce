import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isAdeli,
  isFiness,
  isIdNps,
  isRpps,
  isSiren,
  isSiret,
  isStructIdNat,
  parseIdNps,
  parseRpps,
  parseStructIdNat,
} from "../../src/identity/index.js";

const run = { seed: 977, numRuns: 300 };
const digits = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(""));

/** Written apart from the source: the doubling table of Luhn, from the right. */
function withKey(body: string): string {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  let sum = 0;
  [...body].reverse().forEach((digit, index) => {
    sum += index % 2 === 0 ? (doubled[Number(digit)] ?? 0) : Number(digit);
  });
  return body + ((10 - (sum % 10)) % 10);
}

const keyed = [
  { name: "RPPS", length: 11, accepts: isRpps },
  { name: "FINESS", length: 9, accepts: isFiness },
  { name: "SIREN", length: 9, accepts: isSiren },
  { name: "SIRET", length: 14, accepts: isSiret },
];

for (const { name, length, accepts } of keyed) {
  describe(name, () => {
    it("accepts every number with its key", () => {
      fc.assert(
        fc.property(digits(length - 1), (body) => accepts(withKey(body))),
        run,
      );
    });

    it("refuses every change of one digit", () => {
      fc.assert(
        fc.property(digits(length - 1), fc.nat(length - 1), fc.integer({ min: 1, max: 9 }), (body, position, shift) => {
          const number = withKey(body);
          fc.pre(!number.startsWith("356000000"));
          const digit = (Number(number.charAt(position)) + shift) % 10;
          return !accepts(number.slice(0, position) + digit + number.slice(position + 1));
        }),
        run,
      );
    });

    it("refuses another length, letters, spaces and other digits", () => {
      const number = withKey("1".repeat(length - 1));
      for (const wrong of [`${number}0`, number.slice(1), `${number.slice(1)}A`, ` ${number}`, `${number}\n`])
        expect(accepts(wrong), wrong).toBe(false);
      expect(accepts(`${number.slice(0, -1)}١`)).toBe(false);
    });

    it("leaves the key alone where the caller says so", () => {
      const number = withKey("1".repeat(length - 1));
      const wrong = number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10);
      expect(accepts(wrong)).toBe(false);
      expect(accepts(wrong, { checkKey: false })).toBe(true);
    });
  });
}

describe("FINESS of Corsica", () => {
  it("counts the letter of the department as a digit of the key", () => {
    expect(isFiness("2A0000014")).toBe(true);
    expect(isFiness("2B0000020")).toBe(true);
    expect(isFiness("2A0000020")).toBe(false);
    expect(isFiness("2C0000014", { checkKey: false })).toBe(false);
  });
});

describe("SIRET of La Poste", () => {
  it("accepts a post office whose plain sum is a multiple of five, and no other enterprise that way", () => {
    expect(isSiret("35600000000048")).toBe(true);
    expect(isSiret("35600000012343")).toBe(false);
    expect(isSiret("35600000012349")).toBe(false);
    expect(isSiret("35600000001230")).toBe(true);
    expect(isSiret("35600000101230")).toBe(false);
    expect(isSiret("73282932001230")).toBe(false);
  });
});

describe("ADELI", () => {
  it("accepts a department of digits or with the letter of Corsica and overseas", () => {
    for (const number of ["759912345", "2A1234567", "9D1234567"]) expect(isAdeli(number)).toBe(true);
    for (const number of ["75991234", "A51234567", "7512345678", "75A234567"]) expect(isAdeli(number)).toBe(false);
  });
});

describe("identifier of a professional (IDNPS)", () => {
  const rpps = withKey("1000000000");
  const finess = withKey("75000000");

  it("reads each prefix", () => {
    expect(parseIdNps(`8${rpps}`)).toMatchObject({ kind: "RPPS", number: rpps });
    expect(parseIdNps("0759912345")).toMatchObject({ kind: "ADELI", number: "759912345" });
    expect(parseIdNps(`3${finess}/DUPONT`)).toMatchObject({ kind: "FINESS", number: finess, internal: "DUPONT" });
    expect(parseIdNps(`5${withKey("7328293200007")}/12`)).toMatchObject({ kind: "SIRET", internal: "12" });
    expect(parseIdNps(`4${withKey("73282932")}/12`)).toMatchObject({ kind: "SIREN" });
    expect(parseIdNps("175991234500/3")).toMatchObject({ kind: "CABINET_ADELI", internal: "3" });
  });

  it("refuses an unknown prefix, a structure without internal part, and an RPPS with one", () => {
    for (const wrong of ["", `2${rpps}`, `3${finess}`, `3${finess}/`, `8${rpps}/1`, `3${finess}/a b`, `8${rpps}\r\n`])
      expect(isIdNps(wrong), wrong).toBe(false);
  });

  it("reads a fictional identifier of a document when told to leave the key alone", () => {
    expect(isIdNps("801234534765")).toBe(false);
    expect(parseIdNps("801234534765", { checkKey: false }).kind).toBe("RPPS");
  });
});

describe("identifier of a structure (Struct_IdNat)", () => {
  it("reads each prefix", () => {
    const siret = withKey("7328293200007");
    expect(parseStructIdNat(`1${withKey("75000000")}`).kind).toBe("FINESS");
    expect(parseStructIdNat(`2${withKey("73282932")}`).kind).toBe("SIREN");
    expect(parseStructIdNat(`3${siret}`)).toMatchObject({ kind: "SIRET", number: siret });
    expect(parseStructIdNat("075991234500").kind).toBe("CABINET_ADELI");
    expect(parseStructIdNat("410000000000012").kind).toBe("CABINET_RPPS");
  });

  it("refuses an unknown prefix and a wrong number", () => {
    for (const wrong of ["", "9750000001", "1750000009", "3732829320000", "0abc"])
      expect(isStructIdNat(wrong), wrong).toBe(false);
  });
});

describe("errors of the room", () => {
  it("never quote the number", () => {
    expect(() => parseRpps("10000000008", { path: "author.id" })).toThrow(
      expect.objectContaining({ path: "author.id" }),
    );
    try {
      parseRpps("10000000008");
    } catch (error) {
      expect(String(error)).not.toContain("10000000008");
    }
  });
});
