import { describe, expect, it } from "vitest";
import { type CdaHeaderInput, frenchProblems, readCda, wrapPdf } from "../../src/cda/index.js";
import { demoHeader, demoReport } from "../../src/mock/samples/documents.js";
import { headerOf, pdfOf } from "../tools/documents.js";

/** Each was held against ANS's schematron of the minimal structure: where it finds a fault, a path is named here, and elsewhere none. */
const pathsOf = (header: CdaHeaderInput): string[] =>
  frenchProblems(readCda(wrapPdf(pdfOf(60), header)).header).map(({ path }) => path ?? "");
const base = headerOf();
const { patient } = base;
const [author] = base.authors;
const [event] = base.serviceEvents;
const somebody = { id: "1.2.250.1.71.4.2.1^899700000001", person: { family: "MARTIN" } };
const part = { typeCode: "INF", classCode: "PROV", ...somebody };
const setting = event?.performer?.organization;
const mixed = [
  {
    parts: [
      { name: "streetAddressLine", value: "1 rue" },
      { name: "city", value: "Toulouse" },
    ],
  },
];

describe("what ANS's schematron would find in a wrapped document", () => {
  it("is nothing in the documents of the demonstration and of the tests", () => {
    const { code, title } = demoReport();
    expect(pathsOf(demoHeader(code, title, "2.25.5", "20260105103000+0100"))).toEqual([]);
    expect(pathsOf(base)).toEqual([]);
  });

  it.each<[string, Partial<CdaHeaderInput>]>([
    ["templateIds", { templateIds: ["1.2.250.1.213.1.1.1.1"] }],
    ["code", { code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1" } }],
    ["confidentialityCode", { confidentialityCode: { code: "N", displayName: "Normal" } }],
    ["confidentialityCode.code", { confidentialityCode: { code: "X", codeSystem: "1.2", displayName: "X" } }],
    ["languageCode", { languageCode: "fr" }],
    ["custodian.id", { custodian: { id: "1.2.3^4" } }],
    ["relatedDocuments.0.typeCode", { relatedDocuments: [{ typeCode: "APND", id: "1.2^3" }] }],
    ["relatedDocuments.0", { relatedDocuments: [{ typeCode: "RPLC", id: "1.2^3", setId: "1.2^4" }] }],
    [
      "relatedDocuments",
      {
        relatedDocuments: [
          { typeCode: "RPLC", id: "1.2^3" },
          { typeCode: "RPLC", id: "1.2^4" },
        ],
      },
    ],
    ["patient.givenNames", { patient: { ...patient, givenNames: [{ qualifier: "BR", value: "ANNE" }] } }],
    ["patient.gender", { patient: { ...patient, gender: "U" } }],
    ["patient.birthTime", { patient: { ...patient, birthTime: "19800231" } }],
    ["patient.localIds.0", { patient: { ...patient, localIds: ["1.2.3"] } }],
    ["patient.telecom.0", { patient: { ...patient, telecom: [{ value: "0561000000" }] } }],
    ["patient.address.0", { patient: { ...patient, address: mixed } }],
    ["authors.0.id", { authors: [{ ...author, id: "1.2.250.1.71.4.2.1" }] }],
    ["authors.0.person.prefix", { authors: [{ ...author, person: { family: "MARTIN", prefix: "Dr" } }] }],
    ["authors.0.person.suffix", { authors: [{ ...author, person: { family: "MARTIN", suffix: "Docteur" } }] }],
    ["legalAuthenticator.id", { legalAuthenticator: { time: "2026", id: "1.2.250.1.71.4.2.1" } }],
    ["participants.0.person.prefix", { participants: [{ ...part, person: { family: "MARTIN", prefix: "Dr" } }] }],
    ["participants.0.time", { participants: [{ ...part, time: { low: "20260101", high: "20260101" } }] }],
    ["recipients.0.postalAddress.0", { recipients: [{ ...somebody, postalAddress: mixed }] }],
    [
      "recipients.0.postalAddress.0",
      { recipients: [{ ...somebody, address: "labo@ch-exemple.mssante.fr", postalAddress: mixed }] },
    ],
    ["recipients.0.person.prefix", { recipients: [{ ...somebody, person: { family: "MARTIN", prefix: "DR" } }] }],
    [
      "serviceEvents.0.otherPerformers",
      {
        serviceEvents: [
          { ...event, otherPerformers: [{ ...somebody, ...(setting ? { organization: setting } : {}) }] },
        ],
      },
    ],
    [
      "serviceEvents.1.performer.organization.practiceSetting",
      { serviceEvents: [...base.serviceEvents, { performer: somebody }] },
    ],
    ["encounter", { encounter: { ...base.encounter, low: "20260101", high: "20260101" } }],
  ])("%s", (path, changes) => {
    expect(pathsOf({ ...base, ...changes })).toEqual([path]);
  });

  it.each<[string, Partial<CdaHeaderInput>]>([
    ["an act that ended when it began", { serviceEvents: [{ ...event, high: event?.low ?? "" }] }],
    ["a custodian named by the authority alone", { custodian: { id: "1.2.250.1.71.4.2.2" } }],
    [
      "the civility of a guardian",
      { patient: { ...patient, guardians: [{ person: { family: "MARTIN", prefix: "Monsieur" } }] } },
    ],
    ["the former version by its id", { relatedDocuments: [{ typeCode: "RPLC", id: "1.2^3" }] }],
    ["a title as suffix", { authors: [{ ...author, person: { family: "MARTIN", prefix: "M", suffix: "DR" } }] }],
  ])("nothing: %s", (_, changes) => {
    expect(pathsOf({ ...base, ...changes })).toEqual([]);
  });
});
