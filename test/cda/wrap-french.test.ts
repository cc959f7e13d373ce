import { describe, expect, it } from "vitest";
import { type CdaHeaderInput, readCda, wrapPdf } from "../../src/cda/index.js";
import { demoHeader, demoLaboratoryReport, demoReport } from "../../src/mock/samples/documents.js";
import { DocumentMaker } from "../../src/validator/documents.js";
import { parseXml, type XmlElement } from "../../src/xml/index.js";
import { headerOf, pdfOf } from "../tools/documents.js";

/** Rules of ANS's schematron of the minimal structure (CI-SIS), each seen red there or here before the writer met it. */
const PDF = pdfOf(500);
const LEVEL_1 = ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.2.20"];
const at = "20260105103000+0100";

function every(element: XmlElement, path: readonly string[]): XmlElement[] {
  const [first, ...rest] = path;
  if (first === undefined) return [element];
  return element.children.filter((child) => child.local === first).flatMap((child) => every(child, rest));
}
const find = (document: Uint8Array, path: string): { attrs: Record<string, string>; text: string }[] =>
  every(parseXml(document), path.split("/")).map(({ attrs, text }) => ({ attrs: { ...attrs }, text }));
const wrap = (changes: Partial<CdaHeaderInput>): Uint8Array => wrapPdf(PDF, headerOf(changes));

describe("what the minimal French structure wants and the header lacks is written as unknown, and read as absent", () => {
  const { birthPlace: _, ...patient } = headerOf().patient;
  const COUNTY = "recordTarget/patientRole/patient/birthplace/place/addr/county";

  it("the commune of birth of a patient with an INS", () => {
    const document = wrap({ patient });
    expect(find(document, COUNTY)).toEqual([{ attrs: { nullFlavor: "UNK" }, text: "" }]);
    expect(readCda(document).header.patient.birthPlace).toBeUndefined();
  });

  it("its code, where the name alone is known", () => {
    const document = wrap({ patient: { ...patient, birthPlace: { name: "TOULOUSE" } } });
    expect(find(document, COUNTY)).toEqual([{ attrs: { nullFlavor: "UNK" }, text: "" }]);
    expect(readCda(document).header.patient.birthPlace).toEqual({ name: "TOULOUSE" });
  });

  it("but without an INS, the structure wants none", () => {
    expect(find(wrap({ patient: { ...patient, ins: null } }), COUNTY)).toEqual([]);
  });

  for (const [given, missing] of [
    ["software", "manufacturerModelName"],
    ["model", "softwareName"],
  ] as const) {
    it(`the ${missing} of a device with a ${given} alone`, () => {
      const device = { [given]: "Logiciel" };
      const document = wrap({ authors: [{ time: at, id: "1.2.250.1.999.2^LGC", device }] });
      const path = `author/assignedAuthor/assignedAuthoringDevice/${missing}`;
      expect(find(document, path)).toEqual([{ attrs: { nullFlavor: "UNK" }, text: "" }]);
      expect(readCda(document).header.authors[0]?.device).toEqual(device);
    });
  }

  it("the family of a person with a given name alone", () => {
    const person = { given: "Anne" };
    const document = wrap({ authors: [{ time: at, id: "1.2.250.1.71.4.2.1^810000000018", person }] });
    expect(find(document, "author/assignedAuthor/assignedPerson/name/family")).toEqual([
      { attrs: { nullFlavor: "UNK" }, text: "" },
    ]);
    expect(readCda(document).header.authors[0]?.person).toEqual(person);
  });
});

describe("an act with translations and no code of its own", () => {
  it("has the null flavour that goes with translations", () => {
    const [event] = headerOf().serviceEvents;
    const { code: _, ...rest } = event as CdaHeaderInput["serviceEvents"][number];
    const translations = [{ code: "CT", codeSystem: "1.2.840.10008.2.16.4", displayName: "Scanner" }];
    const document = wrap({ serviceEvents: [{ ...rest, translations }] });
    expect(find(document, "documentationOf/serviceEvent/code")[0]?.attrs).toEqual({ nullFlavor: "OTH" });
    expect(readCda(document).header.serviceEvents[0]).toMatchObject({ translations });
  });
});

describe("the documents that we make ourselves", () => {
  const CIVILITIES = ["M", "MME"];
  const TITLES = ["DR", "MC", "MG", "PC", "PG", "PR"];
  const replaced = { id: "2.25.8", setId: "2.25.7", version: 2, replaces: "2.25.6" };
  const made: Record<string, () => Promise<Uint8Array>> = {
    "the report of the demonstration": async () => {
      const { pdf, code, title } = demoReport();
      return wrapPdf(pdf, demoHeader(code, title, "2.25.5", at));
    },
    "its laboratory report": async () => demoLaboratoryReport({ id: "2.25.6", setId: "2.25.7" }, at).cda,
    "its second version": async () => demoLaboratoryReport(replaced, at).cda,
    "level 1 of the validation": async () =>
      (await new DocumentMaker(at).make({ kind: "biology", patient: "camille", level: 1 }, replaced)).cda,
  };
  for (const [name, make] of Object.entries(made)) {
    it(`${name}: civility as prefix, title as suffix, templates of its level, no setId of the parent`, async () => {
      const document = await make();
      const { header, body } = readCda(document);
      const people = [header.authors[0]?.person, header.legalAuthenticator?.person];
      for (const person of people) {
        if (person?.prefix !== undefined) expect(CIVILITIES).toContain(person.prefix);
        expect(TITLES).toContain(person?.suffix);
      }
      if (body.level === "N1") expect(header.templateIds).toEqual(LEVEL_1);
      else expect(header.templateIds.length).toBeGreaterThanOrEqual(3);
      expect(find(document, "relatedDocument/parentDocument/setId")).toEqual([]);
    });
  }
});
