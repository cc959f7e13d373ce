import type { LdapAttributes } from "../ldap/entries.js";
import type { RegionalCharset } from "./charset.js";
import type { Separator } from "./csv.js";

/** What a column may say. */
export type RegionalField = keyof LdapAttributes;

/**
 * How a regional file is written. No format is published (interfaces.md §4d): who has one describes it.
 */
export interface RegionalProfile {
  /** Which column says what: its name in the header (accents and case do not matter), or its number from 1. `address` is needed. */
  columns: { address: string | number } & {
    [Field in Exclude<RegionalField, "address">]?: string | number | undefined;
  };
  /** Default: recognised in the first line. */
  separator?: Separator | undefined;
  /** Default: recognised. */
  charset?: RegionalCharset | undefined;
  /** Whether the first line names the columns. Default true. */
  header?: boolean | undefined;
}

export interface RegionalLimits {
  /** Default 500 000 000. */
  maxFileBytes: number;
  /** Characters of one line. Default 64 000. */
  maxLineBytes: number;
  /** Default 2 000 000. */
  maxLines: number;
  /** Default 200. */
  maxColumns: number;
  /** Malformed lines that the report names; all are counted. Default 20. */
  maxListed: number;
  /** Share of malformed lines above which the file does not replace the index in use. Default 0.1. */
  maxMalformedShare: number;
}

export const REGIONAL_LIMITS: RegionalLimits = {
  maxFileBytes: 500_000_000,
  maxLineBytes: 64_000,
  maxLines: 2_000_000,
  maxColumns: 200,
  maxListed: 20,
  maxMalformedShare: 0.1,
};

/** A file of the deposit. */
export interface DepositedFile {
  name: string;
  bytes: number;
  /** In ms since 1970. */
  modifiedAt: number;
}

/** Where the files are. */
export interface Deposit {
  /** @throws MedimailError `directory_unavailable`, `auth_refused`, `aborted` */
  list(signal?: AbortSignal): Promise<DepositedFile[]>;
  /** The file's content, whole, at a path of this machine; `given` says who removes it. */
  fetch(
    file: DepositedFile,
    maxBytes: number,
    signal?: AbortSignal,
  ): Promise<{ path: string; release(): Promise<void> }>;
  close(): Promise<void>;
}
