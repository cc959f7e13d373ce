import { describe, expect, it } from "vitest";
import { DOCTOR, documentMail, failing, freeMail, LABO, outcomeOf, PATIENT, resultOf, type Seen, smtp } from "./kit.js";

const mailboxOf = (address: string, type: string): Seen => ({ connection: "mock", kind: "mailbox", address, type });

describe("the text (ECO.2.2.3, ECO.2.2.4)", () => {
  it.each([
    ["ISO-8859-1", freeMail({ "Content-Type": "text/plain; charset=iso-8859-1" }, "\xe9t\xe9\r\n")],
    ["bytes that are not UTF-8", freeMail({}, "\xe9t\xe9\r\n")],
    ["accents without a charset", freeMail({ "Content-Type": "text/plain" }, "\xc3\xa9t\xc3\xa9\r\n")],
  ])("fails %s, and nothing else", async (_, mail) => {
    expect(await failing(smtp([mail]))).toEqual(["ECO.2.2.3"]);
  });

  it.each([
    ["US-ASCII", freeMail({ "Content-Type": "text/plain; charset=us-ascii", "Content-Transfer-Encoding": "7bit" })],
    ["no charset for ASCII", freeMail({ "Content-Type": "text/plain" })],
    ["quoted-printable", freeMail({ "Content-Transfer-Encoding": "quoted-printable" }, "=C3=A9t=C3=A9\r\n")],
  ])("takes %s", async (_, mail) => {
    expect(await failing(smtp([mail]))).toEqual([]);
  });

  const alternative = (type: string, ...types: string[]) =>
    freeMail(
      { "Content-Type": `${type}; boundary="b"` },
      `${types.map((one) => `--b\r\nContent-Type: ${one}; charset=utf-8\r\n\r\nBonjour\r\n`).join("")}--b--\r\n`,
    );

  it("fails a mail of HTML alone, and takes the alternative", async () => {
    expect(await failing(smtp([freeMail({ "Content-Type": "text/html; charset=utf-8" })]))).toEqual(["ECO.2.2.4"]);
    expect(await failing(smtp([alternative("multipart/alternative", "text/html")]))).toEqual(["ECO.2.2.4"]);
    expect(await failing(smtp([alternative("multipart/alternative", "text/plain", "text/html")]))).toEqual([]);
  });

  it("fails files that are not in multipart/mixed", async () => {
    const mail = (await documentMail()).replace("multipart/mixed", "multipart/alternative");
    expect(await failing(smtp([mail]))).toEqual(["ECO.2.2.4"]);
  });

  it("are not observed where nothing was sent", async () => {
    for (const check of ["text-utf8", "body-structure"]) expect(await outcomeOf(check, [])).toBe("not-observed");
  });
});

describe("the end of an exchange (ECO.2.2.8, mes-fin)", () => {
  it("fails another value, and FIN to a professional", async () => {
    const small = freeMail({ "X-MSS-MES": "fin" });
    expect(await failing(smtp([small], { to: [PATIENT] }))).toEqual(["ECO.2.2.8"]);
    expect(await failing(smtp([freeMail({ "X-MSS-MES": "FIN" })]))).toEqual(["ECO.2.2.8"]);
  });

  it("passes FIN to a patient, and fails a subject that is nearly [FIN]", async () => {
    const seen = smtp([freeMail({ "X-MSS-MES": "FIN" })], { to: [PATIENT] });
    expect(await Promise.all(["fin-header", "fin-of-exchange"].map((check) => outcomeOf(check, seen)))).toEqual([
      "ok",
      "ok",
    ]);
    expect(await failing(smtp([freeMail({ Subject: "[fin]" })], { to: [PATIENT] }))).toEqual(["mes-fin"]);
    expect(await outcomeOf("fin-header", smtp([freeMail()]))).toBe("not-observed");
    expect(await outcomeOf("fin-of-exchange", smtp([freeMail()]))).toBe("not-observed");
  });
});

describe("the size of a patient's mail (mes-25mb)", () => {
  it("fails 25,000,001 bytes to a patient, and does not look at a professional's", async () => {
    const seen = (to: string) =>
      smtp([freeMail()], { to: [to] }).map((one) => (one.kind === "mail" ? { ...one, size: 25_000_001 } : one));
    expect(await outcomeOf("patient-25mb", seen(PATIENT))).toBe("breach");
    expect(await outcomeOf("patient-25mb", seen(DOCTOR))).toBe("not-observed");
    expect(await outcomeOf("patient-25mb", smtp([freeMail()], { to: [PATIENT] }))).toBe("ok");
  });
});

