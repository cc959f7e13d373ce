import { MedimailError } from "../errors.js";
import { limitExceeded, RATIO_FREE_BYTES, TOTAL_RATIO_FREE_BYTES } from "./limits.js";
import type { XdmLimits } from "./types.js";
import { nameKey, readName } from "./zip-names.js";
import { checkRanges, type Range } from "./zip-ranges.js";

/*
 * The directory of a ZIP archive is read here and not by a library: the check against entries that overlap (one packed
 * block shared by thousands of names) needs the place of every local header and of the directory itself, which neither
 * yauzl nor fflate tells, and a mail's archive is in memory already, where yauzl's stream for each entry costs more
 * than the unpacking.
 */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const STORED = 0;
const DEFLATED = 8;
const FLAG_DESCRIPTOR = 0x08;
const FLAGS_ENCRYPTED = 0x01 | 0x40 | 0x2000;
const METHOD_AES = 99;

/** One entry whose headers were found consistent; nothing is unpacked yet. */
export interface ZipEntry {
  path: string;
  directory: boolean;
  backslashes: boolean;
  deflated: boolean;
  /** The packed bytes, a view of the archive. */
  packed: Uint8Array;
  /** Bytes unpacked, as both headers say. */
  size: number;
  crc: number;
}

export interface ZipDirectory {
  entries: ZipEntry[];
  /** Bytes that belong to no entry: before the first, after the end, or between. */
  strayBytes: number;
  /** Such bytes hold entries or an end of directory: another reader may see another archive. */
  ambiguous: boolean;
}

interface Central {
  where: string;
  flags: number;
  method: number;
  crc: number;
  packedSize: number;
  size: number;
  local: number;
  rawName: Uint8Array;
  attributes: number;
}

const damaged = (why: string, path?: string): MedimailError =>
  new MedimailError("archive_invalid", `The archive is damaged or not a ZIP: ${why}.`, path ? { path } : {});

/**
 * Reads the directory of a ZIP archive held in memory and checks it against the local headers. Each name, size, method
 * and checksum must be told alike in both places; ranges may not overlap; links, encryption, unsafe or repeated names
 * are refused.
 *
 * @throws MedimailError `archive_invalid`, `archive_encrypted`, `archive_unsafe_entry`, `archive_limit_exceeded`
 */
export function readDirectory(zip: Uint8Array, limits: XdmLimits): ZipDirectory {
  if (zip.byteLength > limits.maxArchiveBytes) throw limitExceeded("maxArchiveBytes", limits);
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = findEnd(view, zip.byteLength);
  if (end.count > limits.maxEntries) throw limitExceeded("maxEntries", limits);
  const centrals = readCentrals(zip, view, end);

  const entries: ZipEntry[] = [];
  const ranges: Range[] = [[end.offset, end.end]];
  const names = new Map<string, boolean>();
  let total = 0;
  for (const central of centrals) {
    const { path, directory, backslashes } = readName(central.rawName, central.where);
    if (path.split("/").length - (directory ? 0 : 1) > limits.maxPathDepth) {
      throw limitExceeded("maxPathDepth", limits, central.where);
    }
    checkKind(central, directory);
    const key = nameKey(path);
    const known = names.get(key);
    if (known !== undefined && !(known && directory)) {
      throw new MedimailError("archive_unsafe_entry", "The archive has two entries of one name.", {
        path: central.where,
      });
    }
    names.set(key, directory);
    checkSizes(central, limits);
    total += central.size;
    if (total > limits.maxTotalBytes) throw limitExceeded("maxTotalBytes", limits);
    if (total > TOTAL_RATIO_FREE_BYTES && total > zip.byteLength * limits.maxRatio)
      throw limitExceeded("maxRatio", limits);
    const data = readLocal(zip, view, central, end.offset);
    ranges.push([central.local, data.end]);
    const packed = zip.subarray(data.start, data.start + central.packedSize);
    const deflated = central.method === DEFLATED;
    entries.push({ path, directory, backslashes, deflated, packed, size: central.size, crc: central.crc });
  }
  refuseFilesUsedAsFolders(names);
  return { entries, ...checkRanges(ranges, zip) };
}

interface End {
  count: number;
  /** Where the central directory starts. */
  offset: number;
  size: number;
  /** After the end record and its comment. */
  end: number;
}

function findEnd(view: DataView, length: number): End {
  const lowest = Math.max(0, length - 22 - 0xffff - 0xffff);
  for (let at = length - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const end = at + 22 + view.getUint16(at + 20, true);
    if (end > length) continue;
    return readEnd(view, at, end);
  }
  throw damaged("it has no end of directory");
}

function readEnd(view: DataView, at: number, end: number): End {
  let disks = view.getUint16(at + 4, true) + view.getUint16(at + 6, true);
  let count = view.getUint16(at + 10, true);
  let onDisk = view.getUint16(at + 8, true);
  let size = view.getUint32(at + 12, true);
  let offset = view.getUint32(at + 16, true);
  let directoryEnd = at;
  const locator = at - 20;
  if (locator >= 0 && view.getUint32(locator, true) === END64_LOCATOR) {
    const at64 = big(view, locator + 8);
    if (at64 + 56 > locator || view.getUint32(at64, true) !== END64)
      throw damaged("its 64-bit end is not in its place");
    const told = { count, size, offset };
    onDisk = big(view, at64 + 24);
    count = big(view, at64 + 32);
    size = big(view, at64 + 40);
    offset = big(view, at64 + 48);
    disks = view.getUint32(at64 + 16, true) + view.getUint32(at64 + 20, true);
    directoryEnd = at64;
    const agrees = (short: number, long: number, full: number) => short === full || short === long;
    if (
      !agrees(told.count, count, 0xffff) ||
      !agrees(told.size, size, 0xffffffff) ||
      !agrees(told.offset, offset, 0xffffffff)
    ) {
      throw damaged("its two ends contradict each other");
    }
  }
  if (disks !== 0 || onDisk !== count) throw damaged("it is one part of several");
  if (offset + size !== directoryEnd) throw damaged("its directory is not where its end says");
  if (count * 46 > size) throw damaged("its directory is cut");
  return { count, offset, size, end };
}

