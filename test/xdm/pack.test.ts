import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { inspectXdm, openXdm, packXdm } from "../../src/xdm/index.js";
import type { PackInput } from "../../src/xdm/types.js";
import { bytes, cda, cdaXml, header, SOFTWARE } from "./fixtures.js";

const NOW = Date.UTC(2026, 0, 5, 9, 0, 7);
const uuids = () => {
  let number = 0;
  return () => `00000000-0000-4000-8000-${String(++number).padStart(12, "0")}`;
};
const document = (changes: Parameters<typeof cda>[0] = {}, mark = "1") => ({ content: bytes(mark), cda: cda(changes) });
const pack = (more: Partial<PackInput> = {}) =>
  packXdm({ documents: [document()], software: SOFTWARE, now: NOW, uuid: uuids(), ...more });
const text = async (name: string, more: Partial<PackInput> = {}) =>
  Buffer.from(unzipSync((await pack(more)).zip)[name] as Uint8Array).toString("utf8");
const METADATA = "IHE_XDM/SUBSET01/METADATA.XML";
const { patient } = header();

describe("packing documents of one patient", () => {
  it("lays the archive out as the official ones are, with names of ISO 9660 level 1", async () => {
    const { zip } = await pack({ documents: [document(), document({ id: "1.2.4" }, "2")] });
    const names = Object.keys(unzipSync(zip));
    expect(names).toEqual([
      "INDEX.HTM",
      "README.TXT",
      "IHE_XDM/",
      "IHE_XDM/SUBSET01/",
      METADATA,
      "IHE_XDM/SUBSET01/DOC0001.XML",
      "IHE_XDM/SUBSET01/DOC0002.XML",
    ]);
    for (const part of names.flatMap((name) => name.split("/")))
      expect(part).toMatch(/^[A-Z0-9_]{0,8}(\.[A-Z0-9]{3})?$/);
  });

  it("keeps each document byte for byte, and reads its own archive without a problem", async () => {
    const packed = await pack({ documents: [document(), document({ id: "1.2.4" }, "2")] });
    const opened = await openXdm(packed.zip);
    expect(opened.problems).toEqual([]);
    expect(opened.documents.map(({ content }) => Buffer.from(content ?? []))).toEqual([bytes("1"), bytes("2")]);
    expect(opened.documents.map(({ integrity: _, content: __, ...entry }) => entry)).toEqual(packed.documents);
    expect(opened.submissionSets).toEqual([packed.submissionSet]);
  });

  it("reads the CDA where it is not given read", async () => {
    const content = cdaXml("1.2.250.1.999.5", "285077519612341", "ESSAI");
    const { documents } = await pack({ documents: [{ content }] });
    expect(documents[0]).toMatchObject({
      uniqueId: "1.2.250.1.999.5",
      title: "Essai & co",
      formatCode: { code: "urn:ihe:iti:xds-sd:pdf:2008" },
    });
  });

  it("packs a document large enough to be packed aside", async () => {
    const lines = Array.from(
      { length: 60_000 },
      (_, line) => `<!-- ${line} un long document ${(line * 7919) % 65_537} -->`,
    );
    const content = Buffer.concat([bytes(), Buffer.from(lines.join("\n"))]);
    const { zip } = await pack({ documents: [{ content, cda: cda() }] });
    const opened = await openXdm(zip);
    expect(Buffer.compare(opened.documents[0]?.content ?? bytes(), content)).toBe(0);
  });

  it("refers every classification and identifier to the object that it stands in", async () => {
    const xml = await text(METADATA, { documents: [document(), document({ id: "1.2.4" }, "2")] });
    const objects = xml.split(/(?=<rim:(?:RegistryPackage|ExtrinsicObject|Association) )/).slice(1);
    expect(objects).toHaveLength(5);
    for (const object of objects.slice(0, 3)) {
      const id = /^<rim:\w+ id="([^"]+)"/.exec(object)?.[1];
      const references = [...object.matchAll(/(?:classifiedObject|registryObject)="([^"]+)"/g)].map(
        (found) => found[1],
      );
      expect(references.length).toBeGreaterThan(4);
      expect(new Set(references)).toEqual(new Set([id]));
    }
    const ids = [...xml.matchAll(/ id="([^"]+)"/g)].map((found) => found[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("makes each document a member of the set, as an original", async () => {
    const { zip, submissionSet, documents } = await pack({ documents: [document(), document({ id: "1.2.4" }, "2")] });
    const xml = Buffer.from(unzipSync(zip)[METADATA] as Uint8Array).toString();
    const members = [...xml.matchAll(/<rim:Association [^>]*sourceObject="([^"]+)" targetObject="([^"]+)">\s*(.*)\s/g)];
    expect(members.map((found) => [found[1], found[2]])).toEqual(
      documents.map((entry) => [submissionSet.entryUUID, entry.entryUUID]),
    );
    for (const found of members) expect(found[3]).toContain('name="SubmissionSetStatus"');
  });
});

