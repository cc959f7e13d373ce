import { describe, expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import type { PatientTraits } from "../../src/mailbox/index.js";
import { documentsFit } from "../../src/mailbox/kept-mail.js";
import { matchPdfs } from "../../src/mailbox/match-pdf.js";
import { traitsThatDiffer } from "../../src/mailbox/patient.js";
import { pdfName } from "../../src/message/index.js";
import { cdaOf, pdfOf } from "../tools/documents.js";

const ins = { value: "185057800604822", oid: "1.2.250.1.213.1.4.8" };
const differing = (metadata: PatientTraits, cda: PatientTraits) =>
  traitsThatDiffer({ name: "", agreement: "agree", metadata, cda });

describe("traits that metadata and document have otherwise", () => {
  it("are not those that the page of the document does not mark either: ligatures, a part of a date, both codes of no sex", () => {
    const metadata = { ins, birthName: "LE CŒUR", birthDate: "1985", gender: "U" };
    expect(differing(metadata, { ins, birthName: "Le Coeur", birthDate: "19850512", gender: "UN" })).toEqual([]);
  });

  it("are each named", () => {
    const metadata = { ins, birthName: "MOREL", birthDate: "19850512", gender: "M" };
    const cda = {
      ins: { ...ins, oid: "1.2.250.1.213.1.4.10" },
      birthName: "MORIN",
      birthDate: "19850513",
      gender: "F",
    };
    expect(differing(metadata, cda)).toEqual(["insOid", "birthName", "birthDate", "gender"]);
    expect(differing(metadata, {})).toEqual([]);
  });
});

it("a mail that was opened is found by the patient's name, with its ligatures and accents or without", () => {
  const kept = Buffer.from(JSON.stringify({ patient: ["LE CŒUR Élodie"] }));
  for (const patient of ["le coeur", "LE CŒUR", "Elodie", "élodie le cœur"])
    expect([patient, documentsFit(kept, { patient })]).toEqual([patient, true]);
  expect(documentsFit(kept, { patient: "le choeur" })).toBe(false);
});

it("a PDF is that of the document whose name it has, however the sender's software writes œ", () => {
  const patient = {
    ins: { value: "185057800604822", oid: "1.2.250.1.213.1.4.8" },
    birthName: "LE CŒUR",
    familyNames: [{ qualifier: "BR", value: "LE CŒUR" }],
    givenNames: [{ qualifier: "BR", value: "Élodie" }],
    birthTime: "19850512",
    gender: "M",
  };
  const { header } = readCda(cdaOf(1, pdfOf(200), { patient }));
  const name = pdfName(header);
  expect(name).toContain("LE COEUR");
  const file = (given: string) => ({ part: "2", path: "", name: given, sha256: "0" });
  for (const given of [name, name.replace("OE", "Œ"), name.toLowerCase(), name.replaceAll(" ", "_")])
    expect(matchPdfs([{ header, sha256: undefined }], [file(given)])[0]?.matchedBy).toBe("name");
  expect(matchPdfs([{ header, sha256: undefined }], [file(name.replace("COEUR", "CHOEUR"))])[0]).toBeUndefined();
});
