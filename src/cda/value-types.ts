/** A coded value, as written in the document. */
export interface Code {
  code: string;
  codeSystem?: string;
  displayName?: string;
}

/** A code in another system, and what it is the code of: of an imaging act, the modality or the region. */
export interface Translation extends Code {
  qualifiers?: { name: Code; value?: Code }[];
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
  /** Every other id. */
  otherIds?: Id[];
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
