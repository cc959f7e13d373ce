import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CdaHeaderInput, cdaHeaderInputSchema, inspectCda, readCda, wrapPdf } from "../../src/cda/index.js";
import { parseXml } from "../../src/xml/index.js";
import { headerOf, pdfOf } from "../tools/documents.js";
import { errorOf } from "./fixtures.js";
import { headers } from "./headers.js";

const PDF = pdfOf(500);
const json = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));
const wrapped = (header: unknown = headerOf()) => readCda(wrapPdf(PDF, header as CdaHeaderInput));

describe("wrapping a PDF as CDA R2 level 1", () => {
  it("encapsulates the PDF byte for byte", () => {
    for (const length of [500, 501, 502]) {
      const pdf = pdfOf(length);
      const read = readCda(wrapPdf(pdf, headerOf()));
      expect(read.body).toEqual({ level: "N1", mediaType: "application/pdf", size: pdf.length });
      expect(Buffer.compare(read.encapsulated() as Uint8Array, pdf)).toBe(0);
      expect(read.problems).toEqual([]);
    }
  });

  it("takes a PDF that is part of a larger buffer for what it is", () => {
    const around = Buffer.concat([Buffer.from("before"), PDF, Buffer.from("after")]);
    const read = readCda(wrapPdf(around.subarray(6, 6 + PDF.length), headerOf()));
    expect(Buffer.compare(read.encapsulated() as Uint8Array, PDF)).toBe(0);
  });

  it("gives a document whose header is the one given, whatever it holds", () => {
    fc.assert(
      fc.property(headers, (header) => {
        expect(wrapped(header).header).toEqual(header);
      }),
      { seed: 20_260_105, numRuns: 300 },
    );
  });

  it("gives a document that is inspected as the header given was, body and problems aside", () => {
    fc.assert(
      fc.property(headers, (header) => {
        const first = json(inspectCda(wrapped(header)));
        const { body: _, problems: __, ...again } = json(inspectCda(wrapPdf(PDF, first as unknown as CdaHeaderInput)));
        const { body: ___, problems: ____, ...expected } = first;
        expect(again).toEqual(expected);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it("declares the templates of the minimal French structure where the header gives none", () => {
    const templates = ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.2.20"];
    expect(wrapped(headerOf({ templateIds: [] })).header.templateIds).toEqual(templates);
    const { templateIds: _, ...rest } = headerOf();
    expect(wrapped(rest).header.templateIds).toEqual(templates);
  });

  it("keeps the templates of the header as they are", () => {
    expect(wrapped(headerOf({ templateIds: ["1.2.3^2026"] })).header.templateIds).toEqual(["1.2.3^2026"]);
  });

  it("declares what every French document does, and signs", () => {
    const root = parseXml(wrapPdf(PDF, headerOf()));
    const attribute = (name: string) => ({ ...root.children.find((each) => each.local === name)?.attrs });
    expect(attribute("realmCode")).toEqual({ code: "FR" });
    expect(attribute("typeId")).toEqual({ root: "2.16.840.1.113883.1.3", extension: "POCD_HD000040" });
    const authenticator = root.children.find((each) => each.local === "legalAuthenticator");
    expect({ ...authenticator?.children.find((each) => each.local === "signatureCode")?.attrs }).toEqual({ code: "S" });
  });

  it("makes an id in the arc of UUIDs, and an effective time with its offset, where they are left out", () => {
    const { id: _, effectiveTime: __, ...rest } = headerOf();
    const now = Date.UTC(2026, 0, 5, 9, 30, 15);
    const { header } = readCda(wrapPdf(PDF, rest, { now, uuid: () => "00000000-0000-4000-8000-0000000000ff" }));
    expect(header.id).toBe(`2.25.${BigInt("0x000000000000400080000000000000ff")}`);
    const [, year, month, day, hour, minute, second, sign, hours, minutes] =
      /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-])(\d\d)(\d\d)$/.exec(header.effectiveTime) ?? [];
    expect(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${sign}${hours}:${minutes}`)).toBe(now);
  });

  it("makes another id each time", () => {
    const { id: _, ...rest } = headerOf();
    expect(wrapped(rest).header.id).not.toBe(wrapped(rest).header.id);
  });

  it("makes the family names of a birth name and a used name", () => {
    const { familyNames: _, ...patient } = headerOf().patient;
    expect(wrapped(headerOf({ patient: { ...patient, usedName: "PETIT" } })).header.patient).toMatchObject({
      birthName: "MOREL",
      usedName: "PETIT",
      familyNames: [
        { qualifier: "BR", value: "MOREL" },
        { qualifier: "CL", value: "PETIT" },
      ],
    });
  });
});

describe("a file that is not a PDF is refused", () => {
  for (const [name, file] of Object.entries({
    nothing: Buffer.alloc(0),
    text: Buffer.from("hello"),
    "a mark after the first 1024 bytes": Buffer.concat([Buffer.alloc(1020, 32), Buffer.from("%PDF-1.4")]),
  })) {
    it(name, () => expect(errorOf(() => wrapPdf(file, headerOf())).code).toBe("pdf_invalid"));
  }

  it("but a mark that ends the first 1024 bytes is one", () => {
    expect(wrapPdf(Buffer.concat([Buffer.alloc(1019, 32), Buffer.from("%PDF-")]), headerOf()).length).toBeGreaterThan(
      0,
    );
  });
});

describe("a header is refused, with the path and without the value", () => {
  const without = (path: string): unknown => {
    const header = json(headerOf({ effectiveTime: "20260105" }));
    const keys = path.split(".");
    const parent = keys
      .slice(0, -1)
      .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, header);
    delete parent[keys.at(-1) as string];
    return header;
  };
  const mandatory = [
    "setId", "versionNumber", "code", "code.code", "title", "languageCode", "confidentialityCode", "patient", "patient.givenNames",
    "patient.birthTime", "patient.gender", "authors", "authors.0.time", "authors.0.id", "legalAuthenticator", "legalAuthenticator.time",
    "legalAuthenticator.id", "custodian", "custodian.id", "serviceEvents", "serviceEvents.0.low", "encounter", "encounter.facilityType",
    "serviceEvents.0.performer.organization.practiceSetting",
  ]; // biome-ignore format: one list
  for (const path of mandatory) {
    it(`without ${path}`, () => {
      const error = errorOf(() => wrapped(without(path)));
      expect(error).toMatchObject({ code: "cda_header_invalid", path });
      expect(error.message).toMatch(/missing/);
    });
  }

  it("null counts as absent: refused where mandatory, ignored elsewhere", () => {
    expect(errorOf(() => wrapped({ ...headerOf(), title: null }))).toMatchObject({ path: "title" });
    expect(
      wrapped({ ...headerOf(), id: null, patient: { ...headerOf().patient, usedName: null } }).header.patient.usedName,
    ).toBeUndefined();
  });

  it("unknown keys, but for body and problems", () => {
    expect(wrapped({ ...headerOf(), body: { level: "N3" }, problems: [{}] }).problems).toEqual([]);
    expect(errorOf(() => wrapped({ ...headerOf(), titre: "x" }))).toMatchObject({
      code: "cda_header_invalid",
      path: "titre",
    });
    expect(errorOf(() => wrapped({ ...headerOf(), custodian: { id: "1.2", nom: "x" } })).path).toBe("custodian.nom");
    expect(errorOf(() => wrapped(JSON.parse(`{"__proto__":{},${JSON.stringify(headerOf()).slice(1)}`))).path).toBe(
      "__proto__",
    );
  });

  const patient = headerOf().patient;
  const wrong: [string, Partial<CdaHeaderInput> | Record<string, unknown>][] = [
    ["title", { title: "SECRET\u0007" }],
    ["title", { title: "SECRET\nSECRET" }],
    ["title", { title: "SECRET\ud800" }],
    ["title", { title: "   " }],
    ["id", { id: "SECRET 1.2.3" }],
    ["id", { id: "1.2.3^" }],
    ["id", { id: "01.2" }],
    ["effectiveTime", { effectiveTime: "2026-01-05" }],
    ["effectiveTime", { effectiveTime: "" }],
    ["versionNumber", { versionNumber: 1.5 }],
    ["versionNumber", { versionNumber: "1" }],
    ["code.codeSystem", { code: { code: "1", codeSystem: "LOINC 2" } }],
    ["code.code", { code: { code: "a b" } }],
    ["templateIds.0", { templateIds: ["x y"] }],
    ["patient.ins.oid", { patient: { ...patient, ins: { value: "1", oid: "1.2.250.1.213.1.4.2" } } }],
    ["patient.localIds.0", { patient: { ...patient, localIds: ["1.2.250.1.213.1.4.8^185057800604851"] } }],
    ["patient.ins", { patient: { ...patient, ins: null, localIds: [] } }],
    ["patient.birthName", { patient: { ...patient, birthName: "OTHER" } }],
    ["patient.usedName", { patient: { ...patient, usedName: "OTHER" } }],
    ["patient.address.0", { patient: { ...patient, address: [{ parts: [] }] } }],
    [
      "patient.address.0.parts.0.name",
      { patient: { ...patient, address: [{ parts: [{ name: "script", value: "x" }] }] } },
    ],
    [
      "patient.address.0.use",
      { patient: { ...patient, address: [{ use: "HOME", parts: [{ name: "city", value: "x" }] }] } },
    ],
    ["patient.telecom.0", { patient: { ...patient, telecom: [{ use: "H" }] } }],
    ["patient.telecom.0.nullFlavor", { patient: { ...patient, telecom: [{ nullFlavor: "NONE" }] } }],
    ["authors", { authors: [] }],
    ["authors.0", { authors: [{ time: "2026", id: "1.2", person: { family: "X" }, device: { software: "Y" } }] }],
    ["custodian.telecom", { custodian: { id: "1.2", telecom: [{ value: "tel:1" }, { value: "tel:2" }] } }],
    ["recipients.0", { recipients: [{}] }],
    ["recipients.0.address", { recipients: [{ address: "SECRET@example.org" }] }],
    ["relatedDocuments.0.typeCode", { relatedDocuments: [{ typeCode: "REPLACES", id: "1.2" }] }],
    ["relatedDocuments.0", { relatedDocuments: [{ typeCode: "RPLC" }] }],
    ["encounter.location.telecom", { encounter: { facilityType: { code: "SA07" }, location: { telecom: [] } } }],
  ];
  for (const [path, changes] of wrong) {
    it(`${path}: ${JSON.stringify(changes).slice(0, 80)}`, () => {
      const error = errorOf(() => wrapped({ ...headerOf(), ...changes }));
      expect(error).toMatchObject({ code: "cda_header_invalid", path });
      expect(error.message).not.toMatch(/SECRET|OTHER/);
    });
  }

  it("what is no header at all", () => {
    for (const header of [undefined, null, 1, "x", [], {}]) {
      expect(errorOf(() => wrapPdf(PDF, header as unknown as CdaHeaderInput)).code).toBe("cda_header_invalid");
    }
  });

  it("by the schema too, for who parses with it", () => {
    expect(cdaHeaderInputSchema.safeParse(headerOf()).success).toBe(true);
    expect(cdaHeaderInputSchema.safeParse({ ...headerOf(), title: undefined }).success).toBe(false);
  });
});
