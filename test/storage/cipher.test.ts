import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCipher } from "../../src/storage/index.js";

const KEY = Buffer.alloc(32, 7);
const OTHER = Buffer.alloc(32, 8);
const CONTENT = Buffer.from("compte rendu de biologie");

describe("createCipher", () => {
  it("gives back any content sealed for the same place", () => {
    const cipher = createCipher(KEY);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.string(), (content, place) => {
        expect(Buffer.compare(cipher.open(cipher.seal(content, place), place), content)).toBe(0);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it("leaves nothing readable", () => {
    expect(createCipher(KEY).seal(CONTENT, "p").includes(CONTENT.subarray(0, 8))).toBe(false);
  });

  it("never seals the same content twice alike, over many IVs", () => {
    const cipher = createCipher(KEY);
    const sealed = Array.from({ length: 2_000 }, () => cipher.seal(CONTENT, "p").subarray(9, 21).toString("hex"));
    expect(new Set(sealed).size).toBe(2_000);
  });

  it("refuses content moved to another place", () => {
    const cipher = createCipher(KEY);
    expect(() => cipher.open(cipher.seal(CONTENT, "row 1"), "row 2")).toThrow(
      expect.objectContaining({ code: "storage_corrupt" }),
    );
  });

  it("refuses content with any one bit changed", () => {
    const cipher = createCipher(KEY);
    const sealed = cipher.seal(CONTENT, "p");
    for (let index = 0; index < sealed.length; index++) {
      const altered = Buffer.from(sealed);
      altered[index] = (altered[index] ?? 0) ^ 0x40;
      expect(() => cipher.open(altered, "p")).toThrow();
    }
  });

  it("refuses content cut short", () => {
    const cipher = createCipher(KEY);
    const sealed = cipher.seal(CONTENT, "p");
    for (const length of [0, 1, 20, 36, sealed.length - 1]) {
      expect(() => cipher.open(sealed.subarray(0, length), "p")).toThrow(
        expect.objectContaining({ code: "storage_corrupt" }),
      );
    }
  });

  it("marks content stored without a key, and reads it with or without one", () => {
    const stored = createCipher().seal(CONTENT, "p");
    expect(stored.subarray(1)).toEqual(CONTENT);
    expect(createCipher().open(stored, "p")).toEqual(CONTENT);
    expect(createCipher(KEY).open(stored, "p")).toEqual(CONTENT);
  });

  it("does not take zeroed bytes for content", () => {
    expect(() => createCipher().open(new Uint8Array(64), "p")).toThrow(
      expect.objectContaining({ code: "storage_corrupt" }),
    );
  });

  it("says that the key is wrong, not that the content is damaged", () => {
    const sealed = createCipher(KEY).seal(CONTENT, "p");
    expect(() => createCipher(OTHER).open(sealed, "p")).toThrow(expect.objectContaining({ code: "storage_key_wrong" }));
    expect(() => createCipher().open(sealed, "p")).toThrow(expect.objectContaining({ code: "storage_key_wrong" }));
  });

  it("seals with the newest key of a ring and opens with any", () => {
    const before = createCipher([{ id: "2025", key: KEY }]).seal(CONTENT, "p");
    const ring = createCipher([
      { id: "2026", key: OTHER },
      { id: "2025", key: KEY },
    ]);
    expect(ring.open(before, "p")).toEqual(CONTENT);
    expect(createCipher([{ id: "2026", key: OTHER }]).open(ring.seal(CONTENT, "p"), "p")).toEqual(CONTENT);
  });

  it.each([
    ["31 bytes", randomBytes(31)],
    ["an empty ring", []],
    ["an empty id", [{ id: "", key: KEY }]],
    [
      "the same id twice",
      [
        { id: "a", key: KEY },
        { id: "a", key: OTHER },
      ],
    ],
  ])("refuses %s for keys, without quoting them", (_name, keys) => {
    expect(() => createCipher(keys)).toThrow(expect.objectContaining({ code: "invalid_argument", path: "key" }));
  });
});
