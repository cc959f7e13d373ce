import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/rendering/index.js";
import { byClass, type Element, elementsOf, narrative, textOf, withBody } from "./kit.js";

/** The sample with pieces of its header replaced. */
function changed(...changes: [string | RegExp, string][]): Uint8Array {
  let xml = Buffer.from(narrative("x")).toString("utf8");
  for (const [from, to] of changes) {
    const next = xml.replace(from, to);
    if (next === xml) throw new Error(`the sample has no ${String(from)}`);
    xml = next;
  }
  return Buffer.from(xml);
}

/** The lines of the header: label and values. */
function factsOf(cda: Uint8Array, language: "fr" | "en" = "fr"): Record<string, string[]> {
  const { html } = renderHtml(cda, { language });
  return Object.fromEntries(
    byClass(html, "cda-facts")
      .flatMap((list) => list.childNodes.filter((node): node is Element => "tagName" in node))
      .map((row) => row.childNodes.map(textOf))
      .map(([label = "", ...values]) => [label, values]),
  );
}

const SDTC = 'xmlns:sdtc="urn:hl7-org:sdtc"';
const patientEnds = (xml: string): [RegExp, string] => [/(<\/patient>)/, `${xml}$1`];

describe("the header of a document, as a professional needs it", () => {
  it("says beside the identity that the patient is deceased, and when", () => {
    const told = (xml: string, language: "fr" | "en" = "fr") => factsOf(changed(patientEnds(xml)), language);
    const ind = `<sdtc:deceasedInd ${SDTC} value="true"/>`;
    const time = `<sdtc:deceasedTime ${SDTC} value="20260103"/>`;
    expect(told(ind)["Décès"]).toEqual(["patient décédé"]);
    expect(told(ind + time)["Décès"]).toEqual(["patient décédé, le 03/01/2026"]);
    expect(told(time, "en")["Death"]).toEqual(["the patient is deceased, on 3 Jan 2026"]);
    expect(told(`<sdtc:deceasedInd ${SDTC} value="false"/>`)).not.toHaveProperty("Décès");
    const { html } = renderHtml(changed(patientEnds(ind)));
    expect(textOf(byClass(html, "cda-patient")[0] as Element)).toContain("patient décédé");
  });

  it("says that the patient is one of several children of a birth, and which", () => {
    const ind = `<sdtc:multipleBirthInd ${SDTC} value="true"/>`;
    const rank = `<sdtc:multipleBirthOrderNumber ${SDTC} value="2"/>`;
    expect(factsOf(changed(patientEnds(ind)))["Naissance multiple"]).toEqual(["oui"]);
    expect(factsOf(changed(patientEnds(ind + rank)))["Naissance multiple"]).toEqual(["rang 2"]);
  });

  it("shows the words that an author and a participant add to their function, once", () => {
    const participant = (text: string) =>
      `<participant typeCode="PART"><functionCode code="C" displayName="Correspondant"><originalText>${text}</originalText></functionCode><associatedEntity classCode="PROV"><associatedPerson><name><given>Jean</given><family>DURAND</family></name></associatedPerson></associatedEntity></participant>`;
    const facts = factsOf(
      changed(
        [
          /<author>/,
          '<author><functionCode code="A" displayName="Responsable"><originalText>Biologiste de garde</originalText></functionCode>',
        ],
        [/(<component>)/, `${participant("Hors quorum")}${participant("correspondant")}$1`],
      ),
    );
    expect(facts["Auteur"]?.[0]).toContain("Dr Anne LEROY, Responsable, Biologiste de garde");
    expect(facts["Autres participants"]).toEqual([
      "Correspondant, Hors quorum : Jean DURAND",
      "Correspondant : Jean DURAND",
    ]);
  });

  it("shows who answers for the encounter, and who took part in it", () => {
    const entity = (name: string) =>
      `<assignedEntity><id nullFlavor="UNK"/><assignedPerson><name><family>${name}</family></name></assignedPerson><representedOrganization><name>Chirurgie</name><telecom value="tel:0102030405"/></representedOrganization></assignedEntity>`;
    const facts = factsOf(
      changed([
        /<encompassingEncounter>(.*?)(<location>)/s,
        `<encompassingEncounter>$1<responsibleParty>${entity("AUBRY")}</responsibleParty><encounterParticipant typeCode="CON">${entity("NOIR")}</encounterParticipant>$2`,
      ]),
    );
    expect(facts["Responsable de la prise en charge"]).toEqual(["AUBRY, Chirurgie, 01 02 03 04 05"]);
    expect(facts["Intervenants de la prise en charge"]).toEqual(["Consultant : NOIR, Chirurgie, 01 02 03 04 05"]);
  });

  it("shows every wording of the act, everybody who did it, the words of the order, and the place of birth by its name", () => {
    const facts = factsOf(
      changed(
        [
          /(<documentationOf>)/,
          '<inFulfillmentOf><order><id root="1.2.3" extension="D7"/><code><originalText>Contrôle à six mois</originalText></code></order></inFulfillmentOf><documentationOf><serviceEvent><code code="S" displayName="Scanner du genou"><originalText>Genou gauche</originalText><translation code="T" displayName="Tomodensitométrie"/></code><performer typeCode="PRF"><assignedEntity><id nullFlavor="UNK"/><assignedPerson><name><family>AUBRY</family></name></assignedPerson></assignedEntity></performer><performer typeCode="SPRF"><assignedEntity><id nullFlavor="UNK"/><code code="X" displayName="Manipulateur"/><assignedPerson><name><family>NOIR</family></name></assignedPerson></assignedEntity></performer></serviceEvent></documentationOf>$1',
        ],
        [
          /<birthplace>.*?<\/birthplace>/s,
          "<birthplace><place><name>Maternité des Lilas</name><addr><county>31555</county><city>Toulouse</city></addr></place></birthplace>",
        ],
      ),
    );
    expect(facts["Acte documenté"]?.[0]).toBe(
      "Scanner du genou, Tomodensitométrie, Genou gauche, AUBRY ; NOIR, Manipulateur",
    );
    expect(facts["Demandes d'examen"]).toEqual(["D7 (1.2.3)", "Contrôle à six mois"]);
    expect(JSON.stringify(facts)).toContain("Toulouse (code INSEE 31555)");
    expect(facts["Nom du lieu de naissance"]).toEqual(["Maternité des Lilas"]);
  });
});

describe("a body of level 1 that is a reference", () => {
  it("tells of the file outside of the document by its address, and loads nothing", () => {
    const cda = withBody(
      '<component><nonXMLBody><text><reference value="courrier-externe.pdf"/></text></nonXMLBody></component>',
    );
    const { html, problems } = renderHtml(cda);
    expect(html).toContain("courrier-externe.pdf");
    expect(problems.map(({ code }) => code)).toContain("media_outside");
    expect(elementsOf(html).filter(({ tagName }) => tagName === "a" || tagName === "img")).toEqual([]);
  });
});
