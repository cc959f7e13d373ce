import { describe, expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { cda, cdaText, errorOf, INS, PIECES } from "./fixtures.js";

const header = (changes?: Partial<typeof PIECES>) => readCda(cda(changes)).header;
const codes = (changes: Partial<typeof PIECES>) => readCda(cda(changes)).problems.map((problem) => problem.code);

describe("the header of a CDA", () => {
  it("is read without problems where nothing is wrong", () => {
    const { header: read, problems, selfRendering } = readCda(cda());
    expect(problems).toEqual([]);
    expect(selfRendering).toBe(false);
    expect(read).toMatchObject({
      id: "1.2.250.1.999.7^DOC1",
      setId: "1.2.250.1.999.7^S1",
      versionNumber: 2,
      templateIds: ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.2.250.1.213.1.1.1.99^2026.01"],
      code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1", displayName: "CR d'examens biologiques" },
      title: "Compte rendu de biologie",
      effectiveTime: "20260105103000+0100",
      languageCode: "fr-FR",
      confidentialityCode: { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
      authors: [
        {
          id: "1.2.250.1.71.4.2.1^810000000018",
          specialty: { code: "G15_10/SM03" },
          person: { family: "LEROY", given: "Anne", prefix: "MME", suffix: "DR" },
          organization: { id: "1.2.250.1.71.4.2.2^1310000001", name: "CH EXEMPLE" },
        },
      ],
      serviceEvents: [
        {
          translations: [],
          low: "20260104082000+0100",
          performer: { organization: { practiceSetting: { code: "AMBULATOIRE" } } },
        },
      ],
      encounter: { facilityType: { code: "SA07" } },
    });
  });

  it("is the same under any prefix, after a byte order mark, a stylesheet instruction and comments anywhere", () => {
    const prefixed = cdaText({ attributes: PIECES.attributes.replace("xmlns=", "xmlns:hl7=") }).replace(
      /<(\/?)(?=[A-Za-z])/g,
      "<$1hl7:",
    );
    const decorated =
      `\ufeff${cdaText({ before: `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="x.xsl"?><!-- a -->` })}<!-- z -->`
        .replace("<title>Compte", "<title><!-- c -->Compte<!-- d -->")
        .replace("<patientRole>", "<!-- e --><patientRole><!-- f -->");
    for (const text of [prefixed, decorated]) {
      expect(readCda(Buffer.from(text)).header).toEqual(header());
    }
  });

  it("is found in a self-rendering document, whose root is a stylesheet", () => {
    const inner = cdaText({ before: "" });
    const text = `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"><ClinicalDocument/></xsl:template><Content>${inner}</Content></xsl:stylesheet>`;
    const read = readCda(Buffer.from(text));
    expect(read.selfRendering).toBe(true);
    expect(read.header).toEqual(header());
  });

  it("ignores elements of other namespaces that have the name of one of CDA's", () => {
    const title = `<x:title xmlns:x="urn:hl7-org:sdtc">no</x:title>${PIECES.title}`;
    expect(header({ title }).title).toBe("Compte rendu de biologie");
  });

  it("keeps the spaces of the author, and drops the layout of the file", () => {
    expect(header({ title: "<title>\n   Compte  rendu\n\tde biologie \n</title>" }).title).toBe(
      "Compte  rendu de biologie",
    );
    expect(header({ title: "<title>Compte rendu </title>" }).title).toBe("Compte rendu ");
    expect(header({ title: "<title>Compte\u00a0rendu\u00a0</title>" }).title).toBe("Compte\u00a0rendu\u00a0");
  });

  it("takes a point in time for the beginning of a period", () => {
    const serviceEvent = `<documentationOf><serviceEvent><effectiveTime value="20260101"/></serviceEvent></documentationOf>`;
    expect(header({ serviceEvent }).serviceEvents[0]).toEqual({ translations: [], low: "20260101" });
  });

  it("reads translations of an act, even of an act without code", () => {
    const serviceEvent = `<documentationOf><serviceEvent><code nullFlavor="UNK"><translation code="CT" codeSystem="1.2.840.10008.2.16.4"/></code></serviceEvent></documentationOf>`;
    expect(header({ serviceEvent }).serviceEvents[0]).toEqual({
      translations: [{ code: "CT", codeSystem: "1.2.840.10008.2.16.4" }],
    });
  });

  it("reads an author that is a device", () => {
    const author = `<author><time value="2026"/><assignedAuthor><id root="1.2.3" extension="D1"/><assignedAuthoringDevice><manufacturerModelName>Modèle</manufacturerModelName><softwareName>Logiciel</softwareName></assignedAuthoringDevice></assignedAuthor></author>`;
    expect(header({ author }).authors).toEqual([
      { time: "2026", id: "1.2.3^D1", device: { software: "Logiciel", model: "Modèle" } },
    ]);
  });

  it("reads addresses in the order of the document, text outside of parts as `text`", () => {
    const patientContacts = `<addr use="H">Chez Mme X, <city>ALBI</city> sous le porche <postalCode>81000</postalCode><odd>?</odd></addr><addr nullFlavor="MSK"/><telecom value="tel:+33561" use="H"/><telecom nullFlavor="NASK"/>`;
    expect(header({ patientContacts }).patient).toMatchObject({
      address: [
        {
          use: "H",
          parts: [
            { name: "text", value: "Chez Mme X, " },
            { name: "city", value: "ALBI" },
            { name: "text", value: " sous le porche " },
            { name: "postalCode", value: "81000" },
            { name: "text", value: "?" },
          ],
        },
        { nullFlavor: "MSK", parts: [] },
      ],
      telecom: [{ value: "tel:+33561", use: "H" }, { nullFlavor: "NASK" }],
    });
  });

  it("reads the MSSanté mailbox of a recipient, and no other mailbox", () => {
    const recipient = (...uris: string[]): string =>
      `<informationRecipient><intendedRecipient>${uris.map((uri) => `<telecom value="${uri}"/>`).join("")}</intendedRecipient></informationRecipient>`;
    const mailbox = "anne.leroy@ch-exemple.mssante.fr";
    expect(
      header({ recipients: recipient("tel:1", "mailto:a@example.org", `MAILTO:${mailbox}?subject=x`) }).recipients,
    ).toMatchObject([{ address: mailbox, telecom: [{ value: "tel:1" }, {}, {}] }]);
    expect(header({ recipients: recipient("mailto:a%26b@mssante.fr", "tel:1") }).recipients).toEqual([
      { address: "a&b@mssante.fr", telecom: [{ value: "tel:1" }] },
    ]);
    expect(header({ recipients: recipient("mailto:a%26b@mssante.fr") }).recipients).toEqual([
      { address: "a&b@mssante.fr" },
    ]);
    expect(header({ recipients: recipient("mailto:a@example.org", "mailto:a@xmssante.fr") }).recipients).toEqual([]);
  });

  it("finds the former version in a related document", () => {
    const related = `<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3" extension="V1"/><setId root="1.2.4"/><versionNumber value="1"/></parentDocument></relatedDocument>`;
    expect(header({ related }).relatedDocuments).toEqual([
      { typeCode: "RPLC", id: "1.2.3^V1", setId: "1.2.4", versionNumber: 1 },
    ]);
  });
});

describe("the patient", () => {
  const ids = (...pairs: [string, string][]): Partial<typeof PIECES> => ({
    patientIds: pairs.map(([root, extension]) => `<id root="${root}" extension="${extension}"/>`).join(""),
  });

  for (const last of ["8", "9", "10", "11"]) {
    it(`has an INS under the authority 1.2.250.1.213.1.4.${last}`, () => {
      const oid = `1.2.250.1.213.1.4.${last}`;
      expect(header(ids(["1.2.3", "IPP"], [oid, INS])).patient).toMatchObject({
        ins: { value: INS, oid },
        localIds: ["1.2.3^IPP"],
      });
    });
  }

  it("has no INS in an INS-C, which is a local identifier", () => {
    expect(header(ids(["1.2.250.1.213.1.4.2", "0123456789012345678901"])).patient).toMatchObject({
      ins: null,
      localIds: ["1.2.250.1.213.1.4.2^0123456789012345678901"],
    });
  });

  it("has one INS: another one is an error, the same again is not", () => {
    const oid = "1.2.250.1.213.1.4.8";
    expect(codes(ids([oid, INS], [oid, INS]))).toEqual([]);
    const read = readCda(cda(ids([oid, INS], [oid, "285057800604999"])));
    expect(read.header.patient.ins?.value).toBe(INS);
    expect(read.problems).toMatchObject([{ severity: "error", code: "several_ins" }]);
  });

  it("has the birth name of qualifier BR, else without qualifier, and the used name of qualifier CL", () => {
    const names = (families: string): Partial<typeof PIECES> => ({
      patientName: `<name>${families}<given>A</given></name>`,
    });
    expect(
      header(names(`<family>X</family><family qualifier="CL">Y</family><family qualifier="BR">Z</family>`)).patient,
    ).toMatchObject({ birthName: "Z", usedName: "Y" });
    expect(header(names(`<family qualifier="CL">Y</family><family>X</family>`)).patient).toMatchObject({
      birthName: "X",
      usedName: "Y",
    });
    expect(header(names(`<family qualifier="CL">Y</family>`)).patient.birthName).toBeUndefined();
    expect(header(names(`<family qualifier="SP BR">Z</family>`)).patient.birthName).toBe("Z");
  });

  it("has every given name in order with its qualifier, and the place of birth", () => {
    expect(header().patient).toMatchObject({
      givenNames: [{ value: "Élodie Marie" }, { qualifier: "BR", value: "Élodie" }],
      birthPlace: { code: "31555", name: "TOULOUSE" },
      birthTime: "19850512",
      gender: "F",
    });
  });

  it("with an INS needs the traits that go with it", () => {
    for (const missing of [
      { birth: `<birthTime value="19850512"/>` },
      { gender: "" },
      { patientName: `<name><family>MOREL</family><given>Élodie</given></name>` },
    ]) {
      expect(codes(missing)).toContain("ins_traits_incomplete");
    }
    expect(codes({ ...ids(["1.2.3", "IPP"]), birth: `<birthTime value="19850512"/>` })).toEqual([]);
  });
});

describe("what is missing or odd is told, and does not stop the reading", () => {
  const cases: [string, Partial<typeof PIECES>][] = [
    ["element_missing", { title: "" }],
    ["element_missing", { languageCode: "" }],
    ["element_missing", { confidentialityCode: `<confidentialityCode nullFlavor="UNK"/>` }],
    ["element_missing", { version: "" }],
    ["element_missing", { author: "" }],
    ["element_missing", { custodian: "" }],
    ["element_missing", { legalAuthenticator: "" }],
    ["element_missing", { serviceEvent: "" }],
    ["element_missing", { encounter: "" }],
    ["effective_time_missing", { effectiveTime: "" }],
    ["time_invalid", { effectiveTime: `<effectiveTime value="2026-01-05"/>` }],
    ["version_invalid", { version: `<setId root="1.2"/><versionNumber value="deux"/>` }],
    ["patient_id_missing", { patientIds: "" }],
    ["patient_name_missing", { patientName: "" }],
    ["birth_time_missing", { birth: "" }],
    ["gender_missing", { gender: "" }],
    ["ins_without_value", { patientIds: `<id root="1.2.250.1.213.1.4.8"/><id root="1.2" extension="3"/>` }],
    [
      "related_document_unusable",
      { related: `<relatedDocument><parentDocument><id root="1.2"/></parentDocument></relatedDocument>` },
    ],
    ["several_patients", { author: `<recordTarget><patientRole/></recordTarget>${PIECES.author}` }],
  ];
  for (const [code, changes] of cases) {
    it(`${code}: ${JSON.stringify(changes).slice(0, 60)}`, () => {
      const { problems, header: read } = readCda(cda(changes));
      expect(problems.map((problem) => problem.code)).toContain(code);
      expect(JSON.stringify(problems)).not.toMatch(/MOREL|Élodie|LEROY/);
      expect(read.id).toBe("1.2.250.1.999.7^DOC1");
    });
  }

  it("keeps a time that is none, verbatim", () => {
    expect(header({ effectiveTime: `<effectiveTime value="2026-01-05"/>` }).effectiveTime).toBe("2026-01-05");
  });
});

describe("what cannot be used is refused", () => {
  it("a document that is no CDA", () => {
    for (const text of [
      "<html/>",
      "<ClinicalDocument/>",
      `<ClinicalDocument xmlns="urn:other"/>`,
      `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>`,
    ]) {
      expect(errorOf(() => readCda(Buffer.from(text)))).toMatchObject({
        code: "cda_invalid",
        path: "ClinicalDocument",
      });
    }
  });

  const cases: [string, Partial<typeof PIECES>][] = [
    ["id", { ids: "" }],
    ["id", { ids: `<id nullFlavor="NI"/>` }],
    ["code", { code: "" }],
    ["code", { code: `<code nullFlavor="UNK"/>` }],
    ["recordTarget", { patientIds: "", patientName: "" }],
  ];
  for (const [path, changes] of cases) {
    it(`a document without usable ${path}: ${JSON.stringify(changes)}`, () => {
      expect(errorOf(() => readCda(cda(changes)))).toMatchObject({
        code: "cda_invalid",
        path: `ClinicalDocument/${path}`,
      });
    });
  }

  it("a structured body that is not well-formed, though it is not kept", () => {
    const body = "<component><structuredBody><component><section></component></structuredBody></component>";
    expect(errorOf(() => readCda(cda({ body }))).code).toBe("xml_invalid");
  });

  it("a DOCTYPE, and what passes a limit", () => {
    expect(errorOf(() => readCda(cda({ before: "<!DOCTYPE x>" }))).code).toBe("xml_dtd_refused");
    for (const limits of [{ maxBytes: 100 }, { maxDepth: 3 }, { maxElements: 20 }, { maxAttributes: 1 }]) {
      expect(errorOf(() => readCda(cda(), { limits }))).toMatchObject({
        code: "xml_limit_exceeded",
        path: Object.keys(limits)[0],
      });
    }
  });
});
