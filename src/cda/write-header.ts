import { withMailbox } from "./mailto.js";
import type { CompleteHeader } from "./schema.js";
import type {
  Author,
  CdaHeader,
  Encounter,
  LegalAuthenticator,
  Organization,
  Patient,
  Performer,
  Recipient,
  ServiceEvent,
  Translation,
} from "./types.js";
import { GENDER_LABELS, GENDER_SYSTEM, LAB, LEVEL_1_TEMPLATES, SDTC } from "./vocabulary.js";
import {
  assignedEntity,
  authenticator,
  consent,
  dataEnterer,
  encounterParticipant,
  functionElement,
  guardian,
  informant,
  order,
  participant,
  responsibleParty,
  templates,
} from "./write-parties.js";
import {
  addressElements,
  addressParts,
  codeElement,
  codeElements,
  codeOrText,
  element,
  idElement,
  idElements,
  idOrUnknown,
  intervalElement,
  namePart,
  organizationElement,
  personElement,
  telecomElements,
  textElement,
  textOrUnknown,
  timeElement,
  UNKNOWN,
} from "./write-values.js";

/** The header, in the order that the schema of CDA wants. */
export function headerElements(header: CompleteHeader & Pick<CdaHeader, "id" | "effectiveTime">): string {
  const templateIds = header.templateIds.length > 0 ? header.templateIds : LEVEL_1_TEMPLATES;
  return [
    element("realmCode", { code: "FR" }),
    element("typeId", { root: "2.16.840.1.113883.1.3", extension: "POCD_HD000040" }),
    ...templateIds.map((templateId) => idElement("templateId", templateId)),
    idElement("id", header.id),
    codeElement("code", header.code, codeElements("translation", header.codeTranslations)),
    textElement("title", header.title),
    timeElement("effectiveTime", header.effectiveTime),
    codeElement("confidentialityCode", header.confidentialityCode),
    element("languageCode", { code: header.languageCode }),
    idElement("setId", header.setId),
    element("versionNumber", { value: header.versionNumber }),
    recordTarget(header.patient),
    ...header.authors.map(author),
    dataEnterer(header.dataEnterer),
    ...each(header.informants, informant),
    custodian(header.custodian),
    ...header.recipients.map(recipient),
    legalAuthenticator(header.legalAuthenticator),
    ...each(header.authenticators, authenticator),
    ...each(header.participants, participant),
    ...each(header.orders, order),
    ...header.serviceEvents.map(serviceEvent),
    ...header.relatedDocuments.map(relatedDocument),
    ...each(header.consents, consent),
    componentOf(header.encounter),
  ]
    .filter((xml) => xml !== "")
    .join("\n");
}

function recordTarget(patient: Patient): string {
  const { ins, gender } = patient;
  const name = [
    textElement("prefix", patient.prefix),
    ...patient.familyNames.map((family) => namePart("family", family)),
    ...patient.givenNames.map((given) => namePart("given", given)),
    textElement("suffix", patient.suffix),
  ].join("");
  const place = patient.birthPlace;
  // The profile wants the commune of birth of whoever has an INS, even unknown; unknown is read as absent.
  const county = textElement("county", place?.code) || (ins === null ? "" : element("county", UNKNOWN));
  const birthAddress = county + textElement("city", place?.name) + addressParts(place?.parts);
  const person =
    element("name", {}, name) +
    element("administrativeGenderCode", {
      code: gender,
      codeSystem: GENDER_SYSTEM,
      displayName: gender !== undefined && Object.hasOwn(GENDER_LABELS, gender) ? GENDER_LABELS[gender] : undefined,
    }) +
    timeElement("birthTime", patient.birthTime) +
    fact("deceased", "Ind", "Time", patient.deceased) +
    fact("multipleBirth", "Ind", "OrderNumber", patient.multipleBirth) +
    each(patient.guardians, guardian).join("") +
    (birthAddress === ""
      ? ""
      : element(
          "birthplace",
          {},
          element("place", {}, textElement("name", place?.placeName) + element("addr", {}, birthAddress)),
        ));
  const role =
    (ins === null ? "" : element("id", { root: ins.oid, extension: ins.value })) +
    patient.localIds.map((id) => idElement("id", id)).join("") +
    addressElements(patient.address) +
    telecomElements(patient.telecom) +
    element("patient", { classCode: "PSN" }, person) +
    organizationElement("providerOrganization", patient.provider);
  return element("recordTarget", {}, element("patientRole", { classCode: "PAT" }, role));
}

