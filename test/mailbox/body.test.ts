import { describe, expect, it } from "vitest";
import { decodeCharset } from "../../src/mailbox/charset.js";
import { unflowed } from "../../src/mailbox/flowed.js";
import { doctorsBox, mailOf, type TestPart } from "./open-kit.js";

const text = (bytes: Buffer | string, charset?: string) =>
  decodeCharset(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, charset);

describe("the charset of a text", () => {
  it.each([
    ["utf-8", Buffer.from("é œ 日本")],
    ["UTF-8", Buffer.from("\ufeffé œ 日本")],
    ["utf-16le", Buffer.from("\ufeffé œ 日本", "utf16le")],
  ])("reads %s, with or without a mark", (charset, bytes) => {
    expect(text(bytes, charset)).toEqual({ text: "é œ 日本" });
  });

  it("reads ISO-2022-JP, named or shown by its escapes", () => {
    const bytes = "\x1b$BF|K\\8l\x1b(B abc";
    for (const charset of ["iso-2022-jp", "us-ascii", undefined]) expect(text(bytes, charset).text).toBe("日本語 abc");
  });

  it("reads windows-1252 under its names, and under that of ISO-8859-1", () => {
    for (const charset of ["windows-1252", "iso-8859-1", "latin1", "cp1252", "ansi"])
      expect(text("\x80 \xe9t\xe9 \x93x\x94", charset)).toEqual({ text: "€ été “x”" });
  });

  it("reads what is not told: UTF-8 where it is, else windows-1252", () => {
    expect(text(Buffer.from("été"), undefined).text).toBe("été");
    expect(text("\xe9t\xe9", undefined).text).toBe("été");
    expect(text("\xe9t\xe9", "x-unknown").text).toBe("été");
  });

  it("believes the bytes where the name lies, and says so", () => {
    expect(text(Buffer.from("été"), "iso-8859-1")).toMatchObject({ text: "été", problem: { code: "charset_wrong" } });
    expect(text("\xe9t\xe9", "utf-8")).toMatchObject({ text: "été", problem: { code: "charset_wrong" } });
    expect(text("simple", "utf-16").text).toBe("simple");
    expect(text("simple", "klingon-8")).toMatchObject({ text: "simple", problem: { code: "charset_unknown" } });
    expect(text("\x1b$)C\x0e", "iso-2022-kr").problem).toMatchObject({ code: "charset_unknown" });
  });

  it("keeps a UTF-8 text with one broken byte in UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from("été à côté, déjà là"), Buffer.from([0xc3])]);
    expect(text(bytes, "utf-8").text).toMatch(/^été à côté, déjà là/);
  });

  it("never decodes UTF-7: markup could hide in it", () => {
    for (const charset of ["utf-7", "UTF7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7"])
      expect(text("+ADw-script+AD4-", charset)).toMatchObject({
        text: "+ADw-script+AD4-",
        problem: { code: "charset_refused" },
      });
  });
});

describe("what a mail has in its header without encoding it", () => {
  it("is read as UTF-8 where it is, else as windows-1252: subject, names of people and of files", async () => {
    await using box = await doctorsBox();
    const fields = { From: "Ren\xe9e <a@b.mssante.fr>", To: Buffer.from("Hélène <c@d.mssante.fr>").toString("latin1") };
    const part = {
      type: "text/plain",
      content: "x",
      fields: 'Content-Disposition: attachment; filename="r\xe9sum\xe9.txt"\r\n',
    };
    const ref = box.deliver(mailOf([part], { ...fields, Subject: "Compte rendu d\x92\xe9chographie" }));
    const mail = await box.mailbox.get(ref);
    expect(mail.subject).toBe("Compte rendu d’échographie");
    expect([mail.from?.name, mail.to[0]?.name, mail.attachments[0]?.name]).toEqual(["Renée", "Hélène", "résumé.txt"]);
  });
});

describe("format=flowed (RFC 3676)", () => {
  it("joins what flows, within one quote depth, and keeps the signature", () => {
    expect(
      unflowed("Un long \r\nparagraphe.\r\n\r\n> cité \r\n> encore\r\n>> plus \r\nmoi\r\n From\r\n-- \r\nDr X"),
    ).toBe("Un long paragraphe.\n\n> cité encore\n>> plus \nmoi\nFrom\n-- \nDr X");
  });
  it("deletes the space where it was added (DelSp)", () => {
    expect(unflowed("日本 \n語", true)).toBe("日本語");
  });
});

const plain = (content: string, type = "text/plain; charset=utf-8"): TestPart => ({ type, content });
const html = (content: string, type = "text/html; charset=utf-8"): TestPart => ({ type, content });
function multipart(subtype: string, parts: TestPart[], boundary: string): TestPart {
  const inner = mailOf(parts).replaceAll("limite", boundary);
  return { type: `multipart/${subtype}; boundary="${boundary}"`, content: inner.slice(inner.indexOf("\r\n\r\n") + 4) };
}

