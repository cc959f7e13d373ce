const u16 = (value: number) => Buffer.from([value & 0xff, (value >> 8) & 0xff]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

function attribute(level: number, id: number, data: Uint8Array): Buffer {
  const sum = data.reduce((total, byte) => (total + byte) & 0xffff, 0);
  return Buffer.concat([Buffer.from([level]), u32(id), u32(data.length), data, u16(sum)]);
}

function longName(name: string): Buffer {
  const text = Buffer.from(`${name}\0`, "utf16le");
  const padding = Buffer.alloc((4 - (text.length % 4)) % 4);
  return Buffer.concat([u32(1), u16(0x1f), u16(0x3707), u32(1), u32(text.length), text, padding]);
}

/** A TNEF stream as Outlook writes it: a short name in the title, the long one among the properties. */
export function tnefOf(files: readonly { name: string; content: Uint8Array }[]): Buffer {
  return Buffer.concat([
    u32(0x223e9f78),
    u16(1),
    attribute(1, 0x00089006, u32(0x00010000)),
    ...files.flatMap(({ name, content }, index) => [
      attribute(2, 0x00069002, Buffer.alloc(14)),
      attribute(2, 0x00018010, Buffer.from(`FICHIE~${index}\0`, "latin1")),
      attribute(2, 0x0006800f, content),
      attribute(2, 0x00069005, longName(name)),
    ]),
  ]);
}
