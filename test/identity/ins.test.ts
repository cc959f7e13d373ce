import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { INS_C_OID, INS_OIDS, insKey, isIns, parseIns } from "../../src/identity/index.js";

const digits = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(""));
const bodies = fc
  .tuple(
    fc.constantFrom("1", "2", "3", "4", "7", "8"),
    digits(4),
    fc.oneof(digits(2), fc.constantFrom("2A", "2B")),
    digits(6),
  )
  .map((parts) => parts.join(""));
const run = { seed: 4201, numRuns: 300 };

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isMedimailError(error)) return error.code;
    throw error;
  }
  return "none";
}

describe("INS", () => {
  it("computes the key published for a mainland number", () => {
    expect(insKey("2550875116001")).toBe(String(97 - (2550875116001 % 97)).padStart(2, "0"));
    expect(insKey("1850578006084")).toBe("91");
  });

  it("replaces 2A by 20 minus a million and 2B by 20 minus two millions", () => {
    expect(insKey("185052A006084")).toBe(String(97 - ((1850520006084 - 1_000_000) % 97)).padStart(2, "0"));
    expect(insKey("185052B006084")).toBe(String(97 - ((1850520006084 - 2_000_000) % 97)).padStart(2, "0"));
  });

  it("accepts every number with its key, and gives its kind", () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const matricule = body + insKey(body);
        expect(parseIns(matricule, INS_OIDS.nir)).toEqual({
          matricule,
          oid: INS_OIDS.nir,
          kind: "NIR",
          test: false,
        });
        expect(parseIns(matricule, INS_OIDS.nia).kind).toBe("NIA");
      }),
      run,
    );
  });

  it("refuses every change of one digit", () => {
    fc.assert(
      fc.property(bodies, fc.nat(14), fc.integer({ min: 1, max: 9 }), (body, position, shift) => {
        const matricule = body + insKey(body);
        const old = matricule.charAt(position);
        fc.pre(/\d/.test(old));
        const changed = matricule.slice(0, position) + ((Number(old) + shift) % 10) + matricule.slice(position + 1);
        expect(isIns(changed, INS_OIDS.nir)).toBe(false);
      }),
      run,
    );
  });

  it("accepts the letter of Corsica in lower case and gives it in upper case", () => {
    const body = "185052A006084";
    expect(parseIns((body + insKey(body)).toLowerCase(), INS_OIDS.nir).matricule).toBe(body + insKey(body));
  });

  it("tells a wrong key from a wrong form", () => {
    expect(codeOf(() => parseIns("185057800608492", INS_OIDS.nir))).toBe("ins_key_invalid");
    expect(codeOf(() => parseIns("18505780060849", INS_OIDS.nir))).toBe("identity_invalid");
    expect(codeOf(() => parseIns("1 85 05 78 006 084 91", INS_OIDS.nir))).toBe("identity_invalid");
  });

  it("refuses a test authority unless it is allowed", () => {
    for (const oid of [INS_OIDS.testNir, INS_OIDS.demoNir]) {
      expect(codeOf(() => parseIns("185057800608491", oid))).toBe("ins_test_oid_refused");
      expect(parseIns("185057800608491", oid, { allowTest: true }).test).toBe(true);
    }
  });

  it("never takes an INS-C, nor an unknown authority, for an INS", () => {
    expect(codeOf(() => parseIns("185057800608491", INS_C_OID, { allowTest: true }))).toBe("identity_invalid");
    expect(codeOf(() => parseIns("185057800608491", "1.2.3", { allowTest: true }))).toBe("identity_invalid");
  });

  it("leaves the number out of the error", () => {
    for (const value of ["185057800608492", "185057800608", "18505780060849X"]) {
      try {
        parseIns(value, INS_OIDS.nir, { path: "patient.ins" });
        expect.unreachable();
      } catch (error) {
        expect(JSON.stringify(error)).not.toContain(value);
        expect((error as Error).message).not.toContain(value);
        expect((error as { path?: string }).path).toBe("patient.ins");
      }
    }
  });
});
