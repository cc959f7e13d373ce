import { describe, expect, it } from "vitest";
import { parseReceipt } from "../../src/message/index.js";
import { crlf, DOCTOR, DSN_FORMS, PLAIN_FORMS, SENT } from "./dsn-forms.js";
import { MDN_FORMS } from "./mdn-forms.js";

describe("a delivery report as servers write it", () => {
  it.each(Object.entries({ ...DSN_FORMS, ...PLAIN_FORMS }))("is read: %s", async (_, { raw, recipients }) => {
    const receipt = await parseReceipt(raw);
    expect(receipt).toMatchObject({ kind: "dsn", originalMessageId: SENT, recipients });
    expect(receipt?.kind === "dsn" && receipt.recipients.length).toBe(recipients.length);
  });

  it("says why where its status says only that it failed", async () => {
    const receipt = await parseReceipt(PLAIN_FORMS["Exim before 4.83"]?.raw ?? Buffer.alloc(0));
    expect(receipt).toMatchObject({
      recipients: [
        { diagnostic: expect.stringContaining("550 5.1.1 User unknown") },
        { diagnostic: "mailbox is full" },
      ],
    });
  });

  it("takes no part of an IP address for a status", async () => {
    const { raw } = DSN_FORMS["Exim 4.9, with its own fields beside the report"] as { raw: Buffer };
    const other = Buffer.from(raw.toString().replace("552 5.2.2 Over quota", "552 refused by 5.9.8.7"));
    expect(await parseReceipt(other)).toMatchObject({ recipients: [{ status: "5.0.0" }] });
  });

  const qmail = PLAIN_FORMS["qmail (QSBMF)"]?.raw.toString() ?? "";
  it.each([
    ["an answer that quotes one", `> ${qmail.slice(qmail.indexOf("Hi.")).replaceAll("\r\n", "\r\n> ")}`],
    ["a mail that greets like one", "Hi. This is the labo.\r\n\r\nVoici <x@y.fr>:\r\nrien\r\n"],
    [
      "a bounce in words alone",
      "Your message did not reach some of its recipients.\r\n\r\n<x@y.fr>: 550 5.1.1 unknown\r\n",
    ],
  ])("is not %s", async (_, body) => {
    expect(await parseReceipt(Buffer.from(`Subject: Re\r\nFrom: a@b.fr\r\n\r\n${body}`))).toBeUndefined();
  });

  it("of qmail without a copy of the mail fits none", async () => {
    const receipt = await parseReceipt(Buffer.from(qmail.slice(0, qmail.indexOf("--- Below"))));
    expect(receipt).toMatchObject({ kind: "dsn", recipients: [{ address: DOCTOR }, {}] });
    expect(receipt).not.toHaveProperty("originalMessageId");
  });
});

describe("a receipt of reading as mail programs write it", () => {
  it.each(Object.entries(MDN_FORMS))("is read: %s", async (_, { raw, disposition, automatic }) => {
    expect(await parseReceipt(raw)).toMatchObject({
      kind: "mdn",
      originalMessageId: SENT,
      finalRecipient: DOCTOR,
      disposition,
      automatic,
    });
  });
});

/** The faults of the examples in ANS's guide of reception (versions of 2024 to 2026), in mails of our own. */
describe("the examples of ANS's guide (in-mdn-ko, in-std)", () => {
  const APP = "urologie_auto@chb-exemple.mssante.fr";
  const SUBJECT = "XDM/1.0/DDM+ECHOGRAPHIE LEROY JEANNE 01/02/1960";
  const chain = "902^Identifiant de patient inconnu^messageErrorCondition| E^Error^errorSeverity";
  const error = { code: "902", label: "Identifiant de patient inconnu" };
  const negative = (disposition: string, below = "\n", end = "--R1.7--") =>
    crlf(`
Date: Tue, 03 Nov 2026 00:19:00 (EDT) -0400
From: ${APP}
Message-Id: <202611030019.12345>
Subject: [KO Intégration système !][902] ${SUBJECT}
To: urologie@chb-exemple.mssante.fr
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="R1.7"

--R1.7
${below}Refusé par le logiciel : ${chain}
--R1.7
Content-Type: message/disposition-notification
${below}Original-Recipient: rfc822;${APP}\u0020
Final-Recipient: rfc822; ${APP}\u0020
Original-Message-ID: <${SENT} >
${disposition}
--R1.7
Content-Type: message/rfc822
${below}Le courriel d'origine.
--R1.7\u2014
Content-Type: application/zip ; name="IHE_XDM.zip"
Content-Transfert-Encoding: base64
Content-Disposition: attachment;filename= "IHE_XDM.zip"

UEs=
${end}
`);
  const INLINE = `Disposition:automatic-action/MDN-sent-automatically; processed/Error: ${chain}`;
  const FIELD = `Disposition: automatic-action/MDN-sent-automatically; processed/error\nError: ${chain.replace("message", "application")}`;

  it.each([
    ["the error in the disposition, no empty line below Content-Type", negative(INLINE, "")],
    ["the error in the disposition", negative(INLINE)],
    ["the error in a field of its own", negative(FIELD)],
    ["the error in both", negative(`${INLINE}\nError: 902^Identifiant de patient inconnu`)],
  ])("a negative MDN with %s", async (_, raw) => {
    expect(await parseReceipt(raw)).toMatchObject({
      kind: "mdn",
      originalMessageId: SENT,
      originalRecipient: APP,
      finalRecipient: APP,
      automatic: true,
      disposition: "processed",
      error,
    });
  });

  it("has the code of 900 to 906 where that of HL7 stands before it", async () => {
    const segment = "207^Application error^messageErrorCondition|E|904^INS différent^applicationErrorCondition";
    expect(await parseReceipt(negative(`Disposition: a/b; processed/error\nError: ${segment}`))).toMatchObject({
      error: { code: "904", label: "INS différent" },
    });
  });

  it("is no MDN where the fields below Content-Type are quoted in a mail that is no report", async () => {
    const quoting = negative(INLINE, "")
      .toString()
      .replace("multipart/report; report-type=disposition-notification", "multipart/mixed");
    expect(await parseReceipt(Buffer.from(quoting.replace("[KO", "Tr: [KO")))).toBeUndefined();
  });

  it.each([
    `[KO Intégration système !][902] ${SUBJECT}`,
    `[KO Intégration système ! ][902] ${SUBJECT}`,
    `[Erreur d\u2019intégration !][902] ${SUBJECT}`,
    `[Erreur d'integration !] [902] ${SUBJECT}`,
  ])("a failure mail under %s", async (subject) => {
    const raw = crlf(`
Date: Tue, 03 Nov 2026 00:19:00 -0400
From: ${APP}
To: urologie@chb-exemple.mssante.fr
Message-ID: <199509200019.12345@chb-exemple.mssante.fr>
Subject: ${subject}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b5"

--b5
Content-Type: text/plain; charset="UTF-8"

Patient inconnu (902).

--b5
Content-Type: message/rfc822
Content-Disposition: attachment; filename="message_original.eml"

Message-ID: <${SENT}>
Subject: ${SUBJECT}

--b5--
`);
    expect(await parseReceipt(raw)).toMatchObject({
      kind: "ko",
      originalMessageId: SENT,
      from: APP,
      error: { code: "902" },
    });
  });
});
