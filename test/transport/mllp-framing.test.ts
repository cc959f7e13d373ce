import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MllpDecoder, mllpBlock } from "../../src/transport/mllp/index.js";
import { block, bytes, text } from "./mllp-kit.js";

function decoded(pieces: Iterable<Uint8Array>, maxBlockBytes?: number) {
  const blocks: Uint8Array[] = [];
  const decoder = new MllpDecoder(
    (content) => blocks.push(content),
    maxBlockBytes === undefined ? {} : { maxBlockBytes },
  );
  for (const piece of pieces) decoder.push(piece);
  return { blocks, texts: blocks.map(text), decoder };
}

function* cut(stream: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield stream.subarray(at, at + size);
    at += size;
  }
}

// Bytes that matter come often.
const byte = fc.oneof(fc.constantFrom(0x0b, 0x1c, 0x0d, 0x0a, 0x00), fc.integer({ min: 0, max: 255 }));
const content = fc
  .array(byte, { maxLength: 40 })
  .filter((all) => !all.some((one, at) => one === 0x1c && (all[at + 1] === 0x0d || all[at + 1] === 0x0b)))
  .map((all) => Uint8Array.from(all));

describe("MLLP blocks", () => {
  it("come out as they went in, wherever the stream is cut and whatever keep-alive bytes are between", () => {
    const between = fc.array(fc.constantFrom(0x0d, 0x0a, 0x00), { maxLength: 4 }).map((all) => Uint8Array.from(all));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(between, content), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        (sent, sizes) => {
          const stream = Buffer.concat(sent.flatMap(([gap, one]) => [gap, mllpBlock(one)]));
          const { blocks, decoder } = decoded(cut(stream, sizes));
          expect(blocks.map((one) => [...one])).toEqual(sent.map(([, one]) => [...one]));
          expect(decoder.stray).toBe(0);
          expect(decoder.inBlock).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("say the same of any bytes, however they are cut", () => {
    fc.assert(
      fc.property(
        fc.array(byte, { maxLength: 60 }).map((all) => Uint8Array.from(all)),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
        (stream, sizes) => {
          const whole = decoded([stream]);
          const inPieces = decoded(cut(stream, sizes));
          expect(inPieces.blocks).toEqual(whole.blocks);
          expect(inPieces.decoder.stray).toBe(whole.decoder.stray);
          expect(inPieces.decoder.inBlock).toBe(whole.decoder.inBlock);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("are written as VT, content, FS, CR", () => {
    expect([...mllpBlock(bytes("A"))]).toEqual([0x0b, 0x41, 0x1c, 0x0d]);
    expect([...mllpBlock(new Uint8Array())]).toEqual([0x0b, 0x1c, 0x0d]);
  });

  it.each(["a\x1c\rb", "a\x1c\x0bb", "\x1c\x1c\r"])("are not made of what would end them: %j", (holding) => {
    expect(() => mllpBlock(bytes(holding))).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });

  it("count bytes between them that are no keep-alive, and pass them over", () => {
    const { texts, decoder } = decoded([bytes("GET\r\n\0"), block("a"), bytes("\r\nxy"), block("b"), bytes("\n")]);
    expect(texts).toEqual(["a", "b"]);
    expect(decoder.stray).toBe(5);
    expect(decoder.strayNow).toBe(0);
  });

  it("end with FS CR, not with FS: half a message is never handed over", () => {
    const { texts, decoder } = decoded([bytes("\x0bab\x1ccd"), bytes("\x1c"), bytes("\x1c"), bytes("\r")]);
    expect(texts).toEqual(["ab\x1ccd\x1c"]);
    expect(decoder.inBlock).toBe(false);
    expect(decoded([bytes("\x0bab\x1c")]).texts).toEqual([]);
  });

  it("end with FS too where the next one begins at once: two messages never become one", () => {
    expect(decoded([bytes("\x0ba\x1c\x0bb\x1c\r")]).texts).toEqual(["a", "b"]);
    expect(decoded([bytes("\x0ba\x1c"), bytes("\x0bb\x1c\r")]).texts).toEqual(["a", "b"]);
  });

  it("keep the VT of a word processor", () => {
    expect(decoded([bytes("\x0bone\x0btwo\x1c\r")]).texts).toEqual(["one\x0btwo"]);
  });

  it("may have as many bytes as the limit says, and not one more", () => {
    expect(decoded([block("12345")], 5).texts).toEqual(["12345"]);
    const seen: string[] = [];
    const decoder = new MllpDecoder((one) => seen.push(text(one)), { maxBlockBytes: 5 });
    const refused = expect.objectContaining({ code: "invalid_argument", message: "the block has more than 5 bytes" });
    expect(() => decoder.push(bytes("\x0ba\x1c\r\x0b123456"))).toThrow(refused);
    expect(seen, "what came whole before").toEqual(["a"]);
    expect(decoder.held).toBe(0);
    expect(() => decoder.push(block("b")), "it is of no use any more").toThrow(refused);
    expect(seen).toEqual(["a"]);
    expect(() => decoded([bytes("\x0b12345\x1c"), bytes("\x1c")], 5)).toThrow(refused);
  });

  it("are refused before they are held", () => {
    const decoder = new MllpDecoder(() => {}, { maxBlockBytes: 100_000 });
    decoder.push(Uint8Array.of(0x0b));
    decoder.push(new Uint8Array(60_000));
    expect(decoder.held).toBe(60_000);
    expect(() => decoder.push(new Uint8Array(60_000))).toThrow();
    expect(decoder.held).toBe(0);
  });

  it("hold nothing of the chunks that they came in", () => {
    const chunk = block("abc");
    const { blocks } = decoded([chunk]);
    chunk.fill(0);
    expect(text(blocks[0] as Uint8Array)).toBe("abc");
  });

  it("of 24 MB in pieces of 1 KB take time as their length does", () => {
    const time = (megabytes: number): number => {
      const piece = new Uint8Array(1024).fill(0x41);
      const blocks: Uint8Array[] = [];
      const decoder = new MllpDecoder((one) => blocks.push(one));
      const since = process.cpuUsage();
      decoder.push(Uint8Array.of(0x0b));
      for (let at = 0; at < megabytes * 1024; at++) decoder.push(piece);
      decoder.push(Uint8Array.of(0x1c, 0x0d));
      const { user, system } = process.cpuUsage(since);
      expect(blocks[0]?.length).toBe(megabytes * 1024 * 1024);
      return (user + system) / 1_000;
    };
    time(3);
    // Copied anew for each piece it would be 300 GB: minutes.
    expect(time(24)).toBeLessThan(2_000);
  });
});
