import { isMedimailError } from "../../src/errors.js";
import { fictionalIns } from "../tools/documents.js";

export const INS = fictionalIns(48);

/** The pieces of an invented document; a test replaces the one it is about. */
export const PIECES = {
  before: '<?xml version="1.0" encoding="UTF-8"?>\n',
  attributes: 'xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  ids: `<id root="1.2.250.1.999.7" extension="DOC1"/>`,
  code: `<code code="11502-2" codeSystem="2.16.840.1.113883.6.1" displayName="CR d'examens biologiques"/>`,
  title: "<title>Compte rendu de biologie</title>",
  effectiveTime: `<effectiveTime value="20260105103000+0100"/>`,
  confidentialityCode: `<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/>`,
  languageCode: `<languageCode code="fr-FR"/>`,
  version: `<setId root="1.2.250.1.999.7" extension="S1"/><versionNumber value="2"/>`,
  patientIds: `<id root="1.2.250.1.213.1.4.8" extension="${INS}"/><id root="1.2.250.1.999.1" extension="IPP7"/>`,
  patientContacts: "",
  patientName: `<name><family qualifier="BR">MOREL</family><given>Élodie Marie</given><given qualifier="BR">Élodie</given></name>`,
  gender: `<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>`,
  birth: `<birthTime value="19850512"/><birthplace><place><addr><county>31555</county><city>TOULOUSE</city></addr></place></birthplace>`,
  author: `<author><time value="20260105103000+0100"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810000000018"/>
    <code code="G15_10/SM03" codeSystem="1.2.250.1.213.1.1.4.5" displayName="Médecin - Biologie médicale (SM)"/>
    <assignedPerson><name><prefix>MME</prefix><given>Anne</given><family>LEROY</family><suffix>DR</suffix></name></assignedPerson>
    <representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1310000001"/><name>CH EXEMPLE</name></representedOrganization>
    </assignedAuthor></author>`,
  custodian: `<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.250.1.71.4.2.2" extension="1310000001"/><name>CH EXEMPLE</name></representedCustodianOrganization></assignedCustodian></custodian>`,
  recipients: "",
  legalAuthenticator: `<legalAuthenticator><time value="20260105103000+0100"/><signatureCode code="S"/><assignedEntity><id root="1.2.250.1.71.4.2.1" extension="810000000018"/></assignedEntity></legalAuthenticator>`,
  serviceEvent: `<documentationOf><serviceEvent><effectiveTime><low value="20260104082000+0100"/></effectiveTime><performer typeCode="PRF"><assignedEntity><id root="1.2.250.1.71.4.2.1" extension="810000000018"/><representedOrganization><standardIndustryClassCode code="AMBULATOIRE" codeSystem="1.2.250.1.213.1.1.4.9" displayName="Ambulatoire"/></representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>`,
  related: "",
  encounter: `<componentOf><encompassingEncounter><effectiveTime/><location><healthCareFacility><code code="SA07" codeSystem="1.2.250.1.71.4.2.4" displayName="Cabinet individuel"/></healthCareFacility></location></encompassingEncounter></componentOf>`,
  body: `<component><nonXMLBody><text mediaType="application/pdf" representation="B64">${Buffer.from("%PDF-1.4 invented").toString("base64")}</text></nonXMLBody></component>`,
};

export function cdaText(changes: Partial<typeof PIECES> = {}): string {
  const p = { ...PIECES, ...changes };
  return `${p.before}<ClinicalDocument ${p.attributes}><realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="1.2.250.1.213.1.1.1.99" extension="2026.01"/>
${p.ids}${p.code}${p.title}${p.effectiveTime}${p.confidentialityCode}${p.languageCode}${p.version}
<recordTarget><patientRole>${p.patientIds}${p.patientContacts}<patient>${p.patientName}${p.gender}${p.birth}</patient></patientRole></recordTarget>
${p.author}${p.custodian}${p.recipients}${p.legalAuthenticator}${p.serviceEvent}${p.related}${p.encounter}${p.body}</ClinicalDocument>`;
}

export function cda(changes: Partial<typeof PIECES> = {}): Uint8Array {
  return Buffer.from(cdaText(changes));
}

/** The error of a call that shall throw one of ours. */
export function errorOf(call: () => unknown): { code: string; path: string | undefined; message: string } {
  try {
    call();
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    return { code: error.code, path: error.path, message: error.message };
  }
  throw new Error("nothing was thrown");
}
