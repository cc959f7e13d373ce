import { type CdaHeaderInput, wrapPdf } from "../../src/cda/index.js";
import { insKey } from "../../src/identity/index.js";

/** A fictional INS with a right key. */
export function fictionalIns(serial = 48): string {
  const body = `28505780060${String(serial % 100).padStart(2, "0")}`;
  return `${body}${insKey(body)}`;
}

/** A small file that begins and ends as a PDF does, of about `bytes` bytes that do not compress. */
export function pdfOf(bytes = 2_000, seed = 1): Uint8Array {
  const noise = new Uint8Array(Math.max(0, bytes - 40));
  let state = seed >>> 0 || 1;
  for (let i = 0; i < noise.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    noise[i] = state >>> 24;
  }
  return Buffer.concat([Buffer.from("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n", "latin1"), noise, Buffer.from("\n%%EOF\n")]);
}

/** The header of an invented laboratory report of an invented patient. */
export function headerOf(changes: Partial<CdaHeaderInput> = {}): CdaHeaderInput {
  const organization = { id: "1.2.250.1.71.4.2.2^1310000001", name: "CH EXEMPLE" };
  const person = { family: "LEROY", given: "Anne", prefix: "MME", suffix: "DR" };
  return {
    setId: "1.2.250.1.999.1.1.7^S1",
    versionNumber: 1,
    relatedDocuments: [],
    templateIds: [],
    code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1", displayName: "CR d'examens biologiques" },
    title: "Compte rendu de biologie",
    effectiveTime: "20260105103000+0100",
    languageCode: "fr-FR",
    confidentialityCode: { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
    patient: {
      ins: { value: fictionalIns(), oid: "1.2.250.1.213.1.4.8" },
      localIds: ["1.2.250.1.999.1.1.2^IPP0042"],
      birthName: "MOREL",
      familyNames: [{ qualifier: "BR", value: "MOREL" }],
      givenNames: [{ value: "Élodie Marie" }, { qualifier: "BR", value: "Élodie" }],
      birthTime: "19850512",
      gender: "F",
      birthPlace: { code: "31555" },
    },
    authors: [
      {
        time: "20260105103000+0100",
        id: "1.2.250.1.71.4.2.1^810000000018",
        specialty: {
          code: "G15_10/SM03",
          codeSystem: "1.2.250.1.213.1.1.4.5",
          displayName: "Médecin - Biologie médicale (SM)",
        },
        person,
        organization,
      },
    ],
    legalAuthenticator: { time: "20260105103000+0100", id: "1.2.250.1.71.4.2.1^810000000018", person, organization },
    custodian: organization,
    recipients: [],
    serviceEvents: [
      {
        code: { code: "18723-7", codeSystem: "2.16.840.1.113883.6.1", displayName: "Hématologie" },
        translations: [],
        low: "20260104082000+0100",
        high: "20260104090000+0100",
        performer: {
          id: "1.2.250.1.71.4.2.1^810000000018",
          organization: {
            ...organization,
            practiceSetting: { code: "AMBULATOIRE", codeSystem: "1.2.250.1.213.1.1.4.9", displayName: "Ambulatoire" },
          },
        },
      },
    ],
    encounter: {
      facilityType: { code: "SA25", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Laboratoire de biologie médicale" },
      low: "20260104082000+0100",
    },
    ...changes,
  };
}

/** A CDA R2 level 1 of that report; `serial` makes documents that differ in id. */
export function cdaOf(serial = 1, pdf = pdfOf(2_000, serial), changes: Partial<CdaHeaderInput> = {}): Uint8Array {
  return wrapPdf(pdf, headerOf({ id: `1.2.250.1.999.1.1.7^D${serial}`, ...changes }));
}