describe("the body of a mail", () => {
  async function body(parts: TestPart[], header: Record<string, string> = {}, options = {}) {
    await using box = await doctorsBox();
    return await box.mailbox.body(box.deliver(mailOf(parts, header)), options);
  }

  it("gives both forms of an alternative within related within mixed, and the images that are referred to", async () => {
    const alternative = multipart(
      "alternative",
      [plain("Texte"), html('<p>Riche <img src="cid:a@b"></p><script>x</script>')],
      "alt",
    );
    const image: TestPart = {
      type: "image/png",
      name: "logo.png",
      fields: "Content-ID: <a@b>\r\nContent-Disposition: inline\r\n",
      content: Buffer.from("png"),
    };
    const found = await body([
      multipart("related", [alternative, image], "rel"),
      { type: "text/plain", name: "note.txt", fields: "Content-Disposition: attachment\r\n", content: "une pièce" },
    ]);
    expect(found).toMatchObject({
      text: expect.stringMatching(/^Texte\s*$/),
      html: expect.stringContaining('<img src="cid:a@b" />'),
      blocked: [{ kind: "script", count: 1 }],
      inline: [{ cid: "a@b", part: "1.2", name: "logo.png", mimeType: "image/png" }],
      truncated: false,
      problems: [],
    });
  });

  it("makes text of HTML where there is no text", async () => {
    const found = await body([html("<p>Bonjour</p><p>Na 140</p>")]);
    expect(found.text).toBe("Bonjour\n\nNa 140");
  });

  it("joins the texts between which the sender put files, in order", async () => {
    const file: TestPart = { type: "application/pdf", name: "a.pdf", content: Buffer.from("%PDF-") };
    const found = await body([plain("avant"), file, plain("après")]);
    expect(found.text.replace(/\s+/g, " ").trim()).toBe("avant après");
    expect(found.html).toBeUndefined();
  });

  it("shows text beside HTML in the HTML too, as text", async () => {
    const found = await body([html("<b>riche</b>"), plain("a < b <script>")]);
    expect(found.html).toContain("<b>riche</b>");
    expect(found.html).toContain("a &lt; b &lt;script&gt;");
    expect(found.text).toMatch(/riche[\s\S]*a < b <script>/);
  });

  it("decodes quoted-printable and base64 with their charsets", async () => {
    const qp = await body([
      {
        type: "text/plain; charset=iso-8859-1",
        fields: "Content-Transfer-Encoding: quoted-printable\r\n",
        content: "=E9t=\r\n=E9",
      },
    ]);
    expect(qp.text).toMatch(/^été/);
    const jp = await body([
      { type: "text/plain; charset=iso-2022-jp", content: Buffer.from("\x1b$BF|K\\8l\x1b(B", "latin1") },
    ]);
    expect(jp.text).toMatch(/^日本語/);
  });

  it("finds the charset of HTML in its own head", async () => {
    const found = await body([
      { type: "text/html", content: Buffer.from('<meta charset="iso-8859-1"><p>\xe9t\xe9</p>', "latin1") },
    ]);
    expect(found.text).toBe("été");
  });

  it("unwraps flowed text", async () => {
    expect((await body([plain("un \r\ndeux", "text/plain; charset=utf-8; format=flowed")])).text.trim()).toBe(
      "un deux",
    );
  });

  it("reads a mail of one part, and one whose only text has a name", async () => {
    await using box = await doctorsBox();
    const one = box.deliver("From: a@b.example\r\nSubject: x\r\n\r\nSimple\r\n");
    expect((await box.mailbox.body(one)).text.trim()).toBe("Simple");
    const named = box.deliver(
      mailOf([{ type: "text/plain", name: "mail.txt", fields: "Content-Disposition: inline\r\n", content: "Nommé" }]),
    );
    expect((await box.mailbox.body(named)).text).toMatch(/Nomm/);
  });

  it("cuts at the limit and says so", async () => {
    const found = await body([plain("é".repeat(5_000))], {}, { maxBytes: 101 });
    expect(found.truncated).toBe(true);
    expect(found.text.length).toBeLessThanOrEqual(101);
  });

  it("cuts encoded text without end that holds nothing", async () => {
    const endless: TestPart = {
      type: "text/plain",
      fields: "Content-Transfer-Encoding: base64\r\n",
      content: "-".repeat(3_000_000),
    };
    expect(await body([endless], {}, { maxBytes: 100 })).toMatchObject({ text: "", truncated: true });
  });

  it("says that a sealed mail cannot be read, and marks nothing as read", async () => {
    await using box = await doctorsBox();
    const mail = box.deliver(
      mailOf([], { "Content-Type": "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m" }),
    );
    expect((await box.mailbox.body(mail)).problems).toMatchObject([{ code: "mail_encrypted" }]);
    expect((await box.mailbox.get(mail)).flags).not.toContain("\\Seen");
  });
});
