import type { Code } from "../cda/types.js";
import type { Problem } from "../errors.js";
import type { Integrity, OpenedXdm, XdmAction, XdmAuthor } from "./types.js";

/** What `medimail xdm inspect --json` prints (CLI.md). What is absent is null. */
export interface XdmInspection {
  submissionSets: {
    uniqueId: string | null;
    sourceId: string | null;
    patientId: string | null;
    submissionTime: string | null;
    contentTypeCode: Code | null;
    authors: InspectedAuthor[];
    intendedRecipients: string[];
  }[];
  documents: {
    uri: string;
    path: string | null;
    uniqueId: string | null;
    entryUUID: string | null;
    mimeType: string | null;
    title: string | null;
    languageCode: string | null;
    creationTime: string | null;
    serviceStartTime: string | null;
    serviceStopTime: string | null;
    patientId: string | null;
    sourcePatientId: string | null;
    sourcePatientInfo: string[];
    legalAuthenticator: string | null;
    authors: InspectedAuthor[];
    typeCode: Code | null;
    classCode: Code | null;
    formatCode: Code | null;
    confidentialityCodes: Code[];
    healthcareFacilityTypeCode: Code | null;
    practiceSettingCode: Code | null;
    eventCodes: Code[];
    hash: string | null;
    size: number | null;
    action: XdmAction;
    integrity: Integrity;
  }[];
  problems: Problem[];
}

export interface InspectedAuthor {
  person: string | null;
  institutions: string[];
  roles: string[];
  specialties: string[];
}

/** The opened archive without its contents, ready for JSON. */
export function inspectXdm(opened: OpenedXdm): XdmInspection {
  return {
    submissionSets: opened.submissionSets.map((set) => ({
      uniqueId: set.uniqueId ?? null,
      sourceId: set.sourceId ?? null,
      patientId: set.patientId ?? null,
      submissionTime: set.submissionTime ?? null,
      contentTypeCode: set.contentTypeCode ?? null,
      authors: set.authors.map(inspectAuthor),
      intendedRecipients: set.intendedRecipients,
    })),
    documents: opened.documents.map((entry) => ({
      uri: entry.uri,
      path: entry.path === "" ? null : entry.path,
      uniqueId: entry.uniqueId ?? null,
      entryUUID: entry.entryUUID ?? null,
      mimeType: entry.mimeType ?? null,
      title: entry.title ?? null,
      languageCode: entry.languageCode ?? null,
      creationTime: entry.creationTime ?? null,
      serviceStartTime: entry.serviceStartTime ?? null,
      serviceStopTime: entry.serviceStopTime ?? null,
      patientId: entry.patientId ?? null,
      sourcePatientId: entry.sourcePatientId ?? null,
      sourcePatientInfo: entry.sourcePatientInfo,
      legalAuthenticator: entry.legalAuthenticator ?? null,
      authors: entry.authors.map(inspectAuthor),
      typeCode: entry.typeCode ?? null,
      classCode: entry.classCode ?? null,
      formatCode: entry.formatCode ?? null,
      confidentialityCodes: entry.confidentialityCodes,
      healthcareFacilityTypeCode: entry.healthcareFacilityTypeCode ?? null,
      practiceSettingCode: entry.practiceSettingCode ?? null,
      eventCodes: entry.eventCodes,
      hash: entry.hash ?? null,
      size: entry.size ?? null,
      action: entry.action,
      integrity: entry.integrity,
    })),
    problems: opened.problems,
  };
}

function inspectAuthor({ person, institutions, roles, specialties }: XdmAuthor): InspectedAuthor {
  return { person: person ?? null, institutions, roles, specialties };
}
