import { describe, expect, it } from "vitest";
import { doctorsBox, mailOf } from "./open-kit.js";

describe("the body of a mail that is written to break its reader", () => {
  it.each([
    ["base64", "!!!!\r\n".repeat(1_200_000)],
    ["quoted-printable", "=\r\n".repeat(2_200_000)],
  ])("is cut, not refused, where megabytes of %s decode to nothing", { timeout: 20_000 }, async (encoding, content) => {
    await using box = await doctorsBox();
    const fields = `Content-Transfer-Encoding: ${encoding}\r\n`;
    const mail = box.deliver(mailOf([{ type: "text/plain", fields, content }]));
    expect(await box.mailbox.body(mail)).toMatchObject({ text: "", truncated: true });
  });

  it.each(["<textarea>", "<!-- ", "<title>", "<table><tr><td>", '<a href="', "<plaintext>", "<script>"])(
    "shows the part after one that leaves %s open",
    async (open) => {
      await using box = await doctorsBox();
      const parts = [`<p>Bonjour</p>${open}`, "<p>Bandeau de l'opérateur</p>"];
      const mail = box.deliver(mailOf(parts.map((content) => ({ type: "text/html; charset=latin1", content }))));
      const { html, text } = await box.mailbox.body(mail);
      expect(html).toMatch(/<p>Bonjour<\/p>.*<p>Bandeau de l'opérateur<\/p>/s);
      expect(text).toMatch(/Bonjour.*Bandeau de l'opérateur/s);
    },
  );

  it("reads the HTML where the text beside it is empty", async () => {
    await using box = await doctorsBox();
    const alternatives = [
      { type: "text/plain", content: " \r\n" },
      { type: "text/html", content: "<p>Le compte rendu</p>" },
    ];
    const type = { "Content-Type": 'multipart/alternative; boundary="limite"' };
    const { text, html } = await box.mailbox.body(box.deliver(mailOf(alternatives, type)));
    expect(text).toBe("Le compte rendu");
    expect(html).toBe("<p>Le compte rendu</p>\n");
  });

  it("says that parts are not read, where they are too deep or too many", async () => {
    await using box = await doctorsBox();
    let deep = "Content-Type: text/plain\r\n\r\nfond\r\n";
    for (let level = 40; level > 0; level -= 1)
      deep = `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n${deep}\r\n--b${level}--\r\n`;
    const many = mailOf(Array.from({ length: 1_100 }, () => ({ type: "text/plain", content: "x" })));
    for (const raw of [`From: <a@b.mssante.fr>\r\nMIME-Version: 1.0\r\n${deep}`, many]) {
      const mail = box.deliver(raw);
      const told = [expect.objectContaining({ code: "mail_parts_unread" })];
      expect((await box.mailbox.body(mail)).problems).toEqual(told);
      expect((await box.mailbox.open(mail)).problems).toEqual(told);
    }
    const few = box.deliver(mailOf([{ type: "text/plain", content: "x" }]));
    expect((await box.mailbox.body(few)).problems).toEqual([]);
  });

  it("has one limit of tags for all of its parts", async () => {
    await using box = await doctorsBox();
    const many = Array.from({ length: 20 }, () => ({ type: "text/html", content: "<b>\n".repeat(13_000) }));
    const { html, truncated } = await box.mailbox.body(box.deliver(mailOf(many)));
    expect(truncated).toBe(true);
    expect(html?.split("<b>").length).toBeLessThanOrEqual(40_001);
  });
});
