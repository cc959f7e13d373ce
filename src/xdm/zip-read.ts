import { promisify } from "node:util";
import { crc32, inflateRaw, inflateRawSync, type ZlibOptions } from "node:zlib";
import { MedimailError } from "../errors.js";
import type { XdmLimits } from "./types.js";
import type { ZipEntry } from "./zip-directory.js";
import { readDirectory } from "./zip-directory.js";

const inflateAside = promisify<Uint8Array, ZlibOptions, Buffer>(inflateRaw);

/** Below this, a thread costs more than the work. */
export const ASIDE_BYTES = 256 * 1024;

/** Bytes that zlib gives at a time, at most; its own 16 KiB cost a large entry a turn of the thread pool each. */
export const CHUNK_BYTES = 1024 * 1024;
/** The least that zlib takes as `chunkSize`. */
const LEAST_CHUNK = 64;

export interface ZipFile {
  path: string;
  content: Uint8Array;
  /** False where the checksum of the archive does not fit: a damaged medium. */
  intact: boolean;
}

export interface UnpackedZip {
  files: ZipFile[];
  strayBytes: number;
  ambiguous: boolean;
  /** Files whose name had `\` between its folders. */
  backslashes: number;
}

/**
 * Unpacks a ZIP archive held in memory, within limits. An entry gives exactly the bytes that it announces: unpacking
 * stops at the first byte too many. An archive inside the archive stays packed.
 *
 * @throws MedimailError `archive_invalid`, `archive_encrypted`, `archive_unsafe_entry`, `archive_limit_exceeded`
 */
export async function readZip(zip: Uint8Array, limits: XdmLimits): Promise<UnpackedZip> {
  const { entries, strayBytes, ambiguous } = readDirectory(zip, limits);
  const files: ZipFile[] = [];
  let backslashes = 0;
  for (const entry of entries) {
    if (entry.backslashes) backslashes += 1;
    if (entry.directory) continue;
    const content = entry.deflated ? await inflate(entry, files.length) : entry.packed;
    files.push({ path: entry.path, content, intact: crc32(content) === entry.crc });
  }
  return { files, strayBytes, ambiguous, backslashes };
}

async function inflate({ packed, size }: ZipEntry, index: number): Promise<Uint8Array> {
  // One byte more than announced: an honest entry then ends in its first chunk, and nothing is put together.
  const chunkSize = Math.min(Math.max(LEAST_CHUNK, size + 1), CHUNK_BYTES);
  const options = { maxOutputLength: Math.max(1, size), chunkSize };
  let content: Uint8Array;
  try {
    content = size > ASIDE_BYTES ? await inflateAside(packed, options) : inflateRawSync(packed, options);
  } catch (cause) {
    const long = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw unusable(long ? "lies about its size" : "cannot be unpacked", index, cause);
  }
  if (content.byteLength !== size) throw unusable("lies about its size", index);
  return content;
}

function unusable(why: string, index: number, cause?: unknown): MedimailError {
  return new MedimailError("archive_invalid", `The archive has a file that ${why}.`, { path: `file[${index}]`, cause });
}
