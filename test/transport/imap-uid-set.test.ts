import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/seams/index.js";
import { UidSet } from "../../src/transport/imap/index.js";

describe("a set of UIDs made of numbers", () => {
  it("is the same as one made of them one by one, whatever their order, and however often each comes", () => {
    const random = seededRandom(7);
    for (let turn = 0; turn < 200; turn += 1) {
      const lists = Array.from({ length: 1 + (turn % 3) }, () =>
        Uint32Array.from({ length: Math.floor(random.fraction() * 40) }, () => 1 + Math.floor(random.fraction() * 60)),
      );
      const sorted = [...new Set(lists.flatMap((list) => [...list]))].sort((a, b) => a - b);
      expect(UidSet.ofNumbers(...lists).toString()).toBe(UidSet.of(sorted).toString());
    }
  });

  it("leaves out what is no UID, and knows the largest", () => {
    expect(UidSet.ofNumbers(Uint32Array.of(0, 1, 2, 0xffffffff)).toString()).toBe("1:2,4294967295");
    expect(UidSet.ofNumbers()).toBe(UidSet.EMPTY);
    expect(UidSet.ofNumbers(new Uint32Array(0)).size).toBe(0);
  });
});
