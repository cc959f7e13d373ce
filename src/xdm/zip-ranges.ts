import { MedimailError } from "../errors.js";

export type Range = [from: number, to: number];

/** Beginnings of a local header, of a directory's entry, of the end of a directory. */
const SIGNATURES = ["PK\x03\x04", "PK\x01\x02", "PK\x05\x06"];

/**
 * Refuses entries that share bytes with another or with the directory; tells how many bytes are nobody's, and whether these
 * look like another archive: a reader that starts at the front, or at another end of directory, would show other documents.
 *
 * @throws MedimailError `archive_unsafe_entry`
 */
export function checkRanges(ranges: Range[], zip: Uint8Array): { strayBytes: number; ambiguous: boolean } {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let reached = 0;
  let strayBytes = 0;
  let ambiguous = false;
  const stray = (from: number, to: number): void => {
    strayBytes += to - from;
    const gap = bytes.subarray(from, to);
    ambiguous ||= SIGNATURES.some((signature) => gap.includes(signature, 0, "latin1"));
  };
  for (const [from, to] of ranges) {
    if (from < reached) {
      throw new MedimailError("archive_unsafe_entry", "The archive has entries that overlap.", {
        hint: "Do not open this archive: overlapping entries are how decompression bombs are made.",
      });
    }
    // A data descriptor of 12 to 24 bytes may follow the data of an entry written as a stream.
    if (from - reached > 24) stray(reached, from);
    reached = to;
  }
  if (reached < bytes.length) stray(reached, bytes.length);
  return { strayBytes, ambiguous };
}
