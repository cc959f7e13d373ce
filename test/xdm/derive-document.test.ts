import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/errors.js";
import { deriveDocument } from "../../src/xdm/derive-document.js";
import { cda, header } from "./fixtures.js";

const derive = (...args: Parameters<typeof cda>) => deriveDocument(cda(...args), "documents[0]", []);
const author = header().authors[0] as NonNullable<ReturnType<typeof header>["authors"][0]>;
const patient = header().patient;

describe("metadata derived from the header of a CDA (xdm.md §3)", () => {
  it("derives every field of a complete document", () => {
    const problems: Problem[] = [];
    expect(deriveDocument(cda(), "documents[0]", problems)).toEqual({
      uniqueId: "1.2.250.1.999.1.1",
      mimeType: "text/xml",
      title: "Compte rendu d'essai",
      languageCode: "fr-FR",
      creationTime: "20260105083000",
      serviceStartTime: "20260105070000",
      serviceStopTime: "20260105073000",
      patientId: "285077519612341^^^&1.2.250.1.213.1.4.10&ISO^NH",
      sourcePatientId: "IPP1^^^&1.2.250.1.999.2&ISO^PI",
      sourcePatientInfo: [
        "PID-5|ESSAI^ALICE^ALICE MARIE^^^^L",
        "PID-5|TEST^LILI^^^^^D",
        "PID-3|IPP2^^^&1.2.250.1.999.3&ISO^PI",
        "PID-7|19850714",
        "PID-8|F",
        "PID-11|^^^^^^BDL^^75119",
      ],
      legalAuthenticator: "810000000001^MEDECIN^Paul^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
      authors: [
        {
          person: "810000000001^MEDECIN^Paul^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
          institutions: ["Cabinet d'essai^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1750000001"],
          roles: ["Médecin traitant"],
          specialties: ["G15_10^Médecin^1.2.250.1.213.1.1.4.5"],
        },
      ],
      typeCode: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1", displayName: "CR d'examens biologiques" },
      classCode: { code: "10", codeSystem: "1.2.250.1.213.1.1.4.1", displayName: "Compte rendu" },
      formatCode: expect.objectContaining({ code: "urn:ihe:lab:xd-lab:2008" }),
      confidentialityCodes: [{ code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" }],
      healthcareFacilityTypeCode: {
        code: "SA07",
        codeSystem: "1.2.250.1.71.4.2.4",
        displayName: "Cabinet individuel",
      },
      practiceSettingCode: { code: "AMBULATOIRE", codeSystem: "1.2.250.1.213.1.1.4.9", displayName: "Ambulatoire" },
      eventCodes: [
        { code: "18719-5", codeSystem: "2.16.840.1.113883.6.1", displayName: "Biochimie" },
        { code: "CT", codeSystem: "1.2.840.10008.2.16.4", displayName: "Scanner" },
      ],
    });
    expect(problems).toEqual([]);
  });

  it("takes root^extension as uniqueId", () => {
    expect(derive({ id: "1.2.3^DOC-7" }).uniqueId).toBe("1.2.3^DOC-7");
  });

  it("gives the INS as source identifier where there is no local one", () => {
    const fields = derive({ patient: { ...patient, localIds: [] } });
    expect(fields.sourcePatientId).toBe("285077519612341^^^&1.2.250.1.213.1.4.10&ISO^NH");
    expect(fields.sourcePatientInfo.some((value) => value.startsWith("PID-3"))).toBe(false);
  });

  it("gives a local identifier as patientId where there is no INS, and tells", () => {
    const problems: Problem[] = [];
    const fields = deriveDocument(cda({ patient: { ...patient, ins: null } }), "documents[0]", problems);
    expect(fields.patientId).toBe("IPP1^^^&1.2.250.1.999.2&ISO^PI");
    expect(problems.map((problem) => problem.code)).toEqual(["xdm_ins_missing"]);
  });

  it("names a newborn, who has no given name in use, by the first given name written", () => {
    const givenNames = [{ value: "Zoé Line" }, { qualifier: "BR", value: "Zoé" }];
    expect(derive({ patient: { ...patient, givenNames } }).sourcePatientInfo.slice(0, 2)).toEqual([
      "PID-5|ESSAI^Zoé^Zoé Line^^^^L",
      "PID-5|TEST^Zoé Line^^^^^D",
    ]);
  });

  it("leaves out the name in use where there is none", () => {
    const { usedName: _, ...without } = patient;
    expect(derive({ patient: without }).sourcePatientInfo.filter((value) => value.startsWith("PID-5"))).toHaveLength(1);
  });

  it("escapes the separators of HL7 in names", () => {
    const odd = { ...author, organization: { id: "1.2^3", name: "Dupont & Fils ^ 1" } };
    expect(derive({ authors: [odd] }).authors[0]?.institutions).toEqual([
      "Dupont \\T\\ Fils \\S\\ 1^^^^^&1.2&ISO^IDNST^^^3",
    ]);
  });

  it("writes a structure whose identifier is an OID by itself without an authority, as IHE does", () => {
    const rooted = { ...author, organization: { id: "1.2.250.1.999.4", name: "Centre" } };
    expect(derive({ authors: [rooted] }).authors[0]?.institutions).toEqual(["Centre^^^^^^^^^1.2.250.1.999.4"]);
  });

  it("writes a device as an author of type U, RI", () => {
    const device = { id: "1.2.250.1.71.4.2.1^D/1", device: { software: "Robot", model: "R2" } };
    expect(derive({ authors: [device] }).authors[0]).toEqual({
      person: "D/1^Robot^R2^^^^^^&1.2.250.1.71.4.2.1&ISO^U^^^RI",
      institutions: [],
      roles: [],
      specialties: [],
    });
  });

  it("writes an identifier that is internal to a structure as EI, the legal authenticator's too", () => {
    const internal = { id: "1.2.250.1.71.4.2.1^1750000001/42", person: { family: "SYSTEME" } };
    const expected = "1750000001/42^SYSTEME^^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^EI";
    const fields = derive({ authors: [internal], legalAuthenticator: internal });
    expect([fields.authors[0]?.person, fields.legalAuthenticator]).toEqual([expected, expected]);
  });

  it("writes an author without a person, a structure without an identifier, a person without one", () => {
    const nobody = { organization: { name: "Centre sans numéro" } };
    const unnumbered = { person: { family: "ANONYME", given: "A" } };
    expect(derive({ authors: [nobody, unnumbered] }).authors).toEqual([
      { institutions: ["Centre sans numéro"], roles: [], specialties: [] },
      { person: "^ANONYME^A^^^^^^^D", institutions: [], roles: [], specialties: [] },
    ]);
  });

  it("labels the type by the terminology, and by the document for a type that it does not have", () => {
    const unknown = { code: "X-1", codeSystem: "1.2.3", displayName: "Type local" };
    const problems: Problem[] = [];
    const fields = deriveDocument(cda({ code: unknown }), "documents[0]", problems);
    expect(fields.typeCode).toEqual(unknown);
    expect(fields.classCode).toBeUndefined();
    expect(problems.map((problem) => problem.code)).toEqual(["xdm_class_unknown"]);
  });

  it.each([
    ["application/pdf", "urn:ihe:iti:xds-sd:pdf:2008"],
    ["text/plain", "urn:ihe:iti:xds-sd:text:2008"],
    ["image/jpeg", "urn:ihe:iti-fr:xds-sd:jpeg:2010"],
    ["text/rtf", "urn:ihe:iti-fr:xds-sd:rtf:2010"],
    ["image/tiff", "urn:ihe:iti-fr:xds-sd:tiff:2010"],
  ])("gives a body of %s the format %s, whatever the templates", (mediaType, code) => {
    expect(derive({}, { body: { level: "N1", mediaType } }).formatCode?.code).toBe(code);
  });

  it("takes the last template that the table knows", () => {
    const templateIds = ["1.2.250.1.213.1.1.1.16", "1.2.250.1.213.1.1.1.17", "1.2.3.4.5"];
    expect(derive({ templateIds }).formatCode?.code).toBe("urn:asip:ci-sis:sunv:2013");
  });

  it("labels a code that the document does not label, by the national table or by itself", () => {
    const organization = { practiceSetting: { code: "SAD", codeSystem: "1.2.250.1.213.1.1.4.9" } };
    const fields = derive({
      confidentialityCode: { code: "R" },
      encounter: { facilityType: { code: "SA07", codeSystem: "1.2.250.1.71.4.2.4" } },
      serviceEvents: [
        { code: { code: "ACQH004", codeSystem: "1.2.250.1.213.2.5" }, translations: [], performer: { organization } },
      ],
    });
    expect(fields.confidentialityCodes).toEqual([
      { code: "R", codeSystem: "2.16.840.1.113883.5.25", displayName: "Restreint" },
    ]);
    expect(fields.healthcareFacilityTypeCode?.displayName).toBe("Cabinet individuel");
    expect(fields.practiceSettingCode?.displayName).toBe("Soins à domicile");
    expect(fields.eventCodes[0]?.displayName).toBe("ACQH004");
  });

  it("takes the producer's own identifier for sourcePatientId before the old INS-C, which comes last", () => {
    const { patient } = header();
    const localIds = ["1.2.250.1.213.1.4.2^0123456789012345678901", "1.2.250.1.999.2^IPP1"];
    const fields = derive({ patient: { ...patient, localIds } });
    expect(fields.sourcePatientId).toBe("IPP1^^^&1.2.250.1.999.2&ISO^PI");
    expect(fields.sourcePatientInfo).toContain("PID-3|0123456789012345678901^^^&1.2.250.1.213.1.4.2&ISO^PI");
  });

  it("labels the format by JDV_J10, as every official archive does", () => {
    expect(derive({ templateIds: ["1.2.250.1.213.1.1.1.17"] }).formatCode).toEqual({
      code: "urn:asip:ci-sis:sunv:2013",
      codeSystem: "1.2.250.1.213.1.1.4.2.282",
      displayName: "Fiche de sortie d'unité neuro-vasculaire",
    });
  });

  it.each([
    ["a structured document of an unknown model", "N3", undefined],
    ["a file that table ASS_A12 does not have", "N1", "image/png"],
  ] as const)("gives %s the format of documents outside of the CI-SIS, and tells", (_, level, mediaType) => {
    const problems: Problem[] = [];
    const unstructured = cda({ templateIds: ["1.3.6.1.4.1.19376.1.2.20"] });
    const body = mediaType === undefined ? { level } : { level, mediaType };
    const fields = deriveDocument({ ...unstructured, body }, "documents[0]", problems);
    expect(fields.formatCode).toEqual({
      code: "urn:asipSante:modelesHorsProfils:2011",
      codeSystem: "1.2.250.1.213.1.1.4.2.282",
      displayName: "Document non référencé IHE ou CI-SIS",
    });
    expect(problems).toEqual([expect.objectContaining({ code: "xdm_format_unknown", path: "documents[0]" })]);
  });

  it("takes a file that does not say of what kind it is for a PDF", () => {
    expect(derive({}, { body: { level: "N1" } }).formatCode?.code).toBe("urn:ihe:iti:xds-sd:pdf:2008");
  });

  it("leaves out a code that is longer than ebRIM allows, and tells", () => {
    const long = { code: "1".repeat(257), codeSystem: "1.2.3" };
    const short = { code: "1".repeat(256), codeSystem: "1.2.3" };
    const problems: Problem[] = [];
    const fields = deriveDocument(
      cda({ code: long, confidentialityCode: long, serviceEvents: [{ code: long, translations: [short, long] }] }),
      "documents[0]",
      problems,
    );
    expect(fields.typeCode).toBeUndefined();
    expect(fields.confidentialityCodes).toEqual([]);
    expect(fields.eventCodes).toEqual([{ ...short, displayName: short.code }]);
    expect(problems.filter(({ code }) => code === "xdm_code_too_long")).toHaveLength(4);
  });

  it("calls a self-rendering document application/xslt+xml", () => {
    expect(derive({}, { selfRendering: true }).mimeType).toBe("application/xslt+xml");
  });

  it("writes N where the document has no confidentiality, and tells of a code outside of JDV_J08", () => {
    const { confidentialityCode: _, ...without } = header();
    const problems: Problem[] = [];
    const fields = deriveDocument({ ...cda(), header: without }, "documents[0]", problems);
    expect(fields.confidentialityCodes.map((code) => code.code)).toEqual(["N"]);
    deriveDocument(cda({ confidentialityCode: { code: "X" } }), "documents[0]", problems);
    expect(problems.map((problem) => problem.code)).toEqual([
      "xdm_confidentiality_missing",
      "xdm_confidentiality_unknown",
    ]);
  });

  it("leaves out times that are none, keeps the digits of one without offset, and tells of both", () => {
    const problems: Problem[] = [];
    const serviceEvents = [{ translations: [], low: "hier", high: "202601050930" }];
    const fields = deriveDocument(cda({ serviceEvents, encounter: {} }), "documents[0]", problems);
    expect(fields.serviceStartTime).toBeUndefined();
    expect(fields.serviceStopTime).toBe("202601050930");
    expect(problems.map((problem) => problem.code)).toEqual(
      expect.arrayContaining(["xdm_time_invalid", "xdm_time_without_offset"]),
    );
  });

  it("puts a title of several lines on one", () => {
    expect(derive({ title: "Compte\n   rendu" }).title).toBe("Compte rendu");
  });
});
