import type { Bilingual } from "../text.js";

/** Kinds of mailbox of the load file: personal, of an organisation, of an application, internal, Medimail (guide, part 3). */
export type AccountType = "PER" | "ORG" | "APP" | "INT" | "MED";

export const ACCOUNT_TYPES: readonly AccountType[] = ["PER", "ORG", "APP", "INT", "MED"];

/** Statuses of an account (guide, part 3). */
export type AccountStatus = "PREINSCRIT" | "A VALIDER" | "VALIDE";

export const ACCOUNT_STATUSES: readonly AccountStatus[] = ["PREINSCRIT", "A VALIDER", "VALIDE"];

/** What a column of the file can hold. Values are text, as a person reads them. */
export type AccountField =
  | "type"
  | "civility"
  | "family"
  | "given"
  | "rpps"
  | "adeli"
  | "profession"
  | "specialty"
  | "label"
  | "description"
  | "responsible"
  | "service"
  | "email"
  | "phone"
  | "address"
  | "finess"
  | "siret"
  | "structure"
  | "paperless"
  | "redList"
  | "link"
  | "status"
  | "action";

export type Account = Readonly<Partial<Record<AccountField, string>>>;

/** How a value must look. `yes-no` is O or N, `link` is IMMEDIAT or DIFFERE, `action` is empty or FERMER. */
export type FieldFormat =
  | "text"
  | "type"
  | "rpps"
  | "adeli"
  | "finess"
  | "siret"
  | "email"
  | "mss-address"
  | "phone"
  | "yes-no"
  | "link"
  | "status"
  | "action";

/** What a type does with a column; a column that no list names is allowed. */
export interface ColumnRules {
  required?: readonly AccountType[];
  /** Must be empty. */
  forbidden?: readonly AccountType[];
}

export interface AccountColumn extends ColumnRules {
  field: AccountField;
  /** What we write above it. */
  heading: string;
  /** Other headings that are read as it; case, accents and punctuation don't count. */
  synonyms: readonly string[];
  format: FieldFormat;
  /** Longest value, in characters. */
  max: number;
  help: Bilingual;
}

/**
 * The layout of a load file, as data. The real columns of Medimail's file are not public: a publisher who has Mipih's file describes it in a layout of
 * his own, and everything here reads and writes that.
 */
export interface AccountLayout {
  /** Said in reports: which layout a file was held against. */
  name: string;
  /** Name of the sheet; other sheets (the guide names one "Consignes") are left alone. */
  sheet: string;
  columns: readonly AccountColumn[];
  /** One of each group must be there, for the types named. */
  oneOf: readonly { types: readonly AccountType[]; fields: readonly AccountField[]; why: Bilingual }[];
}

export type Severity = "error" | "warning";

/** One thing that is wrong with the file or a row. */
export interface AccountProblem {
  severity: Severity;
  code:
    | "missing"
    | "forbidden"
    | "format"
    | "check-digit"
    | "too-long"
    | "duplicate"
    | "contradiction"
    | "unknown-column"
    | "missing-column"
    | "duplicate-column"
    | "formula"
    | "merged"
    | "stray-domain"
    | "empty-file";
  /** As the file counts: the headings are row 1. Absent for the file as a whole. */
  row?: number;
  /** The heading of the column, as the file has it. */
  column?: string;
  message: Bilingual;
}

/** One row of a file, with what is wrong with it. */
export interface AccountRow {
  row: number;
  account: Account;
  problems: readonly AccountProblem[];
}

export interface AccountFile {
  layout: string;
  format: "xlsx" | "csv";
  rows: readonly AccountRow[];
  /** Of the file as a whole. */
  problems: readonly AccountProblem[];
}
