/**
 * CDA documents as other software writes them. Each choice is a piece of XML and, beside it, what the metadata hold for it by the
 * rules of xdm.md §3, written by hand: no mapping code is used. Identities are invented.
 */
import { type Choice, type Fields, list, type Pick } from "./strange-choices.js";
import { BIRTHS, GENDERS, INS, NAMES, PATIENT_CONTACTS, PATIENT_IDS, PLACES } from "./strange-patients.js";
import { expectedFormat } from "./strange-types.js";

const LOINC = "2.16.840.1.113883.6.1";
const PS = "&1.2.250.1.71.4.2.1&ISO";
const ST = "&1.2.250.1.71.4.2.2&ISO";

const IDS: readonly Choice[] = [
  ['<id root="1.2.250.1.999.1.7.3"/>', { uniqueId: "1.2.250.1.999.1.7.3" }],
  ['<id root="1.2.250.1.999.1.7" extension="DOC-3"/>', { uniqueId: "1.2.250.1.999.1.7^DOC-3" }],
  [
    '<id assigningAuthorityName="X" extension="2026/1" root="1.2.250.1.999.1.7"></id>',
    { uniqueId: "1.2.250.1.999.1.7^2026/1" },
  ],
];

const TITLES: readonly Choice[] = [
  ["<title>Compte rendu &amp; suites</title>", { title: "Compte rendu & suites" }],
  ["<title><![CDATA[Compte rendu & <suites>]]></title>", { title: "Compte rendu & <suites>" }],
  ["<title>\n   Lettre de\n   liaison\n</title>", { title: "Lettre de liaison" }],
  ["<title>Synth&#232;se<!-- V2 --> m&#xE9;dicale</title>", { title: "Synthèse médicale" }],
  ['<title mediaType="text/plain" representation="TXT">Bilan</title>', { title: "Bilan" }],
  ['<title nullFlavor="NI"/>', { title: "" }],
];

const TIMES: readonly Choice[] = [
  ['<effectiveTime value="20260105103000+0100"/>', { creationTime: "20260105093000" }],
  ['<effectiveTime value="20260105003000+0200"/>', { creationTime: "20260104223000" }],
  ['<effectiveTime value="202601051030-0400"/>', { creationTime: "202601051430" }],
  ['<effectiveTime value="20260105"/>', { creationTime: "20260105" }],
  ['<effectiveTime value="20260105103000.123+0100"/>', { creationTime: "20260105093000" }],
  ['<effectiveTime value="20260105103000+1100"></effectiveTime>', { creationTime: "20260104233000" }],
];

const CONFIDENTIALITY: readonly Choice[] = [
  [
    '<confidentialityCode code="N" displayName="Normal" codeSystem="2.16.840.1.113883.5.25"/>',
    { confidentialityCodes: "N 2.16.840.1.113883.5.25" },
  ],
  [
    '<confidentialityCode code="R" codeSystem="2.16.840.1.113883.5.25"><originalText>restreint</originalText></confidentialityCode>',
    { confidentialityCodes: "R 2.16.840.1.113883.5.25" },
  ],
  [
    '<confidentialityCode code="MASQUE_PS" codeSystem="1.2.250.1.213.1.1.4.13"/>',
    { confidentialityCodes: "MASQUE_PS 1.2.250.1.213.1.1.4.13" },
  ],
  ['<confidentialityCode nullFlavor="UNK"/>', { confidentialityCodes: "N 2.16.840.1.113883.5.25" }],
];

const LANGUAGES: readonly Choice[] = [
  ['<languageCode code="fr-FR"/>', { languageCode: "fr-FR" }],
  ['<languageCode code="de-CH"/>', { languageCode: "de-CH" }],
  ["", { languageCode: "" }],
];

interface Who {
  author: string;
  fields: { person: string; institution: string; role: string; specialty: string };
}
const NAME =
  "<assignedPerson><name><prefix>M</prefix><given>Paul</given><family>DURAND</family></name></assignedPerson>";
