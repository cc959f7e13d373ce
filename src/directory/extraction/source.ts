import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { crc32 } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { MedimailError } from "../../errors.js";
import { outOfFiles } from "../../out-of-files.js";
import { type ExtractionLimits, invalid, tooMuch } from "./limits.js";

/** The text of an extraction, out of its ZIP or as it is. */
export interface ExtractionText {
  /** Name of the text file, without folders. */
  name: string;
  /** Bytes of the text, where they are known before. */
  size: number;
  modified: Date;
  /** Tells this file from another. */
  fingerprint: string;
  chunks: AsyncIterable<Buffer>;
  /** Lets go of the file, read or not. */
  close(): void;
}

const EDGE = 65_536;
const MOST_MEMBERS = 32;

/** @throws MedimailError `file_not_found`, `file_unreadable`, `directory_file_invalid`, `archive_invalid`, `archive_encrypted` */
export async function openExtraction(path: string, limits: ExtractionLimits): Promise<ExtractionText> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new MedimailError(isMissing ? "file_not_found" : "file_unreadable", `${path}: cannot be opened`, {
      ...outOfFiles(cause),
      cause,
    });
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new MedimailError("file_unreadable", `${path}: is not a file`);
    if (stat.size === 0) throw invalid("the file is empty");
    if (stat.size > limits.maxFileBytes) throw tooMuch("maxFileBytes", limits);
    const start = await read(handle, 0, EDGE);
    const end = await read(handle, Math.max(0, stat.size - EDGE), EDGE);
    const fingerprint = createHash("sha256")
      .update(`${stat.size} ${stat.mtimeMs} `)
      .update(start)
      .update(end)
      .digest("hex");
    const common = { fingerprint, modified: stat.mtime };
    if (start.readUInt16BE(0) === 0x504b) return { ...common, ...(await openZip(path, stat.size, limits)) };
    const stream = createReadStream(path, { highWaterMark: EDGE });
    return { ...common, name: basename(path), size: stat.size, chunks: stream, close: () => void stream.destroy() };
  } catch (error) {
    if (error instanceof RangeError) throw invalid("the file is too short to be an extraction");
    throw error;
  } finally {
    await handle.close();
  }
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function openZip(path: string, size: number, limits: ExtractionLimits) {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false, strictFileNames: true }, (error, opened) =>
      error ? reject(damagedZip(error)) : resolve(opened),
    );
  });
  try {
    const member = await textMember(zip);
    if (member.isEncrypted())
      throw new MedimailError("archive_encrypted", "the archive is encrypted", {
        hint: "Download the extraction again.",
      });
    if (member.uncompressedSize > limits.maxTextBytes) throw tooMuch("maxTextBytes", limits);
    if (member.uncompressedSize > size * limits.maxRatio) throw tooMuch("maxRatio", limits);
    return {
      name: basename(member.fileName),
      size: member.uncompressedSize,
      chunks: unpacked(zip, member),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** The one text of the archive. */
async function textMember(zip: ZipFile): Promise<Entry> {
  if (zip.entryCount > MOST_MEMBERS) throw invalid("the archive has more files than an extraction has");
  const members = await new Promise<Entry[]>((resolve, reject) => {
    const found: Entry[] = [];
    zip.on("entry", (entry: Entry) => {
      if (!entry.fileName.endsWith("/")) found.push(entry);
      zip.readEntry();
    });
    zip.once("end", () => resolve(found));
    zip.once("error", (error: Error) => reject(damagedZip(error)));
    zip.readEntry();
  });
  const named = members.filter(({ fileName }) => /Correspondance_MSSante/i.test(fileName));
  const [only, ...others] = named.length > 0 ? named : members;
  if (!only || others.length > 0) throw invalid(`the archive has ${members.length} files where one text is expected`);
  return only;
}

/** yauzl stops at the announced size, and says nothing of the checksum: that is looked at here. */
async function* unpacked(zip: ZipFile, member: Entry): AsyncGenerator<Buffer> {
  let checksum = 0;
  try {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(member, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof MedimailError ? error : damagedZip(error as Error);
  } finally {
    zip.close();
  }
  if (checksum >>> 0 !== member.crc32 >>> 0) throw damagedZip();
}

function damagedZip(cause?: Error): MedimailError {
  return new MedimailError("archive_invalid", "the archive is damaged or cut short", {
    cause,
    hint: "Download the extraction again.",
  });
}
