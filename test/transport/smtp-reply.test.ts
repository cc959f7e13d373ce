import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskAnswer } from "../../src/transport/smtp/reply.js";

const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe("an answer as it may be shown (ECO.4.1.2)", () => {
  it.each([
    ["what says nothing of anybody", "2.0.0 Ok: queued as 4Fx3k2 ", "250 2.0.0 Ok: queued as 4Fx3k2"],
    ["an INS of Corsica, with twelve digits", "user 299052A123008 unknown", "250 user <…> unknown"],
    ["an INS without its key", "user 2990575123008 unknown", "250 user <…> unknown"],
    ["an address without angle brackets", "for a@b.test", "250 for <…>"],
    ["letters in UTF-8", latin1("reçu"), "250 reçu"],
    ["controls", "a\tb\u0001c", "250 a b c"],
    ["more than it keeps", "x".repeat(600), `250 ${"x".repeat(496)}`],
  ])("shows %s", (_, line, shown) => {
    expect(maskAnswer({ code: 250, lines: [line] })).toBe(shown);
  });

  it("is masked alike whether or not all of it is plain ASCII", () => {
    const piece = fc.constantFrom(
      "2",
      "99",
      "0575123",
      "12",
      "A",
      "b",
      " ",
      ".",
      "@",
      "<",
      ">",
      '"',
      ":",
      "a@b",
      "299052A123008",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const line = pieces.join("").trim();
        const plain = maskAnswer({ code: 250, lines: [line, "x"] });
        expect(maskAnswer({ code: 250, lines: [line, `x ${latin1("é")}`] })).toBe(`${plain} é`);
      }),
      { seed: 13, numRuns: 2_000 },
    );
  });

  it("shows no half of an address or an INS, where so much is said that it is cut", () => {
    const address = `${"b".repeat(300)}@x.fr `;
    for (let at = 0; at < 120; at += 1) {
      const filled = `${address.repeat(12)}${"c".repeat(220 + at)}@x.fr 1 85 05 78 006 084 91 185057800608491@patient.mssante.fr`;
      expect(maskAnswer({ code: 550, lines: [filled] }).slice(3)).not.toMatch(/\d/);
    }
  });
});
