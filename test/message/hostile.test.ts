import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { composeKo, composeMails, parseReceipt, quotedText } from "../../src/message/index.js";
import { bodyFor } from "../../src/message/wording.js";
import { input, patient, pdfCda, structuredCda, header as vial } from "./fixtures.js";

/** CPU time of the call in ms: other processes of the machine do not count. */
async function cpu(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  return process.cpuUsage(start).user / 1000;
}

const report = (type: string, block: string) =>
  Buffer.from(
    `From: a@b.fr\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/${type}\r\n\r\n${block}\r\n--b--\r\n`,
    "latin1",
  );
const mdn = (block: string) => report("disposition-notification", block);
const bounce = (fields: string, text: string) =>
  Buffer.from(`From: a@b.fr\r\n${fields}\r\nHi. This is the x\r\n\r\n${text}\r\n<a@b.fr>:\r\nx\r\n`, "latin1");
const failure = (subject: string) => Buffer.from(`From: a@b.fr\r\nSubject: ${subject}\r\n\r\nx`, "latin1");

describe("a mail made to exhaust the reader of receipts costs little time", () => {
  const size = 800_000;
  it.each<[string, Buffer]>([
    ["a megabyte of line ends in a DSN", report("delivery-status", "\n".repeat(size))],
    ["a megabyte of line ends in a MDN", mdn(`Disposition: a; displayed${"\n".repeat(size)}`)],
    ["a modifier of errors without end", mdn(`Disposition: a; processed/${"error:".repeat(size / 6)}\rx`)],
    ["a modifier of spaces", mdn(`Disposition: a; processed/error:${" ".repeat(size)}\rx`)],
    ["a failure subject of spaces", failure(`[KO Integration systeme${" ".repeat(200_000)}x`)],
    [
      "the same in encoded words",
      failure(`=?utf-8?q?[KO_Integration_systeme?=${` =?utf-8?q?${"_".repeat(60)}?=\r\n`.repeat(2000)} x`),
    ],
    ["one encoded word of blanks", failure(`=?utf-8?q?[KO_Integration_systeme${"_".repeat(200_000)}x?=`)],
    [
      "a bounce of qmail of rules without end",
      bounce("", `${"-".repeat(40)}${" copy of".repeat(20)}\r\n`.repeat(1_900)),
    ],
    ["a bounce of qmail of one long line", bounce("", `---${" ".repeat(size)}copy`)],
    [
      "a bounce of Exim to thousands",
      bounce(`X-Failed-Recipients: ${"ab@c.fr,".repeat(25_000)}\r\n`, " a\r\n".repeat(19_000)),
    ],
    ["folded lines without end", failure(`[KO Integration systeme${"\r\n ".repeat(70_000)}x`)],
  ])("%s", async (_, raw) => {
    expect(await cpu(() => parseReceipt(raw))).toBeLessThan(2_000);
  });

  it("and a report before what is left out is still read", async () => {
    const raw = mdn(`Final-Recipient: rfc822;a@b.fr\r\nDisposition: a; displayed\r\n${"\n".repeat(size)}`);
    expect(await parseReceipt(raw)).toMatchObject({ kind: "mdn", disposition: "displayed", finalRecipient: "a@b.fr" });
  });

  it("a failure subject with odd spaces is still one", async () => {
    const raw = failure("[ KO  Integration  systeme ! ]  [902] XDM/1.0/DDM+x");
    expect(await parseReceipt(raw)).toMatchObject({ kind: "ko", error: { code: "902" } });
  });
});

describe("a mail of blanks", () => {
  it.each([" ", "\n", "\u00a0"])("is quoted in little time (%j)", async (blank) => {
    const text = `${blank.repeat(100_000)}x${blank}`;
    const mail = { header: Buffer.alloc(0), subject: "s", replyTo: [], to: [], cc: [], text };
    let quoted = "";
    expect(
      await cpu(() => {
        quoted = quotedText("Bonjour \n", mail);
      }),
    ).toBeLessThan(1_000);
    expect(quoted).toMatch(/^Bonjour\n\n/);
    expect(quoted).toMatch(/x\n$/);
  });
});

describe("a caller's HTML", () => {
  const htmlOf = (html: string) =>
    bodyFor("professional", { ...input(), documents: [], body: { professional: { text: "t", html } }, footer: "pied" });

  it("of a megabyte of openings without end costs little time", async () => {
    expect(await cpu(() => htmlOf("<body ".repeat(170_000)))).toBeLessThan(1_000);
  });

  it("keeps the footer inside of its body", () => {
    expect(htmlOf('<html><body class="a"><p>x</p></body></html>').html).toMatch(
      /^<html><body class="a"><p>x<\/p><p>pied<\/p>\n\n<\/body>/,
    );
  });
});

