import { describe, expect, it } from "vitest";
import type { Code } from "../../src/cda/types.js";
import { renderHtml } from "../../src/rendering/index.js";
import { openXdm, packXdm } from "../../src/xdm/index.js";
import type { DocumentEntry } from "../../src/xdm/types.js";
import { pdfFrom } from "../rendering/pdf-kit.js";
import { SOFTWARE } from "./fixtures.js";
import { chance, list } from "./strange-choices.js";
import { type Strange, strangeDocument } from "./strange-documents.js";
import { dressed } from "./strange-dress.js";

const TYPES: readonly [string, string][] = [
  ["11502-2", "10"],
  ["34133-9", "11"],
];

function fieldsOf(document: DocumentEntry): Strange["fields"] {
  const code = (value: Code | undefined) => (value ? `${value.code} ${value.codeSystem}` : "");
  const { authors } = document;
  return {
    uniqueId: document.uniqueId ?? "",
    mimeType: document.mimeType ?? "",
    title: document.title ?? "",
    languageCode: document.languageCode ?? "",
    creationTime: document.creationTime ?? "",
    serviceStartTime: document.serviceStartTime ?? "",
    serviceStopTime: document.serviceStopTime ?? "",
    patientId: document.patientId ?? "",
    sourcePatientId: document.sourcePatientId ?? "",
    sourcePatientInfo: list(...document.sourcePatientInfo),
    legalAuthenticator: document.legalAuthenticator ?? "",
    authorPerson: list(...authors.map((author) => author.person ?? "")),
    authorInstitution: list(...authors.map((author) => author.institutions.join())),
    authorRole: list(...authors.map((author) => author.roles.join())),
    authorSpecialty: list(...authors.map((author) => author.specialties.join())),
    typeCode: code(document.typeCode),
    classCode: code(document.classCode),
    formatCode: code(document.formatCode),
    confidentialityCodes: list(...document.confidentialityCodes.map(code)),
    healthcareFacilityTypeCode: code(document.healthcareFacilityTypeCode),
    practiceSettingCode: code(document.practiceSettingCode),
    eventCodes: list(...document.eventCodes.map(code)),
  };
}

/** A few hundred documents are quick; to look further: `VARIANTS=5000 SEED=7`. */
const VARIANTS = Number(process.env["VARIANTS"] ?? 200);
const SEED = Number(process.env["SEED"] ?? 20_261_128);
const PDF_EVERY = 40;

describe("documents as other software writes them", () => {
  it("give the metadata that the rules of xdm.md §3 say, and are shown", async () => {
    const pick = chance(SEED);
    for (let variant = 0; variant < VARIANTS; variant++) {
      const made = strangeDocument(pick, TYPES);
      const { name, content, selfRendering } = dressed(pick, made.xml);
      const told = `variant ${variant}, ${name}`;
      const { zip, documents } = await packXdm({ documents: [{ content }], software: SOFTWARE });
      const opened = await openXdm(zip);
      expect(fieldsOf(opened.documents[0] as DocumentEntry), told).toEqual({
        ...made.fields,
        ...(selfRendering ? { mimeType: "application/xslt+xml" } : {}),
      });
      expect(opened.problems, told).toEqual([]);
      expect(opened.documents[0]?.authors, told).toEqual(documents[0]?.authors);
      expect(renderHtml(content).html, told).toContain("</html>");
      if (variant % PDF_EVERY === 0) expect((await pdfFrom(content)).pdf.length, told).toBeGreaterThan(0);
    }
  }, 120_000);
});
