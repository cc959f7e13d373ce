import { describe, expect, it } from "vitest";
import type { Cda } from "../../src/cda/types.js";
import { openXdm, packXdm } from "../../src/xdm/index.js";
import { archive, metadata, plainEntries } from "./archives.js";
import { bytes, cda, header, SOFTWARE } from "./fixtures.js";
import { makeZip } from "./zip-maker.js";

const pack = async (...cdas: Cda[]) =>
  packXdm({ documents: cdas.map((each, n) => ({ content: bytes(String(n)), cda: each })), software: SOFTWARE });
async function derived(changes: Parameters<typeof header>[0]) {
  const packed = await pack(cda(changes));
  const opened = await openXdm(packed.zip);
  return { document: opened.documents[0], codes: packed.problems.map(({ code }) => code), opened };
}
const patient = (changes: Partial<ReturnType<typeof header>["patient"]>) => ({
  patient: { ...header().patient, ...changes },
});

describe("metadata of a header that is not as it should be", () => {
  it("an identifier of the patient that is a root alone, or too long, is left out and never cut", async () => {
    const long = `1.2.250.1.999.2^${"9".repeat(250)}`;
    const { document, codes } = await derived(patient({ localIds: ["1.2.3.4", long, "1.2.250.1.999.3^ IPP "] }));
    expect(document?.sourcePatientId).toBe("IPP^^^&1.2.250.1.999.3&ISO^PI");
    expect(codes).toEqual(["xdm_patient_id_too_long"]);
    const none = await derived(patient({ ins: null, localIds: ["1.2.3.4"] }));
    expect(none.document?.patientId).toBeUndefined();
    expect(none.codes).toEqual(["xdm_patient_id_missing"]);
  });

  it("an author of whom nothing is said is none", async () => {
    const { document, codes } = await derived({ authors: [{}, {}] });
    expect(document?.authors).toEqual([]);
    expect(codes).toEqual(["xdm_author_missing"]);
  });

  it("a type without code system has that of the national table which knows it", async () => {
    const { document, codes } = await derived({ code: { code: "11502-2" } });
    expect(document?.typeCode).toMatchObject({ code: "11502-2", codeSystem: "2.16.840.1.113883.6.1" });
    expect(document?.classCode?.code).toBe("10");
    expect(codes).toEqual(["xdm_type_system_missing"]);
    const unknown = await derived({ code: { code: "99999-9" } });
    expect(unknown.document?.typeCode).toEqual({ code: "99999-9", displayName: "99999-9" });
    expect(unknown.codes).toEqual(["xdm_type_system_missing", "xdm_class_unknown"]);
  });

  it("a name with two qualifiers counts for both", async () => {
    const names = patient({
      familyNames: [{ qualifier: "BR CL", value: "ESSAI" }],
      givenNames: [{ value: "ALICE MARIE" }, { qualifier: "BR CL", value: "ALICE" }],
    });
    const { document } = await derived(names);
    expect(document?.sourcePatientInfo.slice(0, 2)).toEqual([
      "PID-5|ESSAI^ALICE^ALICE MARIE^^^^L",
      "PID-5|TEST^ALICE^^^^^D",
    ]);
  });

  it("a day that the month does not have is no time, and is not moved to the next month", async () => {
    const { document, codes } = await derived({ effectiveTime: "20240230103000+0100" });
    expect(document?.creationTime).toBeUndefined();
    expect(codes).toEqual(["xdm_time_invalid"]);
    expect((await derived({ effectiveTime: "20240229103000+0100" })).document?.creationTime).toBe("20240229093000");
  });

  it("a label is one line, whatever the CDA has", async () => {
    const facilityType = { code: "SA07", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Cabinet\r\n  individuel" };
    const { document } = await derived({ encounter: { facilityType } });
    expect(document?.healthcareFacilityTypeCode?.displayName).toBe("Cabinet individuel");
  });

  it("an identifier of the document beyond what XDS allows is told", async () => {
    const { document, codes } = await derived({ id: `1.2.3^${"x".repeat(200)}` });
    expect(document?.uniqueId).toHaveLength(206);
    expect(codes).toEqual(["xdm_unique_id_too_long"]);
  });

  it("two patients are not one because their software gives both the same root", async () => {
    const one = cda({ id: "1.2.3.1", ...patient({ ins: null, localIds: ["1.2.250.1.999"] }) });
    const other = cda({ id: "1.2.3.2", ...patient({ ins: null, localIds: ["1.2.250.1.999"], birthName: "AUTRE" }) });
    await expect(pack(one, other)).rejects.toMatchObject({ code: "xdm_several_patients" });
  });
});

describe("metadata of other vendors", () => {
  const codes = async (zip: Uint8Array) => (await openXdm(zip)).problems.map(({ code }) => code);

  it("with a patientId without its type in the set or the document are about one patient", async () => {
    const second = metadata({
      uri: "../SUBSET01/DOC0001.XML",
      uniqueId: "1.2.3.7",
      patientId: "279035121518989^^^&1.2.250.1.213.1.4.10&ISO",
    });
    expect(await codes(archive([{ name: "IHE_XDM/SUBSET02/METADATA.XML", content: second }]))).toEqual([]);
  });

  it("with white space before the declaration, or NULs after the end, are read", async () => {
    const xml = `<?xml version="1.0" encoding="ISO-8859-1"?>${metadata()}`;
    for (const content of [
      `\r\n ${xml}`,
      `${xml}\0\0`,
      Buffer.from(`\ufeff${metadata()}`, "utf16le"),
      Buffer.from(`\ufeff${metadata()}`, "utf16le").swap16(),
    ]) {
      const entries = plainEntries().map((e) => (String(e.name).endsWith("METADATA.XML") ? { ...e, content } : e));
      expect(await codes(makeZip(entries))).toEqual([]);
    }
  });

  it("that are not in the encoding they declare are read, and told", async () => {
    const name = '<rim:Name><rim:LocalizedString value="Été"/></rim:Name>';
    const title = metadata().replace(/<rim:ExtrinsicObject[^>]*>/, (found) => found + name);
    for (const [encoding, as] of [
      ["UTF-8", "latin1"],
      ["UNICODE", "utf8"],
    ] as const) {
      const content = Buffer.from(`<?xml version="1.0" encoding="${encoding}"?>${title}`, as);
      const entries = plainEntries().map((e) => (String(e.name).endsWith("METADATA.XML") ? { ...e, content } : e));
      const opened = await openXdm(makeZip(entries));
      expect(opened.documents[0]?.title).toBe("Été");
      expect(opened.problems.map(({ code, severity }) => [severity, code])).toEqual([
        ["warning", "xdm_metadata_encoding"],
      ]);
    }
  });

  it("keep the second set where those of the first cannot be read", async () => {
    const entries = [{ name: "IHE_XDM/SUBSET00/METADATA.XML", content: "<not" }, ...plainEntries()];
    const opened = await openXdm(makeZip(entries));
    expect(opened.documents).toHaveLength(1);
    expect(opened.problems).toEqual([
      expect.objectContaining({
        severity: "error",
        code: "xdm_metadata_invalid",
        path: "IHE_XDM/SUBSET00/METADATA.XML",
      }),
    ]);
  });
});
