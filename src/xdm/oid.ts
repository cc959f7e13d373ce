import { createHash } from "node:crypto";

/** The OID of a UUID (ITU-T X.667): `2.25.` and the UUID as a decimal number. */
export function oidOfUuid(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replace(/^urn:uuid:/i, "").replaceAll("-", "")}`)}`;
}

/** Always the same OID for the same words: that of a UUID of version 8 made of their SHA-256. */
export function oidOfWords(...words: string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(words)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return oidOfUuid(bytes.toString("hex"));
}
