// What the software of the examples knows: a report that was just validated. Every person here is invented.
import type { CdaHeaderInput } from "medimail-connector";

/** What the software knows of a report when a doctor validates it. */
export interface ValidatedReport {
  number: string;
  version: number;
  validatedBy: string;
  correspondents: string[];
  pdf: Uint8Array;
  header: CdaHeaderInput;
}

export function validatedReport(number = "R-2026-000123"): ValidatedReport {
  const at = "20260114093000+0100";
  const laboratory = { id: "1.2.250.1.71.4.2.2^1990000017", name: "Laboratoire EXEMPLE" };
  const practiceSetting = { code: "AMBULATOIRE", codeSystem: "1.2.250.1.213.1.1.4.9", displayName: "Ambulatoire" };
  const doctor = {
    id: "1.2.250.1.71.4.2.1^899900000019",
    person: { family: "EXEMPLE", given: "Aurore", prefix: "MME", suffix: "DR" },
  };
  return {
    number,
    version: 1,
    validatedBy: "899900000019",
    correspondents: ["claire.morel@medecin.mssante.fr"],
    pdf: readPdfOfTheSoftware(),
    header: {
      // The software gives its documents ids of its own: two calls then wrap the same bytes.
      id: `1.2.250.1.999.1.7^${number}-1`,
      setId: `1.2.250.1.999.1.7^${number}`,
      versionNumber: 1,
      effectiveTime: at,
      relatedDocuments: [],
      templateIds: [],
      code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1", displayName: "CR d'examens biologiques" },
      title: "Compte rendu de biologie",
      languageCode: "fr-FR",
      confidentialityCode: { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
      patient: {
        // Of the test authority: accepted with a test operator only.
        ins: { value: "285059999901220", oid: "1.2.250.1.213.1.4.10" },
        localIds: ["1.2.250.1.999.1.2^IPP-42"],
        birthName: "INVENTEE",
        familyNames: [{ qualifier: "BR", value: "INVENTEE" }],
        givenNames: [{ qualifier: "BR", value: "Camille" }, { value: "Camille" }],
        birthTime: "19850512",
        gender: "F",
        birthPlace: { code: "63220" },
      },
      authors: [{ time: at, ...doctor, organization: laboratory }],
      legalAuthenticator: { time: at, ...doctor, organization: laboratory },
      custodian: laboratory,
      recipients: [],
      serviceEvents: [
        { translations: [], low: at, performer: { ...doctor, organization: { ...laboratory, practiceSetting } } },
      ],
      encounter: {
        low: at,
        facilityType: { code: "SA25", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Laboratoire" },
      },
    },
  };
}

/** Stands for the report as the software printed it; a blank page. */
function readPdfOfTheSoftware(): Uint8Array {
  return Buffer.from(
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
  );
}