describe("the sender (ECO.2.2.7, out-from, ECO.2.2.5, mes-replyto, ECO.2.3.2)", () => {
  it.each([["<labo@ch-exemple.mssante.fr>"], ['"labo@ch-exemple.mssante.fr" <labo@ch-exemple.mssante.fr>']])(
    "fails From %s",
    async (From) => {
      expect(await failing(smtp([freeMail({ From })]))).toEqual(["ECO.2.2.7"]);
    },
  );

  it("wants the name of a person in the label of a PER box", async () => {
    const of = (label: string) => [
      mailboxOf(DOCTOR, "PER"),
      ...smtp([freeMail({ From: `${label} <${DOCTOR}>` })], { from: DOCTOR, to: [LABO], auth: {} }),
    ];
    expect(await failing(of("Dr_Martin_DUPONT_CH EXEMPLE"))).toEqual([]);
    expect(await failing(of("Messagerie"))).toEqual(["ECO.2.2.7"]);
  });

  it("wants an APP box to send in its own name, without Sender, to those it names", async () => {
    const of = (changes: Record<string, string>) => [mailboxOf(LABO, "APP"), ...smtp([freeMail(changes)])];
    expect(await outcomeOf("from-app-box", of({}))).toBe("ok");
    expect(await failing(of({ Sender: "a@b.mssante.fr" }))).toEqual(["out-from"]);
    expect(await failing(of({ From: "Autre service <autre@ch-exemple.mssante.fr>" }))).toEqual(["out-from"]);
    expect(await failing(of({ To: "<autre@ch-exemple.mssante.fr>" }))).toEqual(["out-from"]);
    expect(await outcomeOf("from-app-box", smtp([freeMail()]))).toBe("not-observed");
  });

  it("fails a Reply-To outside of MSSanté", async () => {
    expect(await failing(smtp([freeMail({ "Reply-To": "a@gmail.com" })]))).toEqual(["ECO.2.2.5"]);
    expect((await resultOf("ECO.2.2.5", smtp([freeMail({ "Reply-To": "a@b.mssante.fr" })]))).verdict).toBe("pass");
    expect(await outcomeOf("reply-to", smtp([freeMail()]))).toBe("not-observed");
    expect(await failing(smtp([freeMail({ "Reply-To": "a@gmail.com" })], { to: [PATIENT] }))).toEqual([
      "ECO.2.2.5",
      "mes-replyto",
    ]);
    expect(
      await outcomeOf("reply-to-patient", smtp([freeMail({ "Reply-To": "a@b.mssante.fr" })], { to: [PATIENT] })),
    ).toBe("ok");
    expect(await outcomeOf("reply-to-patient", smtp([freeMail()], { to: [PATIENT] }))).toBe("not-observed");
  });

  it("wants read receipts at the sender's box", async () => {
    const of = (value: string) => smtp([freeMail({ "Disposition-Notification-To": value })]);
    expect((await resultOf("ECO.2.3.2", of(`<${LABO}>`))).verdict).toBe("pass");
    expect(await failing(of("<autre@ch-exemple.mssante.fr>"))).toEqual(["ECO.2.3.2"]);
    expect((await resultOf("ECO.2.3.2", smtp([freeMail()]))).verdict).toBe("not-observed");
  });

  it("sees delivery receipts asked (ECO.2.3.1)", async () => {
    const of = (rcptParameters: string) => smtp([freeMail()], { rcptParameters });
    expect(await outcomeOf("delivery-request", of(" NOTIFY=SUCCESS,FAILURE"))).toBe("ok");
    expect(await outcomeOf("delivery-request", of(" NOTIFY=NEVER"))).toBe("not-observed");
  });
});