const AUTHORS: readonly Who[] = [
  {
    author: `<functionCode code="PCP" displayName="Médecin traitant" codeSystem="2.16.840.1.113883.5.88"/><time value="2026"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810000000018"/><code code="G15_10/SM26" codeSystem="1.2.250.1.213.1.1.4.5" displayName="Médecin - Qualifié en Médecine Générale (SM)"/>${NAME}<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1310000001"/><name>Cabinet A &amp; B</name></representedOrganization></assignedAuthor>`,
    fields: {
      person: `810000000018^DURAND^Paul^^^^^^${PS}^D^^^IDNPS`,
      institution: `Cabinet A \\T\\ B^^^^^${ST}^IDNST^^^1310000001`,
      role: "Médecin traitant",
      specialty: "G15_10/SM26^Médecin - Qualifié en Médecine Générale (SM)^1.2.250.1.213.1.1.4.5",
    },
  },
  {
    // ADELI, a structure by its SIRET, no function.
    author: `<time nullFlavor="UNK"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="0319300011"/>${NAME}<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="326000000000012"/></representedOrganization></assignedAuthor>`,
    fields: {
      person: `0319300011^DURAND^Paul^^^^^^${PS}^D^^^IDNPS`,
      institution: `^^^^^${ST}^IDNST^^^326000000000012`,
      role: "",
      specialty: "",
    },
  },
  {
    // An identifier within a structure, an organisation that is only named.
    author: `<time value="20260105"/><assignedAuthor><id nullFlavor="NI"/><id root="1.2.250.1.71.4.2.1" extension="1310000001/77"/><code nullFlavor="UNK"/>${NAME}<representedOrganization nullFlavor="UNK"><id nullFlavor="UNK"/><name>HAD du Lac</name></representedOrganization></assignedAuthor>`,
    fields: {
      person: `1310000001/77^DURAND^Paul^^^^^^${PS}^D^^^EI`,
      institution: "HAD du Lac",
      role: "",
      specialty: "",
    },
  },
  {
    author:
      '<time value="20260105"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="1310000001/AUT"/><assignedAuthoringDevice><manufacturerModelName>Modèle</manufacturerModelName><softwareName>Automate</softwareName></assignedAuthoringDevice></assignedAuthor>',
    fields: {
      person: `1310000001/AUT^Automate^Modèle^^^^^^${PS}^U^^^RI`,
      institution: "",
      role: "",
      specialty: "",
    },
  },
  {
    // A name of many parts, and one that has none.
    author: `<functionCode code="TRA" codeSystem="2.16.840.1.113883.5.88"/><time value="20260105"/><assignedAuthor><id extension="899700000012" root="1.2.250.1.71.4.2.1"/><code code="SECRETARIAT_MEDICAL" codeSystem="1.2.250.1.213.1.1.4.6"/><assignedPerson><name><delimiter/>PETIT Anne</name></assignedPerson></assignedAuthor>`,
    fields: {
      person: `899700000012^PETIT Anne^^^^^^^${PS}^D^^^IDNPS`,
      institution: "",
      role: "TRA",
      specialty: "SECRETARIAT_MEDICAL^^1.2.250.1.213.1.1.4.6",
    },
  },
  {
    // The patient as author: the official archives call the INS IDNPS too.
    author: `<time value="20260105"/><assignedAuthor><id root="1.2.250.1.213.1.4.8" extension="${INS}"/>${NAME}</assignedAuthor>`,
    fields: {
      person: `${INS}^DURAND^Paul^^^^^^&1.2.250.1.213.1.4.8&ISO^D^^^IDNPS`,
      institution: "",
      role: "",
      specialty: "",
    },
  },
];

const SIGNER =
  '<time value="20260105"/><signatureCode code="S"/><assignedEntity><id root="1.2.250.1.71.4.2.1" extension="810000000018"/>';
