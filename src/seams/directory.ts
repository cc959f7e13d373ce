/** Where an address was found. */
export type DirectorySource = "fhir" | "extraction" | "ldap" | "regional";

/** Kinds of mailbox that a directory publishes (TRE_R257); a regional one may say `INT` or `MED` (raccordement guide). */
export type DirectoryMailboxType = (typeof mailboxTypes)[number];
export const mailboxTypes = ["PER", "ORG", "APP", "CAB", "INT", "MED"] as const;

/** One MSSanté address with whom it belongs to. What the source does not say is absent. */
export interface DirectoryEntry {
  address: string;
  type: DirectoryMailboxType;
  /** As shown: `Claire MOREL`, `Secrétariat de cardiologie`. */
  name: string;
  family?: string;
  given?: string;
  civility?: string;
  /** 11 digits. */
  rpps?: string;
  /** National identification of the person, prefix included: `8` + RPPS, `0` + ADELI. */
  idNat?: string;
  structure?: DirectoryStructure;
  profession?: DirectoryCode;
  category?: DirectoryCode;
  specialty?: DirectoryCode;
  street?: string;
  postalCode?: string;
  city?: string;
  department?: string;
  country?: string;
  /** Accepts to get documents by mail alone, without paper. */
  paperless?: boolean;
  /** On the red list: not to be shown to a person; an address that is known already may still be written to. */
  redList?: boolean;
  /** 1 is preferred. */
  rank?: number;
  source: DirectorySource;
  /** When the source said so: the date of the extraction, the time of the answer. ISO 8601. */
  asOf: string;
}

export interface DirectoryStructure {
  name?: string;
  /** The name on the door, where it is another. */
  tradeName?: string;
  finess?: string;
  siret?: string;
  /** National identification, prefix included: `1` + FINESS, `2` + SIREN, `3` + SIRET, `0` or `4` + the number of a practice. */
  idNat?: string;
  service?: string;
}

export interface DirectoryCode {
  code?: string;
  label?: string;
}

/** What a person types, or what business software knows. Every field but `text` must fit, small slips of spelling aside. */
export interface DirectoryQuery {
  /** Free text, as typed: names in any order, a profession, a town, a postcode, an RPPS, an address. Best matches first; most of it must fit. */
  text?: string;
  family?: string;
  given?: string;
  rpps?: string;
  finess?: string;
  siret?: string;
  structure?: string;
  profession?: string;
  specialty?: string;
  /** Town or postcode (the first digits are enough). */
  city?: string;
  type?: DirectoryMailboxType;
  address?: string;
}

export interface DirectorySearchOptions {
  /** Default 20. */
  limit?: number;
  signal?: AbortSignal;
}

/** A directory of MSSanté addresses. Entries come best first; one that is on the red list does not come by a search. */
export interface Directory {
  readonly source: DirectorySource;
  /** @throws MedimailError `directory_unavailable` (retryable) where the source does not answer, `invalid_argument` for a query of nothing */
  search(query: DirectoryQuery, options?: DirectorySearchOptions): AsyncIterable<DirectoryEntry>;
  close(): Promise<void>;
}
