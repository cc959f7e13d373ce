import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConnector, isMedimailError, parseConfig } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";

const DOCTOR = "martin.dupont@medecin.mssante.fr";
const folder = mkdtempSync(join(tmpdir(), "listed-"));
let mock: MockMedimail;
beforeAll(async () => {
  mock = await startMockMedimail();
});
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listOf(change: (xml: string) => string): Promise<string> {
  const xml = await (await fetch(mock.whiteList.url)).text();
  const path = join(folder, `${Math.random()}.xml`);
  writeFileSync(path, change(xml));
  return path;
}

async function outcome(whiteList: string, compareOperator: boolean): Promise<string> {
  const base = await mock.config(DOCTOR);
  const config = { ...base, outbox: { store: "memory" }, trust: { ...base.trust, whiteList, compareOperator } };
  await using connector = createConnector(config, { delivery: "manual" });
  return await connector.mailbox.folders().then(
    () => "ok",
    (error: unknown) => (isMedimailError(error) ? error.code : String(error)),
  );
}

describe("trust.compareOperator", () => {
  it("lets a server in whose organisation is the one that the list names for the mailbox's domain", async () => {
    expect(await outcome(await listOf((xml) => xml), true)).toBe("ok");
  });

  it("refuses another, before a byte of authentication; off, the default, it is not compared", async () => {
    const other = await listOf((xml) => xml.replaceAll("O=MOCK MEDIMAIL", "O=AUTRE OPERATEUR"));
    const before = mock.observations.filter(({ kind }) => kind === "auth").length;
    expect(await outcome(other, true)).toBe("certificate_invalid");
    expect(mock.observations.filter(({ kind }) => kind === "auth")).toHaveLength(before);
    expect(await outcome(other, false)).toBe("ok");
  });

  it("needs a white list", async () => {
    const { trust: _, ...base } = await mock.config(DOCTOR);
    for (const trust of [{ compareOperator: true }, { compareOperator: true, whiteList: "off" }])
      expect(() => parseConfig({ ...base, trust })).toThrowError(/compareOperator/);
  });
});