describe("the form (RFC 5322, 2045, 2047, 2231, 5321)", () => {
  it.each([
    ["RFC-5322", "no Date", freeMail({ Date: null })],
    ["RFC-5322", "a date of another form", freeMail({ Date: "2026-01-05T10:00:00Z" })],
    ["RFC-5322", "From twice", freeMail().replace("From:", "From: x <x@y.mssante.fr>\r\nFrom:")],
    ["RFC-5322", "a line that is no field", freeMail().replace("To:", "nonsense\r\nTo:")],
    ["RFC-2047-2231", "UTF-8 in a subject", freeMail({ Subject: "\xc3\xa9t\xc3\xa9" })],
    ["RFC-2047-2231", "an encoded word of 80 characters", freeMail({ Subject: `=?utf-8?Q?${"a".repeat(70)}?=` })],
    ["RFC-2045-2049", "no MIME-Version", freeMail({ "MIME-Version": null })],
    ["RFC-2045-2049", "eight bits in 7bit", freeMail({ "Content-Transfer-Encoding": "7bit" }, "\xc3\xa9\r\n")],
    [
      "RFC-2045-2049",
      "long lines of base64",
      freeMail({ "Content-Transfer-Encoding": "base64" }, `${"YQ".repeat(50)}\r\n`),
    ],
    ["RFC-5321", "a bare LF", freeMail({}, "a\nb\r\n")],
    ["RFC-5321", "a line of 1000 bytes", freeMail({}, `${"a".repeat(1000)}\r\n`)],
  ])("fails %s for %s, and nothing else", async (row, _, mail) => {
    expect(await failing(smtp([mail]))).toEqual([row]);
  });

  it("fails a multipart that is never closed, and a file's name that is an encoded word", async () => {
    const mail = await documentMail();
    expect(await failing(smtp([mail.replace(/--\r\n$/, "\r\n")]))).toEqual(["RFC-2045-2049"]);
    expect(
      await failing(
        smtp([
          mail
            .replaceAll(
              "20260104_CR d'examens biologiques_MOREL_Elodie.pdf",
              "=?utf-8?Q?20260104_CR_d'examens_biologiques?==?utf-8?Q?=5FMOREL=5FElodie.pdf?=",
            )
            .replace("=5FElodie", "=5FElodie"),
        ]),
      ),
    ).toContain("RFC-2047-2231");
  });

  it("are not observed where nothing was sent", async () => {
    for (const check of ["header-form", "ascii-header", "mime-form", "line-form"])
      expect(await outcomeOf(check, [])).toBe("not-observed");
  });
});

describe("checks that stand alone for their row", () => {
  it.each([
    ["message-id", () => freeMail(), () => freeMail({ "Message-ID": null })],
    ["nil", () => freeMail(), () => freeMail({ "X-MSS-NIL": null })],
    ["sender-label", () => freeMail(), () => freeMail({ From: `<${LABO}>` })],
    [
      "receipt-request",
      () => freeMail({ "Disposition-Notification-To": LABO }),
      () => freeMail({ "Disposition-Notification-To": DOCTOR }),
    ],
    ["xdm-archive", () => documentMail(), () => documentMail({ archive: () => Buffer.from("x") })],
  ] as const)("%s: right, wrong, not seen", async (check, right, wrong) => {
    expect(await outcomeOf(check, smtp([await right()]))).toBe("ok");
    expect(await outcomeOf(check, smtp([await wrong()]))).toBe("breach");
    expect(await outcomeOf(check, [])).toBe("not-observed");
  });

  it("patient-address: the INS of the document, another, a professional", async () => {
    const to = (address: string) => documentMail({ to: address }).then((mail) => smtp([mail], { to: [address] }));
    expect(await outcomeOf("patient-address", await to(PATIENT))).toBe("ok");
    expect(
      await outcomeOf("patient-address", smtp([await documentMail()], { to: ["185057800600000@patient.mssante.fr"] })),
    ).toBe("breach");
    expect(await outcomeOf("patient-address", await to(DOCTOR))).toBe("not-observed");
  });

  it("smtp-nothing-before-tls: a session in order, MAIL in clear, none", async () => {
    const clear = ["S: 220 ready", "C: EHLO x", "S: 250 STARTTLS", "C: MAIL FROM:<a@b>", "S: 530 no"];
    expect(await outcomeOf("smtp-nothing-before-tls", smtp([freeMail()]))).toBe("ok");
    expect(await outcomeOf("smtp-nothing-before-tls", smtp([], { clear, afterTls: [] }))).toBe("breach");
    expect(await outcomeOf("imap-nothing-before-tls", smtp([freeMail()]))).toBe("not-observed");
  });
});
