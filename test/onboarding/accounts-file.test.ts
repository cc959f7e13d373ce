import { describe, expect, it } from "vitest";
import type { Account } from "../../src/onboarding/index.js";
import { DEFAULT_LAYOUT, readAccounts, writeAccounts } from "../../src/onboarding/index.js";

const doctor: Account = {
  type: "PER",
  civility: "Dr",
  family: "D'ARC-LEBŒUF",
  given: "Zoé",
  rpps: "10101010113",
  email: "zoe@cabinet.example",
  link: "IMMEDIAT",
};
const service: Account = {
  type: "ORG",
  label: "Secrétariat de cardiologie",
  responsible: "Claire MOREL",
  finess: "750000010",
  phone: "+33 5 61 00 00 00",
};
const csv = (text: string) => new TextEncoder().encode(text);

describe("a load file of accounts (rac-load)", () => {
  it.each(["xlsx", "csv"] as const)("gives back from %s what was written", async (format) => {
    const file = await readAccounts(await writeAccounts([doctor, service], { format }));
    expect(file).toMatchObject({ format, layout: DEFAULT_LAYOUT.name, problems: [] });
    expect(file.rows.map(({ account }) => account)).toEqual([doctor, service]);
    expect(file.rows.flatMap(({ problems }) => problems)).toEqual([]);
    expect(file.rows.map(({ row }) => row)).toEqual([2, 3]);
  });

  it.each(["=1+1", "+33", "-2", "@SUM(A1)", "'=x", "''=x", "'plain"])(
    "writes %s so that no spreadsheet runs it, and reads it back the same",
    async (description) => {
      for (const format of ["xlsx", "csv"] as const) {
        const bytes = await writeAccounts([{ ...service, description }], { format });
        if (format === "csv") expect(new TextDecoder().decode(bytes)).not.toMatch(/(^|;|\n)"?[=+\-@]/m);
        expect((await readAccounts(bytes)).rows[0]?.account.description).toBe(description);
      }
    },
  );

  it("keeps the zeros before a number, in a workbook too", async () => {
    const written = await writeAccounts([{ ...service, siret: "00000000000000" }], { format: "xlsx" });
    expect((await readAccounts(written)).rows[0]?.account.siret).toBe("00000000000000");
  });

  it.each([
    ["UTF-8", csv("Type de BAL;Libellé de la BAL\r\nORG;Médecine\r\n")],
    ["UTF-8 with a mark", csv("\ufeffType de BAL;Libellé de la BAL\nORG;Médecine\n")],
    ["Windows-1252", Buffer.from("Type de BAL;Libellé de la BAL\nORG;Médecine\n", "latin1")],
    ["UTF-16 with a mark", Buffer.from("\ufeffType de BAL\tLibellé de la BAL\nORG\tMédecine\n", "utf16le")],
    ["UTF-16 without one", Buffer.from("Type de BAL;Libellé de la BAL\nORG;Médecine\n", "utf16le")],
  ])("recognises %s and the separator", async (_, bytes) => {
    const [row] = (await readAccounts(bytes)).rows;
    expect(row?.account).toMatchObject({ type: "ORG", label: "Médecine" });
  });

  it("finds the headings below a title, and counts rows as the file does", async () => {
    const table = "Type de BAL;Libellé de la BAL\nORG;Médecine\n";
    for (const text of [`CH EXEMPLE;\n;\n${table}`, `CH EXEMPLE\n\n${table}`]) {
      const { rows, problems } = await readAccounts(csv(text));
      expect(rows.map(({ row, account }) => [row, account.label])).toEqual([[4, "Médecine"]]);
      expect(problems.map(({ code }) => code)).toEqual(["missing-column"]);
    }
  });

  it("reads what an export wraps to keep its zeros, bare or quoted, and runs nothing of it", async () => {
    const { rows } = await readAccounts(
      csv('Type de BAL;N° RPPS;N° FINESS;Service\nPER;="10101010113";"=""010000016""";="=1+1"\n'),
    );
    expect(rows[0]?.account).toMatchObject({ rpps: "10101010113", finess: "010000016", service: "=1+1" });
    const codes = rows[0]?.problems.map(({ code, column }) => `${code} ${column}`);
    expect(codes?.filter((code) => /RPPS|FINESS|formula/.test(code))).toEqual(["formula Service"]);
  });

  it("tells merged cells of the sheet that is read, whose values the rows below have not", async () => {
    const { default: write } = await import("write-excel-file/node");
    const row = (...values: unknown[]) => values.map((value) => (typeof value === "string" ? { value } : value));
    const data = [
      row({ value: "CH EXEMPLE", columnSpan: 3 }, null, null),
      row("Type de BAL", "Libellé de la BAL", "Service"),
      row("ORG", "A", { value: "Cardiologie", rowSpan: 2 }),
      row("ORG", "B", null),
    ];
    const notes = [row({ value: "Consignes", columnSpan: 2 }, null)];
    const made = await write([
      { data: notes, sheet: "Consignes" },
      { data, sheet: "Comptes" },
    ] as never);
    const { rows, problems } = await readAccounts(new Uint8Array(await made.toBuffer()));
    expect(rows.map(({ account }) => account.service)).toEqual(["Cardiologie", undefined]);
    expect(problems.filter(({ code }) => code === "merged")).toMatchObject([
      { severity: "warning", row: 3, column: "Service", message: { en: expect.stringContaining("C3:C4") } },
    ]);
  });

  it("says of an old workbook, or one under a password, what it is", async () => {
    const ole = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(512)]);
    await expect(readAccounts(ole)).rejects.toMatchObject({
      code: "accounts_file_invalid",
      message: expect.stringContaining("password"),
    });
  });

  it("takes a first line sep= for what it is to a spreadsheet program: no row", async () => {
    const { rows, problems } = await readAccounts(
      Buffer.from("sep=,\r\nType de BAL,Libellé de la BAL\r\nORG,Secr; 1\r\n"),
    );
    expect(problems.map(({ code }) => code)).not.toContain("unknown-column");
    expect(rows).toMatchObject([{ row: 2, account: { type: "ORG", label: "Secr; 1" } }]);
  });

  it("refuses a stray zero byte, and does not read the whole as UTF-16 for it", async () => {
    const read = readAccounts(Buffer.from(`Type de BAL;Libellé de la BAL\nORG;Secr\0étariat\n`));
    await expect(read).rejects.toMatchObject({
      code: "accounts_file_invalid",
      message: expect.stringContaining("zero bytes"),
    });
  });

  it("reads the letters that Windows-1252 has where Latin-1 has none", async () => {
    const bytes = Buffer.concat([
      Buffer.from("Type de BAL;Libellé de la BAL\nORG;", "latin1"),
      Buffer.from([0x8c]),
      Buffer.from("uvre de l", "latin1"),
      Buffer.from([0x92]),
      Buffer.from("Hôpital\n", "latin1"),
    ]);
    const [row] = (await readAccounts(bytes)).rows;
    expect(row?.account.label).toBe("Œuvre de l’Hôpital");
    expect(row?.problems.filter(({ code }) => code === "format")).toEqual([]);
  });

  it("finds columns under other headings, whatever their order, accents and case, and tells those it does not know", async () => {
    const { rows, problems } = await readAccounts(csv("PRENOM,Couleur,Nom d’exercice,type bal\nZoé,bleu,ARC,per\n"));
    expect(rows[0]?.account).toEqual({ given: "Zoé", family: "ARC", type: "per" });
    expect(problems).toContainEqual(
      expect.objectContaining({ code: "unknown-column", column: "Couleur", severity: "warning" }),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({ code: "missing-column", column: "Adresse mail de contact" }),
    );
  });

  it("tells two columns for one thing, and a file without accounts", async () => {
    const twice = await readAccounts(csv("Type de BAL;Nom;Nom usuel\nPER;A;B\n"));
    expect(twice.problems).toContainEqual(expect.objectContaining({ code: "duplicate-column", severity: "error" }));
    expect(twice.rows[0]?.account.family).toBe("A");
    expect((await readAccounts(csv("Type de BAL;Nom\n;\n"))).problems).toContainEqual(
      expect.objectContaining({ code: "empty-file" }),
    );
  });

  it("reads by a layout of Mipih's, described as data", async () => {
    const layout = {
      name: "mipih-2027",
      sheet: "Import",
      columns: [
        {
          field: "type",
          heading: "TYPE_BAL",
          synonyms: [],
          format: "type",
          max: 3,
          help: { fr: "", en: "" },
          required: ["PER"],
        },
        {
          field: "family",
          heading: "NOM_BAL",
          synonyms: [],
          format: "text",
          max: 5,
          help: { fr: "", en: "" },
          required: ["PER"],
        },
      ],
      oneOf: [],
    } as const;
    const written = await writeAccounts([{ type: "PER", family: "MARTINEZ" }], { format: "xlsx", layout });
    const { rows, layout: name } = await readAccounts(written, { layout });
    expect(name).toBe("mipih-2027");
    expect(rows[0]?.problems).toEqual([expect.objectContaining({ code: "too-long", column: "NOM_BAL", row: 2 })]);
  });
});

describe("a long file", () => {
  const long = Buffer.from(`Type de BAL;Nom\r\n${"INT;Martin\r\n".repeat(9_000)}`);

  it("tells how far it is, and can be interrupted", async () => {
    const told: number[] = [];
    await readAccounts(long, { onProgress: (read) => told.push(read) });
    expect(told).toEqual([2_000, 4_000, 6_000, 8_000]);
    const stop = new AbortController();
    const reading = readAccounts(long, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(reading).rejects.toMatchObject({ code: "aborted" });
  });
});
