import { describe, expect, it } from "vitest";
import { composeMails, pdfName, xdmSubject } from "../../src/message/index.js";
import { header, input, patient, pdfCda } from "./fixtures.js";

const subject = (...documents: ReturnType<typeof header>[]) => xdmSubject({ documents });

describe("subject (ECO.2.1.3)", () => {
  it("is marker, label, NOM, prénom and birth date", () => {
    expect(subject(header())).toBe("XDM/1.0/DDM+CR d'examens biologiques VIAL Paul 23/05/1985");
  });

  it("counts the documents when there are several", () => {
    expect(subject(header(), header())).toBe("XDM/1.0/DDM+2 documents VIAL Paul 23/05/1985");
  });

  it("cuts the label at 40 characters, trims its end, and keeps its accents", () => {
    const label = "Note de transfert (dont lettre de liais à l'entrée)";
    expect(subject(header({ code: { code: "1", displayName: label } }))).toContain(
      "+Note de transfert (dont lettre de liais VIAL",
    );
    expect(subject(header({ code: { code: "1", displayName: "😀".repeat(50) } }))).toContain(
      `+${"😀".repeat(40)} VIAL`,
    );
  });

  it("takes the terminology's label where the document has none", () => {
    const code = { code: "34112-3", codeSystem: "2.16.840.1.113883.6.1" };
    expect(subject(header({ code }))).toContain("+CR hospitalier (séjour) VIAL");
  });

  it("warns where neither has a label", () => {
    const cda = pdfCda(header({ code: { code: "ZZZ", codeSystem: "1.2.3" } }));
    const composed = composeMails(input({ documents: [{ cda }] }));
    expect(composed.subject).toBe("XDM/1.0/DDM+Document VIAL Paul 23/05/1985");
    expect(composed.problems).toMatchObject([{ code: "type_label_unknown" }]);
  });

  it("writes NOM in upper case and both names without accents, spaces and hyphens kept", () => {
    const names = patient({
      familyNames: [{ qualifier: "BR", value: "de l'Œuvre-Çéü" }],
      givenNames: [{ qualifier: "BR", value: "Zoé-Éloïse" }],
    });
    expect(subject(names)).toContain(" DE L'OEUVRE-CEU Zoe-Eloise ");
  });

  it("prefers the family name of birth, then the unqualified, then the used one", () => {
    const cl = { qualifier: "CL", value: "Used" };
    const none = { value: "Plain" };
    const br = { qualifier: "BR", value: "Birth" };
    expect(subject(patient({ familyNames: [cl, none, br] }))).toContain(" BIRTH Paul");
    expect(subject(patient({ familyNames: [cl, none] }))).toContain(" PLAIN Paul");
    expect(subject(patient({ familyNames: [cl] }))).toContain(" USED Paul");
    expect(subject(patient({ familyNames: [{ qualifier: "AD", value: "adopted" }] }))).toContain(" ADOPTED Paul");
  });

  it("takes the first word of the unqualified given where none is of birth", () => {
    expect(subject(patient({ givenNames: [{ qualifier: "CL", value: "X" }, { value: "Jean Marc Luc" }] }))).toContain(
      " VIAL Jean 23",
    );
  });

  it("leaves the date out when the document has no whole one, and never converts it to UTC", () => {
    expect(subject(patient({ birthTime: "1985" }))).toMatch(/ VIAL Paul$/);
    expect(subject(patient({ birthTime: "20200101003000+0100" }))).toMatch(/ 01\/01\/2020$/);
  });

  it("refuses a patient without name", () => {
    expect(() => subject(patient({ familyNames: [] }))).toThrow(
      expect.objectContaining({ code: "cda_header_invalid", requirement: "ECO.2.1.3" }),
    );
  });

  it("mentions a replacement directly after the marker, never before it (AMBU.MSS/va1.02)", () => {
    expect(xdmSubject({ documents: [header()], action: "replace" })).toBe(
      "XDM/1.0/DDM+[Annule et remplace] CR d'examens biologiques VIAL Paul 23/05/1985",
    );
  });

  it("is for a deletion that of the document", () => {
    expect(xdmSubject({ documents: [header()], action: "delete" })).toBe(subject(header()));
  });
});

describe("name of the PDF (ECO.2.1.6)", () => {
  it("keeps long names whole where a disk has room for them, as the rule has no limit", () => {
    const patient = {
      ...header().patient,
      familyNames: [{ qualifier: "BR", value: "N".repeat(90) }],
      givenNames: [{ qualifier: "BR", value: "p".repeat(60) }],
    };
    expect(pdfName(header({ patient }))).toBe(
      `20240103_CR d'examens biologiques_${"N".repeat(90)}_${"p".repeat(60)}.pdf`,
    );
  });

  it("is date of the act, type, NOM, prénom and dossier", () => {
    expect(pdfName(header(), { dossier: "12150302014578" })).toBe(
      "20240103_CR d'examens biologiques_VIAL_Paul_12150302014578.pdf",
    );
  });

  it("takes the local date written, and the document's where the act has none", () => {
    expect(pdfName(header({ serviceEvents: [{ translations: [], low: "20240101003000+0100" }] }))).toMatch(
      /^20240101_/,
    );
    expect(pdfName(header({ serviceEvents: [] }))).toMatch(/^20240104_/);
    expect(pdfName(header({ serviceEvents: [{ translations: [] }] }))).toMatch(/^20240104_/);
  });

  it("replaces what a file name may not hold", () => {
    const code = { code: "1", displayName: 'a/b\\c:d*e?f"g<h>i|j' };
    expect(pdfName(header({ code }))).toBe("20240103_a-b-c-d-e-f-g-h-i-j_VIAL_Paul.pdf");
  });

  it("numbers the second PDF of one name before its end", () => {
    const documents = [{ cda: pdfCda() }, { cda: pdfCda() }, { cda: pdfCda() }];
    expect(composeMails(input({ documents })).pdfNames).toEqual([
      "20240103_CR d'examens biologiques_VIAL_Paul.pdf",
      "20240103_CR d'examens biologiques_VIAL_Paul-2.pdf",
      "20240103_CR d'examens biologiques_VIAL_Paul-3.pdf",
    ]);
  });
});