const linesOf = (composed: ReturnType<typeof composeMails>) =>
  [...composed.mails.map(({ head }) => head), ...composed.bodies].flatMap((part) =>
    Buffer.from(part).toString("latin1").split("\r\n"),
  );

describe("no line of a mail passes the 998 characters of RFC 5322 §2.1.1", () => {
  const long = patient({
    familyNames: [{ qualifier: "BR", value: "É".repeat(900) }],
    givenNames: [{ qualifier: "BR", value: "Я".repeat(900) }],
  });

  it("with names of 900 characters, in the subject and in the file name, which any reader reads", async () => {
    const composed = composeMails(input({ documents: [{ cda: pdfCda(long) }], dossier: "é".repeat(20) }));
    expect(Math.max(...linesOf(composed).map((line) => line.length))).toBeLessThanOrEqual(998);
    const name = composed.pdfNames[0] as string;
    expect(name).toMatch(/^20240103_CR d'examens biologiques_E{50}_Я{50}_é{20}\.pdf$/);
    const raw = Buffer.concat(
      [composed.mails[0]?.head ?? [], composed.bodies[0] ?? []].map((part) => Buffer.from(part)),
    );
    expect((await PostalMime.parse(raw)).attachments[1]?.filename).toBe(name);
    expect((await simpleParser(raw)).attachments[1]?.filename).toBe(name);
  });

  it("with two hundred documents, whose codes are listed", () => {
    const documents = Array.from({ length: 200 }, (_, n) => ({ cda: structuredCda({ ...vial(), id: `1.2.${n}` }) }));
    const composed = composeMails(input({ documents, withoutPdf: true }));
    const lines = linesOf(composed);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
    const head = Buffer.from(composed.mails[0]?.head ?? [])
      .toString("latin1")
      .replace(/\r\n /g, " ");
    const codes = /^X-MSS-CODECDA: (.*)$/m.exec(head)?.[1]?.split(/, ?/);
    expect(codes).toEqual(Array.from({ length: 200 }, () => "11502-2"));
  });

  it("with a file of a long name in a failure mail", () => {
    const raw = composeKo({
      from: { address: "a@x.mssante.fr" },
      to: "b@x.mssante.fr",
      messageId: "m@x.mssante.fr",
      date: new Date(0),
      original: Buffer.from("Subject: x\r\n\r\ny"),
      error: { code: "902" },
      attachments: [{ name: `${"a".repeat(900)}.pdf`, mimeType: "application/pdf", content: Buffer.from("x") }],
    });
    const lines = Buffer.from(raw).toString("latin1").split("\r\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
  });
});

describe("a field of the caller that no mail can carry is refused by name", () => {
  const refusal = (changes: Parameters<typeof input>[0]) => {
    try {
      composeMails(input(changes));
    } catch (error) {
      if (isMedimailError(error)) return [error.code, error.path];
      throw error;
    }
    return "composed";
  };

  it("a dossier number that a file name has no room for is never cut", () => {
    expect(refusal({ dossier: "1".repeat(230) })).toEqual(["mail_invalid", "dossier"]);
    expect(refusal({ dossier: "1".repeat(150) })).toBe("composed");
  });

  it("a line break, a NUL, a separator or a mark of direction, in any of them", () => {
    for (const bad of ["a\r\nBcc: x@y.fr", "a\nb", "a\rb", "a\0b", "a\u2028b", "a\u202eb", "a\u0085b", "a\ud800b"]) {
      const fields: [string, Parameters<typeof input>[0]][] = [
        ["dossier", { dossier: bad }],
        ["subjectExtra", { subjectExtra: bad }],
        ["replyTo", { replyTo: `${bad}@x.mssante.fr` }],
        ["inReplyTo", { inReplyTo: `${bad}@x.mssante.fr` }],
        ["references[0]", { references: [`${bad}@x.mssante.fr`] }],
        ["nil", { nil: bad }],
        ["from.label", { from: { address: "a@x.mssante.fr", label: bad } }],
        ["software.name", { software: { name: bad, version: "1" } }],
        ["recipients[0][0].name", { recipients: [[{ address: "a@x.fr", kind: "professional", name: bad }]] }],
        ["recipients[0][0].address", { recipients: [[{ address: `${bad}@x.fr`, kind: "professional" }]] }],
      ];
      for (const [path, changes] of fields) expect(refusal(changes)).toEqual(["header_injection", path]);
    }
  });
});
