// rac-dir: the regional directory as CSV files of a deposit: described columns, charsets, separators, hostile files; the last good index stays.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  folderDeposit,
  openDirectoryIndex,
  type RegionalProfile,
  type UpdateRegionalOptions,
  updateRegional,
} from "../../../src/directory/index.js";
import { all, closeAll, errorOf } from "../kit.js";

const PROFILE: RegionalProfile = {
  columns: { address: "Adresse BAL", family: "Nom", given: "Prénom", city: "Commune", structure: "Établissement" },
};
const HEADER = "Nom;Prénom;Adresse BAL;Établissement;Commune";
const GOOD = `${HEADER}\nMOREL;Éloïse;eloise.morel@region.mssante.fr;CH EXEMPLE;DAX\nDUPONT;Jean;jean.dupont@region.mssante.fr;CH EXEMPLE;PAU\n`;

let dir: string;
let index: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "medimail-regional-test-"));
  mkdirSync(join(dir, "depot"));
  index = join(dir, "regional.db");
});
afterEach(async () => {
  await closeAll();
  rmSync(dir, { recursive: true, force: true });
});

const put = (name: string, content: string | Buffer, at = "2026-11-28T06:00:00Z"): void => {
  const path = join(dir, "depot", name);
  writeFileSync(path, content);
  utimesSync(path, new Date(at), new Date(at));
};
const update = (options: Partial<UpdateRegionalOptions> = {}) =>
  updateRegional({ deposit: folderDeposit(join(dir, "depot")), profile: PROFILE, index, ...options });
async function found(text: string): Promise<string[]> {
  const directory = openDirectoryIndex({ index });
  try {
    return (await all(directory.search({ text }))).map(({ address }) => address);
  } finally {
    await directory.close();
  }
}

describe("a regional file", () => {
  it("is read by its described columns and searched as a person types, with its age", async () => {
    put("annuaire.csv", GOOD);
    const result = await update();
    expect(result).toMatchObject({
      changed: true,
      file: "annuaire.csv",
      charset: "utf-8",
      report: {
        source: "regional",
        entries: 2,
        lines: 2,
        asOf: "2026-11-28T06:00:00.000Z",
        malformed: { count: 0, first: [] },
      },
    });
    const directory = openDirectoryIndex({ index });
    const [entry] = await all(directory.search({ text: "morel eloise" }));
    await directory.close();
    expect(entry).toMatchObject({
      address: "eloise.morel@region.mssante.fr",
      type: "PER",
      name: "Éloïse MOREL",
      city: "DAX",
      structure: { name: "CH EXEMPLE" },
      source: "regional",
      asOf: "2026-11-28T06:00:00.000Z",
    });
  });

  const utf16 = (text: string, swap: boolean, mark: boolean) => {
    const bytes = Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
    return swap ? bytes.swap16() : bytes;
  };
  it.each([
    ["utf-8", "UTF-8 with its mark", Buffer.from(`\ufeff${GOOD}`)],
    ["windows-1252", "Latin-1", Buffer.from(GOOD, "latin1")],
    [
      "windows-1252",
      "Windows-1252",
      Buffer.concat([Buffer.from(GOOD.replace("DAX", "D€X"), "latin1")]).fill(0x80, 0, 0),
    ],
    ["utf-16le", "UTF-16 with its mark", utf16(GOOD, false, true)],
    ["utf-16be", "UTF-16, the other order", utf16(GOOD, true, true)],
    ["utf-16le", "UTF-16 without a mark", utf16(GOOD, false, false)],
    ["utf-16be", "UTF-16, the other order, without a mark", utf16(GOOD, true, false)],
  ])("in %s is recognised (%s)", async (charset, _name, bytes) => {
    put("annuaire.csv", bytes);
    expect(await update()).toMatchObject({ charset });
    expect(await found("éloïse morel")).toEqual(["eloise.morel@region.mssante.fr"]);
  });

  it("has the letters that Windows-1252 has where Latin-1 has none", async () => {
    put("annuaire.csv", Buffer.from(GOOD.replace("MOREL", "LEB\x8cUF"), "latin1"));
    expect(await update()).toMatchObject({ charset: "windows-1252" });
    expect(await found("leboeuf")).toEqual(["eloise.morel@region.mssante.fr"]);
  });

  it("whose accents come after a long start of plain letters is recognised all the same", async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `NOM${i};P;p${i}@region.mssante.fr;X;DAX`).join("\n");
    put(
      "annuaire.csv",
      Buffer.from(
        `${HEADER.replace("Prénom", "Prenom").replace("Établissement", "Etablissement")}\n${many}\nMOREL;Éloïse;eloise@region.mssante.fr;X;DAX\n`,
        "latin1",
      ),
    );
    expect(await update()).toMatchObject({ charset: "windows-1252", report: { entries: 5_001 } });
    expect(await found("éloïse morel")).toEqual(["eloise@region.mssante.fr"]);
  });

  it.each([",", "|", "\t", ";"])("with the separator %j is recognised", async (separator) => {
    put("annuaire.csv", GOOD.replaceAll(";", separator));
    expect(await update()).toMatchObject({ report: { entries: 2 } });
  });

  it("may have quotes, line breaks in them, and columns by number without a header", async () => {
    const rows =
      '"MOREL ""la grande""";"Éloïse";"eloise@region.mssante.fr";"CH; EXEMPLE\nSITE NORD"\r\nDUPONT;Jean;jean@region.mssante.fr;X\r\n';
    put("annuaire.csv", rows);
    const profile: RegionalProfile = { header: false, columns: { family: 1, given: 2, address: 3, structure: 4 } };
    expect(await update({ profile })).toMatchObject({ report: { entries: 2 } });
    expect(await found("grande eloise")).toEqual(["eloise@region.mssante.fr"]);
  });

  it("has its malformed lines counted and listed by number, the others read", async () => {
    const bad = [
      "DURAND;Luc;luc@gmail.example;X;DAX",
      'OUVERT;"Luc;luc@region.mssante.fr;X;DAX',
      ...Array.from({ length: 40 }, (_, i) => `BON${i};B;b${i}@region.mssante.fr;X;DAX`),
      '"APRES"x;B;apres@region.mssante.fr;X;DAX',
      "COURT",
    ];
    put("annuaire.csv", `${GOOD}${bad.join("\n")}\n`);
    const result = await update();
    expect(result).toMatchObject({
      report: {
        entries: 42,
        malformed: {
          count: 4,
          first: [
            { line: 4, reason: "no address of the trust space" },
            { line: 5, reason: "quote not closed, or too many columns" },
            { line: 46, reason: "quote not closed, or too many columns" },
            { line: 47, reason: "no address of the trust space" },
          ],
        },
      },
    });
  });

  it("is the newest that fits the pattern, and is not read twice", async () => {
    put("annuaire-20261127.csv", GOOD.replaceAll("@region", "@hier"), "2026-11-27T06:00:00Z");
    put("annuaire-20261128.csv", GOOD, "2026-11-28T06:00:00Z");
    put("autre.csv", GOOD.replaceAll("@region", "@autre"), "2026-11-28T07:00:00Z");
    put("annuaire-20261129.txt", "x", "2026-11-29T06:00:00Z");
    put("annuaire-vide.csv", "", "2026-11-29T06:00:00Z");
    expect(await update({ pattern: "annuaire-*.csv" })).toMatchObject({ changed: true, file: "annuaire-20261128.csv" });
    expect(await update({ pattern: "annuaire-*.csv" })).toEqual({
      changed: false,
      file: "annuaire-20261128.csv",
      asOf: "2026-11-28T06:00:00.000Z",
    });
    expect(await update({ pattern: "annuaire-*.csv", force: true })).toMatchObject({ changed: true });
    expect((await errorOf(update({ pattern: "nom-?.csv" }))).code).toBe("directory_unavailable");
  });
});

