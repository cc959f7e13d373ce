import type { Code } from "../cda/types.js";
import { isMedimailError, MedimailError, type Problem } from "../errors.js";
import { child, childrenOf, decodeTextBytes, parseXml, type XmlElement, type XmlParseOptions } from "../xml/index.js";
import {
  ACTION_SLOT,
  DOCUMENT_IDS,
  DOCUMENT_SCHEMES,
  FOLDER_NODE,
  REFERENCE_SLOT,
  SET_IDS,
  SET_SCHEMES,
  SUBMISSION_SET_NODE,
} from "./schemes.js";
import type { DocumentEntry, SubmissionSet, XdmAction, XdmAuthor } from "./types.js";

/** What one METADATA.XML says; `path` of a document is not known yet. */
export interface Metadata {
  submissionSets: SubmissionSet[];
  documents: Omit<DocumentEntry, "path">[];
  problems: Problem[];
}

const LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang";
const LIMITS = { maxBytes: 20 * 1024 * 1024, maxDepth: 40, maxElements: 300_000 };

/**
 * Reads a METADATA.XML by its structure and the UUID of each scheme. Namespaces, prefixes (declared or not), the order of
 * elements and the `classifiedObject`/`registryObject` references are not looked at: the official archives have them wrong.
 *
 * @throws MedimailError `xdm_metadata_invalid` where it is not XML; `xml_dtd_refused` and `xml_limit_exceeded` where it is hostile
 */
export function readMetadata(bytes: Uint8Array, path: string): Metadata {
  const problems: Problem[] = [];
  const root = parse(withoutPadding(bytes), path, problems);
  const found: { sets: XmlElement[]; documents: XmlElement[]; nodes: Map<string, string> } = {
    sets: [],
    documents: [],
    nodes: new Map(),
  };
  collect(root, found);
  const sets = found.sets.filter((element) => isSubmissionSet(element, found.nodes, found.sets.length));
  return {
    submissionSets: sets.map(readSet),
    documents: found.documents.map((element) => readDocument(element, path, problems)),
    problems,
  };
}

const OPTIONS: XmlParseOptions = { limits: LIMITS, tolerateUndeclaredPrefixes: true, what: "METADATA.XML" };

function parse(bytes: Uint8Array, path: string, problems: Problem[]): XmlElement {
  try {
    return parseXml(bytes, OPTIONS);
  } catch (cause) {
    if (isMedimailError(cause) && cause.code !== "xml_invalid") throw cause;
    const root = parseOtherwise(bytes);
    if (root !== undefined) {
      problems.push({
        severity: "warning",
        code: "xdm_metadata_encoding",
        message: "METADATA.XML is not in the encoding that it declares.",
        path,
      });
      return root;
    }
    // Not where it stands in the archive: a folder may be named after the patient.
    throw new MedimailError("xdm_metadata_invalid", "METADATA.XML is not well-formed XML.", {
      path: "METADATA.XML",
      cause,
    });
  }
}

/** Software that puts metadata together as text often saves them in the code page of its machine, and declares UTF-8. */
function parseOtherwise(bytes: Uint8Array): XmlElement | undefined {
  try {
    return parseXml(decodeTextBytes(bytes), OPTIONS);
  } catch {
    return undefined;
  }
}

/** Without the white space before the XML declaration and the NULs at the end that some software writes. */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && " \t\r\n".includes(String.fromCharCode(bytes[start] as number))) start += 1;
  // UTF-16 ends with a NUL of its own.
  if (bytes[start] !== 0 && bytes[start + 1] !== 0 && (bytes[start] as number) < 0xfe)
    while (end > start && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(start, end);
}

function collect(
  element: XmlElement,
  found: { sets: XmlElement[]; documents: XmlElement[]; nodes: Map<string, string> },
): void {
  for (const each of element.children) {
    if (each.local === "RegistryPackage") {
      found.sets.push(each);
      // ebRIM lets a package hold its members instead of naming them.
      for (const members of childrenOf(each, "RegistryObjectList")) collect(members, found);
    } else if (each.local === "ExtrinsicObject") found.documents.push(each);
    else if (each.local === "Classification") {
      // Some vendors say what a package is beside it, not in it.
      const node = same(each.attrs["classificationNode"]);
      if (node !== "") found.nodes.set(each.attrs["classifiedObject"] ?? "", node);
    } else collect(each, found);
  }
}

/** Folders are packages too. A lone package that says nothing of itself is taken for the submission set. */
function isSubmissionSet(element: XmlElement, nodes: ReadonlyMap<string, string>, packages: number): boolean {
  const inside = childrenOf(element, "Classification").map((each) => same(each.attrs["classificationNode"]));
  const told = [...inside, nodes.get(element.attrs["id"] ?? "") ?? ""];
  if (told.includes(SUBMISSION_SET_NODE)) return true;
  if (told.includes(FOLDER_NODE)) return false;
  return packages === 1 || identifier(element, SET_IDS.uniqueId) !== undefined;
}

function readSet(element: XmlElement): SubmissionSet {
  const contentTypeCode = codes(element, SET_SCHEMES.contentTypeCode)[0];
  return {
    ...optional("uniqueId", identifier(element, SET_IDS.uniqueId)),
    ...optional("entryUUID", element.attrs["id"]),
    ...optional("sourceId", identifier(element, SET_IDS.sourceId)),
    ...optional("patientId", identifier(element, SET_IDS.patientId)),
    ...optional("submissionTime", slot(element, "submissionTime")[0]),
    ...(contentTypeCode ? { contentTypeCode } : {}),
    authors: authors(element, SET_SCHEMES.author),
    intendedRecipients: slot(element, "intendedRecipient"),
  };
}

