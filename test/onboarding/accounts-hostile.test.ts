import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { readAccounts, writeAccounts } from "../../src/onboarding/index.js";
import { unpackZip } from "../../src/xdm/index.js";

const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isMedimailError(error) ? `${error.code} ${error.path ?? ""}`.trim() : String(error);
};

/** A workbook of ours with one of its files changed. */
async function tampered(change: (sheet: string) => string): Promise<Uint8Array> {
  const { files } = await unpackZip(await writeAccounts([{ type: "PER", family: "ARC" }], { format: "xlsx" }));
  return zipSync(
    Object.fromEntries(
      files.map(({ path, content }) => [
        path,
        path === "xl/worksheets/sheet1.xml"
          ? new TextEncoder().encode(change(new TextDecoder().decode(content)))
          : content,
      ]),
    ),
  );
}

describe("a hostile file of accounts is refused within bounds", () => {
  it("a workbook that unpacks to more than the limit", async () => {
    const bomb = await tampered((sheet) => sheet.replace("</worksheet>", `${" ".repeat(30_000_000)}</worksheet>`));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refusal(readAccounts(bomb))).toMatch(/^archive_limit_exceeded/);
  });

  it.each([
    ["a cell in the last row of the world", (s: string) => s.replace('r="A2"', 'r="A1048576"'), "maxRows"],
    ["a cell in the last column of the world", (s: string) => s.replace('r="A2"', 'r="XFD2"'), "maxColumns"],
    ["a row of a number beyond all", (s: string) => s.replace('<row r="2"', '<row r="4000000000"'), "maxRows"],
  ])("%s", async (_, change, limit) => {
    expect(await refusal(readAccounts(await tampered(change)))).toBe(`accounts_file_invalid ${limit}`);
  });

  it("a document type with entities", async () => {
    const bytes = await tampered((sheet) => sheet.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'));
    expect(await refusal(readAccounts(bytes))).toBe("accounts_file_invalid");
  });

  it("a ZIP that is no workbook, half of one, and nothing", async () => {
    expect(await refusal(readAccounts(zipSync({ "a.txt": new Uint8Array(3) })))).toBe("accounts_file_invalid");
    const whole = await writeAccounts([{ type: "PER" }], { format: "xlsx" });
    expect(await refusal(readAccounts(whole.slice(0, 900)))).toBe("archive_invalid");
    expect(await refusal(readAccounts(new Uint8Array()))).toBe("accounts_file_invalid");
  });

  it("a line of CSV without an end, a quote that never closes, too many rows, bytes or columns", async () => {
    const csv = (text: string) => new TextEncoder().encode(text);
    expect(await refusal(readAccounts(csv(`Type de BAL;Nom\nPER;${"x".repeat(15_000_000)}`)))).toBe(
      "accounts_file_invalid maxRowChars",
    );
    expect(await refusal(readAccounts(csv(`Type de BAL;Nom\nPER;"${"x\n".repeat(40_000)}`)))).toBe(
      "accounts_file_invalid maxRowChars",
    );
    expect(await refusal(readAccounts(csv('Type de BAL;Nom\nPER;"x')))).toBe("accounts_file_invalid");
    expect(await refusal(readAccounts(csv("Type de BAL\nPER\nPER\nPER\n"), { limits: { maxRows: 2 } }))).toBe(
      "accounts_file_invalid maxRows",
    );
    expect(await refusal(readAccounts(csv("Type de BAL\nPER\n"), { limits: { maxBytes: 5 } }))).toBe(
      "accounts_file_invalid maxBytes",
    );
    expect(await refusal(readAccounts(csv(`a;${";".repeat(300)}\nPER\n`)))).toBe("accounts_file_invalid maxColumns");
  });

  it("bytes that are no text", async () => {
    expect(await refusal(readAccounts(Uint8Array.from({ length: 512 }, (_, i) => (i * 7) % 256)))).toBe(
      "accounts_file_invalid",
    );
  });
});
