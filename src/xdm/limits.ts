import { MedimailError } from "../errors.js";
import type { XdmLimits } from "./types.js";

const MIB = 1024 * 1024;

/** What the reader accepts unless told otherwise; see {@link XdmLimits} for the meaning of each. */
export const DEFAULT_XDM_LIMITS: Readonly<XdmLimits> = {
  maxArchiveBytes: 100 * MIB,
  maxEntries: 1000,
  maxEntryBytes: 100 * MIB,
  maxTotalBytes: 200 * MIB,
  maxRatio: 200,
  maxPathDepth: 8,
  maxSubmissionSets: 20,
  maxDocuments: 10_000,
};

/** The ratio is only looked at above this size: a short text of spaces packs very well and harms nobody. */
export const RATIO_FREE_BYTES = MIB;

/** The same for the archive as a whole: many entries that are each below {@link RATIO_FREE_BYTES} are a bomb too. */
export const TOTAL_RATIO_FREE_BYTES = 8 * MIB;

/** The defaults with the caller's values. `invalid_argument` for a limit that is not a positive number. */
export function resolveLimits(given: Partial<XdmLimits> = {}): XdmLimits {
  const limits = { ...DEFAULT_XDM_LIMITS };
  for (const name of Object.keys(limits) as (keyof XdmLimits)[]) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value > 0)) {
      throw new MedimailError("invalid_argument", `The limit ${name} must be a number above 0.`, {
        path: `limits.${name}`,
      });
    }
    limits[name] = value;
  }
  return limits;
}

/** An archive beyond one of the limits. */
export function limitExceeded(name: keyof XdmLimits, limits: XdmLimits, path?: string): MedimailError {
  return new MedimailError("archive_limit_exceeded", `The archive is beyond the limit ${name} (${limits[name]}).`, {
    hint: `Raise limits.${name} if such an archive is expected from this sender.`,
    ...(path === undefined ? {} : { path }),
  });
}
