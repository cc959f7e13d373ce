import { describe, expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { cda, PIECES } from "./fixtures.js";

type Pieces = Partial<typeof PIECES>;
const read = (changes: Pieces) => readCda(cda(changes));
const codesOf = (changes: Pieces) => read(changes).problems.map(({ code }) => code);

describe("what other software writes in a header is read for what it means", () => {
  it("an identifier with a root and a null flavour is none: the next one counts", () => {
    const unknown = '<id root="1.2.250.1.71.4.2.1" nullFlavor="UNK"/>';
    const author = PIECES.author.replace("<assignedAuthor>", `<assignedAuthor>${unknown}`);
    expect(read({ author }).header.authors[0]?.id).toBe("1.2.250.1.71.4.2.1^810000000018");
    const patientIds = `<id root="1.2.3" nullFlavor="NASK"/>`;
    expect(read({ patientIds }).header.patient).toMatchObject({ ins: null, localIds: [] });
    expect(codesOf({ patientIds })).toContain("patient_id_missing");
  });

  it("a family name of a kind that France does not know is the name in use, where there is no other", () => {
    const name = (families: string) => ({ patientName: `<name>${families}<given>Anne</given></name>` });
    const adopted = '<family qualifier="AD">ROUX</family>';
    expect(read(name(adopted)).header.patient.usedName).toBe("ROUX");
    expect(read(name(`${adopted}<family>MOREL</family>`)).header.patient).toMatchObject({ birthName: "MOREL" });
    expect(read(name(`${adopted}<family>MOREL</family>`)).header.patient.usedName).toBeUndefined();
  });

  it("of several identifiers the national one counts, wherever it stands, else the first", () => {
    const local = '<id root="1.2.3" extension="L1"/>';
    const author = PIECES.author.replace("<assignedAuthor>", `<assignedAuthor>${local}`);
    expect(read({ author }).header.authors[0]?.id).toBe("1.2.250.1.71.4.2.1^810000000018");
    const stranger = author.replaceAll("1.2.250.1.71.4.2.1", "1.2.4");
    expect(read({ author: stranger }).header.authors[0]?.id).toBe("1.2.3^L1");
  });

  it("a code and its system have no white space around them", () => {
    const code = '<code code=" 11502-2 " codeSystem="2.16.840.1.113883.6.1 " displayName=" x"/>';
    expect(read({ code }).header.code).toEqual({
      code: "11502-2",
      codeSystem: "2.16.840.1.113883.6.1",
      displayName: " x",
    });
    expect(read({ gender: '<administrativeGenderCode code=" F "/>' }).header.patient.gender).toBe("F");
  });

  it("a type that is null is that of its translation, and it is told", () => {
    const code =
      '<code nullFlavor="OTH"><translation nullFlavor="UNK"/><translation code="11488-4" codeSystem="2.16.840.1.113883.6.1"/></code>';
    expect(read({ code }).header.code.code).toBe("11488-4");
    expect(codesOf({ code })).toContain("code_from_translation");
  });

  it("the name of the spouse (SP) of older documents is the name in use, where there is no CL", () => {
    const name = (second: string) => `<name><family qualifier="BR">MOREL</family>${second}<given>Anne</given></name>`;
    const used = (second: string) => read({ patientName: name(second) }).header.patient.usedName;
    expect(used('<family qualifier="SP">PETIT</family>')).toBe("PETIT");
    expect(used('<family qualifier="SP">PETIT</family><family qualifier="CL">ROUX</family>')).toBe("ROUX");
  });

  it("a name that is not in parts is the family name, and it is told", () => {
    const patientName = "<name>\n MOREL Élodie\n</name>";
    expect(read({ patientName }).header.patient).toMatchObject({ birthName: "MOREL Élodie", givenNames: [] });
    expect(codesOf({ patientName })).toContain("patient_name_unparted");
    expect(read({ patientName, patientIds: "" }).header.patient.localIds).toEqual([]);
  });

  it("a second name repeats given names of the first, and a pseudonym is no name of the patient", () => {
    const patientName = `<name><family qualifier="BR">MOREL</family><given>Zoé Anne</given></name><name><family qualifier="CL">PETIT</family><given>Zoé Anne</given></name><name use="P"><family>LUNE</family><given>Clair</given></name>`;
    expect(read({ patientName }).header.patient).toMatchObject({
      birthName: "MOREL",
      usedName: "PETIT",
      givenNames: [{ value: "Zoé Anne" }],
    });
    const alone = '<name use="P"><family>LUNE</family><given>Clair</given></name>';
    expect(read({ patientName: alone }).header.patient.birthName).toBe("LUNE");
  });

  it("of several performers the one whose structure has a practice setting counts, else the first", () => {
    const performer = (extension: string, setting: string) =>
      `<performer typeCode="PRF"><assignedEntity><id root="1.2" extension="${extension}"/><representedOrganization>${setting}</representedOrganization></assignedEntity></performer>`;
    const event = (...performers: string[]) =>
      read({
        serviceEvent: `<documentationOf><serviceEvent>${performers.join("")}</serviceEvent></documentationOf>`,
      }).header.serviceEvents[0]?.performer?.id;
    expect(event(performer("A", ""), performer("B", '<standardIndustryClassCode code="HAD"/>'))).toBe("1.2^B");
    expect(event(performer("A", ""), performer("B", ""))).toBe("1.2^A");
  });

  it("the centre of an act's time is its beginning where nothing else is", () => {
    const low = (time: string) =>
      read({
        serviceEvent: `<documentationOf><serviceEvent><effectiveTime>${time}</effectiveTime></serviceEvent></documentationOf>`,
      }).header.serviceEvents[0]?.low;
    expect(low('<center value="20260104"/><width value="2" unit="h"/>')).toBe("20260104");
    expect(low('<low value="20260103"/><center value="20260104"/>')).toBe("20260103");
    expect(low('<high value="20260105"/>')).toBeUndefined();
  });
});
