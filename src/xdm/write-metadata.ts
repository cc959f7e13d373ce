import type { Code } from "../cda/types.js";
import { escapeAttribute, escapeText, stripForbidden } from "../xml/index.js";
import { MAX_VALUE, oneLine } from "./hl7.js";
import {
  ACTION_SLOT,
  DOCUMENT_IDS,
  DOCUMENT_SCHEMES,
  HAS_MEMBER,
  OBJECT_TYPE_STABLE,
  SET_IDS,
  SET_SCHEMES,
  SUBMISSION_SET_NODE,
} from "./schemes.js";
import type { DocumentEntry, SubmissionSet, XdmAuthor } from "./types.js";

const APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";
const OBJECT = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject";
const ACTIONS = { create: undefined, replace: "C", delete: "D" } as const;

type Written<T> = T & { entryUUID: string };

/**
 * METADATA.XML of one submission set, valid against ebRIM 3.0: in every object Slot, Name, Classification,
 * ExternalIdentifier in this order, each referring to the object that it stands in. Written as text: no tree is needed
 * for a fixed form, and this is on the way of every mail.
 */
export function writeMetadata(
  set: Written<SubmissionSet>,
  title: string | undefined,
  documents: readonly Written<DocumentEntry>[],
): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
<rim:RegistryObjectList>
${writeSet(set, title)}${documents.map(writeDocument).join("")}${documents.map((each, index) => writeMember(set, each, index)).join("")}</rim:RegistryObjectList>
</lcm:SubmitObjectsRequest>
`;
}

function writeSet(set: Written<SubmissionSet>, title: string | undefined): string {
  const of = new Owner(set.entryUUID, "SubmissionSet01");
  return `<rim:RegistryPackage id="${attribute(set.entryUUID)}" objectType="${OBJECT}:RegistryPackage" status="${APPROVED}">
${slot("submissionTime", set.submissionTime)}${slots("intendedRecipient", set.intendedRecipients)}${name(title)}${of.node(SUBMISSION_SET_NODE)}${set.authors.map((author) => of.author(SET_SCHEMES.author, author)).join("")}${of.code(SET_SCHEMES.contentTypeCode, set.contentTypeCode)}${of.identifier(SET_IDS.patientId, "XDSSubmissionSet.patientId", set.patientId)}${of.identifier(SET_IDS.sourceId, "XDSSubmissionSet.sourceId", set.sourceId)}${of.identifier(SET_IDS.uniqueId, "XDSSubmissionSet.uniqueId", set.uniqueId)}</rim:RegistryPackage>
`;
}

function writeDocument(entry: Written<DocumentEntry>, index: number): string {
  const of = new Owner(entry.entryUUID, `Document${String(index + 1).padStart(2, "0")}`);
  const schemes = DOCUMENT_SCHEMES;
  return `<rim:ExtrinsicObject id="${attribute(entry.entryUUID)}" mimeType="${attribute(entry.mimeType ?? "text/xml")}" objectType="${OBJECT_TYPE_STABLE}" status="${APPROVED}">