describe("the submission set", () => {
  it("has a unique OID, the time of now in UTC, the patient and the authors of its documents, each once", async () => {
    const { submissionSet } = await pack({ documents: [document(), document({ id: "1.2.4" }, "2")] });
    expect(submissionSet).toMatchObject({
      uniqueId: expect.stringMatching(/^2\.25\.\d{1,39}$/),
      submissionTime: "20260105090007",
      patientId: "285077519612341^^^&1.2.250.1.213.1.4.10&ISO^NH",
    });
    expect(submissionSet.authors).toHaveLength(1);
  });

  it("never has one identifier twice", async () => {
    const one = await packXdm({ documents: [document()], software: SOFTWARE });
    const other = await packXdm({ documents: [document()], software: SOFTWARE });
    expect(one.submissionSet.uniqueId).not.toBe(other.submissionSet.uniqueId);
    expect(one.documents[0]?.entryUUID).not.toBe(other.documents[0]?.entryUUID);
  });

  it("derives a source that is the sender's, always the same, and not the custodian's number", async () => {
    const source = async (more: Partial<PackInput>) => (await pack(more)).submissionSet.sourceId;
    const structure = { idNat: "1750000001", name: "CHU" };
    expect(await source({ sender: { structure } })).toBe(await source({ sender: { structure, label: "Autre" } }));
    expect(await source({ sender: { structure } })).not.toBe(
      await source({ sender: { structure: { ...structure, idNat: "2" } } }),
    );
    expect(await source({})).toMatch(/^2\.25\.\d+$/);
    expect(await source({ sourceId: "1.2.250.1.999" })).toBe("1.2.250.1.999");
    await expect(pack({ sourceId: "1.2.x" })).rejects.toMatchObject({ code: "invalid_argument", path: "sourceId" });
  });

  it.each([
    ["IMP", "SA01", "03"],
    ["AMB", "SA07", "07"],
    ["EMER", "SA01", "07"],
    [undefined, "SA25", "26"],
    [undefined, "SA07", "97"],
  ])("has for an encounter %s at %s the content type %s", async (code, facility, expected) => {
    const encounter = { facilityType: { code: facility }, ...(code ? { code: { code } } : {}) };
    const { submissionSet } = await pack({ documents: [document({ encounter })] });
    expect(submissionSet.contentTypeCode).toMatchObject({ code: expected, codeSystem: "1.2.250.1.213.2.2" });
  });

  it("takes a content type of JDV_J03 and refuses another", async () => {
    expect((await pack({ contentTypeCode: "04" })).submissionSet.contentTypeCode?.displayName).toBe(
      "Hospitalisation de jour",
    );
    await expect(pack({ contentTypeCode: "SA25" })).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("names those that it is meant for", async () => {
    const { zip } = await pack({
      intendedRecipients: [
        { address: "a.essai@exemple.mssante.fr" },
        { person: { id: "810000000001", family: "ESSAI", given: "Alice" }, address: "a@exemple.mssante.fr" },
        { organization: { id: "1750000001", name: "CHU" } },
      ],
    });
    expect((await openXdm(zip)).submissionSets[0]?.intendedRecipients).toEqual([
      "||^^Internet^a.essai@exemple.mssante.fr",
      "|810000000001^ESSAI^Alice^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS|^^Internet^a@exemple.mssante.fr",
      "CHU^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1750000001",
    ]);
    await expect(pack({ intendedRecipients: [{}] })).rejects.toMatchObject({ code: "invalid_argument" });
  });
});

describe("replacement, deletion, masks", () => {
  it.each([
    [undefined, "create", undefined],
    ["create", "create", undefined],
    ["replace", "replace", "C"],
    ["delete", "delete", "D"],
  ] as const)("writes the action %s and reads it as %s", async (action, expected, letter) => {
    const packed = await pack(action ? { action } : {});
    const xml = Buffer.from(unzipSync(packed.zip)[METADATA] as Uint8Array).toString();
    expect(/extraMetadataSlot"><rim:ValueList><rim:Value>(.)</.exec(xml)?.[1]).toBe(letter);
    expect((await openXdm(packed.zip)).documents[0]?.action).toBe(expected);
  });

  it("creates by default, whatever version and relations the document has", async () => {
    const relatedDocuments = [{ typeCode: "RPLC", id: "1.2.3" }];
    const { documents } = await pack({ documents: [document({ versionNumber: 3, relatedDocuments })] });
    expect(documents[0]?.action).toBe("create");
  });

  it("refuses an action that is none", async () => {
    await expect(pack({ action: "destroy" as never })).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("adds masks to the document's own confidentiality, each once", async () => {
    const { documents } = await pack({ confidentialityCodes: ["MASQUE_PS", "N", "MASQUE_PS", "INVISIBLE_PATIENT"] });
    expect(documents[0]?.confidentialityCodes).toEqual([
      { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
      { code: "MASQUE_PS", codeSystem: "1.2.250.1.213.1.1.4.13", displayName: expect.any(String) },
      { code: "INVISIBLE_PATIENT", codeSystem: "1.2.250.1.213.1.1.4.13", displayName: expect.any(String) },
    ]);
  });

  it("refuses a mask outside of JDV_J08, and more than four", async () => {
    await expect(pack({ confidentialityCodes: ["SECRET"] })).rejects.toMatchObject({
      code: "invalid_argument",
      path: "confidentialityCodes[0]",
    });
    const all = ["R", "V", "MASQUE_PS", "INVISIBLE_PATIENT"];
    await expect(pack({ confidentialityCodes: all })).rejects.toMatchObject({ code: "invalid_argument" });
  });
});

describe("one patient (ECO.2.1.1 b)", () => {
  const two = (other: typeof patient, first = patient) =>
    pack({ documents: [document({ patient: first }), document({ id: "1.2.4", patient: other }, "2")] });
  const { ins: _, ...traits } = patient;
  const withoutIns = { ...traits, ins: null };

  it("refuses two INS", async () => {
    const other = { ...patient, ins: { value: "277077519612444", oid: "1.2.250.1.213.1.4.10" } };
    await expect(two(other)).rejects.toMatchObject({
      code: "xdm_several_patients",
      requirement: "ECO.2.1.1 (b)",
      path: "documents[1]",
    });
  });

  it("accepts one INS, whatever else differs", async () => {
    await expect(two({ ...patient, localIds: ["1.2.3^9"], birthName: "AUTRE" })).resolves.toBeDefined();
  });

  it("accepts a shared local identifier, and refuses two of one authority", async () => {
    await expect(two({ ...withoutIns, birthName: "AUTRE" })).resolves.toBeDefined();
    const other = { ...withoutIns, localIds: ["1.2.250.1.999.2^IPP9"] };
    await expect(two(other, withoutIns)).rejects.toMatchObject({ code: "xdm_several_patients" });
  });

  it("compares traits where nothing else can be, without regard to case and accents", async () => {
    const bare = { ...withoutIns, localIds: [] };
    const same = { ...bare, birthName: "Éssai", givenNames: [{ value: "Alice Rose" }] };
    await expect(two(same, bare)).resolves.toBeDefined();
    await expect(two({ ...bare, birthTime: "19850715" }, bare)).rejects.toMatchObject({ code: "xdm_several_patients" });
    const { birthTime: __, ...unknown } = bare;
    await expect(two(unknown, unknown)).rejects.toMatchObject({ code: "xdm_several_patients" });
  });
});

describe("what cannot be packed", () => {
  it("refuses no document, one document twice, and what is no CDA", async () => {
    await expect(pack({ documents: [] })).rejects.toMatchObject({ code: "invalid_argument", path: "documents" });
    await expect(pack({ documents: [document(), document()] })).rejects.toMatchObject({ code: "xdm_document_invalid" });
    await expect(pack({ documents: [{ content: Buffer.from("%PDF-1.4") }] })).rejects.toMatchObject({
      name: "MedimailError",
    });
  });
});

describe("what a person reads in the archive", () => {
  const sender = {
    label: "Labo",
    contact: "01 02 03 04 05",
    structure: { idNat: "1750000001", name: "Hôpital <&> Œuvre" },
  };

  it("writes README.TXT in ASCII with CRLF: sender, product, vendor, content", async () => {
    const readme = await text("README.TXT", { sender });
    expect(readme).toMatch(/^[\x20-\x7e\r\n]+$/);
    expect(readme.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    for (const part of ["Hopital <&> OEuvre", "1750000001", "Logiciel d'essai", "4.2", "Editeur", "aide@exemple.fr"]) {
      expect(readme).toContain(part);
    }
    expect(readme).toContain("DOC0001.XML");
  });

  it("writes INDEX.HTM with the structure and a link to README.TXT", async () => {
    const index = await text("INDEX.HTM", { sender });
    expect(index).toContain("Emetteur : Hôpital &lt;&amp;&gt; Œuvre (1750000001)");
    expect(index).toContain('<a href="README.TXT">');
  });

  it("names the custodian where the sender does not say who it is", async () => {
    expect(await text("INDEX.HTM")).toContain("Hôpital d'essai (1750000001)");
  });
});

describe("xdm inspect", () => {
  it("prints every key of CLI.md, null where absent, and no content", async () => {
    const inspected = inspectXdm(await openXdm((await pack()).zip));
    expect(Object.keys(inspected)).toEqual(["submissionSets", "documents", "problems"]);
    expect(Object.keys(inspected.documents[0] ?? {})).toEqual(
      `uri path uniqueId entryUUID mimeType title languageCode creationTime serviceStartTime serviceStopTime patientId
      sourcePatientId sourcePatientInfo legalAuthenticator authors typeCode classCode formatCode confidentialityCodes
      healthcareFacilityTypeCode practiceSettingCode eventCodes hash size action integrity`.split(/\s+/),
    );
    expect(Object.keys(inspected.submissionSets[0] ?? {})).toEqual(
      "uniqueId sourceId patientId submissionTime contentTypeCode authors intendedRecipients".split(" "),
    );
    expect(JSON.parse(JSON.stringify(inspected))).toEqual(inspected);
  });
});