const LEGAL: readonly Choice[] = [
  ["", { legalAuthenticator: "" }],
  [
    `<legalAuthenticator>${SIGNER}<code code="G15_10"/>${NAME}</assignedEntity></legalAuthenticator>`,
    { legalAuthenticator: `810000000018^DURAND^Paul^^^^^^${PS}^D^^^IDNPS` },
  ],
  [
    `<legalAuthenticator contextControlCode="OP">${SIGNER}${NAME}<representedOrganization><name>CH</name></representedOrganization></assignedEntity></legalAuthenticator>`,
    { legalAuthenticator: `810000000018^DURAND^Paul^^^^^^${PS}^D^^^IDNPS` },
  ],
];

const performer = (practice: string) =>
  `<performer typeCode="PRF"><assignedEntity><id nullFlavor="NI"/><representedOrganization>${practice}</representedOrganization></assignedEntity></performer>`;
const PRACTICE =
  '<standardIndustryClassCode code="AMBULATOIRE" displayName="Ambulatoire" codeSystem="1.2.250.1.213.1.1.4.9"/>';
const EVENTS: readonly Choice[] = [
  [
    `<documentationOf><serviceEvent><effectiveTime><low value="20260104082000+0100"/><high value="20260104092000+0100"/></effectiveTime>${performer(PRACTICE)}</serviceEvent></documentationOf>`,
    {
      serviceStartTime: "20260104072000",
      serviceStopTime: "20260104082000",
      eventCodes: "",
      practiceSettingCode: "AMBULATOIRE 1.2.250.1.213.1.1.4.9",
    },
  ],
  [
    `<documentationOf><serviceEvent nullFlavor="NA"/></documentationOf><documentationOf typeCode="DOC"><serviceEvent classCode="ACT"><id root="1.2.3"/><code code="24727-0" codeSystem="${LOINC}" displayName="CT"><originalText>scanner</originalText><translation code="ACQH004" codeSystem="1.2.250.1.215.300.1"/><translation nullFlavor="UNK"/><translation code="CT" codeSystem="1.2.840.10008.2.16.4"/></code><effectiveTime><low value="202601040820+0100"/><high nullFlavor="UNK"/></effectiveTime>${performer('<standardIndustryClassCode nullFlavor="UNK"/>')}</serviceEvent></documentationOf><documentationOf><serviceEvent><code nullFlavor="OTH"><translation code="X1" codeSystem="1.2.3"/></code><effectiveTime><low value="2020"/></effectiveTime>${performer(PRACTICE)}</serviceEvent></documentationOf>`,
    {
      serviceStartTime: "202601040720",
      serviceStopTime: "",
      eventCodes: list(`24727-0 ${LOINC}`, "ACQH004 1.2.250.1.215.300.1", "CT 1.2.840.10008.2.16.4", "X1 1.2.3"),
      practiceSettingCode: "AMBULATOIRE 1.2.250.1.213.1.1.4.9",
    },
  ],
  [
    `<documentationOf><serviceEvent><effectiveTime value="20260104"/>${performer("")}${performer(PRACTICE)}</serviceEvent></documentationOf>`,
    {
      serviceStartTime: "20260104",
      serviceStopTime: "",
      eventCodes: "",
      practiceSettingCode: "AMBULATOIRE 1.2.250.1.213.1.1.4.9",
    },
  ],
  [
    '<documentationOf><serviceEvent><effectiveTime xsi:type="IVL_TS"><low nullFlavor="UNK"/><high value="20260104092000+0100"/></effectiveTime></serviceEvent></documentationOf>',
    { serviceStartTime: "", serviceStopTime: "20260104082000", eventCodes: "", practiceSettingCode: "" },
  ],
  [
    `<documentationOf><serviceEvent><effectiveTime><center value="20260104082000+0100"/></effectiveTime>${performer(PRACTICE)}</serviceEvent></documentationOf>`,
    {
      serviceStartTime: "20260104072000",
      serviceStopTime: "",
      eventCodes: "",
      practiceSettingCode: "AMBULATOIRE 1.2.250.1.213.1.1.4.9",
    },
  ],
  [
    '<documentationOf><serviceEvent><effectiveTime><width value="2" unit="h"/></effectiveTime></serviceEvent></documentationOf>',
    { serviceStartTime: "", serviceStopTime: "", eventCodes: "", practiceSettingCode: "" },
  ],
];

