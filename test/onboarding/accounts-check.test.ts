import { describe, expect, it } from "vitest";
import { planDeposit, readAccounts } from "../../src/onboarding/index.js";

const HEADINGS =
  "Type de BAL;Nom;Prénom;N° RPPS;Adresse mail de contact;Adresse MSSanté;Libellé de la BAL;Responsable;N° FINESS;N° SIRET;Statut;Envoi du lien;Action";

/** The problems of one row, as `column: code`. */
async function problemsOf(row: string, options = {}): Promise<string[]> {
  const { rows } = await readAccounts(new TextEncoder().encode(`${HEADINGS}\n${row}\n`), options);
  return (rows.at(-1)?.problems ?? []).map(({ column, code }) => `${column}: ${code}`).sort();
}

const PERSON = "PER;ARC;Zoé;10101010113;zoe@cabinet.example;;;;;;;;";

describe("what is wrong with an account is said by row and column", () => {
  it("says nothing of accounts that are right, of each type", async () => {
    expect(await problemsOf(PERSON)).toEqual([]);
    expect(await problemsOf("ORG;;;;;cardio@ch-exemple.mssante.fr;Cardiologie;Claire MOREL;750000010;;;;")).toEqual([]);
    expect(await problemsOf("APP;;;;;;Laboratoire;Claire MOREL;;73282932000074;;;")).toEqual([]);
    expect(await problemsOf("INT;ARC;Zoé;;zoe@cabinet.example;;;;;;;;")).toEqual([]);
    expect(await problemsOf("MED;ARC;Zoé;;zoe@cabinet.example;;;;;;;;")).toEqual([]);
  });

  it.each([
    ["a FINESS", "ORG;;;;;;Cardiologie;Claire MOREL;10000016;;;;", "N° FINESS", true],
    ["a SIRET", "ORG;;;;;;Cardiologie;Claire MOREL;;5550023000002;;;", "N° SIRET", true],
    [
      "a FINESS that is too short for another reason",
      "ORG;;;;;;Cardiologie;Claire MOREL;75000001;;;;",
      "N° FINESS",
      false,
    ],
  ])("says of %s whether a spreadsheet took the zero at its head", async (_, row, column, lost) => {
    const { rows } = await readAccounts(new TextEncoder().encode(`${HEADINGS}\n${row}\n`));
    const told = rows[0]?.problems.find((problem) => problem.column === column);
    expect([told?.code, /zero/.test(told?.message.en ?? "")]).toEqual(["format", lost]);
  });

  it("says of a telephone number of nine digits, and of an RPPS with the 8 of the national identifier, what is wrong", async () => {
    const text = "Type de BAL;N° RPPS;Téléphone\nPER;810101010113;561778899\n";
    const { rows } = await readAccounts(new TextEncoder().encode(text));
    const told = Object.fromEntries((rows[0]?.problems ?? []).map(({ column, message }) => [column, message.en]));
    expect(told["N° RPPS"]).toContain("take the 8");
    expect(told["Téléphone"]).toContain("zero");
  });

  it("takes no domain that is not of the MSSanté space", async () => {
    await expect(problemsOf(PERSON, { domain: "chu.fr" })).rejects.toMatchObject({ code: "invalid_argument" });
    const request = { present: [], wanted: [], domain: "chu.fr", now: new Date() };
    await expect(planDeposit(request)).rejects.toMatchObject({ code: "invalid_argument", path: "domain" });
  });

  it.each([
    ["an unknown type", PERSON.replace("PER", "XYZ"), ["Type de BAL: format"]],
    ["no type", PERSON.replace("PER", ""), ["Type de BAL: missing"]],
    ["no names", "PER;;;10101010113;zoe@cabinet.example;;;;;;;;", ["Nom: missing", "Prénom: missing"]],
    ["a PER without a national number", "PER;ARC;Zoé;;zoe@cabinet.example;;;;;;;;", ["N° RPPS: missing"]],
    ["a wrong check digit of RPPS", PERSON.replace("10101010113", "10101010112"), ["N° RPPS: check-digit"]],
    ["an RPPS of ten digits", PERSON.replace("10101010113", "1010101011"), ["N° RPPS: format"]],
    ["a malformed mail address", PERSON.replace("zoe@cabinet.example", "zoe@"), ["Adresse mail de contact: format"]],
    ["an ORG without a structure", "ORG;;;;;;Cardiologie;Claire MOREL;;;;;", ["N° FINESS: missing"]],
    ["a wrong check digit of FINESS", "ORG;;;;;;Cardiologie;Claire MOREL;750000011;;;;", ["N° FINESS: check-digit"]],
    ["a wrong check digit of SIRET", "ORG;;;;;;Cardiologie;Claire MOREL;;73282932000075;;;", ["N° SIRET: check-digit"]],
    ["a person's name in an ORG", "ORG;ARC;;;;;Cardiologie;Claire MOREL;750000010;;;;", ["Nom: forbidden"]],
    [
      "an address outside of mssante.fr",
      PERSON.replace("example;;", "example;zoe@gmail.com;"),
      ["Adresse MSSanté: format"],
    ],
    [
      "a patient's address",
      PERSON.replace("example;;", "example;z@patient.mssante.fr;"),
      ["Adresse MSSanté: contradiction"],
    ],
    [
      "a link to an MSSanté mailbox",
      PERSON.replace("zoe@cabinet.example", "zoe@x.mssante.fr"),
      ["Adresse mail de contact: contradiction"],
    ],
    [
      "a link for an account that is VALIDE",
      PERSON.replace(/;;;$/, ";VALIDE;IMMEDIAT;"),
      ["Envoi du lien: contradiction"],
    ],
    ["a closure without its address", PERSON.replace(/;$/, ";FERMER"), ["Action: contradiction"]],
    ["a responsible person of a PER", PERSON.replace(";;;;;;;;", ";;;Claire;;;;;"), ["Responsable: contradiction"]],
  ])("tells %s", async (_, row, expected) => {
    expect(await problemsOf(row)).toEqual(expected);
  });

  it("takes numbers as people type them", async () => {
    expect(await problemsOf(PERSON.replace("10101010113", "1010 1010 113"))).toEqual([]);
  });

  it("tells an address of another domain than the structure's", async () => {
    const row = PERSON.replace("example;;", "example;zoe@autre.mssante.fr;");
    expect(await problemsOf(row, { domain: "ch-exemple.mssante.fr" })).toEqual(["Adresse MSSanté: stray-domain"]);
  });

  it("tells what an earlier row says already, with its number, in French and English", async () => {
    const { rows } = await readAccounts(new TextEncoder().encode(`${HEADINGS}\n${PERSON}\n\n${PERSON}\n`));
    expect(rows[1]).toMatchObject({ row: 4 });
    expect(rows[1]?.problems).toEqual([
      {
        severity: "error",
        code: "duplicate",
        row: 4,
        column: "N° RPPS",
        message: { fr: "déjà présent à la ligne 2", en: "already in row 2" },
      },
    ]);
  });

  it("lets one professional have a mailbox in each structure", async () => {
    const at = (finess: string) => `PER;ARC;Zoé;10101010113;zoe@cabinet.example;;;;${finess};;;;`;
    const { rows } = await readAccounts(
      new TextEncoder().encode(`${HEADINGS}\n${at("750000010")}\n${at("310000021")}\n`),
    );
    expect(rows[1]?.problems.filter(({ code }) => code === "duplicate")).toEqual([]);
  });
});
