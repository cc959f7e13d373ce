import { describe, expect, it } from "vitest";
import { readings } from "../../src/directory/asked.js";
import { fits } from "../../src/directory/fits.js";
import { professionCodes } from "../../src/directory/professions.js";
import type { DirectoryEntry } from "../../src/seams/index.js";

describe("what is asked of a directory that has no free text", () => {
  it("leaves titles out, in any writing, but not where nothing else is asked", () => {
    for (const text of ["Dr. Martin", "docteure MARTIN", "cabinet du Dr Martin"])
      expect(readings({ text })[0]?.names.filter((name) => name !== "du")).toEqual([/martin/i.exec(text)?.[0]]);
    expect(readings({ text: "docteur", type: "PER" })[0]?.names).toEqual(["docteur"]);
    expect(readings({ text: "docteur", city: "Rennes" })[0]?.names).toEqual([]);
  });
});

it("asks for no name that is only how somebody practises", () => {
  expect(readings({ text: "infirmière libérale Rennes" }).at(-1)).toMatchObject({
    names: ["Rennes"],
    query: { profession: "infirmière" },
  });
  expect(readings({ text: "Jean Liberal" })[0]?.names).toEqual(["Jean", "Liberal"]);
});

describe("a profession", () => {
  it.each([
    ["médecins", ["10"]],
    ["infirmières", ["60", "69"]],
    ["kiné", ["70"]],
    ["kinésithérapie", ["70"]],
    ["podologie", ["80"]],
    ["pharmacienne", ["21"]],
    // Nor an assistant.
    ["dentiste", ["40"]],
    ["10", ["10"]],
    ["sag", []],
    ["martin", []],
  ])("%s is %j", (word, codes) => expect(professionCodes(word)).toEqual(codes));
});

describe("an entry", () => {
  const entry: DirectoryEntry = {
    address: "chu@exemple.mssante.fr",
    type: "ORG",
    name: "C.H.U. de Saint-Étienne",
    structure: { name: "C.H.U. de Saint-Étienne" },
    source: "ldap",
    asOf: "2026-01-01",
  };
  it("is found whether its initials have dots or not, with and without accents and hyphens", () => {
    for (const structure of ["chu", "CHU Saint Etienne", "c.h.u. saint-étienne"])
      expect(fits(entry, { structure })).toBe(true);
  });
  it("does not fit what has no letter to compare: it would fit everything", () => {
    for (const asked of ["*", "-", "Иванов"]) {
      expect(fits(entry, { structure: asked })).toBe(false);
      expect(fits({ ...entry, family: "Martin" }, { family: asked })).toBe(false);
    }
  });
});