function big(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged("a 64-bit size is not possible");
  return Number(value);
}

function readCentrals(zip: Uint8Array, view: DataView, end: End): Central[] {
  const found: Central[] = [];
  const stop = end.offset + end.size;
  let at = end.offset;
  for (let index = 0; index < end.count; index++) {
    const where = `entry[${index}]`;
    if (at + 46 > stop || view.getUint32(at, true) !== CENTRAL) throw damaged("its directory is cut", where);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > stop) throw damaged("its directory is cut", where);
    const central: Central = {
      where,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      local: view.getUint32(at + 42, true),
      rawName: zip.subarray(at + 46, at + 46 + nameLength),
      attributes: view.getUint32(at + 38, true),
    };
    if (view.getUint16(at + 34, true) % 0xffff !== 0) throw damaged("it is one part of several", where);
    const extra = at + 46 + nameLength;
    const wide = readWide(view, extra, extra + extraLength, central.size, central.packedSize, central.local, where);
    found.push({ ...central, ...wide });
    at = next;
  }
  if (at !== stop) throw damaged("its directory holds more than it says");
  return found;
}

/** The 64-bit values of extra field 1: present in this order, each only where its 32-bit field is full. */
function readWide(
  view: DataView,
  from: number,
  to: number,
  size: number,
  packedSize: number,
  local: number,
  where: string,
): { size: number; packedSize: number; local: number } {
  const values = { size, packedSize, local };
  const wanted = (["size", "packedSize", "local"] as const).filter((name) => values[name] === 0xffffffff);
  for (let at = from; at + 4 <= to; ) {
    const id = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > to) break;
    if (id === 1) {
      let field = at + 4;
      for (const name of wanted.splice(0)) {
        if (field + 8 > at + 4 + length) throw damaged("a 64-bit size is missing", where);
        values[name] = big(view, field);
        field += 8;
      }
    }
    at += 4 + length;
  }
  if (wanted.length > 0) throw damaged("a 64-bit size is missing", where);
  return values;
}

function checkKind(central: Central, directory: boolean): void {
  const { where, flags, method } = central;
  if ((flags & FLAGS_ENCRYPTED) !== 0 || method === METHOD_AES) {
    throw new MedimailError("archive_encrypted", "The archive has an encrypted entry.", { path: where });
  }
  if (method !== STORED && method !== DEFLATED) throw damaged("an entry is packed by a method of no use here", where);
  // The upper half holds the Unix mode, whatever the "made by" byte pretends.
  const type = (central.attributes >>> 16) & 0xf000;
  const plain = directory ? type === 0x4000 : type === 0x8000;
  if (type !== 0 && !plain) {
    throw new MedimailError("archive_unsafe_entry", "The archive has a link, a device or the like.", { path: where });
  }
  if (directory && central.size !== 0) throw damaged("a folder has content", where);
}

function checkSizes({ size, packedSize, method, where }: Central, limits: XdmLimits): void {
  if (size > limits.maxEntryBytes) throw limitExceeded("maxEntryBytes", limits, where);
  if (size > RATIO_FREE_BYTES && size > packedSize * limits.maxRatio) throw limitExceeded("maxRatio", limits, where);
  if (method === STORED && size !== packedSize) throw damaged("an entry lies about its size", where);
}

function readLocal(zip: Uint8Array, view: DataView, central: Central, limit: number): { start: number; end: number } {
  const { where, local } = central;
  if (local + 30 > limit || view.getUint32(local, true) !== LOCAL) throw damaged("an entry is not in its place", where);
  const nameLength = view.getUint16(local + 26, true);
  const extraLength = view.getUint16(local + 28, true);
  const start = local + 30 + nameLength + extraLength;
  const end = start + central.packedSize;
  if (end > limit) throw damaged("an entry is cut", where);
  const name = zip.subarray(local + 30, local + 30 + nameLength);
  if (Buffer.compare(name, central.rawName) !== 0) throw damaged("an entry has two names", where);
  const flags = view.getUint16(local + 6, true);
  if ((flags & FLAGS_ENCRYPTED) !== 0) {
    throw new MedimailError("archive_encrypted", "The archive has an encrypted entry.", { path: where });
  }
  if (view.getUint16(local + 8, true) !== central.method) throw damaged("an entry has two methods", where);
  if ((flags & FLAG_DESCRIPTOR) === 0) {
    const told = [view.getUint32(local + 14, true), view.getUint32(local + 18, true), view.getUint32(local + 22, true)];
    const wide = readWide(view, start - extraLength, start, told[2] ?? 0, told[1] ?? 0, 0, where);
    if (told[0] !== central.crc || wide.packedSize !== central.packedSize || wide.size !== central.size) {
      throw damaged("an entry lies about its size", where);
    }
  }
  return { start, end };
}

function refuseFilesUsedAsFolders(names: ReadonlyMap<string, boolean>): void {
  for (const key of names.keys()) {
    for (let slash = key.indexOf("/"); slash !== -1; slash = key.indexOf("/", slash + 1)) {
      if (names.get(key.slice(0, slash)) === false) {
        throw new MedimailError("archive_unsafe_entry", "The archive uses one name for a file and for a folder.");
      }
    }
  }
}
