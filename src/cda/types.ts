import type { Problem } from "../errors.js";
import type { Address, Code, Id, Organization, PatientName, PersonName, Telecom, Translation } from "./value-types.js";

export type { Address, Code, Id, Organization, PatientName, PersonName, Telecom, Translation } from "./value-types.js";

/** A person or an organisation with a part in the document or in the care, beside those that have a type of their own. */
export interface Party {
  /** Its part: of a participant of the document (`INF`, `REF`…), of who took part in the encounter (`ATND`, `CON`…). */
  typeCode?: string;
  /** Its role: of a participant (`PROV`, `CON`…); of an informant who is no professional, what it is to the patient (`ECON`, `NOK`…). */
  classCode?: string;
  /** Of the participation: which model it follows (`root` or `root^extension`). */
  templateIds?: Id[];
  function?: Code;
  /** What its author adds to the function in words of his own (`functionCode/originalText`). */
  functionText?: string;
  time?: { low?: string; high?: string };
  id?: Id;
  /** Profession, or the kinship of a relative. */
  code?: Code;
  person?: PersonName;
  /** Every `family` of the person, where there are several: a relative is named at birth and in use. */
  familyNames?: PatientName[];
  organization?: Organization;
  telecom?: Telecom[];
  address?: Address[];
}

/** An order that the document fulfils. */
export interface Order {
  ids: Id[];
  code?: Code;
  /** What the order says in words (`code/originalText`). */
  text?: string;
  priority?: Code;
  /** Of an imaging order (`ps3-20:accessionNumber`). */
  accessionNumbers?: Id[];
}

/** A consent of the patient. */
export interface Consent {
  ids?: Id[];
  code?: Code;
  /** `completed` and so on. */
  status?: string;
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
  /**
   * COG code (`county`) and city of the place of birth; beside the city, the name of the place itself and the other parts of its address.
   */
  birthPlace?: { code?: string; name?: string; placeName?: string; parts?: Address["parts"] };
  address?: Address[];
  telecom?: Telecom[];
  /** True, or the time of death where it is told (an extension of HL7, `sdtc`). */
  deceased?: true | string;
  /** True, or the rank among the children of one birth (`sdtc`). */
  multipleBirth?: true | string;
  guardians?: Party[];
  /** The organisation that knows the patient by the local identifiers. */
  provider?: Organization;
}

export interface Author {
  time?: string;
  function?: Code;
  /** What is added to the function in words (`functionCode/originalText`). */
  functionText?: string;
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
  /** Where it is not `PRCP`: `TRC`, for information. */
  typeCode?: string;
  id?: Id;
  person?: PersonName;
  organization?: Organization;
  /** MSSanté address found in the telecoms of the recipient. */
  address?: string;
  /** Telecoms beside that address; all of them where the document tells more of it. */
  telecom?: Telecom[];
  postalAddress?: Address[];
}

/** Who did what is documented. */
export interface Performer {
  /** Where it is not `PRF`. */
  typeCode?: string;
  templateIds?: Id[];
  function?: Code;
  id?: Id;
  specialty?: Code;
  person?: PersonName;
  organization?: Organization;
  time?: { low?: string; high?: string };
  telecom?: Telecom[];
  address?: Address[];
}

export interface ServiceEvent {
  /** Where it is not `ACT`. */
  classCode?: string;
  ids?: Id[];
  code?: Code;
  /** What the code says in words (`originalText`). */
  text?: string;
  translations: Translation[];
  /** `lab:statusCode`, of laboratory reports. */
  status?: string;
  low?: string;
  high?: string;
  /** The first whose structure says its practice setting, else the first. */
  performer?: Performer;
  otherPerformers?: Performer[];
}

export interface Encounter {
  id?: Id;
  code?: Code;
  low?: string;
  high?: string;
  facilityType?: Code;
  location?: Organization;
  /** Every other id. */
  otherIds?: Id[];
  dischargeDisposition?: Code;
  /** Who answers for it. */
  responsible?: Party;
  /** Who took part in it. */
  participants?: Party[];
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
  /** The type in other systems. */
  codeTranslations?: Code[];
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
  dataEnterer?: Party;
  /** Whom the information comes from, and who is to be called. */
  informants?: Party[];
  /** Who signed beside the legal authenticator. */
  authenticators?: Party[];
  participants?: Party[];
  orders?: Order[];
  consents?: Consent[];
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
  serviceEvents: (Omit<ServiceEvent, "translations"> & { translations?: Translation[] })[];
  patient: Omit<Patient, "ins" | "localIds" | "familyNames"> & {
    ins?: Patient["ins"];
    localIds?: Id[];
    familyNames?: PatientName[];
  };
};
