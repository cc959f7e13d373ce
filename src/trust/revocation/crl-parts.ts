import { elementAt, elements, type Tlv } from "./der.js";

/** The parts of a signed list, unjudged. */
export interface CrlParts {
  tbs: Uint8Array;
  /** The name of the authority, DER. */
  issuer: Uint8Array;
  thisUpdate: Date;
  nextUpdate: Date | undefined;
  /**
   * What is revoked. Read when asked for, which costs a second where there are many: once the signature is seen to hold.
   *
   * @throws RangeError where they are no entries, or more than allowed
   */
  entries: () => CrlEntries;
  /** Extensions of the list, DER. */
  extensions: Uint8Array | undefined;
  /** OID of the signature, hex of its DER. */
  algorithm: string;
  signature: Uint8Array;
}

export interface CrlEntries {
  /** Serial numbers, hex. */
  revoked: Set<string>;
  /** An entry has an extension that changes what it means. */
  hasStrangeEntries: boolean;
}

const TAG = {
  boolean: 1,
  integer: 2,
  bits: 3,
  oid: 6,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  extensions: 0xa0,
} as const;
/** certificateIssuer (2.5.29.29): the entry is of another authority. */
const CERTIFICATE_ISSUER = "551d1d";

/**
 * Takes a list apart (RFC 5280 §5.1).
 *
 * @throws RangeError where it is no list
 */
export function crlParts(bytes: Uint8Array, maxEntries: number): CrlParts {
  const outer = expected(elementAt(bytes, 0), TAG.sequence);
  const [body, algorithm, signature, ...more] = few(bytes, outer);
  const tbs = expected(body, TAG.sequence);
  const parts = few(bytes, tbs);
  if (parts[0]?.tag === TAG.integer) parts.shift();
  const [inner, issuer, from, ...rest] = parts;
  const bits = expected(signature, TAG.bits);
  // All that is not signed has one form only: nothing behind, the algorithm said twice alike, no unused bits.
  const isExact =
    outer.end === bytes.length &&
    more.length === 0 &&
    bytes[bits.start] === 0 &&
    algorithm !== undefined &&
    inner !== undefined &&
    Buffer.compare(slice(bytes, inner), slice(bytes, algorithm)) === 0;
  if (!isExact) throw new RangeError("not a list");
  const until = rest[0]?.tag === TAG.utcTime || rest[0]?.tag === TAG.time ? rest.shift() : undefined;
  const entries = rest[0]?.tag === TAG.sequence ? rest.shift() : undefined;
  const extensions = rest.shift();
  if (rest.length > 0 || (extensions && extensions.tag !== TAG.extensions)) throw new RangeError("not a list");
  return {
    tbs: bytes.subarray(tbs.from, tbs.end),
    issuer: slice(bytes, expected(issuer, TAG.sequence)),
    thisUpdate: timeOf(bytes, from),
    nextUpdate: until && timeOf(bytes, until),
    entries: () => entriesOf(bytes, entries, maxEntries),
    extensions: extensions && bytes.subarray(extensions.start, extensions.end),
    algorithm: algorithmOf(bytes, algorithm),
    signature: bytes.subarray(bits.start + 1, bits.end),
  };
}

/** A list has seven parts at most; nothing is signed yet, and millions of empty ones would fill the memory. */
const MAX_PARTS = 7;

function few(bytes: Uint8Array, { start, end }: Tlv): Tlv[] {
  const found: Tlv[] = [];
  for (const element of elements(bytes, start, end)) {
    if (found.length === MAX_PARTS) throw new RangeError("not a list");
    found.push(element);
  }
  return found;
}

function entriesOf(bytes: Uint8Array, list: Tlv | undefined, most: number): CrlEntries {
  const revoked = new Set<string>();
  let hasStrangeEntries = false;
  if (!list) return { revoked, hasStrangeEntries };
  let count = 0;
  for (const entry of elements(bytes, list.start, list.end)) {
    count += 1;
    if (count > most) throw new RangeError("too many entries");
    const serial = expected(elementAt(bytes, expected(entry, TAG.sequence).start, entry.end), TAG.integer);
    const date = elementAt(bytes, serial.end, entry.end);
    revoked.add(hex(bytes, serial).replace(/^0+(?=.)/, ""));
    if (date.end < entry.end) hasStrangeEntries ||= isStrange(bytes, elementAt(bytes, date.end, entry.end));
  }
  return { revoked, hasStrangeEntries };
}

function isStrange(bytes: Uint8Array, extensions: Tlv): boolean {
  for (const extension of elements(bytes, extensions.start, extensions.end)) {
    const oid = expected(elementAt(bytes, extension.start, extension.end), TAG.oid);
    if (hex(bytes, oid) === CERTIFICATE_ISSUER) return true;
    const next = elementAt(bytes, oid.end, extension.end);
    if (next.tag === TAG.boolean && bytes[next.start] !== 0) return true;
  }
  return false;
}

function algorithmOf(bytes: Uint8Array, sequence: Tlv | undefined): string {
  const { start, end } = expected(sequence, TAG.sequence);
  return hex(bytes, expected(elementAt(bytes, start, end), TAG.oid));
}

/** UTCTime: two digits of the year, of 1950 to 2049. */
function timeOf(bytes: Uint8Array, tlv: Tlv | undefined): Date {
  if (!tlv || (tlv.tag !== TAG.utcTime && tlv.tag !== TAG.time)) throw new RangeError("not a time");
  const text = Buffer.from(slice(bytes, { ...tlv, from: tlv.start })).toString("latin1");
  const full = tlv.tag === TAG.time ? text : `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}`;
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  const date = new Date(
    found ? `${found[1]}-${found[2]}-${found[3]}T${found[4]}:${found[5]}:${found[6]}Z` : Number.NaN,
  );
  if (Number.isNaN(date.getTime())) throw new RangeError("not a time");
  return date;
}

function expected(tlv: Tlv | undefined, tag: number): Tlv {
  if (tlv?.tag !== tag) throw new RangeError("not a list");
  return tlv;
}

function slice(bytes: Uint8Array, { from, end }: Tlv): Uint8Array {
  return bytes.subarray(from, end);
}

function hex(bytes: Uint8Array, { start, end }: Tlv): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("hex");
}
