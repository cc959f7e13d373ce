import type { Author, Cda, CdaHeader, Code } from "../cda/types.js";
import { defined } from "../defined.js";
import type { Problem } from "../errors.js";
import {
  CONFIDENTIALITY_SYSTEM,
  classOfType,
  confidentialityCodes,
  documentTypeLabel,
  facilityLabel,
  isConfidentialityCode,
  LOINC,
  OTHER_DOCUMENT_TYPES,
  OTHER_FORMAT,
  practiceLabel,
} from "../terminology/index.js";
import { derivePatient } from "./derive-patient.js";
import { formatOf } from "./format.js";
import { ce, component, MAX_VALUE, oneLine, xcn, xon } from "./hl7.js";
import { toUtc } from "./time.js";
import type { DocumentEntry, XdmAuthor } from "./types.js";

/** ITI TF-3 4.2.3.2.26. */
const MAX_UNIQUE_ID = 128;

/** What the CDA itself says of a DocumentEntry; the rest comes from its bytes and from the sending. */
export type DerivedDocument = Omit<
  DocumentEntry,
  "uri" | "path" | "entryUUID" | "mimeType" | "hash" | "size" | "action"
> & { mimeType: string };

/**
 * The metadata of a document, from the header of its CDA: the rules of xdm.md §3 (mapping of the ANS "Volet Transmission
 * d'un document CDA" and of its portability guide, measured on the official archives).
 *
 * @param where names the document in the problems: `documents[0]`
 * @param problems receives what could not be derived
 */
export function deriveDocument(cda: Cda, where: string, problems: Problem[]): DerivedDocument {
  const { header } = cda;
  const tell = (code: string, message: string) => problems.push({ severity: "warning", code, message, path: where });
  const event = header.serviceEvents.find((each) => each.low !== undefined) ?? header.serviceEvents[0];
  const formatCode = formatOf(cda);
  const fits = (code: Code | undefined): code is Code => {
    if (code === undefined || code.code.length <= MAX_VALUE) return code !== undefined;
    tell("xdm_code_too_long", "A code is longer than metadata can hold: it is left out.");
    return false;
  };
  const type = withSystem(header.code, tell);
  const classCode = type.codeSystem ? classOfType(type.code, type.codeSystem) : undefined;
  const patient = derivePatient(header, tell);
  const practice = practiceSetting(header);
  const facility = header.encounter?.facilityType;
  // An author of whom the document says nothing would be a classification without content.
  const author = header.authors
    .map(deriveAuthor)
    .filter(
      (each) => each.person !== undefined || each.institutions.length + each.roles.length + each.specialties.length > 0,
    );
  const legal = header.legalAuthenticator;

  if (patient.patientId === undefined) tell("xdm_patient_id_missing", "The CDA has no patient identifier.");
  else if (header.patient.ins === null) tell("xdm_ins_missing", "The CDA has no INS: patientId is a local identifier.");
  if (classCode === undefined) tell("xdm_class_unknown", "No class is known for the type of the document (ASS_X04).");
  if (formatCode === undefined)
    tell(
      "xdm_format_unknown",
      "No format is known for the model or the file of the document (ASS_A11, ASS_A12): that of other documents is written.",
    );
  if (practice === undefined) tell("xdm_practice_setting_missing", "The CDA has no practice setting.");
  if (facility === undefined) tell("xdm_facility_type_missing", "The CDA has no type of healthcare facility.");
  if (author.length === 0) tell("xdm_author_missing", "The CDA has no author.");

  const time = (name: string, value: string | undefined): string | undefined => {
    if (value === undefined) return undefined;
    const utc = toUtc(value);
    if (utc === undefined) tell("xdm_time_invalid", `${name} is not a time in the CDA.`);
    else if (!utc.exact) tell("xdm_time_without_offset", `${name} has no offset in the CDA: it is taken for UTC.`);
    return utc?.value;
  };
  if (header.id.length > MAX_UNIQUE_ID)
    tell("xdm_unique_id_too_long", `The identifier of the document is longer than ${MAX_UNIQUE_ID} characters.`);
  return defined({
    uniqueId: header.id,
    mimeType: cda.selfRendering ? "application/xslt+xml" : "text/xml",
    title: header.title ? oneLine(header.title).slice(0, 1024) : undefined,
    languageCode: header.languageCode || undefined,
    creationTime: time("creationTime", header.effectiveTime),
    serviceStartTime: time("serviceStartTime", event?.low),
    serviceStopTime: time("serviceStopTime", event?.high),
    patientId: patient.patientId,
    sourcePatientId: patient.sourcePatientId,
    sourcePatientInfo: patient.sourcePatientInfo,
    legalAuthenticator: legal && (legal.id ?? legal.person) ? xcn(legal.id, legal.person ?? {}) : undefined,
    authors: author,
    typeCode: fits(type) ? withLabel(type) : undefined,
    classCode,
    formatCode: formatCode ?? { ...OTHER_FORMAT },
    confidentialityCodes: confidentiality(header, tell).filter(fits),
    healthcareFacilityTypeCode: fits(facility) ? labelled(facility, facilityLabel) : undefined,
    practiceSettingCode: fits(practice) ? labelled(practice, practiceLabel) : undefined,
    eventCodes: header.serviceEvents.flatMap((each) =>
      [each.code, ...each.translations].filter(fits).map((code) => labelled(code)),
    ),
  });
}