const FACILITY = '<code code="SA01" codeSystem="1.2.250.1.71.4.2.4" displayName="Etablissement public"/>';
const ENCOUNTERS: readonly Choice[] = [
  ["", { healthcareFacilityTypeCode: "" }],
  [
    '<componentOf><encompassingEncounter><effectiveTime nullFlavor="UNK"/></encompassingEncounter></componentOf>',
    { healthcareFacilityTypeCode: "" },
  ],
  [
    `<componentOf><encompassingEncounter><id root="1.2.3" extension="S1"/><code code="IMP" codeSystem="2.16.840.1.113883.5.4"/><effectiveTime><low value="2026010408+0100"/></effectiveTime><dischargeDispositionCode code="ORAL"/><responsibleParty><assignedEntity><id root="1.2"/></assignedEntity></responsibleParty><encounterParticipant typeCode="ATND"><assignedEntity><id root="1.2"/></assignedEntity></encounterParticipant><location><healthCareFacility>${FACILITY}<location><name>Service</name><addr><city>ALBI</city></addr></location></healthCareFacility></location></encompassingEncounter></componentOf>`,
    { healthcareFacilityTypeCode: "SA01 1.2.250.1.71.4.2.4" },
  ],
];

const WRITERS: readonly string[] = [
  "",
  '<dataEnterer><assignedEntity><id nullFlavor="NI"/></assignedEntity></dataEnterer><informant><relatedEntity classCode="NOK"><telecom nullFlavor="UNK"/><relatedPerson><name><family>X</family></name></relatedPerson></relatedEntity></informant>',
];
const RECIPIENTS: readonly string[] = [
  "",
  '<informationRecipient><intendedRecipient><id root="1.2.250.1.71.4.2.1" extension="810000000026"/><telecom value="mailto:dr.b@medecin.mssante.fr"/></intendedRecipient></informationRecipient>',
];
const PARTICIPANTS: readonly string[] = [
  "",
  '<participant typeCode="INF"><time><low value="2026"/></time><associatedEntity classCode="PROV"><id root="1.2.250.1.71.4.2.1" extension="8"/></associatedEntity></participant><participant typeCode="REF" nullFlavor="NI"><associatedEntity classCode="PROV" nullFlavor="NI"/></participant><inFulfillmentOf><order><id root="1.2.3" extension="O1"/></order></inFulfillmentOf>',
];
const RELATED: readonly string[] = [
  "",
  '<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.250.1.999.1.7.1"/><setId root="1.2"/><versionNumber value="1"/></parentDocument></relatedDocument>',
  '<relatedDocument typeCode="APND"><parentDocument><id nullFlavor="UNK"/></parentDocument></relatedDocument><relatedDocument typeCode="XFRM"><parentDocument><id root="1.2.9"/></parentDocument></relatedDocument>',
];
const VERSIONS: readonly string[] = [
  "",
  '<setId root="1.2.250.1.999.1.7"/><versionNumber value="2"/>',
  '<setId nullFlavor="NA"/><versionNumber nullFlavor="UNK"/>',
];
const EXTENSIONS: readonly string[] = [
  "",
  '<sdtc:signatureText xmlns:sdtc="urn:hl7-org:sdtc" mediaType="text/xml"><id root="9.9"/></sdtc:signatureText>',
];

const SECTION =
  '<component><section><title>Motif</title><text><paragraph>Douleur &lt; 3 jours</paragraph><list><item>a</item></list><table><tbody><tr><td>1</td></tr></tbody></table></text><entry><observation classCode="OBS" moodCode="EVN"><code code="1"/><value xsi:type="PQ" value="1" unit="mg"/></observation></entry></section></component>';
