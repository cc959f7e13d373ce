import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DirectoryIndex, importExtraction, openDirectoryIndex } from "../../src/directory/index.js";
import { EXTRACTION_COLUMNS, sampleRows } from "../../src/sample/index.js";
import { rowOf, searchOf, temporaryFolder, writeSample } from "./kit-extraction.js";
import { isRight, makeSearches } from "./searches.js";

const folder = temporaryFolder();

describe("300 realistic searches in 30,000 lines (ECO.3.1.4, SC.MSS/UX.41)", () => {
  const LINES = 30_000;
  let directory: DirectoryIndex;
  beforeAll(async () => {
    writeSample(join(folder, "large.txt"), LINES, 7);
    await importExtraction(join(folder, "large.txt"), { index: join(folder, "large.db") });
    directory = openDirectoryIndex({ index: join(folder, "large.db") });
  }, 60_000);
  afterAll(() => directory.close());

  it("95 in 100 have the right person among the first three, slips included", async () => {
    const searches = makeSearches(sampleRows({ lines: LINES, seed: 7 }), 300);
    expect(searches.filter(({ hasSlip }) => hasSlip).length).toBeGreaterThan(100);
    const missed: string[] = [];
    for (const { text, target } of searches) {
      const people: string[] = [];
      let rank = 0;
      for (const found of await searchOf(directory, text)) {
        const person = found.rpps ?? found.address;
        if (!people.includes(person)) people.push(person);
        if (rank === 0 && isRight(found, target)) rank = people.length;
      }
      if (rank === 0 || rank > 3) missed.push(text);
    }
    expect(missed.length, missed.join("\n")).toBeLessThanOrEqual(15);
  });
});

