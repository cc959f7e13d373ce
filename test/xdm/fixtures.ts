import type { Cda, CdaHeader } from "../../src/cda/types.js";

/** 97 minus the remainder: the key of an INS. */
export const INS = "285077519612341";
export const INS_OID = "1.2.250.1.213.1.4.10";

/** The header of a fictional report, complete. */
export function header(changes: Partial<CdaHeader> = {}): CdaHeader {
  return {
    id: "1.2.250.1.999.1.1",
    setId: "1.2.250.1.999.1",
    versionNumber: 1,
    relatedDocuments: [],
    templateIds: ["2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1", "1.2.250.1.213.1.1.1.55^2021.01"],
    code: { code: "11502-2", codeSystem: "2.16.840.1.113883.6.1", displayName: "Bilan" },
    title: "Compte rendu d'essai",
    effectiveTime: "20260105093000+0100",
    languageCode: "fr-FR",
    confidentialityCode: { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
    patient: {
      ins: { value: INS, oid: INS_OID },
      localIds: ["1.2.250.1.999.2^IPP1", "1.2.250.1.999.3^IPP2"],
      birthName: "ESSAI",
      usedName: "TEST",
      familyNames: [
        { qualifier: "BR", value: "ESSAI" },
        { qualifier: "CL", value: "TEST" },
      ],
      givenNames: [{ value: "ALICE MARIE" }, { qualifier: "BR", value: "ALICE" }, { qualifier: "CL", value: "LILI" }],
      birthTime: "19850714",
      gender: "F",
      birthPlace: { code: "75119" },
    },
    authors: [
      {
        id: "1.2.250.1.71.4.2.1^810000000001",
        person: { family: "MEDECIN", given: "Paul" },
        function: { code: "PCP", codeSystem: "2.16.840.1.113883.5.88", displayName: "Médecin traitant" },
        specialty: { code: "G15_10", codeSystem: "1.2.250.1.213.1.1.4.5", displayName: "Médecin" },
        organization: { id: "1.2.250.1.71.4.2.2^1750000001", name: "Cabinet d'essai" },
      },
    ],
    legalAuthenticator: { id: "1.2.250.1.71.4.2.1^810000000001", person: { family: "MEDECIN", given: "Paul" } },
    custodian: { id: "1.2.250.1.71.4.2.2^1750000001", name: "Hôpital d'essai" },
    recipients: [],
    serviceEvents: [
      {
        code: { code: "18719-5", codeSystem: "2.16.840.1.113883.6.1", displayName: "Biochimie" },
        translations: [{ code: "CT", codeSystem: "1.2.840.10008.2.16.4", displayName: "Scanner" }],
        low: "20260105080000+0100",
        high: "20260105083000+0100",
        performer: {
          organization: {
            practiceSetting: { code: "AMBULATOIRE", codeSystem: "1.2.250.1.213.1.1.4.9", displayName: "Ambulatoire" },
          },
        },
      },
    ],
    encounter: { facilityType: { code: "SA07", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Cabinet individuel" } },
    ...changes,
  };
}

export function cda(changes: Partial<CdaHeader> = {}, more: Partial<Cda> = {}): Cda {
  return {
    header: header(changes),
    body: { level: "N3" },
    problems: [],
    selfRendering: false,
    encapsulated: () => undefined,
    ...more,
  };
}

/** Bytes that stand for the document; only their identity matters where the CDA is given read. */
export function bytes(mark = "1"): Uint8Array {
  return Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- ${mark} --></ClinicalDocument>`);
}

export const SOFTWARE = { name: "Logiciel d'essai", version: "4.2", publisher: "Éditeur", contact: "aide@exemple.fr" };

/** A minimal CDA that `readCda` takes, of a fictional patient. */
export function cdaXml(id: string, ins: string, family: string): Uint8Array {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="1.3.6.1.4.1.19376.1.2.20"/><id root="${id}"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Synthèse"/><title>Essai &amp; co</title>
<effectiveTime value="20260105093000+0100"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<languageCode code="fr-FR"/>
<recordTarget><patientRole><id root="1.2.250.1.213.1.4.10" extension="${ins}"/><patient>
<name><family qualifier="BR">${family}</family><given qualifier="BR">ALICE</given></name>
<administrativeGenderCode code="F"/><birthTime value="19850714"/></patient></patientRole></recordTarget>
<component><nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERi0xLjQK</text></nonXMLBody></component>
</ClinicalDocument>`);
}