const STRUCTURED = `<component><structuredBody>${SECTION}</structuredBody></component>`;
const file = (mediaType: string, bytes: string, more = 'representation="B64"') =>
  `<component><nonXMLBody><text mediaType="${mediaType}" ${more}>${bytes}</text></nonXMLBody></component>`;
const b64 = (text: string) => Buffer.from(text, "latin1").toString("base64");
const BODIES: readonly (readonly [mediaType: string, xml: string])[] = [
  ["", STRUCTURED],
  ["", STRUCTURED],
  ["", STRUCTURED],
  ["application/pdf", file("application/pdf", `\n${b64("%PDF-1.4 invented").replace(/(.{8})/g, "$1\r\n   ")}`)],
  ["text/rtf", file("text/rtf", b64("{\\rtf1 Bonjour \\'e9}"))],
  ["application/rtf", file("application/rtf", b64("{\\rtf1 Bonjour}"))],
  ["text/plain", file("text/plain", "Texte &amp; suite", "")],
  ["text/plain", file("text/plain;charset=UTF-8", b64("Texte"))],
  ["image/jpeg", file("image/jpeg", b64("\xff\xd8\xff\xe0JFIF"))],
  ["image/tiff", file("IMAGE/TIFF", b64("II*\0"))],
];

export interface Strange {
  xml: string;
  fields: Fields;
}

/** One document made of a choice for each of its parts. */
export function strangeDocument(pick: Pick, types: readonly [type: string, classCode: string][]): Strange {
  const fields: Fields = {};
  const chosen = (choices: readonly Choice[]): string => {
    const [xml, more] = pick(choices);
    Object.assign(fields, more);
    return xml;
  };
  const [type, classCode] = pick(types);
  const [mediaType, body] = pick(BODIES);
  const { templates, format } = expectedFormat(pick, mediaType);
  const ids = chosen(IDS);
  const head = [chosen(TITLES), chosen(TIMES), chosen(CONFIDENTIALITY), chosen(LANGUAGES), pick(VERSIONS)].join("\n");
  const patient = `<recordTarget><patientRole classCode="PAT">${chosen(PATIENT_IDS)}${pick(PATIENT_CONTACTS)}<patient>${chosen(NAMES)}${chosen(GENDERS)}${chosen(BIRTHS)}${chosen(PLACES)}</patient></patientRole></recordTarget>`;
  const authors = Array.from({ length: pick([1, 1, 2, 3]) }, () => pick(AUTHORS));
  const each = (name: keyof Who["fields"]) => list(...authors.map((author) => author.fields[name]));
  const custodian =
    '<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.250.1.71.4.2.2" extension="1310000001"/></representedCustodianOrganization></assignedCustodian></custodian>';
  const xml = `<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>${templates}${ids}<code code="${type}" codeSystem="${LOINC}" displayName="Autre libellé"><translation code="LOCAL" codeSystem="1.2.3"/></code>${head}${patient}${authors.map(({ author }) => `<author>${author}</author>`).join("\n")}${pick(WRITERS)}${custodian}${pick(RECIPIENTS)}${chosen(LEGAL)}${pick(PARTICIPANTS)}${chosen(EVENTS)}${pick(RELATED)}${chosen(ENCOUNTERS)}${pick(EXTENSIONS)}${body}</ClinicalDocument>`;
  const { pid3 = "", pid5 = "", pid7 = "", pid8 = "", pid11 = "", ...rest } = fields;
  return {
    xml,
    fields: {
      ...rest,
      sourcePatientInfo: list(...[pid5, pid3, pid7, pid8, pid11].filter((value) => value !== "")),
      authorPerson: each("person"),
      authorInstitution: each("institution"),
      authorRole: each("role"),
      authorSpecialty: each("specialty"),
      typeCode: `${type} ${LOINC}`,
      classCode: `${classCode} 1.2.250.1.213.1.1.4.1`,
      formatCode: format,
      mimeType: "text/xml",
    },
  };
}