describe("a search finds as a person types", () => {
  let directory: DirectoryIndex;
  const people: readonly Readonly<Record<number, string>>[] = [
    {
      9: "LE GALL",
      10: "Jean-Pierre",
      13: "10",
      14: "Médecin",
      15: "SM54",
      16: "Médecine Générale",
      27: "29200 BREST",
      28: "29200",
    },
    { 9: "LEFEBVRE", 10: "Hélène", 13: "60", 14: "Infirmier", 15: "", 16: "", 27: "42000 ST ETIENNE", 28: "42000" },
    {
      9: "D'ORGEVAL",
      10: "Anne",
      13: "70",
      14: "Masseur-Kinésithérapeute",
      15: "",
      16: "",
      27: "75015 PARIS 15",
      28: "75015",
    },
    {
      9: "MOREL",
      10: "Claire",
      15: "SM04",
      16: "Cardiologie et maladies vasculaires",
      27: "69437 LYON CEDEX 03",
      28: "69437",
    },
    { 9: "DA COSTA", 10: "Maria", 13: "50", 14: "Sage-Femme", 15: "", 16: "", 27: "33000 BORDEAUX", 28: "33000" },
    { 9: "THIBAULT", 10: "François", 15: "SM38", 16: "Ophtalmologie", 27: "06000 NICE", 28: "06000" },
    { 9: "NGUYEN", 10: "Van", 13: "21", 14: "Pharmacien", 15: "", 16: "", 27: "97400 ST DENIS", 28: "97400" },
    {
      9: "GARNIER",
      10: "Paul",
      15: "SM39",
      16: "O.R.L et chirurgie cervico faciale",
      27: "20000 AJACCIO",
      28: "20000",
    },
  ];
  const service = {
    0: "ORG",
    2: "",
    3: "",
    4: "",
    7: "Secrétariat de cardiologie",
    8: "",
    9: "",
    10: "",
    11: "",
    12: "",
    13: "",
    14: "",
    15: "",
    16: "",
  };

  beforeAll(async () => {
    const rows = people.map((person, at) =>
      rowOf({
        1: `p${at}@medecin-exemple.mssante.fr`,
        3: `9900000001${at}`,
        4: `89900000001${at}`,
        18: "CABINET",
        ...person,
      }),
    );
    rows.push(
      rowOf({
        ...service,
        1: "cardio@chu-exemple.mssante.fr",
        6: "1990000018",
        18: "CHU DE BREST",
        27: "29200 BREST CEDEX",
        28: "29200",
      }),
    );
    const file = join(folder, "few.txt");
    writeFileSync(file, `${EXTRACTION_COLUMNS.join("|")}\n${rows.join("")}`);
    await importExtraction(file, { index: join(folder, "few.db") });
    directory = openDirectoryIndex({ index: join(folder, "few.db") });
  });
  afterAll(() => directory.close());

  it.each([
    ["names in any order", "jean pierre le gall", "LE GALL"],
    ["names in the other order", "le gall jean-pierre", "LE GALL"],
    ["a particle joined", "legall", "LE GALL"],
    ["a particle left out", "gall jean-pierre", "LE GALL"],
    ["a given name joined", "jeanpierre le gall", "LE GALL"],
    ["no accents", "helene lefebvre", "LEFEBVRE"],
    ["other accents", "hélêne lefèbvre", "LEFEBVRE"],
    ["as it sounds", "lefèvre hélène", "LEFEBVRE"],
    ["as it sounds, otherwise", "tibo françois", "THIBAULT"],
    ["letters that changed places", "claire moerl", "MOREL"],
    ["a letter too few", "clair morel", "MOREL"],
    ["a letter too many", "claire morrel", "MOREL"],
    ["no apostrophe", "dorgeval anne", "D'ORGEVAL"],
    ["an apostrophe of a word processor", "d’orgeval", "D'ORGEVAL"],
    ["a title", "Dr Morel Lyon", "MOREL"],
    ["an initial", "c. morel", "MOREL"],
    ["capitals", "DA COSTA MARIA", "DA COSTA"],
    ["the beginning of a name", "thib nice", "THIBAULT"],
    ["a profession by its abbreviation", "kiné paris", "D'ORGEVAL"],
    ["IDE for a nurse", "IDE saint etienne", "LEFEBVRE"],
    ["the feminine form of a profession", "infirmière st-étienne", "LEFEBVRE"],
    ["how somebody practises, which no directory says", "infirmière libérale st-étienne", "LEFEBVRE"],
    ["a profession of two words", "sage femme bordeaux", "DA COSTA"],
    ["a specialty by who practises it", "cardiologue lyon", "MOREL"],
    ["a specialty by its beginning", "ophtalmo nice", "THIBAULT"],
    ["initials of a specialty", "orl ajaccio", "GARNIER"],
    ["an abbreviation of another word", "généraliste brest", "LE GALL"],
    ["an arrondissement", "kiné paris 15", "D'ORGEVAL"],
    ["a postcode", "pharmacien 97400", "NGUYEN"],
    ["another postcode of the same department (CEDEX)", "morel 69003", "MOREL"],
    ["a department", "morel 69", "MOREL"],
    ["a department of Corsica", "garnier 2a", "GARNIER"],
    ["an RPPS number", "99000000013", "MOREL"],
    ["a national number with its prefix", "899000000013", "MOREL"],
    ["an address", "p3@medecin-exemple.mssante.fr", "MOREL"],
    ["a particle that is a given name", "nguyen van", "NGUYEN"],
  ])("%s: %s", async (_, text, family) => {
    expect((await searchOf(directory, text))[0]?.family).toBe(family);
  });

  it.each([
    ["a structure and its service", "cardio chu brest"],
    ["what people call a hospital", "hopital brest secretariat cardiologie"],
    ["a FINESS number", "990000018"],
  ])("%s: %s", async (_, text) => {
    expect((await searchOf(directory, text))[0]).toMatchObject({
      type: "ORG",
      address: "cardio@chu-exemple.mssante.fr",
    });
  });

  it.each([
    ["family and town", { family: "morel", city: "lyon" }, ["MOREL"]],
    ["family with a slip", { family: "lefevre" }, ["LEFEBVRE"]],
    ["a town that does not fit", { family: "morel", city: "nice" }, []],
    ["the first digits of a postcode", { city: "4200" }, ["LEFEBVRE"]],
    ["a department", { city: "97" }, []],
    ["a code of profession", { profession: "50" }, ["DA COSTA"]],
    ["a code of specialty", { specialty: "SM04" }, ["MOREL"]],
    ["a profession as it is called", { profession: "kiné" }, ["D'ORGEVAL"]],
    ["an RPPS number", { rpps: "99000000014" }, ["DA COSTA"]],
    ["a national number with its prefix", { rpps: "8 99000000014" }, ["DA COSTA"]],
    ["an RPPS number of nobody", { rpps: "99000000099" }, []],
    ["a type and a text", { type: "ORG" as const, text: "morel" }, []],
  ])("the fields of a query must fit: %s", async (_, query, families) => {
    expect((await searchOf(directory, query)).map(({ family }) => family)).toEqual(families);
  });

  it("nothing that hardly fits is an answer", async () => {
    expect(await searchOf(directory, "zyxwvut lyon")).toEqual([]);
  });

  it("the same question has the same answer", async () => {
    const once = await searchOf(directory, "medecin");
    expect(once.length).toBeGreaterThan(1);
    expect(await searchOf(directory, "medecin")).toEqual(once);
  });

  it("what is typed is never a statement of the database", async () => {
    for (const text of [
      `morel" OR 1=1 --`,
      "'; DROP TABLE entry; --",
      "*",
      "morel AND (lyon NEAR brest)",
      "%",
      "\u0000",
    ])
      await searchOf(directory, `claire ${text}`);
    expect((await searchOf(directory, "claire morel"))[0]?.family).toBe("MOREL");
  });
});
