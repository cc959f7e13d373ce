import { describe, expect, it } from "vitest";
import { parseAddresses } from "../../src/mock/mime/addresses.js";
import { decodeWords, parseParameters, quotedPrintable } from "../../src/mock/mime/headers.js";
import { parseMime, partAt } from "../../src/mock/mime/tree.js";
import { readContent, unstuff } from "../../src/mock/smtp/data.js";
import { decodeXtext, parsePath } from "../../src/mock/smtp/parse.js";
import type { LineConnection } from "../../src/mock/wire/connection.js";

describe("addresses of an ENVELOPE", () => {
  it.each([
    ["a@b.fr", [[undefined, "a", "b.fr"]]],
    [
      '"Dupont, Martin" <m@b.fr>, x@y.fr',
      [
        ["Dupont, Martin", "m", "b.fr"],
        [undefined, "x", "y.fr"],
      ],
    ],
    ["Jean (dit Jo) Dupont <j@b.fr>", [["Jean Dupont", "j", "b.fr"]]],
    ['"say \\"hi\\"" <h@b.fr>', [['say "hi"', "h", "b.fr"]]],
    [
      "Equipe: a@b.fr, c@d.fr;",
      [
        [undefined, "Equipe", undefined],
        [undefined, "a", "b.fr"],
        [undefined, "c", "d.fr"],
        [undefined, undefined, undefined],
      ],
    ],
    ["", []],
  ])("%s", (value, expected) => {
    expect(parseAddresses(value).map((a) => [a.name, a.mailbox, a.host])).toEqual(expected);
  });
});

describe("headers", () => {
  it("decodes encoded words, adjoining ones without the space between", () => {
    expect(decodeWords("=?UTF-8?B?w6k=?= =?utf-8?q?t=C3=A9?= fin")).toBe("été fin");
    expect(decodeWords("=?ISO-8859-1?Q?=E9t=E9?=")).toBe("été");
    expect(decodeWords("=?nocharset?Q?x?=")).toBe("=?nocharset?Q?x?=");
  });

  it("reads parameters, quoted ones with what they hold", () => {
    expect(parseParameters('multipart/mixed; boundary="a;b\\"c"; Charset=utf-8')).toEqual({
      value: "multipart/mixed",
      parameters: [
        ["boundary", 'a;b"c'],
        ["charset", "utf-8"],
      ],
    });
  });
});

describe("the structure of a mail", () => {
  it("does not take a longer boundary for its own", () => {
    const raw = Buffer.from(
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--bb\r\nstill one\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
    );
    const tree = parseMime(raw);
    expect(tree.children.map((c) => raw.toString("latin1", ...c.body))).toEqual(["one\r\n--bb\r\nstill one", "two"]);
  });

  it("takes a part without an end to the end of the mail", () => {
    const raw = Buffer.from("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none");
    expect(parseMime(raw).children).toHaveLength(1);
  });

  it("stops at 30 levels and 2000 parts", () => {
    let nested = "x";
    for (let i = 0; i < 100; i++) nested = `Content-Type: message/rfc822\r\n\r\n${nested}`;
    let depth = 0;
    for (let part = parseMime(Buffer.from(nested)); part.message; part = part.message) depth += 1;
    expect(depth).toBe(30);
    const many = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(5000)}--b--\r\n`;
    expect(parseMime(Buffer.from(many)).children.length).toBeLessThan(2000);
  });

  it("numbers parts as IMAP does: a mail that is no multipart is its own part 1", () => {
    const simple = parseMime(Buffer.from("Subject: x\r\n\r\nbody"));
    expect(partAt(simple, [1])).toBe(simple);
    expect(partAt(simple, [2])).toBeUndefined();
    expect(partAt(simple, [1, 1])).toBeUndefined();
    const carrier = parseMime(Buffer.from("Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody"));
    expect(partAt(carrier, [1])).toBe(carrier);
    expect(partAt(carrier, [1, 1])).toBe(carrier.message);
  });
});

describe("SMTP syntax", () => {
  it("reads a path with its parameters, and nothing that is not one", () => {
    expect(parsePath("FROM", "FROM:<a@b.fr> SIZE=10 BODY=8BITMIME")).toEqual({
      address: "a@b.fr",
      parameters: new Map([
        ["SIZE", "10"],
        ["BODY", "8BITMIME"],
      ]),
    });
    expect(parsePath("FROM", "FROM:<>")?.address).toBe("");
    for (const bad of [
      "FROM:a@b.fr",
      "FROM:<a@b.fr",
      "FROM:<a b@c.fr>",
      "FROM:<a@b.fr>SIZE=1",
      "FROM:<a@b.fr> SIZE=1 SIZE=2",
      "TO:<a@b.fr>",
      "FROM:<nobody>",
    ]) {
      expect(parsePath("FROM", bad)).toBeUndefined();
    }
  });

  it("decodes xtext and refuses what is not", () => {
    expect(decodeXtext("a+2Bb+3D")).toBe("a+b=");
    expect(decodeXtext("a=b")).toBeUndefined();
    expect(decodeXtext("a+zz")).toBeUndefined();
  });
});

describe("the content of DATA", () => {
  /** Gives the chunks of a test to the reader. */
  function chunks(parts: string[]): LineConnection {
    const queue: Buffer[] = parts.map((part) => Buffer.from(part, "latin1"));
    return {
      chunk: async () => queue.shift(),
      putBack: (rest: Buffer) => queue.unshift(rest),
    } as unknown as LineConnection;
  }

  it.each([
    ["one chunk", ["a\r\n.\r\n"], "a\r\n"],
    ["the dot apart", ["a\r\n", ".", "\r\n"], "a\r\n"],
    ["each byte apart", [..."a\r\nb\r\n.\r\n"], "a\r\nb\r\n"],
    ["an empty mail, cut", [".", "\r", "\n"], ""],
    ["a stuffed dot at the cut", ["a\r\n.", ".b\r\n.\r\n"], "a\r\n.b\r\n"],
    ["bare line feeds around a dot", ["a\n.\nb\r\n.\r\n"], "a\n.\nb\r\n"],
    ["a carriage return too few", ["a\n.\r\nb\r\n.\r\n"], "a\n.\r\nb\r\n"],
  ])("ends at CRLF.CRLF only: %s", async (_, parts, expected) => {
    const content = await readContent(chunks(parts), 1000);
    expect(content.kind === "mail" && content.raw.toString("latin1")).toBe(expected);
  });

  it("gives back what follows the dot", async () => {
    const connection = chunks(["a\r\n.\r\nQUIT\r\n"]);
    await readContent(connection, 1000);
    expect((await connection.chunk())?.toString()).toBe("QUIT\r\n");
  });

  it("reads a mail over the limit to its end, without keeping it", async () => {
    expect(await readContent(chunks(["x".repeat(900), "x".repeat(900), "\r\n.\r\n"]), 1000)).toEqual({
      kind: "too-big",
      size: 1802,
    });
  });

  it("takes one dot off each line that begins with one", () => {
    expect(unstuff(Buffer.from("..a\r\n...\r\nb.\r\n")).toString()).toBe(".a\r\n..\r\nb.\r\n");
  });
});

describe("quoted-printable", () => {
  it("joins soft breaks, drops blanks at the end of a line, decodes bytes", () => {
    expect(quotedPrintable("r=C3=A9=  \r\nsultat \t\r\nfin").toString()).toBe("résultat\r\nfin");
  });

  it("is not slowed by a long run of blanks", () => {
    const before = performance.now();
    quotedPrintable(`${" ".repeat(1_000_000)}x`);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
