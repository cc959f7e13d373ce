import { describe, expect, it } from "vitest";
import type { PatientTraits } from "../../src/mailbox/index.js";
import { traitsThatDiffer } from "../../src/mailbox/patient.js";

const ins = { value: "185057800604822", oid: "1.2.250.1.213.1.4.8" };
const differing = (metadata: PatientTraits, cda: PatientTraits) =>
  traitsThatDiffer({ name: "", agreement: "agree", metadata, cda });

describe("traits that metadata and document have otherwise", () => {
  it("are not those that the page of the document does not mark either: ligatures, a part of a date, both codes of no sex", () => {
    const metadata = { ins, birthName: "LE CŒUR", birthDate: "1985", gender: "U" };
    expect(differing(metadata, { ins, birthName: "Le Coeur", birthDate: "19850512", gender: "UN" })).toEqual([]);
  });

  it("are each named", () => {
    const metadata = { ins, birthName: "MOREL", birthDate: "19850512", gender: "M" };
    const cda = {
      ins: { ...ins, oid: "1.2.250.1.213.1.4.10" },
      birthName: "MORIN",
      birthDate: "19850513",
      gender: "F",
    };
    expect(differing(metadata, cda)).toEqual(["insOid", "birthName", "birthDate", "gender"]);
    expect(differing(metadata, {})).toEqual([]);
  });
});
