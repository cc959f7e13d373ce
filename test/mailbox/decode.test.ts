import { describe, expect, it } from "vitest";
import { decoded } from "../../src/mailbox/decode.js";

async function* inPieces(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

const CONTENT = Buffer.from(Array.from({ length: 1_000 }, (_, index) => (index * 37) % 256));
const LINES = `${CONTENT.toString("base64").replace(/(.{76})/g, "$1\r\n")}\r\n`;

describe("the transfer encodings of an attachment", () => {
  it.each([1, 2, 3, 7, 77, 4_096])("decodes base64 that arrives in pieces of %i bytes", async (size) => {
    expect(Buffer.compare(await all(decoded(inPieces(LINES, size), "base64")), CONTENT)).toBe(0);
  });

  it("leaves out what is not base64, and gives what a cut end has", async () => {
    expect((await all(decoded(inPieces("Qm9u\0am91cg", 4), "base64"))).toString()).toBe("Bonjour");
  });

  it.each([1, 2, 5, 1_000])("decodes quoted-printable that arrives in pieces of %i bytes", async (size) => {
    const text = "R=C3=A9sultats =\r\nd'analyse \t\r\n=3D fin=2";
    expect((await all(decoded(inPieces(text, size), "quoted-printable"))).toString()).toBe(
      "Résultats d'analyse\r\n= fin=2",
    );
  });

  it("passes on what is not encoded", async () => {
    expect((await all(decoded(inPieces("a=20b", 2), "8bit"))).toString()).toBe("a=20b");
  });

  it.each([
    ["blanks", " "],
    ["equals signs", "="],
    ["ends of line", "\r\n"],
  ])("reads four megabytes of %s in one pass", async (_, unit) => {
    const text = unit.repeat((4 * 1024 * 1024) / unit.length);
    const since = performance.now();
    await all(decoded(inPieces(text, 1024 * 1024), "quoted-printable"));
    // Walking them again and again would take hours.
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});