const each = <T>(list: readonly T[] | undefined, write: (value: T) => string): string[] => (list ?? []).map(write);

/** A fact of the patient in the extensions of HL7: that it is so, and where it is told, its value. */
function fact(name: string, told: string, valued: string, value: true | string | undefined): string {
  if (value === undefined) return "";
  const extended = (suffix: string, content: string) =>
    element(`sdtc:${name}${suffix}`, { "xmlns:sdtc": SDTC, value: content });
  return extended(told, "true") + (value === true ? "" : extended(valued, value));
}

function author(value: Author): string {
  const device = value.device;
  const assigned =
    idOrUnknown("id", value.id) +
    codeElement("code", value.specialty) +
    addressElements(value.address) +
    telecomElements(value.telecom) +
    personElement("assignedPerson", value.person) +
    (device === undefined
      ? ""
      : element(
          "assignedAuthoringDevice",
          {},
          textOrUnknown("manufacturerModelName", device.model) + textOrUnknown("softwareName", device.software),
        )) +
    organizationElement("representedOrganization", value.organization);
  return element(
    "author",
    {},
    functionElement(value) + timeElement("time", value.time) + element("assignedAuthor", {}, assigned),
  );
}

function custodian(value: Organization | undefined): string {
  const organization = organizationElement("representedCustodianOrganization", value);
  return element("custodian", {}, element("assignedCustodian", {}, organization));
}

function recipient(value: Recipient): string {
  const intended =
    idElement("id", value.id) +
    addressElements(value.postalAddress) +
    telecomElements(withMailbox(value.telecom, value.address)) +
    personElement("informationRecipient", value.person) +
    organizationElement("receivedOrganization", value.organization);
  return element("informationRecipient", { typeCode: value.typeCode }, element("intendedRecipient", {}, intended));
}

function legalAuthenticator(value: LegalAuthenticator | undefined): string {
  if (value === undefined) return "";
  const content =
    timeElement("time", value.time) +
    element("signatureCode", { code: "S" }) +
    assignedEntity({ ...value, code: value.specialty });
  return element("legalAuthenticator", {}, content);
}

function serviceEvent(value: ServiceEvent): string {
  const content =
    idElements("id", value.ids) +
    codeOrText(
      "code",
      value.code,
      textElement("originalText", value.text) + value.translations.map(translation).join(""),
    ) +
    (value.status === undefined ? "" : element("lab:statusCode", { "xmlns:lab": LAB, code: value.status })) +
    intervalElement("effectiveTime", value) +
    [...(value.performer ? [value.performer] : []), ...(value.otherPerformers ?? [])].map(performer).join("");
  return element("documentationOf", {}, element("serviceEvent", { classCode: value.classCode }, content));
}

function translation(value: Translation): string {
  const qualifiers = each(value.qualifiers, (qualifier) =>
    element("qualifier", {}, codeElement("name", qualifier.name) + codeElement("value", qualifier.value)),
  );
  return codeElement("translation", value, qualifiers.join(""));
}

function performer(value: Performer): string {
  return element(
    "performer",
    { typeCode: value.typeCode ?? "PRF" },
    templates(value) +
      codeElement("functionCode", value.function) +
      intervalElement("time", value.time) +
      assignedEntity({ ...value, code: value.specialty }),
  );
}

function relatedDocument(value: CdaHeader["relatedDocuments"][number]): string {
  const parent =
    idOrUnknown("id", value.id) +
    idElement("setId", value.setId) +
    (value.versionNumber === undefined ? "" : element("versionNumber", { value: value.versionNumber }));
  return element("relatedDocument", { typeCode: value.typeCode }, element("parentDocument", {}, parent));
}

function componentOf(value: Encounter | undefined): string {
  if (value === undefined) return "";
  const place = value.location;
  const location = textElement("name", place?.name) + addressElements(place?.address);
  const facility =
    idElement("id", place?.id) +
    codeElement("code", value.facilityType) +
    (location === "" ? "" : element("location", {}, location));
  const encounter =
    idElement("id", value.id) +
    idElements("id", value.otherIds) +
    codeElement("code", value.code) +
    // The schema wants the period, even unknown.
    (intervalElement("effectiveTime", value) || element("effectiveTime", { nullFlavor: "UNK" })) +
    codeElement("dischargeDispositionCode", value.dischargeDisposition) +
    responsibleParty(value.responsible) +
    each(value.participants, encounterParticipant).join("") +
    element("location", {}, element("healthCareFacility", {}, facility));
  return element("componentOf", {}, element("encompassingEncounter", {}, encounter));
}