function readDocument(element: XmlElement, path: string, problems: Problem[]): Omit<DocumentEntry, "path"> {
  const code = (name: Exclude<keyof typeof DOCUMENT_SCHEMES, "author" | "confidentialityCode" | "eventCode">) => {
    const value = codes(element, DOCUMENT_SCHEMES[name])[0];
    return value === undefined ? {} : { [name]: value };
  };
  const first = (name: string, from = name) => optional(name, slot(element, from)[0]);
  const size = slot(element, "size")[0];
  const title = localized(child(element, "Name"));
  const referenceIds = slot(element, REFERENCE_SLOT);
  return {
    uri: slot(element, "URI").map(stripIndex).join(""),
    ...optional("uniqueId", identifier(element, DOCUMENT_IDS.uniqueId)),
    ...optional("entryUUID", element.attrs["id"]),
    ...optional("mimeType", element.attrs["mimeType"]),
    ...optional("title", title),
    ...first("languageCode"),
    ...first("creationTime"),
    ...first("serviceStartTime"),
    ...first("serviceStopTime"),
    ...optional("patientId", identifier(element, DOCUMENT_IDS.patientId)),
    ...first("sourcePatientId"),
    sourcePatientInfo: slot(element, "sourcePatientInfo"),
    ...first("legalAuthenticator"),
    authors: authors(element, DOCUMENT_SCHEMES.author),
    ...code("typeCode"),
    ...code("classCode"),
    ...code("formatCode"),
    confidentialityCodes: codes(element, DOCUMENT_SCHEMES.confidentialityCode),
    ...code("healthcareFacilityTypeCode"),
    ...code("practiceSettingCode"),
    eventCodes: codes(element, DOCUMENT_SCHEMES.eventCode),
    ...(referenceIds.length > 0 ? { referenceIds } : {}),
    ...optional("hash", slot(element, "hash")[0]?.toLowerCase()),
    ...(size !== undefined && /^\d{1,15}$/.test(size) ? { size: Number(size) } : {}),
    action: readAction(slot(element, ACTION_SLOT)[0], path, problems),
  };
}

function readAction(value: string | undefined, path: string, problems: Problem[]): XdmAction {
  const letter = value?.toUpperCase();
  if (letter === "C") return "replace";
  if (letter === "D") return "delete";
  if (letter !== undefined) {
    problems.push({
      severity: "error",
      code: "xdm_action_unknown",
      message: "The action on a document is neither C (replace) nor D (delete): it is read as a first sending.",
      path,
    });
  }
  return "create";
}

/** A long URI may be cut into values numbered `1|…`, `2|…` (ITI TF-3 4.2.3.2.27). */
function stripIndex(value: string, _: number, all: readonly string[]): string {
  return all.length > 1 ? value.replace(/^\d+\|/, "") : value;
}

function authors(element: XmlElement, scheme: string): XdmAuthor[] {
  return classified(element, scheme).map((each) => ({
    ...optional("person", slot(each, "authorPerson")[0]),
    institutions: slot(each, "authorInstitution"),
    roles: slot(each, "authorRole"),
    specialties: slot(each, "authorSpecialty"),
  }));
}

function codes(element: XmlElement, scheme: string): Code[] {
  const found: Code[] = [];
  for (const each of classified(element, scheme)) {
    const code = each.attrs["nodeRepresentation"]?.trim();
    if (!code) continue;
    const codeSystem = slot(each, "codingScheme")[0];
    found.push({
      code,
      ...optional("codeSystem", codeSystem),
      ...optional("displayName", localized(child(each, "Name"))),
    });
  }
  return found;
}

function classified(element: XmlElement, scheme: string): XmlElement[] {
  return element.children.filter(
    (each) => each.local === "Classification" && same(each.attrs["classificationScheme"]) === scheme,
  );
}

function identifier(element: XmlElement, scheme: string): string | undefined {
  const found = element.children.find(
    (each) => each.local === "ExternalIdentifier" && same(each.attrs["identificationScheme"]) === scheme,
  );
  return found?.attrs["value"]?.trim();
}

/** UUIDs are the same in either case, with or without their `urn:uuid:`. */
function same(uuid: string | undefined): string {
  const value = (uuid ?? "").trim().toLowerCase();
  return value === "" || value.startsWith("urn:") ? value : `urn:uuid:${value}`;
}

/** The values of a slot, without those that are empty. */
function slot(element: XmlElement, name: string): string[] {
  const values: string[] = [];
  for (const each of element.children) {
    if (each.local !== "Slot" || each.attrs["name"]?.trim().toLowerCase() !== name.toLowerCase()) continue;
    for (const list of childrenOf(each, "ValueList")) {
      for (const value of childrenOf(list, "Value")) {
        const text = value.text.trim();
        if (text !== "") values.push(text);
      }
    }
  }
  return values;
}

/** The French text where there are several languages (`fr-FR`, `FR`), else the first that says something. */
function localized(name: XmlElement | undefined): string | undefined {
  if (name === undefined) return undefined;
  const texts = childrenOf(name, "LocalizedString").filter((each) => each.attrs["value"]?.trim());
  const french = texts.length > 1 ? texts.find((each) => /^fr\b/i.test(each.attrs[LANGUAGE] ?? "")) : undefined;
  return (french ?? texts[0])?.attrs["value"];
}

function optional<K extends string>(name: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined || value === "" ? {} : ({ [name]: value } as { [P in K]?: string });
}
