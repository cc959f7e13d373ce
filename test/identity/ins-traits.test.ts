import { describe, expect, it } from "vitest";
import {
  INS_C_OID,
  INS_OIDS,
  insDifferences,
  insKey,
  insTraitsProblems,
  isInsOid,
  parseIns,
} from "../../src/identity/index.js";

const matricule = (body: string): string => body + insKey(body);
const insOf = (body: string) => parseIns(matricule(body), INS_OIDS.nir);
const traits = { sex: "M", birthDate: "19850523" };

describe("traits against the INS (SC.MSS/UX.32)", () => {
  const ins = insOf("1850578006084");

  it("agree where sex, year and month do, whatever the century and the hour", () => {
    expect(insDifferences(ins, traits)).toEqual([]);
    expect(insDifferences(insOf("1070578006084"), { sex: "M", birthDate: "190705" })).toEqual([]);
    expect(insDifferences(ins, { sex: "M", birthDate: "19850523101500+0100" })).toEqual([]);
  });

  it("are each named where they differ", () => {
    expect(insDifferences(ins, { sex: "F", birthDate: "19840623" })).toEqual(["sex", "birthYear", "birthMonth"]);
    expect(insDifferences(ins, { sex: "M", birthDate: "19850623" })).toEqual(["birthMonth"]);
  });

  it("are a man's with a first digit of 1 or 7, a woman's with 2 or 8, anybody's with another", () => {
    const differing = (sex: string) =>
      ["1", "7", "2", "8", "3", "4"].filter(
        (digit) => insDifferences(insOf(`${digit}850578006084`), { sex }).length > 0,
      );
    expect(differing("F")).toEqual(["1", "7"]);
    expect(differing("M")).toEqual(["2", "8"]);
  });

  it("are not compared where one side is unknown: other sex, date known in part or not at all, month that is none", () => {
    expect(insDifferences(ins, { sex: "UN", birthDate: "1985" })).toEqual([]);
    for (const birthDate of ["", "85", "inconnue"]) expect(insDifferences(ins, { birthDate })).toEqual([]);
    for (const month of ["00", "20", "31", "42", "50", "99"])
      expect(insDifferences(insOf(`185${month}78006084`), traits)).toEqual([]);
  });
});

describe("the warning to confirm who the patient is (ECO.3.1.5)", () => {
  const value = matricule("2850578006084");
  const problems = (ins: { value: string; oid: string } | null, given = traits) =>
    insTraitsProblems(ins, given, "patient");

  it("names the traits, and neither the matricule nor a value of them", () => {
    const [problem, ...others] = problems({ value, oid: INS_OIDS.nir }, { sex: "M", birthDate: "19840523" });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity: "warning", code: "ins_traits_differ", path: "patient" });
    expect(problem?.message).toContain("sex, birthYear");
    expect(JSON.stringify(problem)).not.toMatch(/2850578|1984|0523/);
  });

  it("holds for each authority of an INS, those of tests too, since a product is shown with them", () => {
    for (const oid of Object.values(INS_OIDS)) expect(problems({ value, oid })).toHaveLength(1);
  });

  it("is not there without an INS, with another identifier, or a matricule without its form; a wrong key is told apart", () => {
    expect(problems(null)).toEqual([]);
    expect(isInsOid(INS_C_OID)).toBe(false);
    expect(problems({ value, oid: INS_C_OID })).toEqual([]);
    expect(problems({ value: "2850578", oid: INS_OIDS.nir })).toEqual([]);
    expect(problems({ value: `${value.slice(0, 13)}99`, oid: INS_OIDS.nir })).toHaveLength(1);
  });
});
