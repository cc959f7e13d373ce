import { describe, expect, it } from "vitest";
import { type Claims, type Compared, faceOf, readShown, renderHtml } from "../../src/rendering/index.js";
import { byClass, narrative, textOf } from "./kit.js";

const ins = { value: "185057800604822", oid: "1.2.250.1.213.1.4.8" };
const patient = {
  ins,
  birthName: "MOREL",
  givenNames: [{ qualifier: "BR", value: "Jean-Paul" }, { value: "Jean-Paul Marie" }],
  familyNames: [{ qualifier: "BR", value: "MOREL" }],
  birthTime: "19850512",
  gender: "M",
};
const shown = readShown(narrative("x", "", { patient, title: "Compte rendu" }));
const traits = (compared: Compared): string[] => faceOf(shown, "fr", compared).differences.map(({ trait }) => trait);
const metadata = (claims: Claims): string[] => traits({ metadata: claims });

describe("what archive, document and mail say of one thing", () => {
  it.each<[string, Claims]>([
    ["nothing", {}],
    ["case, accents and hyphens", { birthName: "Morél", givenName: "JEAN PAUL", title: "COMPTE-RENDU" }],
    ["a list of given names that begins with the first", { givenName: "Jean Paul Marie" }],
    ["the day of a birth with an hour, or a part of it", { birthDate: "198505120830" }],
    ["a year of birth", { birthDate: "1985" }],
    ["the same matricule of an authority not named", { ins: { value: ins.value } }],
    ["the same", { ins, birthName: "MOREL", birthDate: "19850512", gender: "M", typeCode: "11502-2" }],
  ])("agrees with %s", (_, claims) => {
    expect(metadata(claims)).toEqual([]);
  });

  it.each<[string, Claims, keyof Claims]>([
    ["another matricule", { ins: { ...ins, value: "285057800604822" } }, "ins"],
    ["the matricule of a test authority", { ins: { ...ins, oid: "1.2.250.1.213.1.4.10" } }, "ins"],
    ["another name", { birthName: "MORIN" }, "birthName"],
    ["another given name that begins alike", { givenName: "Jean-Marc" }, "givenName"],
    ["half of a given name", { givenName: "Jean" }, "givenName"],
    ["another day of birth", { birthDate: "19850513" }, "birthDate"],
    ["another sex", { gender: "F" }, "gender"],
    ["another document", { uniqueId: "1.2.3" }, "uniqueId"],
    ["another title", { title: "Ordonnance" }, "title"],
    ["another type", { typeCode: "18748-4" }, "typeCode"],
  ])("differs from %s", (_, claims, trait) => {
    expect(metadata(claims)).toEqual([trait]);
  });

  it("differs where the archive and the mail do, whatever the document says", () => {
    const anonymous = readShown(narrative("x", "", { patient: { ...patient, ins: null, localIds: ["1.2.3.4^IPP1"] } }));
    const { differences } = faceOf(anonymous, "fr", {
      metadata: { ins },
      mail: { ins: { value: "285057800604822" } },
    });
    expect(differences).toEqual([
      {
        trait: "ins",
        label: "Matricule INS",
        metadata: "1 85 05 78 006 048 22 (NIR)",
        mail: "2 85 05 78 006 048 22",
      },
    ]);
  });

  it("is told before the document, and marked at every line that another place contradicts (ECO.2.1.2)", () => {
    const { html } = renderHtml(shown, {
      compared: {
        metadata: { birthName: "DURAND", givenName: "Luc", uniqueId: "1.2.3", typeCode: "18748-4" },
        mail: { ins: { value: "285057800604822" } },
      },
    });
    const [alert] = byClass(html, "cda-alert");
    expect(html.indexOf('class="cda-alert"')).toBeLessThan(html.indexOf('class="cda-title"'));
    expect(textOf(alert as never)).toMatch(/DURAND.*Luc.*1\.2\.3.*\(18748-4\)/s);
    expect(byClass(html, "cda-differs").map((line) => textOf(line).split("\n")[0])).toEqual([
      expect.stringMatching(/^Nom de naissance/),
      expect.stringMatching(/^Premier prénom/),
      expect.stringMatching(/^Matricule INS/),
      expect.stringMatching(/^Type/),
      expect.stringMatching(/^Identifiant du document/),
    ]);
  });

  it("marks the given name also where the document has one only", () => {
    const one = readShown(narrative("x", "", { patient: { ...patient, givenNames: [{ value: "Paul" }] } }));
    const { html } = renderHtml(one, { compared: { metadata: { givenName: "Luc" } } });
    expect(byClass(html, "cda-differs").map(textOf)).toEqual(["Prénom(s) de naissancePaul"]);
  });
});
