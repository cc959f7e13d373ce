// CLI.md: `directory search --source fhir|regional`, and the regional file brought up to date.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mockRpps } from "../../src/mock/directory/published.js";
import { type MockMedimail, type MockReady, startMockMedimail } from "../../src/mock/index.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
let mock: MockMedimail;
let ready: MockReady;
let config: string;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock") });
  ready = await mock.ready();
  config = ready.configs["labo@ch-exemple.mssante.fr"] ?? "";
});
afterAll(() => mock.close());

describe("directory search --source fhir", () => {
  it("asks the Annuaire Santé of the configuration: that of the mock works as is", async () => {
    const { code, lines, err } = await cli(
      "directory",
      "search",
      "morel",
      "claire",
      "--source",
      "fhir",
      "--config",
      config,
      "--json",
    );
    expect([code, err]).toEqual([0, ""]);
    expect(lines()).toEqual([
      expect.objectContaining({
        address: "claire.morel@medecin.mssante.fr",
        type: "PER",
        name: "Claire MOREL",
        source: "fhir",
      }),
    ]);
  });

  it("without a configuration is a usage error", async () => {
    const { code } = await cli("directory", "search", "morel", "--source", "fhir");
    expect(code).toBe(2);
  });
});

describe("directory update --source regional", () => {
  it("reads the newest file of the folder, which --source regional then searches", async () => {
    mkdirSync(join(folder, "depot"));
    writeFileSync(
      join(folder, "depot", "annuaire.csv"),
      Buffer.from("Nom;Pr\u00e9nom;BAL\nLEFEVRE;Ana\u00efs;anais.lefevre@region.mssante.fr\n", "latin1"),
    );
    const own = join(folder, "regional.json");
    const base = (await mock.config("labo@ch-exemple.mssante.fr")) as object;
    const regional = {
      index: "regional.db",
      folder: "depot",
      columns: { address: "BAL", family: "Nom", given: "Pr\u00e9nom" },
    };
    writeFileSync(own, JSON.stringify({ ...base, directory: { regional } }));
    const update = await cli("directory", "update", "--source", "regional", "--config", own, "--json");
    expect([update.code, update.value()]).toMatchObject([
      0,
      { changed: true, file: "annuaire.csv", charset: "windows-1252", entries: 1 },
    ]);
    const again = await cli("directory", "update", "--source", "regional", "--config", own, "--json");
    expect(again.value()).toMatchObject({ changed: false });
    const { code, lines } = await cli(
      "directory",
      "search",
      "anaïs",
      "lefevre",
      "--source",
      "regional",
      "--config",
      own,
      "--json",
    );
    expect([code, lines()]).toMatchObject([0, [{ address: "anais.lefevre@region.mssante.fr", source: "regional" }]]);
  });
});

describe("send", () => {
  it("--to-rpps finds the address and sends there", async () => {
    const { headerOf, pdfOf } = await import("../tools/documents.js");
    const { wrapPdf } = await import("../../src/cda/index.js");
    const cda = join(folder, "cda.xml");
    writeFileSync(cda, wrapPdf(pdfOf(), headerOf()));
    // The fourth mailbox of the mock: Claire MOREL.
    const { code, lines } = await cli("send", "--config", config, "--cda", cda, "--to-rpps", mockRpps(3), "--json");
    expect(code).toBe(0);
    expect(lines()).toContainEqual(
      expect.objectContaining({ event: "accepted", recipient: "claire.morel@medecin.mssante.fr" }),
    );
  });

  it("--to-rpps of nobody is refused, and nothing is sent", async () => {
    const cda = join(folder, "cda.xml");
    const before = mock.mails.length;
    const { code, value } = await cli(
      "send",
      "--config",
      config,
      "--cda",
      cda,
      "--to-rpps",
      mockRpps(77_777),
      "--json",
    );
    expect([code, value()]).toMatchObject([1, { error: { code: "recipient_not_found" } }]);
    expect(mock.mails).toHaveLength(before);
  });
});
