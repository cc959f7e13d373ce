import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { beforeAll, expect, it } from "vitest";
import { type Cda, type CdaHeaderInput, inspectCda, readCda, wrapPdf } from "../../src/cda/index.js";
import { headerOf, pdfOf } from "../tools/documents.js";
import { describeWithShared } from "../tools/shared.js";
import { cdaValidator } from "./cda-schema.js";
import { headers } from "./headers.js";

describeWithShared("the official documents", (shared) => {
  const documents: { name: string; bytes: Uint8Array; cda: Cda }[] = [];
  let validate: (document: Uint8Array) => void;

  beforeAll(() => {
    const folder = join(shared, "corpus/xdm");
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".zip"))) {
      const files = unzipSync(readFileSync(join(folder, name)));
      for (const [path, bytes] of Object.entries(files)) {
        if (/DOC\d+\.XML$/i.test(path)) documents.push({ name, bytes, cda: readCda(bytes) });
      }
    }
    validate = cdaValidator(shared);
  });

  it("are 44, all read without a problem: 4 of level 1, 40 of level 3, 2 self-rendering", () => {
    expect(documents).toHaveLength(44);
    expect(documents.flatMap(({ name, cda }) => cda.problems.map((problem) => `${name} ${problem.code}`))).toEqual([]);
    expect(documents.filter(({ cda }) => cda.body.level === "N1")).toHaveLength(4);
    expect(documents.filter(({ cda }) => cda.selfRendering)).toHaveLength(2);
  });

  it("each say who the patient is, who wrote and signed, where and when", () => {
    for (const { cda } of documents) {
      const { header } = cda;
      expect(header.patient.ins?.oid).toMatch(/^1\.2\.250\.1\.213\.1\.4\.(8|9|10|11)$/);
      expect(header.patient.birthName).toBeTruthy();
      expect(header.authors[0]?.id).toBeTruthy();
      expect(header.legalAuthenticator?.id).toBeTruthy();
      expect(header.custodian?.id).toBeTruthy();
      expect(header.encounter?.facilityType?.code).toMatch(/^SA\d\d$/);
      expect(header.serviceEvents[0]?.performer?.organization?.practiceSetting?.code).toBeTruthy();
    }
  });

  it("of level 1, wrapped again with their own PDF, have the same header and the same PDF", () => {
    for (const { cda } of documents.filter((document) => document.cda.body.level === "N1")) {
      const pdf = cda.encapsulated() as Uint8Array;
      const again = readCda(wrapPdf(pdf, cda.header));
      expect(again.header).toEqual(cda.header);
      expect(again.body).toEqual(cda.body);
      expect(Buffer.compare(again.encapsulated() as Uint8Array, pdf)).toBe(0);
    }
  });

  it("all give a header that wraps a PDF in a document of the same header, valid against the schema of CDA", () => {
    for (const { cda } of documents) {
      const wrapped = wrapPdf(pdfOf(200), cda.header);
      expect(readCda(wrapped).header).toEqual(cda.header);
      validate(wrapped);
    }
  });

  it("are inspected as what wraps a PDF in a document that is inspected as the same", () => {
    for (const { bytes } of documents) {
      const { body: _, problems: __, ...header } = JSON.parse(JSON.stringify(inspectCda(bytes)));
      const again = inspectCda(wrapPdf(pdfOf(200), header as CdaHeaderInput));
      expect(JSON.parse(JSON.stringify(again))).toMatchObject(header);
    }
  });

  it("are joined in validity by a document of each invented header", () => {
    validate(wrapPdf(pdfOf(200), headerOf()));
    fc.assert(
      fc.property(headers, (header) => validate(wrapPdf(pdfOf(60), header))),
      { seed: 44, numRuns: 150 },
    );
  });

  it("are not valid once the order of their elements is lost: the schema does check", () => {
    const text = Buffer.from(wrapPdf(pdfOf(60), headerOf())).toString();
    expect(() =>
      validate(Buffer.from(text.replace(/(<title>.*<\/title>)\n(<effectiveTime [^>]*>)/, "$2\n$1"))),
    ).toThrow();
  });
});
