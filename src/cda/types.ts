import type { Problem } from "../errors.js";

/** A coded value, as written in the document. */
export interface Code {
  code: string;
  codeSystem?: string;
  displayName?: string;
}

/** `root` or `root^extension` (an II of HL7). */
export type Id = string;

/** A postal address: the parts as written, in the order of the document. */
export interface Address {
  use?: string;
  nullFlavor?: string;
  /** Part name (`houseNumber`, `streetName`, `postalCode`, `city`, …) and its text; text outside parts is `text`. */
  parts: { name: string; value: string }[];
}

export interface Telecom {
  value?: string;
  use?: string;
  nullFlavor?: string;
}

export interface PersonName {
  family?: string;
  given?: string;
  prefix?: string;
  suffix?: string;
}

export interface Organization {
  id?: Id;
  name?: string;
  telecom?: Telecom[];
  address?: Address[];
  /** `standardIndustryClassCode`: the practice setting. */
  practiceSetting?: Code;
}

export interface PatientName {
  qualifier?: string;
  value: string;
}

export interface Patient {
  /** The national identity, where an id has an INS authority; production or test OID as written. */
  ins: { value: string; oid: string } | null;
  localIds: Id[];
  /** Family with qualifier BR, else without qualifier. */
  birthName?: string;
  /** Family with qualifier CL, else SP (older documents). */
  usedName?: string;
  /** Every `family`, in order, as written. */
  familyNames: PatientName[];
  givenNames: PatientName[];
  prefix?: string;
  suffix?: string;
  birthTime?: string;
  gender?: string;
  /** COG code (`county`) and city of the place of birth. */
  birthPlace?: { code?: string; name?: string };
  address?: Address[];
  telecom?: Telecom[];
}

export interface Author {
  time?: string;
  function?: Code;
  id?: Id;
  /** assignedAuthor/code: profession and specialty. */
  specialty?: Code;
  person?: PersonName;
  device?: { software?: string; model?: string };
  organization?: Organization;
  telecom?: Telecom[];
  address?: Address[];
}

export interface LegalAuthenticator {
  time?: string;
  id?: Id;
  specialty?: Code;
  person?: PersonName;
  organization?: Organization;
  telecom?: Telecom[];
  address?: Address[];
}

export interface Recipient {
  id?: Id;
  person?: PersonName;
  organization?: Organization;
  /** MSSanté address found in the telecoms of the recipient. */
  address?: string;
}

export interface ServiceEvent {
  code?: Code;
  translations: Code[];
  low?: string;
  high?: string;
  performer?: {
    id?: Id;
    specialty?: Code;
    person?: PersonName;
    organization?: Organization;
    time?: { low?: string; high?: string };
  };
}

export interface Encounter {
  id?: Id;
  code?: Code;
  low?: string;
  high?: string;
  facilityType?: Code;
  location?: Organization;
}

/**
 * The header of a CDA R2 document, as `cda inspect` prints it (CLI.md). Strings and times are those of the document,
 * verbatim but for the layout of the file (line breaks within a text). What is absent is absent or null.
 */
export interface CdaHeader {
  id: Id;
  setId?: Id;
  versionNumber?: number;
  relatedDocuments: { typeCode: string; id?: Id; setId?: Id; versionNumber?: number }[];
  /** Every `templateId`, in order, its version (extension) included: `root` or `root^extension`. */
  templateIds: Id[];
  code: Code;
  title?: string;
  /** Empty where the document has none (problem `effective_time_missing`). */
  effectiveTime: string;
  languageCode?: string;
  confidentialityCode?: Code;
  patient: Patient;
  authors: Author[];
  legalAuthenticator?: LegalAuthenticator;
  custodian?: Organization;
  recipients: Recipient[];
  serviceEvents: ServiceEvent[];
  encounter?: Encounter;
}

/** What the body is. `N1`: nonXMLBody; `N3`: structuredBody (level 2 is counted as N3, as the French profile does). */
export interface CdaBody {
  level: "N1" | "N3";
  /** Of an N1 body. */
  mediaType?: string;
  /** Bytes of the encapsulated file of an N1 body, decoded; absent where it cannot be. */
  size?: number;
}

/** A document that was read. */
export interface Cda {
  header: CdaHeader;
  body: CdaBody;
  problems: Problem[];
  /** Root element is `xsl:stylesheet` (auto-présentable). */
  selfRendering: boolean;
  /**
   * The encapsulated file of an N1 body, decoded when first asked, the same bytes afterwards; undefined for N3, and for a
   * file that is not there or not decodable (a problem of severity `error` says so).
   */
  encapsulated(): Uint8Array | undefined;
}

/** Limits of the reader; each has the code `xml_limit_exceeded` when passed. */
export interface CdaLimits {
  /** Bytes of the document. Default 50 MiB. */
  maxBytes: number;
  /** Depth of elements. Default 200. */
  maxDepth: number;
  /** Elements. Default 500,000. */
  maxElements: number;
  /** Attributes of one element. Default 100. */
  maxAttributes: number;
}

/**
 * A header for {@link wrapPdf}: what `cda inspect` prints. `id` and `effectiveTime` left out are made; `templateIds` left
 * out or empty are those of the minimal French structure; the other lists left out are empty; `familyNames` left out are
 * `birthName` (qualifier BR) and `usedName` (CL).
 */
export type CdaHeaderInput = Omit<
  CdaHeader,
  "id" | "effectiveTime" | "templateIds" | "relatedDocuments" | "recipients" | "serviceEvents" | "patient"
> & {
  id?: Id;
  effectiveTime?: string;
  templateIds?: string[];
  relatedDocuments?: CdaHeader["relatedDocuments"];
  recipients?: Recipient[];
  serviceEvents: (Omit<ServiceEvent, "translations"> & { translations?: Code[] })[];
  patient: Omit<Patient, "ins" | "localIds" | "familyNames"> & {
    ins?: Patient["ins"];
    localIds?: Id[];
    familyNames?: PatientName[];
  };
};
