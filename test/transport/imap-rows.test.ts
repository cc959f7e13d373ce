import parser from "imapflow/lib/handler/imap-parser.js";
import { describe, expect, it } from "vitest";
import type { Untagged } from "../../src/transport/imap/raw.js";
import { parseRow, rowOf } from "../../src/transport/imap/rows.js";

/** The row as our reader takes it, and as imapflow's parser would give it. */
async function both(payload: string, literals: string[] = []) {
  const bytes = literals.map((text) => Buffer.from(text));
  const theirs = (await parser(Buffer.from(payload), { literals: [...bytes] })) as Untagged;
  return { ours: parseRow(Buffer.from(payload), bytes), theirs: rowOf(theirs) };
}

/** What of a token is looked at. */
function plain(token: unknown): unknown {
  if (Array.isArray(token)) return token.map(plain);
  const value = (token as { value?: unknown } | null)?.value;
  return token === null ? null : Buffer.isBuffer(value) ? `literal ${value.toString()}` : value;
}
const shown = (row: { seq: number; items: ReadonlyMap<string, unknown> } | undefined) =>
  row && [row.seq, [...row.items].map(([key, token]) => [key, plain(token)])];

describe("a row of FETCH, read without imapflow's parser", () => {
  it.each<[string, string, string[]?]>([
    ["flags", "* 12 FETCH (UID 7 FLAGS (\\Seen $MDNSent) RFC822.SIZE 44 MODSEQ (12))"],
    ["nothing in a list", "* 1 FETCH (UID 7 FLAGS ())"],
    [
      "an envelope with quoted pairs, NIL and addresses that touch",
      '* 3 FETCH (UID 9 ENVELOPE ("Tue, 1 Jan 2030 00:00:00 +0000" "a \\"b\\" \\\\ c" (("Dr \\"X\\"" NIL "x" "y.fr")(NIL NIL "z" "y.fr")) NIL NIL NIL NIL NIL NIL "<1@y.fr>"))',
    ],
    [
      "literals among the rest",
      '* 3 FETCH (UID 9 ENVELOPE (NIL {5}\r\n NIL NIL NIL NIL NIL NIL NIL "<{3}>") BODY[HEADER.FIELDS (REFERENCES X-MSS-INS)] {10}\r\n)',
      ["h\u00e9 )", "X: (y)\r\n\r\n"],
    ],
    ["raw UTF-8", '* 3 FETCH (UID 9 ENVELOPE (NIL "Résultats d’analyse" NIL NIL NIL NIL NIL NIL NIL NIL))'],
    [
      "the structure of a multipart",
      '* 1 FETCH (BODYSTRUCTURE (("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 42 1 NIL NIL NIL NIL)("application" "zip" ("name" "a.zip") NIL NIL "base64" 99 NIL ("attachment" ("filename" "a.zip")) NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL))',
    ],
    ["lower case", "* 1 fetch (uid 7 flags (\\seen) body[header.fields (x)] nil)"],
  ])("is what that parser makes of it: %s", async (_name, payload, literals = []) => {
    const { ours, theirs } = await both(payload, literals);
    expect(shown(ours)).toBeDefined();
    expect(shown(ours)).toEqual(shown(theirs));
  });

  it.each([
    ["no row", "* 3 EXISTS"],
    ["a row that is not ended", "* 3 FETCH (UID 9 FLAGS (\\Seen)"],
    ["a string that is not ended", '* 3 FETCH (UID 9 ENVELOPE ("abc)'],
    ["more behind its end", "* 3 FETCH (UID 9) x"],
    ["a literal that did not come", "* 3 FETCH (UID {3}\r\n)"],
    ["lists deeper than any mail", `* 3 FETCH (BODYSTRUCTURE ${"(".repeat(500)}${")".repeat(500)})`],
    ["more words than a mail has", `* 3 FETCH (FLAGS (${"a ".repeat(150_000)}a))`],
  ])("is left to imapflow where it is not plain: %s", (_name, payload) => {
    expect(parseRow(Buffer.from(payload), [])).toBeUndefined();
  });

  it("is read in the encoding that each of its strings has, where the mail encoded none", () => {
    const row = Buffer.concat([
      Buffer.from('* 3 FETCH (UID 9 ENVELOPE (NIL "'),
      Buffer.from('R\xe9sultat de l\x92examen \\"x\\"', "latin1"),
      Buffer.from('" (("Hélène" NIL "a" "b.fr")) NIL NIL NIL NIL NIL NIL NIL))'),
    ]);
    expect(plain(parseRow(row, [])?.items.get("ENVELOPE"))).toEqual(
      expect.arrayContaining(['Résultat de l’examen "x"', [["Hélène", null, "a", "b.fr"]]]),
    );
  });
});
