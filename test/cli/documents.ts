import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoHeader, demoLaboratoryReport, demoReport } from "../../src/cli/demo/documents.js";

export const AT = "20260131083000+0100";

/** Invented documents written into a folder: a level 3 with its PDF, and a PDF with a header for level 1. */
export function writeDocuments(folder: string) {
  const laboratory = demoLaboratoryReport({ id: "2.25.1001", setId: "2.25.1000" }, AT);
  const second = demoLaboratoryReport({ id: "2.25.2001", setId: "2.25.2000" }, AT);
  const report = demoReport();
  const write = (name: string, content: Uint8Array | string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return {
    cda: write("bio.xml", laboratory.cda),
    pdf: write("bio.pdf", laboratory.pdf),
    second: write("bio-2.xml", second.cda),
    otherPatient: write(
      "other.xml",
      laboratory.cda
        .toString("utf8")
        .replaceAll("287039999904155", "287039999008785")
        .replaceAll("2.25.1001", "2.25.3001"),
    ),
    report: write("letter.pdf", report.pdf),
    header: write("header.json", JSON.stringify(demoHeader(report.code, report.title, "2.25.4000", AT))),
  };
}
