import { resolveLimits } from "./limits.js";
import type { XdmLimits } from "./types.js";
import { readZip, type UnpackedZip } from "./zip-read.js";

/**
 * Unpacks any ZIP archive held in memory with the care that archives of documents get: bombs, overlaps, lying sizes and unsafe names are refused.
 *
 * @throws MedimailError `archive_invalid`, `archive_encrypted`, `archive_unsafe_entry`, `archive_limit_exceeded`
 */
export function unpackZip(zip: Uint8Array, limits: Partial<XdmLimits> = {}): Promise<UnpackedZip> {
  return readZip(zip, resolveLimits(limits));
}
