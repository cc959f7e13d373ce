import { mailtoOf } from "./mailto.js";
import type { CompleteHeader } from "./schema.js";
import type {
  Author,
  CdaHeader,
  Encounter,
  LegalAuthenticator,
  Organization,
  Patient,
  Recipient,
  ServiceEvent,
} from "./types.js";
import { GENDER_LABELS, GENDER_SYSTEM, LEVEL_1_TEMPLATES } from "./vocabulary.js";
import {
  addressElements,
  codeElement,
  element,
  idElement,
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
    codeElement("code", header.code),
    textElement("title", header.title),
    timeElement("effectiveTime", header.effectiveTime),
    codeElement("confidentialityCode", header.confidentialityCode),
    element("languageCode", { code: header.languageCode }),
    idElement("setId", header.setId),
    element("versionNumber", { value: header.versionNumber }),
    recordTarget(header.patient),
    ...header.authors.map(author),
    custodian(header.custodian),
    ...header.recipients.map(recipient),
    legalAuthenticator(header.legalAuthenticator),
    ...header.serviceEvents.map(serviceEvent),
    ...header.relatedDocuments.map(relatedDocument),
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
  const birthAddress = county + textElement("city", place?.name);
  const person =
    element("name", {}, name) +
    element("administrativeGenderCode", {
      code: gender,
      codeSystem: GENDER_SYSTEM,
      displayName: gender !== undefined && Object.hasOwn(GENDER_LABELS, gender) ? GENDER_LABELS[gender] : undefined,
    }) +
    timeElement("birthTime", patient.birthTime) +
    (birthAddress === "" ? "" : element("birthplace", {}, element("place", {}, element("addr", {}, birthAddress))));
  const role =
    (ins === null ? "" : element("id", { root: ins.oid, extension: ins.value })) +
    patient.localIds.map((id) => idElement("id", id)).join("") +
    addressElements(patient.address) +
    telecomElements(patient.telecom) +
    element("patient", { classCode: "PSN" }, person);
  return element("recordTarget", {}, element("patientRole", { classCode: "PAT" }, role));
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
    codeElement("functionCode", value.function) +
      timeElement("time", value.time) +
      element("assignedAuthor", {}, assigned),
  );
}

function custodian(value: Organization | undefined): string {
  const organization = organizationElement("representedCustodianOrganization", value);
  return element("custodian", {}, element("assignedCustodian", {}, organization));
}

function recipient(value: Recipient): string {
  const intended =
    idElement("id", value.id) +
    (value.address === undefined ? "" : element("telecom", { value: mailtoOf(value.address) })) +
    personElement("informationRecipient", value.person) +
    organizationElement("receivedOrganization", value.organization);
  return element("informationRecipient", {}, element("intendedRecipient", {}, intended));
}

type Entity = Pick<LegalAuthenticator, "id" | "specialty" | "address" | "telecom" | "person" | "organization">;

function assignedEntity(value: Entity): string {
  return element(
    "assignedEntity",
    {},
    idOrUnknown("id", value.id) +
      codeElement("code", value.specialty) +
      addressElements(value.address) +
      telecomElements(value.telecom) +
      personElement("assignedPerson", value.person) +
      organizationElement("representedOrganization", value.organization),
  );
}

function legalAuthenticator(value: LegalAuthenticator | undefined): string {
  if (value === undefined) return "";
  const content = timeElement("time", value.time) + element("signatureCode", { code: "S" }) + assignedEntity(value);
  return element("legalAuthenticator", {}, content);
}

function serviceEvent(value: ServiceEvent): string {
  const translations = value.translations.map((translation) => codeElement("translation", translation)).join("");
  const code =
    value.code === undefined && translations !== ""
      ? // The one null flavour of HL7 that goes with translations and needs no code system.
        element("code", { nullFlavor: "OTH" }, translations)
      : codeElement("code", value.code, translations);
  const performer = value.performer;
  const content =
    code +
    intervalElement("effectiveTime", value) +
    (performer === undefined
      ? ""
      : element("performer", { typeCode: "PRF" }, intervalElement("time", performer.time) + assignedEntity(performer)));
  return element("documentationOf", {}, element("serviceEvent", {}, content));
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
    codeElement("code", value.code) +
    // The schema wants the period, even unknown.
    (intervalElement("effectiveTime", value) || element("effectiveTime", { nullFlavor: "UNK" })) +
    element("location", {}, element("healthCareFacility", {}, facility));
  return element("componentOf", {}, element("encompassingEncounter", {}, encounter));
}
