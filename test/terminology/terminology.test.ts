import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  classOfType,
  confidentialityCodes,
  contentType,
  documentTypeLabel,
  formatOfTemplate,
  formatsOfTemplate,
  integrationErrorLabel,
  isConfidentialityCode,
  LOINC,
  OTHER_DOCUMENT_TYPES,
  terminologyVersions,
} from "../../src/terminology/index.js";
import { rows as newerTemplateFormats } from "../../src/terminology/tables/newer-template-formats.js";
import { rows as templateFormats } from "../../src/terminology/tables/template-to-format.js";
import { describeWithShared } from "../tools/shared.js";

describe("terminology", () => {
  it("gives the class of a biology report with its label", () => {
    expect(classOfType("11502-2", LOINC)).toEqual({
      code: "10",
      codeSystem: "1.2.250.1.213.1.1.4.1",
      displayName: "Compte rendu",
    });
  });

  it("looks a class up by code and system, not by code alone", () => {
    expect(classOfType("11502-2", OTHER_DOCUMENT_TYPES)).toBeUndefined();
    expect(classOfType("REMB", OTHER_DOCUMENT_TYPES)?.displayName).toBe("Données de remboursement");
  });

  it("gives the label of an ended code", () => {
    expect(documentTypeLabel("11493-4", LOINC)).toBe("CR hospitalier (séjour)");
  });

  it("finds a complementary type without being told its system", () => {
    expect(documentTypeLabel("CERT_DECL")).toBe("Certificat, déclaration");
    expect(documentTypeLabel("CERT_DECL", LOINC)).toBeUndefined();
  });

  it("gives the formatCode of a document model, and all formats of the unstructured one", () => {
    expect(formatOfTemplate("1.2.250.1.213.1.1.1.8")).toEqual({
      code: "urn:asip:ci-sis:frcp:2011",
      codeSystem: "1.2.250.1.213.1.1.4.2.282",
      displayName: "Fiche de réunion de concertation pluridisciplinaire",
    });
    expect(formatOfTemplate("1.3.6.1.4.1.19376.1.2.20")?.code).toBe("urn:ihe:iti:xds-sd:pdf:2008");
    expect(formatsOfTemplate("1.3.6.1.4.1.19376.1.2.20")).toHaveLength(5);
    expect(formatOfTemplate("1.2.3")).toBeUndefined();
  });

  it("knows the models that table ASS_A11 has had since, and labels every format", () => {
    expect(formatOfTemplate("1.2.250.1.213.1.11.1.19.2")?.code).toBe("urn:ans:ci-sis:mso-dengue:2026");
    expect(formatOfTemplate("1.3.6.1.4.1.19376.1.8.1.1.2.8")?.code).toBe("urn:ihe:pat:apsr:cervix:2010");
    for (const [templateId] of [...templateFormats, ...newerTemplateFormats])
      for (const { code, displayName } of formatsOfTemplate(templateId)) expect(displayName, code).toBeTruthy();
  });

  it("labels a type as JDV_J07 of 2026 does", () => {
    expect(documentTypeLabel("60591-5", LOINC)).toBe("Synthèse médicale");
    expect(documentTypeLabel("74207-2", LOINC)).toBe("Document de liaison d'urgence");
    expect(documentTypeLabel("96173-0", LOINC)).toBe("Test rapide d'orientation diagnostique");
    expect(classOfType("55751-2", LOINC)?.code).toBe("52");
  });

  it("keeps the masks and the levels of confidentiality in their own systems", () => {
    expect(confidentialityCodes.N.codeSystem).toBe("2.16.840.1.113883.5.25");
    expect(confidentialityCodes.MASQUE_PS.codeSystem).toBe("1.2.250.1.213.1.1.4.13");
    expect(isConfidentialityCode("INVISIBLE_PATIENT")).toBe(true);
    expect(isConfidentialityCode("toString")).toBe(false);
  });

  it("names the application errors 900 to 906 and no other", () => {
    for (const code of ["900", "901", "902", "903", "904", "905", "906"])
      expect(integrationErrorLabel(code)).toBeTruthy();
    expect(integrationErrorLabel("907")).toBeUndefined();
  });

  it("gives the content type of a day hospital", () => {
    expect(contentType("04")).toEqual({
      code: "04",
      codeSystem: "1.2.250.1.213.2.2",
      displayName: "Hospitalisation de jour",
    });
  });

  it("dates every table", () => {
    for (const { version } of Object.values(terminologyVersions)) expect(version).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it("hands out copies, so that a caller cannot change the tables", () => {
    const first = classOfType("11502-2", LOINC);
    if (first) first.code = "changed";
    expect(classOfType("11502-2", LOINC)?.code).toBe("10");
  });
});

describeWithShared("terminology tables against their sources", (shared) => {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(shared, "mssante/terminology", `${name}.json`), "utf8")) as {
      source: string;
      rows: Record<string, string>[];
    };

  it("holds every row of the type-to-class table, each class with a label", () => {
    const { rows, source } = read("type-to-class");
    expect(terminologyVersions["typeToClass"]?.source).toBe(source);
    for (const { typeCode = "", typeCodeSystem = "", classCode } of rows) {
      const found = classOfType(typeCode, typeCodeSystem);
      expect(found?.code, typeCode).toBe(classCode);
      expect(found?.displayName, typeCode).not.toBe("");
    }
  });

  it("has a label for every type of document that has a class, but three that no label was found for", () => {
    const unlabelled = new Set(["E1762", "DOCPAT10", "CONTACTS-URGENCE"]);
    for (const { typeCode = "", typeCodeSystem = "" } of read("type-to-class").rows)
      if (!unlabelled.has(typeCode)) expect(documentTypeLabel(typeCode, typeCodeSystem), typeCode).toBeTruthy();
  });

  it("holds every row of the model-to-format table", () => {
    for (const { templateId = "", formatCode, formatCodeSystem } of read("template-to-format").rows)
      expect(formatsOfTemplate(templateId)).toContainEqual(
        expect.objectContaining({ code: formatCode, codeSystem: formatCodeSystem }),
      );
  });

  it("holds every row of the LOINC document types, but for those that JDV_J07 labels otherwise since", () => {
    const since = new Set(["47420-5", "60591-5", "74207-2", "96173-0"]);
    for (const { code = "", display } of read("loinc-document-types").rows)
      if (since.has(code)) expect(documentTypeLabel(code, LOINC), code).not.toBe(display);
      else expect(documentTypeLabel(code, LOINC), code).toBe(display);
  });
});
