import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutQuotes } from "../../src/sending/quoted.js";

const headOf = (subject: string) => Buffer.from(`From: a@b.test\r\nSubject: ${subject}\r\nTo: c@d.test\r\n\r\nqueued`);
const HEAD = headOf("XDM/1.0/DDM+CR d'examens MOREL Elodie 12/05/1985");

describe("an answer that quotes the subject (ECO.2.1.3, ECO.4.1.2)", () => {
  it.each([
    ["nothing of it", "250 2.0.0 Ok: queued as 4Fx3k2", "250 2.0.0 Ok: queued as 4Fx3k2"],
    ["a name", "550 5.7.1 MOREL refused", "550 5.7.1 … refused"],
    ["a name in another case", "550 5.7.1 morel, ELODIE", "550 5.7.1 …, …"],
    ["a word that holds one of it", "550 5.7.1 MORELLE refused", "550 5.7.1 MORELLE refused"],
    ["a part of a word", "550 5.7.1 exam mens", "550 5.7.1 exam mens"],
    ["the date of birth", "550 born 12/05/1985", "550 born …/…/…"],
    ["the date of birth the other way round", "550 born 19850512", "550 born …"],
    ["the date of birth glued", "550 born 12051985", "550 born …"],
    ["an encoded word", "550 spam =?UTF-8?Q?=C3=89?=", "550 spam …"],
    ["letters outside of ASCII", "550 été MOREL", "550 été …"],
    ["its own code", "250 2.0.0 ok", "250 2.0.0 ok"],
  ])("keeps %s as it may be kept", (_, answer, kept) => {
    expect(withoutQuotes(answer, HEAD)).toBe(kept);
  });

  it("is freed of the words of an encoded subject, and of a folded one", () => {
    expect(withoutQuotes("550 Élodie NOËL said", headOf("=?UTF-8?Q?=C3=89lodie_No=C3=ABl?="))).toBe("550 … … said");
    expect(withoutQuotes("550 Elodie MOREL said", headOf("XDM/1.0/DDM+CR\r\n MOREL\r\n\tElodie"))).toBe("550 … … said");
    // U+212A, the sign of the kelvin, is a "k" in lower case.
    expect(withoutQuotes("550 MARK said", headOf("=?UTF-8?Q?mar=E2=84=AA?="))).toBe("550 … said");
  });

  it("loses the same words whether or not it has something else to be looked at", () => {
    const word = fc.constantFrom(
      "MOREL",
      "elodie",
      "MORELodie",
      "examens",
      "men",
      "d",
      "12",
      "1985",
      "queued",
      "CR",
      "as",
      "-",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const answer = `550 5.7.1 ${words.join(" ")}`;
        // A letter outside of ASCII has every word looked for by itself.
        expect(withoutQuotes(`${answer} é`, HEAD)).toBe(`${withoutQuotes(answer, HEAD)} é`);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("is kept but for encoded words where the mail has no head in memory", () => {
    expect(withoutQuotes("550 MOREL =?UTF-8?Q?=C3=89?=", undefined)).toBe("550 MOREL …");
  });
});
