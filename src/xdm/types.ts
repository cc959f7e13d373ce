import type { Cda, Code } from "../cda/types.js";
import type { Problem } from "../errors.js";

/** What the receiver shall do with the document: the slot `urn:action:extraMetadataSlot` absent, `C` or `D`. */
export type XdmAction = "create" | "replace" | "delete";

export interface XdmAuthor {
  /** XCN, verbatim. */
  person?: string;
  /** XON. */
  institutions: string[];
  roles: string[];
  /** `code^displayName^codeSystem`. */
  specialties: string[];
}

/** One DocumentEntry. Strings are those of the metadata, verbatim (XCN, XON, CX, UTC times of 14 digits). */
export interface DocumentEntry {
  /** As written in the metadata. */
  uri: string;
  /** Path of the file in the archive. */
  path: string;
  uniqueId?: string;
  entryUUID?: string;
  mimeType?: string;
  title?: string;
  languageCode?: string;
  creationTime?: string;
  serviceStartTime?: string;
  serviceStopTime?: string;
  patientId?: string;
  sourcePatientId?: string;
  sourcePatientInfo: string[];
  legalAuthenticator?: string;
  authors: XdmAuthor[];
  typeCode?: Code;
  classCode?: Code;
  formatCode?: Code;
  confidentialityCodes: Code[];
  healthcareFacilityTypeCode?: Code;
  practiceSettingCode?: Code;
  eventCodes: Code[];
  /**
   * `referenceIdList` (CXi: order, accession number, study), where an archive that is read has it. None is written: neither
   * the mapping of the ANS nor its archives say what of a CDA it would be made of.
   */
  referenceIds?: string[];
  /** SHA-1 of the file, lower-case hex. */
  hash?: string;
  size?: number;
  action: XdmAction;
}

export interface SubmissionSet {
  uniqueId?: string;
  entryUUID?: string;
  sourceId?: string;
  patientId?: string;
  submissionTime?: string;
  contentTypeCode?: Code;
  authors: XdmAuthor[];
  /** `XON|XCN|XTN` strings. */
  intendedRecipients: string[];
}

export interface Integrity {
  file: "present" | "missing";
  hash: "ok" | "mismatch" | "absent";
  size: "ok" | "mismatch" | "absent";
}

/** Someone the set is meant for (XDS intendedRecipient: organisation, person, address). */
export interface IntendedRecipient {
  organization?: { id?: string; name?: string };
  person?: { id?: string; family?: string; given?: string };
  /** MSSanté address. */
  address?: string;
}

export interface XdmDocumentInput {
  /** The CDA, byte for byte; it is never altered. */
  content: Uint8Array;
  /** The same document already read, to read it once. */
  cda?: Cda;
}

export interface PackInput {
  documents: XdmDocumentInput[];
  /** For every document of the set. Default `create`, whatever the CDA says. */
  action?: XdmAction;
  /** Codes added to the CDA's own: masks (`MASQUE_PS`, `INVISIBLE_PATIENT`, `INVISIBLE_REPRESENTANTS_LEGAUX`), `R`, `V`. */
  confidentialityCodes?: string[];
  /** JDV_J03 code, e.g. `04`. */
  contentTypeCode?: string;
  /** OID of the sending system (SS sourceId). Default: derived, see docs. */
  sourceId?: string;
  intendedRecipients?: IntendedRecipient[];
  software: { name: string; version: string; publisher?: string; contact?: string };
  /** Who sends: for README.TXT and INDEX.HTM. Default: the custodian of the first CDA. */
  sender?: { label?: string; contact?: string; structure?: { idNat: string; name: string } };
  /** Clock and chance, for tests. */
  now?: number;
  uuid?: () => string;
}

export interface PackedXdm {
  zip: Uint8Array;
  submissionSet: SubmissionSet;
  documents: DocumentEntry[];
  /** What the rules could not derive (a code outside of the tables, …): warnings. */
  problems: Problem[];
}

export interface OpenedDocument extends DocumentEntry {
  integrity: Integrity;
  /** The file's bytes; undefined where it is missing. */
  content?: Uint8Array;
}

export interface OpenedXdm {
  submissionSets: SubmissionSet[];
  documents: OpenedDocument[];
  /** Every other file of the archive, METADATA.XML included, by path. */
  otherFiles: { path: string; size: number; content?: Uint8Array }[];
  problems: Problem[];
}

/** Limits of the reader; `archive_limit_exceeded` when passed. */
export interface XdmLimits {
  /** Bytes of the archive. Default 100 MiB. */
  maxArchiveBytes: number;
  /** Entries, directories included. Default 1,000. */
  maxEntries: number;
  /** Bytes of one entry, unpacked. Default 100 MiB. */
  maxEntryBytes: number;
  /** Bytes of all entries, unpacked; of a mail those of all its archives. Default 200 MiB. */
  maxTotalBytes: number;
  /** Unpacked bytes for one packed byte, of entries over 1 MiB, and of the whole over 8 MiB. Default 200. */
  maxRatio: number;
  /** Folders in a path. Default 8. */
  maxPathDepth: number;
  /** Submission sets. Default 20. */
  maxSubmissionSets: number;
  /** Documents of all sets. Default 10,000. */
  maxDocuments: number;
}
