import { MedimailError } from "../../errors.js";

/** What an extraction may be; the published one of August 2026 has 20 MB packed, 89 MB of text, 536,000 lines of 31 columns. */
export interface ExtractionLimits {
  /** Bytes of the file as given. */
  maxFileBytes: number;
  /** Bytes of the text, unpacked. */
  maxTextBytes: number;
  /** Text to archive. The published one has 4. */
  maxRatio: number;
  /** Bytes of one line. */
  maxLineBytes: number;
  maxColumns: number;
  maxLines: number;
  /** Malformed lines that the report names; all are counted. */
  maxListed: number;
  /** Share of malformed lines above which the file does not replace the index in use. */
  maxMalformedShare: number;
}

export const EXTRACTION_LIMITS: ExtractionLimits = {
  maxFileBytes: 1_000_000_000,
  maxTextBytes: 2_000_000_000,
  maxRatio: 60,
  maxLineBytes: 65_536,
  maxColumns: 64,
  maxLines: 5_000_000,
  maxListed: 100,
  maxMalformedShare: 0.02,
};

export const invalid = (message: string, path?: string, hint = "Download the extraction again."): MedimailError =>
  new MedimailError("directory_file_invalid", message, path === undefined ? { hint } : { hint, path });

export const tooMuch = (limit: keyof ExtractionLimits, limits: ExtractionLimits, where = ""): MedimailError =>
  invalid(
    `the file passes the limit ${limit} (${limits[limit]})${where}`,
    limit,
    "Raise the limit only where the file is known to be good.",
  );
