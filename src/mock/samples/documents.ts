import type { CdaHeaderInput, Code, Organization } from "../../cda/types.js";
import { smallPdf } from "./pdf.js";

/** An invented patient. The matricule is of the test authority (1.2.250.1.213.1.4.10), in a department that does not exist. */
const INS = { value: "287039999904155", oid: "1.2.250.1.213.1.4.10" };
const LOINC = "2.16.840.1.113883.6.1";

const laboratory: Organization = {
  id: "1.2.250.1.71.4.2.2^1990000017",
  name: "Laboratoire de biologie - CH EXEMPLE",
  telecom: [{ value: "tel:+33-1-99-00-00-17", use: "WP" }],
  practiceSetting: {
    code: "ETABLISSEMENT",
    codeSystem: "1.2.250.1.213.1.1.4.9",
    displayName: "Etablissement de santé",
  },
};

const facility: Code = { code: "SA01", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Etablissement public de santé" };

const biologist = {
  id: "1.2.250.1.71.4.2.1^899900000019",
  specialty: {
    code: "G15_10/SM03",
    codeSystem: "1.2.250.1.213.1.1.4.5",
    displayName: "Médecin - Biologie médicale (SM)",
  },
  // The French profile has the civility as prefix, the title as suffix.
  person: { family: "EXEMPLE", given: "Aurore", prefix: "MME", suffix: "DR" },
};

/** The header of the demonstration's reports; `now` is a French time with its offset, as documents have it. */
export function demoHeader(code: Code, title: string, setId: string, now: string): CdaHeaderInput {
  return {
    relatedDocuments: [],
    templateIds: [],
    setId,
    versionNumber: 1,
    code,
    title,
    effectiveTime: now,
    languageCode: "fr-FR",
    confidentialityCode: { code: "N", codeSystem: "2.16.840.1.113883.5.25", displayName: "Normal" },
    patient: {
      ins: INS,
      localIds: ["1.2.250.1.999.1.1^DEMO-0001"],
      birthName: "INVENTEE",
      familyNames: [{ qualifier: "BR", value: "INVENTEE" }],
      givenNames: [{ value: "CAMILLE LOUISE" }, { qualifier: "BR", value: "CAMILLE" }],
      birthTime: "19870312",
      gender: "F",
      birthPlace: { code: "99999", name: "INCONNU" },
    },
    authors: [{ time: now, ...biologist, organization: laboratory }],
    legalAuthenticator: { time: now, ...biologist, organization: laboratory },
    custodian: { id: laboratory.id ?? "", name: laboratory.name ?? "" },
    recipients: [],
    serviceEvents: [{ translations: [], low: now, performer: { ...biologist, organization: laboratory } }],
    encounter: { low: now, facilityType: facility, location: { name: "CH EXEMPLE" } },
  };
}

/** A report in PDF, as a software without CDA has it. */
export function demoReport(): { pdf: Buffer; code: Code; title: string } {
  return {
    pdf: smallPdf("Lettre de liaison", [
      "CH EXEMPLE, document invente pour une demonstration.",
      "",
      "Patiente : INVENTEE Camille, nee le 12/03/1987",
      "Sortie au domicile, sans particularite.",
    ]),
    code: {
      code: "11490-0",
      codeSystem: LOINC,
      displayName: "Lettre de liaison à la sortie d'un établissement de soins",
    },
    title: "Lettre de liaison",
  };
}

const LABORATORY_CODE: Code = { code: "11502-2", codeSystem: LOINC, displayName: "CR d'examens biologiques" };

export interface DocumentIds {
  id: string;
  setId: string;
  /** Of a document that takes the place of another: from 2 on, with the id of that one. */
  version?: number;
  replaces?: string;
}

/** A laboratory report in structured form (level 3) with its PDF. */
export function demoLaboratoryReport(ids: DocumentIds, now: string): { cda: Buffer; pdf: Buffer } {
  const rows = [
    ["Glucose", "0,92", "g/L", "0,70 - 1,10"],
    ["Creatinine", "68", "µmol/L", "45 - 84"],
    ["Hémoglobine", "13,4", "g/dL", "12,0 - 16,0"],
  ];
  const pdf = smallPdf(
    "Compte rendu d'examens biologiques",
    rows.map((row) => row.join("   ")),
  );
  const cells = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");
  return { cda: Buffer.from(level3(ids, now, `<table><tbody>${cells}</tbody></table>`), "utf8"), pdf };
}

function level3({ id, setId, version = 1, replaces }: DocumentIds, now: string, narrative: string): string {
  const related =
    replaces === undefined
      ? ""
      : `<relatedDocument typeCode="RPLC"><parentDocument><id root="${replaces}"/></parentDocument></relatedDocument>\n`;
  const person =
    "<assignedPerson><name><prefix>MME</prefix><given>Aurore</given><family>EXEMPLE</family><suffix>DR</suffix></name></assignedPerson>";
  const doctor = '<id root="1.2.250.1.71.4.2.1" extension="899900000019"/>';
  const organization = `<id root="1.2.250.1.71.4.2.2" extension="1990000017"/><name>${laboratory.name}</name>`;
  const practice =
    '<standardIndustryClassCode code="ETABLISSEMENT" codeSystem="1.2.250.1.213.1.1.4.9" displayName="Etablissement de santé"/>';
  const code = `code="${LABORATORY_CODE.code}" codeSystem="${LOINC}" displayName="${LABORATORY_CODE.displayName}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="1.2.250.1.213.1.1.1.55"/>
<id root="${id}"/><code ${code}/><title>CR d'examens biologiques</title><effectiveTime value="${now}"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/><languageCode code="fr-FR"/>
<setId root="${setId}"/><versionNumber value="${version}"/>
<recordTarget><patientRole><id root="${INS.oid}" extension="${INS.value}"/><id root="1.2.250.1.999.1.1" extension="DEMO-0001"/>
<patient><name><family qualifier="BR">INVENTEE</family><given>CAMILLE LOUISE</given><given qualifier="BR">CAMILLE</given></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1" displayName="Féminin"/><birthTime value="19870312"/>
<birthplace><place><addr><county>99999</county><city>INCONNU</city></addr></place></birthplace></patient></patientRole></recordTarget>
<author><time value="${now}"/><assignedAuthor>${doctor}${person}<representedOrganization>${organization}</representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization>${organization}</representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="${now}"/><signatureCode code="S"/><assignedEntity>${doctor}${person}</assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><effectiveTime><low value="${now}"/></effectiveTime>
<performer typeCode="PRF"><assignedEntity>${doctor}${person}<representedOrganization>${organization}${practice}</representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>
${related}<componentOf><encompassingEncounter><effectiveTime><low value="${now}"/></effectiveTime><location><healthCareFacility>
<code code="SA01" codeSystem="1.2.250.1.71.4.2.4" displayName="Etablissement public de santé"/></healthCareFacility></location></encompassingEncounter></componentOf>
<component><structuredBody><component><section><code code="18719-5" codeSystem="${LOINC}" displayName="Chimie"/><title>Biochimie, hématologie</title>
<text>${narrative}</text></section></component></structuredBody></component>
</ClinicalDocument>
`;
}