/** The code system of a type that has none: that of the national table which has the code. */
function withSystem(code: Code, tell: (code: string, message: string) => void): Code {
  if (code.codeSystem !== undefined) return code;
  const codeSystem = [LOINC, OTHER_DOCUMENT_TYPES].find((system) => documentTypeLabel(code.code, system) !== undefined);
  tell("xdm_type_system_missing", "The type of the document has no code system in the CDA.");
  return codeSystem === undefined ? code : { ...code, codeSystem };
}

/** The label of a type is the terminology's, not the document's. */
function withLabel(code: Code): Code {
  const displayName = documentTypeLabel(code.code, code.codeSystem) ?? code.displayName ?? code.code;
  return defined({ code: code.code, codeSystem: code.codeSystem, displayName });
}

/**
 * A code with the document's label, else that of the national table, else itself: a coded value of the metadata must have a
 * label (ITI TF-3 4.2.3.1.2, as the validator of NIST checks it).
 */
function labelled(code: Code, labelOf?: (code: string, codeSystem: string) => string | undefined): Code {
  if (code.displayName !== undefined) return code;
  return { ...code, displayName: labelOf?.(code.code, code.codeSystem ?? "") ?? code.code };
}

function confidentiality(header: CdaHeader, tell: (code: string, message: string) => void): Code[] {
  const code = header.confidentialityCode;
  if (code === undefined) {
    tell("xdm_confidentiality_missing", "The CDA has no confidentialityCode: N (normal) is written.");
    return [{ code: "N", codeSystem: CONFIDENTIALITY_SYSTEM, displayName: "Normal" }];
  }
  if (isConfidentialityCode(code.code)) return [{ ...confidentialityCodes[code.code], ...code }];
  tell("xdm_confidentiality_unknown", "The confidentialityCode of the CDA is not of JDV_J08.");
  return [labelled(code)];
}

/** That of the act's performer; where the document has none, that of another structure of the header. */
function practiceSetting(header: CdaHeader): Code | undefined {
  const organizations = [
    ...header.serviceEvents.map((event) => event.performer?.organization),
    header.legalAuthenticator?.organization,
    ...header.authors.map((author) => author.organization),
  ];
  return organizations.find((each) => each?.practiceSetting !== undefined)?.practiceSetting;
}

function deriveAuthor(author: Author): XdmAuthor {
  const person = xcn(author.id, author.person, author.device);
  const organization = author.organization && xon(author.organization);
  const role = author.function?.displayName ?? author.function?.code;
  const { specialty } = author;
  return defined({
    person: person || undefined,
    institutions: organization ? [organization] : [],
    roles: role ? [component(role)] : [],
    specialties: specialty ? [ce(specialty)] : [],
  });
}
