/** LDAP messages (RFC 4511), as a server of a test says them. */

const element = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header =
    length < 0x80
      ? Buffer.from([tag, length])
      : Buffer.from([tag, 0x84, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255]);
  return Buffer.concat([header, content]);
};
const text = (value: string, tag = 0x04): Buffer => element(tag, Buffer.from(value));
const integer = (value: number, tag = 0x02): Buffer =>
  element(tag, Buffer.from([value >>> 8, value & 255].slice(value > 127 ? 0 : 1)));

const message = (id: number, ...operation: Buffer[]): Buffer => element(0x30, integer(id), ...operation);
const result = (tag: number, code: number, ...more: Buffer[]): Buffer =>
  element(tag, integer(code, 0x0a), text(""), text("said by the server"), ...more);

export const bindResponse = (id: number, code = 0): Buffer => message(id, result(0x61, code));
export const startTlsResponse = (id: number, code = 0): Buffer => message(id, result(0x78, code));

export const searchEntry = (id: number, dn: string, attributes: Record<string, string[]>): Buffer =>
  message(
    id,
    element(
      0x64,
      text(dn),
      element(
        0x30,
        ...Object.entries(attributes).map(([name, values]) =>
          element(0x30, text(name), element(0x31, ...values.map((value) => text(value)))),
        ),
      ),
    ),
  );

export const searchReference = (id: number, url: string): Buffer => message(id, element(0x73, text(url)));

/** @param cookie of paged results: there is more */
export function searchDone(id: number, code = 0, cookie?: string, referral?: string): Buffer {
  const referrals = referral === undefined ? [] : [element(0xa3, text(referral))];
  const done = result(0x65, code, ...referrals);
  if (cookie === undefined) return message(id, done);
  const value = element(0x30, integer(0), text(cookie));
  const control = element(0x30, text("1.2.840.113556.1.4.319"), element(0x04, value));
  return message(id, done, element(0xa0, control));
}

/** Number and operation of a message of the client's. */
export function readRequest(bytes: Buffer): { id: number; operation: number } {
  if (bytes[0] !== 0x30) return { id: 0, operation: -1 };
  const at = (bytes[1] as number) < 0x80 ? 2 : 2 + ((bytes[1] as number) & 0x7f);
  const size = bytes[at + 1] as number;
  return { id: bytes.readUIntBE(at + 2, size), operation: bytes[at + 2 + size] as number };
}
