import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  INS_OIDS,
  isMssAddress,
  isPatientAddress,
  isPatientDomain,
  parseIns,
  parseMssAddress,
  patientAddress,
} from "../../src/identity/index.js";

describe("MSSanté address", () => {
  it("lowers the domain and leaves what stands before the @", () => {
    expect(parseMssAddress("Labo.Bio@CHU-Exemple.MSSante.FR")).toBe("Labo.Bio@chu-exemple.mssante.fr");
  });

  it("refuses a domain outside of the space, look-alikes included", () => {
    for (const domain of ["exemple.fr", "mssante.fr", "evilmssante.fr", "x.mssante.fr.evil.com", "x.mssante.fr."])
      expect(isMssAddress(`labo@${domain}`), domain).toBe(false);
  });

  it("takes the suffixes of an operator's test space", () => {
    expect(isMssAddress("labo@chu.mssante.test")).toBe(false);
    expect(isMssAddress("labo@chu.mssante.test", { suffixes: [".mssante.fr", ".mssante.test"] })).toBe(true);
    expect(isMssAddress("labo@chu.mssante.fr", { suffixes: [".mssante.test"] })).toBe(false);
  });

  it("refuses whatever could end a command or a header", () => {
    for (const part of [
      "\r\n",
      "\n",
      "\r",
      "\0",
      "\t",
      " ",
      "<",
      ">",
      ",",
      ";",
      ":",
      '"',
      "(",
      ")",
      "[",
      "]",
      "\\",
      "\u2028",
    ])
      for (const address of [`la${part}bo@chu.mssante.fr`, `labo@chu${part}.mssante.fr`, `labo@chu.mssante.fr${part}`])
        expect(isMssAddress(address), JSON.stringify(address)).toBe(false);
  });

  it("refuses quoted local parts, literals, empty labels, letters outside of ASCII", () => {
    for (const address of [
      '"a b"@chu.mssante.fr',
      "a..b@chu.mssante.fr",
      ".a@chu.mssante.fr",
      "a@[127.0.0.1].mssante.fr",
      "a@-x.mssante.fr",
      "a@x..mssante.fr",
      "é@chu.mssante.fr",
      "a@b@chu.mssante.fr",
      "@chu.mssante.fr",
      "chu.mssante.fr",
    ])
      expect(isMssAddress(address), address).toBe(false);
  });

  it("keeps to the lengths of RFC 5321", () => {
    expect(isMssAddress(`${"a".repeat(64)}@x.mssante.fr`)).toBe(true);
    expect(isMssAddress(`${"a".repeat(65)}@x.mssante.fr`)).toBe(false);
    expect(isMssAddress(`a@${"b".repeat(63)}.mssante.fr`)).toBe(true);
    expect(isMssAddress(`a@${"b".repeat(64)}.mssante.fr`)).toBe(false);
    const long = `${"a".repeat(64)}@${Array.from({ length: 4 }, () => "b".repeat(50)).join(".")}.mssante.fr`;
    expect(isMssAddress(long)).toBe(false);
  });

  it("accepts only what a header and a command carry as it is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: "binary" }), (text) => {
        const address = `${text}@chu.mssante.fr`;
        if (isMssAddress(address)) expect(address).toMatch(/^[\x21-\x7e]+$/);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe("address of a patient (ECO.2.2.6)", () => {
  const ins = parseIns("185057800608491", INS_OIDS.nir);

  it("is the matricule with its key in the patients' domain", () => {
    expect(patientAddress(ins)).toBe("185057800608491@patient.mssante.fr");
  });

  it("is recognised, whatever the case, when its key is right", () => {
    expect(isPatientAddress("185057800608491@PATIENT.mssante.fr")).toBe(true);
    expect(isPatientAddress("185057800608492@patient.mssante.fr")).toBe(false);
    expect(isPatientAddress("dupont@patient.mssante.fr")).toBe(false);
    expect(isPatientAddress("185057800608491@chu.mssante.fr")).toBe(false);
  });

  it("is not confused with another mailbox of the patients' domain", () => {
    expect(isPatientDomain("reponse.automatique-test@patient.mssante.fr")).toBe(true);
    expect(isPatientDomain("labo@xpatient.mssante.fr")).toBe(false);
  });
});