describe("a file that cannot be used leaves the last good index in use", () => {
  beforeEach(async () => {
    put("annuaire.csv", GOOD, "2026-11-27T06:00:00Z");
    await update();
  });
  afterEach(async () => {
    expect(await found("morel")).toEqual(["eloise.morel@region.mssante.fr"]);
  });
  const refused = async (content: string | Buffer, options?: Partial<UpdateRegionalOptions>) => {
    put("annuaire.csv", content);
    return errorOf(update(options));
  };

  it("a line of 100 MB, without the memory for it", async () => {
    const line = Buffer.alloc(100_000_000, "x");
    const before = process.memoryUsage().rss;
    const error = await refused(Buffer.concat([Buffer.from(GOOD), line]));
    expect([error.code, error.path]).toEqual(["directory_file_invalid", "limits.maxLineBytes"]);
    // The file itself, made here, is in the memory before.
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  it.each([
    [
      "a quote that is never closed",
      Buffer.concat([Buffer.from(`${GOOD}"`), Buffer.alloc(1_000_000, "x\n")]),
      "directory_file_refused",
    ],
    ["no columns of that name", "A;B;C\n1;2;3\n", "directory_file_invalid"],
    ["two columns of one name", `${HEADER};Nom\nMOREL;E;e@region.mssante.fr;X;Y;Z\n`, "directory_file_invalid"],
    ["no separator", "rien\nrien\n", "directory_file_invalid"],
    ["a header alone", `${HEADER}\n`, "directory_file_refused"],
    ["lines that are all malformed", `${HEADER}\n${"a;b;c;d;e\n".repeat(50)}`, "directory_file_refused"],
    ["far fewer lines than before", `${HEADER}\nSEUL;S;s@region.mssante.fr;X;DAX\n`, "directory_file_refused"],
    [
      "bytes that are no text",
      Buffer.from(Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 256)),
      "directory_file_invalid",
    ],
  ])("%s", async (_name, content, code) => {
    expect((await refused(content)).code).toBe(code);
  });

  it("more bytes, lines or columns than the limits", async () => {
    expect((await refused(GOOD, { limits: { maxFileBytes: 100 } })).path).toBe("limits.maxFileBytes");
    expect((await refused(GOOD, { limits: { maxLines: 2 } })).path).toBe("limits.maxLines");
    expect((await refused(`${GOOD}${"a;".repeat(300)}\n`.repeat(2))).code).toBe("directory_file_refused");
  });

  it("a folder that is not there, and a caller who gives up", async () => {
    const gone = await errorOf(update({ deposit: folderDeposit(join(dir, "nulle-part")) }));
    expect([gone.code, gone.retryable]).toEqual(["directory_unavailable", true]);
    put("annuaire.csv", GOOD);
    expect((await errorOf(update({ signal: AbortSignal.abort() }))).code).toBe("aborted");
  });
});
