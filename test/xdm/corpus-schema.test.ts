import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { openXdm, packXdm } from "../../src/xdm/index.js";
import type { DocumentEntry, PackInput } from "../../src/xdm/types.js";
import { describeWithShared } from "../tools/shared.js";
import { ebrimValidator } from "./ebrim.js";
import { bytes, cda, SOFTWARE } from "./fixtures.js";

const METADATA = "IHE_XDM/SUBSET01/METADATA.XML";

describeWithShared("METADATA.XML is valid against ebRIM 3.0", (shared) => {
  const folder = join(shared, "corpus/xdm");
  const archives = readdirSync(folder).filter((name) => name.endsWith(".zip"));
  const content = (name: string) =>
    unzipSync(readFileSync(join(folder, name)))["IHE_XDM/SUBSET01/DOC0001.XML"] as Uint8Array;
  const validate = ebrimValidator(shared);
  const pack = async (input: Omit<PackInput, "software">) => {
    const packed = await packXdm({ software: SOFTWARE, ...input });
    validate(unzipSync(packed.zip)[METADATA] as Uint8Array);
    return packed;
  };

  it("knows what is not valid", () => {
    const official = unzipSync(readFileSync(join(folder, "VAC_2023.01.zip")))[METADATA] as Uint8Array;
    expect(() => validate(official)).toThrow(/Slot/);
  });

  it.each(archives)("%s, each of its codes with a label, as the official ones have", async (name) => {
    const { documents, submissionSet } = await pack({ documents: [{ content: content(name) }] });
    const [document] = documents as [DocumentEntry];
    const codes = [
      submissionSet.contentTypeCode,
      document.typeCode,
      document.classCode,
      document.formatCode,
      document.healthcareFacilityTypeCode,
      document.practiceSettingCode,
      ...document.confidentialityCodes,
      ...document.eventCodes,
    ];
    expect(codes.filter((code) => !code?.displayName)).toEqual([]);
  });

  it("of three documents of one patient, with masks, recipients and a replacement; and all are read back", async () => {
    const patient = (document: Uint8Array) => readCda(document).header.patient.ins?.value;
    const documents = ["ANEST-CR-ANEST_2022.01.zip", "VAC_2023.01.zip", "TLM-CR_2022.01.zip"].map(content);
    expect(new Set(documents.map(patient)).size).toBe(1);
    const packed = await pack({
      documents: documents.map((document) => ({ content: document })),
      action: "replace",
      confidentialityCodes: ["MASQUE_PS", "INVISIBLE_PATIENT", "R"],
      intendedRecipients: [
        { address: "jeanne.essai@exemple.mssante.fr", person: { id: "810000000001", family: "ESSAI & FILS" } },
      ],
      contentTypeCode: "04",
      sourceId: "1.2.250.1.999",
    });
    const opened = await openXdm(packed.zip);
    expect(opened.problems).toEqual([]);
    expect(opened.documents.map(({ path, action, integrity }) => [path, action, integrity.hash])).toEqual(
      [1, 2, 3].map((number) => [`IHE_XDM/SUBSET01/DOC000${number}.XML`, "replace", "ok"]),
    );
    for (const [index, { content: read }] of opened.documents.entries()) {
      expect(Buffer.compare(read ?? bytes(), documents[index] as Uint8Array)).toBe(0);
    }
  });

  it("of names, titles and codes far too long for it", async () => {
    const long = "É&<".repeat(500);
    const organization = { id: `1.2.3^${long}`, name: long };
    const person = { family: long, given: long };
    const author = { id: `1.2.3^${long}`, person, organization, specialty: { code: long, displayName: long } };
    const changes = { title: long, authors: [author], legalAuthenticator: author };
    await pack({
      documents: [{ content: bytes(), cda: cda(changes) }],
      intendedRecipients: [{ organization, person, address: `${"x".repeat(300)}@exemple.fr` }],
    });
  });
});
