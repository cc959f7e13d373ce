import type { Author, Consent, Order, Party } from "./types.js";
import { PS3_20 } from "./vocabulary.js";
import {
  addressElements,
  codeElement,
  codeOrText,
  element,
  idElement,
  idElements,
  idOrUnknown,
  intervalElement,
  organizationElement,
  personElement,
  telecomElements,
  textElement,
  timeElement,
  UNKNOWN,
} from "./write-values.js";

export const templates = ({ templateIds }: Pick<Party, "templateIds">): string => idElements("templateId", templateIds);

export function functionElement(value: Pick<Author, "function" | "functionText">): string {
  return codeOrText("functionCode", value.function, textElement("originalText", value.functionText));
}

type Entity = { code?: Party["code"] | undefined } & Pick<
  Party,
  "id" | "person" | "familyNames" | "organization" | "telecom" | "address"
>;

export function assignedEntity(value: Entity): string {
  return element(
    "assignedEntity",
    {},
    idOrUnknown("id", value.id) + entity(value, "assignedPerson", "representedOrganization"),
  );
}

/** What every entity has after its ids, in the order of the schema. */
function entity(value: Entity, person: string, organization: string): string {
  return (
    codeElement("code", value.code) +
    addressElements(value.address) +
    telecomElements(value.telecom) +
    personElement(person, value.person, value.familyNames) +
    organizationElement(organization, value.organization)
  );
}

export function guardian(value: Party): string {
  // CDA wants one of the two, even unnamed.
  const unnamed = value.person || value.organization ? "" : element("guardianPerson");
  return element(
    "guardian",
    { classCode: "GUARD" },
    idElement("id", value.id) + entity(value, "guardianPerson", "guardianOrganization") + unnamed,
  );
}

export function dataEnterer(value: Party | undefined): string {
  if (value === undefined) return "";
  return element("dataEnterer", {}, templates(value) + timeElement("time", value.time?.low) + assignedEntity(value));
}

export function informant(value: Party): string {
  const { classCode } = value;
  const who =
    classCode === undefined
      ? assignedEntity(value)
      : element("relatedEntity", { classCode }, entity(value, "relatedPerson", ""));
  return element("informant", {}, templates(value) + who);
}

export function authenticator(value: Party): string {
  const time = timeElement("time", value.time?.low) || element("time", UNKNOWN);
  const signature = element("signatureCode", { code: "S" });
  return element("authenticator", {}, templates(value) + time + signature + assignedEntity(value));
}

export function participant(value: Party): string {
  const associated = idElement("id", value.id) + entity(value, "associatedPerson", "scopingOrganization");
  return element(
    "participant",
    { typeCode: value.typeCode },
    templates(value) +
      functionElement(value) +
      // The profile wants it, even unknown.
      (intervalElement("time", value.time) || element("time", UNKNOWN)) +
      element("associatedEntity", { classCode: value.classCode }, associated),
  );
}

export function responsibleParty(value: Party | undefined): string {
  return value === undefined ? "" : element("responsibleParty", {}, templates(value) + assignedEntity(value));
}

export function encounterParticipant(value: Party): string {
  return element(
    "encounterParticipant",
    { typeCode: value.typeCode },
    templates(value) + intervalElement("time", value.time) + assignedEntity(value),
  );
}

export function order(value: Order): string {
  const content =
    (idElements("id", value.ids) || element("id", UNKNOWN)) +
    codeOrText("code", value.code, textElement("originalText", value.text)) +
    codeElement("priorityCode", value.priority) +
    idElements("ps3-20:accessionNumber", value.accessionNumbers, { "xmlns:ps3-20": PS3_20 });
  return element("inFulfillmentOf", {}, element("order", {}, content));
}

export function consent(value: Consent): string {
  const content =
    idElements("id", value.ids) +
    codeElement("code", value.code) +
    element("statusCode", value.status === undefined ? UNKNOWN : { code: value.status });
  return element("authorization", {}, element("consent", {}, content));
}
