import { MedimailError } from "../../errors.js";

/** What a file of accounts may hold; beyond any of them it is refused with `accounts_file_invalid`. */
export interface AccountLimits {
  /** Bytes of the file. Default 20 MB. */
  maxBytes: number;
  /** Bytes of a workbook once unpacked. Default 200 MB. */
  maxUnpackedBytes: number;
  /** Rows below the headings. Default 100 000. */
  maxRows: number;
  /** Columns. Default 200. */
  maxColumns: number;
  /** Characters of one row. Default 50 000. */
  maxRowChars: number;
}

export const DEFAULT_LIMITS: Readonly<AccountLimits> = {
  maxBytes: 20_000_000,
  maxUnpackedBytes: 200_000_000,
  maxRows: 100_000,
  maxColumns: 200,
  maxRowChars: 50_000,
};

export function limitPassed(name: keyof AccountLimits, limits: AccountLimits): MedimailError {
  return new MedimailError("accounts_file_invalid", `The file of accounts is beyond ${name} (${limits[name]}).`, {
    path: name,
    hint: "Split the file, or raise the limit where such a file is expected.",
  });
}