${slot(ACTION_SLOT, ACTIONS[entry.action])}${slot("hash", entry.hash)}${slot("size", entry.size === undefined ? undefined : String(entry.size))}${slot("URI", entry.uri)}${slot("creationTime", entry.creationTime)}${slot("languageCode", entry.languageCode)}${slot("legalAuthenticator", entry.legalAuthenticator)}${slot("serviceStartTime", entry.serviceStartTime)}${slot("serviceStopTime", entry.serviceStopTime)}${slot("sourcePatientId", entry.sourcePatientId)}${slots("sourcePatientInfo", entry.sourcePatientInfo)}${name(entry.title)}${entry.eventCodes.map((code) => of.code(schemes.eventCode, code)).join("")}${entry.authors.map((author) => of.author(schemes.author, author)).join("")}${of.code(schemes.classCode, entry.classCode)}${entry.confidentialityCodes.map((code) => of.code(schemes.confidentialityCode, code)).join("")}${of.code(schemes.formatCode, entry.formatCode)}${of.code(schemes.healthcareFacilityTypeCode, entry.healthcareFacilityTypeCode)}${of.code(schemes.practiceSettingCode, entry.practiceSettingCode)}${of.code(schemes.typeCode, entry.typeCode)}${of.identifier(DOCUMENT_IDS.patientId, "XDSDocumentEntry.patientId", entry.patientId)}${of.identifier(DOCUMENT_IDS.uniqueId, "XDSDocumentEntry.uniqueId", entry.uniqueId)}</rim:ExtrinsicObject>
`;
}

function writeMember(set: Written<SubmissionSet>, entry: Written<DocumentEntry>, index: number): string {
  return `<rim:Association id="Member${String(index + 1).padStart(2, "0")}" objectType="${OBJECT}:Association" associationType="${HAS_MEMBER}" sourceObject="${attribute(set.entryUUID)}" targetObject="${attribute(entry.entryUUID)}">
${slot("SubmissionSetStatus", "Original")}</rim:Association>
`;
}

/** The object that classifications and identifiers belong to; it numbers them. */
class Owner {
  #count = 0;
  readonly #id: string;
  readonly #prefix: string;

  constructor(id: string, prefix: string) {
    this.#id = attribute(id);
    this.#prefix = prefix;
  }

  #next(): string {
    this.#count += 1;
    return `${this.#prefix}_${this.#count}`;
  }

  node(node: string): string {
    return `<rim:Classification id="${this.#next()}" objectType="${OBJECT}:Classification" classificationNode="${node}" classifiedObject="${this.#id}"/>\n`;
  }

  #classification(scheme: string, representation: string, content: string): string {
    return `<rim:Classification id="${this.#next()}" objectType="${OBJECT}:Classification" classificationScheme="${scheme}" classifiedObject="${this.#id}" nodeRepresentation="${attribute(representation)}">
${content}</rim:Classification>
`;
  }

  code(scheme: string, code: Code | undefined): string {
    if (code === undefined) return "";
    return this.#classification(scheme, code.code, `${slot("codingScheme", code.codeSystem)}${name(code.displayName)}`);
  }

  author(scheme: string, { person, institutions, roles, specialties }: XdmAuthor): string {
    const content = `${slots("authorInstitution", institutions)}${slot("authorPerson", person)}${slots("authorRole", roles)}${slots("authorSpecialty", specialties)}`;
    return this.#classification(scheme, "", content);
  }

  identifier(scheme: string, label: string, value: string | undefined): string {
    if (value === undefined) return "";
    return `<rim:ExternalIdentifier id="${this.#next()}" objectType="${OBJECT}:ExternalIdentifier" identificationScheme="${scheme}" registryObject="${this.#id}" value="${attribute(value)}">
${name(label)}</rim:ExternalIdentifier>
`;
  }
}

const slot = (title: string, value: string | undefined): string => slots(title, value === undefined ? [] : [value]);

function slots(title: string, values: readonly string[]): string {
  let list = "";
  for (const value of values) if (value !== "") list += `<rim:Value>${text(value.slice(0, MAX_VALUE))}</rim:Value>`;
  if (list === "") return "";
  return `<rim:Slot name="${title}"><rim:ValueList>${list}</rim:ValueList></rim:Slot>\n`;
}

function name(value: string | undefined): string {
  if (value === undefined) return "";
  const label = attribute(oneLine(value.slice(0, 1024)));
  return `<rim:Name><rim:LocalizedString xml:lang="fr-FR" charset="UTF-8" value="${label}"/></rim:Name>\n`;
}

/** Anything that the escaping could change. Most values have none of it, and there are a hundred of them in a document. */
const SPECIAL = /[^\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd]/;

function text(value: string): string {
  return SPECIAL.test(value) ? escapeText(stripForbidden(value)) : value;
}

function attribute(value: string): string {
  return SPECIAL.test(value) ? escapeAttribute(stripForbidden(value)) : value;
}
