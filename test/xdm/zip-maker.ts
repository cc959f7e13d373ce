import { crc32, deflateRawSync } from "node:zlib";

/** One entry of a hand-made ZIP; every field that a hostile writer would forge can be set. */
export interface RawEntry {
  name: string | Uint8Array;
  content?: Uint8Array | string;
  method?: number;
  /** The packed bytes, instead of the deflated content. */
  packed?: Uint8Array;
  flags?: number;
  /** As told by the central directory. */
  size?: number;
  packedSize?: number;
  crc?: number;
  /** As told by the local header; default: the same. */
  localName?: string;
  localSize?: number;
  localFlags?: number;
  localMethod?: number;
  /** Upper 16 bits: Unix mode. */
  mode?: number;
  /** Offset told by the central directory, instead of the real one. */
  offset?: number;
  centralExtra?: Uint8Array;
  /** Writes no local part: the entry points into another's. */
  ghost?: boolean;
  descriptor?: boolean;
}

export interface RawZip {
  prefix?: Uint8Array;
  suffix?: Uint8Array;
  comment?: string;
  count?: number;
  disk?: number;
  directorySize?: number;
}

const bytes = (value: string | Uint8Array = "") =>
  typeof value === "string" ? Buffer.from(value) : Buffer.from(value);

/** A ZIP made by hand, lies included. */
export function makeZip(entries: readonly RawEntry[], options: RawZip = {}): Buffer {
  const parts: Buffer[] = [bytes(options.prefix)];
  const centrals: Buffer[] = [];
  let at = parts[0]?.byteLength ?? 0;
  for (const entry of entries) {
    const content = bytes(entry.content);
    const method = entry.method ?? (entry.content === undefined ? 0 : 8);
    const packed = bytes(entry.packed ?? (method === 8 ? deflateRawSync(content) : content));
    const name = bytes(entry.name);
    const told = {
      flags: (entry.flags ?? 0) | (entry.descriptor ? 8 : 0),
      crc: entry.crc ?? crc32(content),
      packedSize: entry.packedSize ?? packed.byteLength,
      size: entry.size ?? content.byteLength,
    };
    const localName = bytes(entry.localName ?? entry.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(entry.localFlags ?? told.flags, 6);
    local.writeUInt16LE(entry.localMethod ?? method, 8);
    if (!entry.descriptor) {
      local.writeUInt32LE(told.crc, 14);
      local.writeUInt32LE(told.packedSize, 18);
      local.writeUInt32LE(entry.localSize ?? told.size, 22);
    }
    local.writeUInt16LE(localName.byteLength, 26);
    const descriptor = Buffer.alloc(entry.descriptor ? 16 : 0);
    if (entry.descriptor) {
      descriptor.writeUInt32LE(0x08074b50, 0);
      descriptor.writeUInt32LE(told.crc, 4);
      descriptor.writeUInt32LE(told.packedSize, 8);
      descriptor.writeUInt32LE(told.size, 12);
    }
    const extra = bytes(entry.centralExtra);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(told.flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(told.crc, 16);
    central.writeUInt32LE(told.packedSize, 20);
    central.writeUInt32LE(told.size, 24);
    central.writeUInt16LE(name.byteLength, 28);
    central.writeUInt16LE(extra.byteLength, 30);
    central.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 38);
    central.writeUInt32LE(entry.offset ?? at, 42);
    centrals.push(central, name, extra);
    if (entry.ghost) continue;
    parts.push(local, localName, packed, descriptor);
    at += 30 + localName.byteLength + packed.byteLength + descriptor.byteLength;
  }
  const directory = Buffer.concat(centrals);
  const comment = bytes(options.comment);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.disk ?? 0, 4);
  end.writeUInt16LE(options.count ?? entries.length, 8);
  end.writeUInt16LE(options.count ?? entries.length, 10);
  end.writeUInt32LE(options.directorySize ?? directory.byteLength, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.byteLength, 20);
  return Buffer.concat([...parts, directory, end, comment, bytes(options.suffix)]);
}
