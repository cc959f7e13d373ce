import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
const at = (name: string) => join(folder, name);

const wrap = (out: string, header = files.header, pdf = files.report) =>
  cli("cda", "wrap", "--pdf", pdf, "--header", header, "--out", out, "--json");

describe("cda inspect", () => {
  it("prints the header of a level 3 as one JSON value", async () => {
    const { code, value, err } = await cli("cda", "inspect", files.cda, "--json");
    expect([code, err]).toEqual([0, ""]);
    expect(value()).toMatchObject({
      id: "2.25.1001",
      setId: "2.25.1000",
      versionNumber: 1,
      code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1" },
      patient: { ins: { value: "287039999904155", oid: "1.2.250.1.213.1.4.10" }, birthName: "INVENTEE" },
      effectiveTime: "20260131083000+0100",
      body: { level: "N3" },
    });
  });

  it("shows a person what matters, in French", async () => {
    const { out } = await cli("cda", "inspect", files.cda);
    expect(out).toMatch(/^Titre +CR d'examens biologiques$/m);
    expect(out).toMatch(/^INS +287039999904155/m);
  });

  it("refuses what is not a CDA: exit 1, and quotes none of it", async () => {
    writeFileSync(at("canary.xml"), "<patient>canary-4411</patient>");
    const { code, out, err, value } = await cli("cda", "inspect", at("canary.xml"), "--json");
    expect([code, value()]).toMatchObject([1, { error: { code: "cda_invalid" } }]);
    expect(out + err).not.toContain("canary");
  });

  it("refuses a DTD: exit 1", async () => {
    writeFileSync(at("dtd.xml"), '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>');
    expect(await cli("cda", "inspect", at("dtd.xml"))).toMatchObject({ code: 1 });
  });

  it("says that a folder is no file: exit 2", async () => {
    const { code, value } = await cli("cda", "inspect", folder, "--json");
    expect([code, value()]).toMatchObject([2, { error: { code: "file_unreadable" } }]);
  });
});

describe("cda wrap", () => {
  it("prints what cda inspect prints of the result", async () => {
    const wrapped = await wrap(at("letter.xml"));
    expect(wrapped.code).toBe(0);
    expect((await cli("cda", "inspect", at("letter.xml"), "--json")).out).toBe(wrapped.out);
    expect(wrapped.value()).toMatchObject({
      body: { level: "N1", mediaType: "application/pdf", size: readFileSync(files.report).length },
    });
  });

  it("takes what cda inspect printed as a header, and gives the same back", async () => {
    const first = (await wrap(at("first.xml"))).value<Record<string, unknown>>();
    writeFileSync(at("again.json"), JSON.stringify(first));
    const second = (await wrap(at("second.xml"), at("again.json"))).value<Record<string, unknown>>();
    expect(second).toEqual(first);
  });

  it("warns of what ANS's schematron would find, in French too, and writes the document", async () => {
    const given = JSON.parse(readFileSync(files.header, "utf8")) as Record<string, unknown>;
    writeFileSync(at("lang.json"), JSON.stringify({ ...given, languageCode: "fr" }));
    const { code, value } = await wrap(at("lang.xml"), at("lang.json"));
    expect([code, value()]).toMatchObject([
      0,
      { problems: [{ severity: "warning", code: "french_structure_unmet", path: "languageCode" }] },
    ]);
    const { out } = await cli(
      "cda",
      "wrap",
      "--pdf",
      files.report,
      "--header",
      at("lang.json"),
      "--out",
      at("lang.xml"),
    );
    expect(out).toContain("La langue s'écrit comme fr-FR.");
    expect(existsSync(at("lang.xml"))).toBe(true);
  });

  it("makes an id and a time where the header has none", async () => {
    const { id, effectiveTime, ...rest } = JSON.parse(readFileSync(files.header, "utf8")) as Record<string, unknown>;
    expect([id, typeof effectiveTime]).toEqual([undefined, "string"]);
    writeFileSync(at("bare.json"), JSON.stringify(rest));
    expect((await wrap(at("made.xml"), at("bare.json"))).value()).toMatchObject({
      id: expect.stringMatching(/^2\.25\.\d+$/),
      effectiveTime: expect.stringMatching(/^\d{14}[+-]\d{4}$/),
    });
  });

  it.each([
    ["not JSON", "{ nope", "cda_header_invalid"],
    ["no object", "[]", "cda_header_invalid"],
    ["a key twice", '{"title":"one","title":"two"}', "cda_header_invalid"],
    ["an unknown key", JSON.stringify({ pateint: {} }), "cda_header_invalid"],
  ])("refuses a header that is %s: exit 1, nothing written", async (_, content, code) => {
    writeFileSync(at("bad.json"), content);
    const result = await wrap(at("bad.xml"), at("bad.json"));
    expect([result.code, result.value()]).toMatchObject([1, { error: { code } }]);
    expect(existsSync(at("bad.xml"))).toBe(false);
  });

  it("refuses what is not a PDF: exit 1", async () => {
    const result = await wrap(at("bad.xml"), files.header, files.header);
    expect([result.code, result.value()]).toMatchObject([1, { error: { code: "pdf_invalid" } }]);
  });

  it("says that the folder of --out is not there: exit 2", async () => {
    const result = await wrap(join(folder, "nowhere", "x.xml"));
    expect([result.code, result.value()]).toMatchObject([2, { error: { code: "file_not_found" } }]);
  });
});
