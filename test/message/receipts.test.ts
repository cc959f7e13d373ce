import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { parseReceipt } from "../../src/message/index.js";

const mail = (...lines: string[]) => Buffer.from(lines.join("\r\n"), "utf8");
const ID = "abc123@chu-exemple.mssante.fr";

function report(
  type: string,
  part: string[],
  returned: string[] = ["Content-Type: text/rfc822-headers", "", `Message-ID: <${ID}>`],
) {
  return mail(
    "From: postmaster@operateur.mssante.fr",
    "Message-ID: <report-1@operateur.mssante.fr>",
    "Date: Thu, 04 Jan 2024 16:00:00 +0100",
    `Content-Type: multipart/report; report-type=${type}; boundary=B`,
    "",
    "--B",
    "Content-Type: text/plain",
    "",
    "texte",
    "--B",
    `Content-Type: message/${type}`,
    "",
    ...part,
    "--B",
    ...returned,
    "--B--",
    "",
  );
}
const mdn = (...fields: string[]) => report("disposition-notification", fields);
const DISPOSITION = "Disposition: automatic-action/MDN-sent-automatically; ";

describe("DSN (RFC 3464)", () => {
  it("reads each recipient of a report, folded fields and any case", async () => {
    const receipt = await parseReceipt(
      report("delivery-status", [
        "reporting-mta: dns; mx.operateur.mssante.fr",
        "ORIGINAL-ENVELOPE-ID: env-42",
        "",
        "original-recipient: rfc822;A@x.mssante.fr",
        "final-recipient: RFC822; a@y.mssante.fr",
        "action: FAILED (mailbox closed)",
        "status: 5.1.1",
        "diagnostic-code: smtp; 550 5.1.1",
        "  no such user",
        "",
        "Final-Recipient: rfc822;<b@x.mssante.fr>",
        "Action: delayed",
        "Status: 4.4.1",
        "",
        "Final-Recipient: c@x.mssante.fr",
        "Action: delivered",
        "Status: 2.0.0",
      ]),
    );
    expect(receipt).toEqual({
      kind: "dsn",
      messageId: "report-1@operateur.mssante.fr",
      date: "2024-01-04T15:00:00.000Z",
      originalMessageId: ID,
      envelopeId: "env-42",
      recipients: [
        {
          address: "a@y.mssante.fr",
          originalRecipient: "A@x.mssante.fr",
          action: "failed",
          status: "5.1.1",
          diagnostic: "550 5.1.1 no such user",
        },
        { address: "b@x.mssante.fr", action: "delayed", status: "4.4.1" },
        { address: "c@x.mssante.fr", action: "delivered", status: "2.0.0" },
      ],
    });
  });

  it("finds the original in a returned message as in returned headers, folded or encoded in base64", async () => {
    const part = ["Reporting-MTA: dns; x", "", "Final-Recipient: rfc822;a@x.fr", "Action: failed", "Status: 5.0.0"];
    const returned = [
      ["Content-Type: message/rfc822", "", "Subject: x", "message-id:", ` <${ID}>`, "", "corps"],
      [
        "Content-Type: text/rfc822-headers",
        "Content-Transfer-Encoding: base64",
        "",
        Buffer.from(`Subject: x\r\nMessage-ID: <${ID}>\r\n`).toString("base64"),
      ],
    ];
    for (const lines of returned)
      expect(await parseReceipt(report("delivery-status", part, lines))).toMatchObject({ originalMessageId: ID });
  });

  it("takes the action from the status where the action is missing, and drops a group that says nothing", async () => {
    const receipt = await parseReceipt(
      report("delivery-status", [
        "Reporting-MTA: dns; x",
        "",
        "Final-Recipient: rfc822;a@x.fr",
        "Status: 5.2.2",
        "",
        "Final-Recipient: rfc822;b@x.fr",
      ]),
    );
    expect(receipt).toMatchObject({ recipients: [{ address: "a@x.fr", action: "failed" }] });
  });

  it("is read inside a multipart/mixed that a gateway put around it", async () => {
    const inner = report("delivery-status", [
      "Reporting-MTA: dns; x",
      "",
      "Final-Recipient: rfc822;a@x.fr",
      "Action: relayed",
      "Status: 2.0.0",
    ]);
    const wrapped = mail(
      "Content-Type: multipart/mixed; boundary=OUT",
      "",
      "--OUT",
      inner.toString("utf8"),
      "--OUT--",
      "",
    );
    expect(await parseReceipt(wrapped)).toMatchObject({ kind: "dsn", recipients: [{ action: "relayed" }] });
  });
});

describe("MDN (RFC 8098)", () => {
  it("tells a person's reading from a software's processing", async () => {
    const shown = await parseReceipt(
      mdn(
        "Original-Recipient: rfc822;dr@x.mssante.fr",
        "Final-Recipient: rfc822;dr@y.mssante.fr",
        `Original-Message-ID: <other@x.fr>`,
        "Disposition: manual-action/MDN-sent-manually; Displayed",
      ),
    );
    expect(shown).toMatchObject({
      kind: "mdn",
      originalMessageId: "other@x.fr",
      originalRecipient: "dr@x.mssante.fr",
      finalRecipient: "dr@y.mssante.fr",
      automatic: false,
      disposition: "displayed",
    });
    expect(shown).not.toHaveProperty("error");
    expect(await parseReceipt(mdn(`${DISPOSITION}processed`))).toMatchObject({
      automatic: true,
      disposition: "processed",
      originalMessageId: ID,
    });
  });

  it.each(["deleted", "denied", "dispatched", "failed"])("knows the disposition %s", async (disposition) => {
    expect(await parseReceipt(mdn(DISPOSITION + disposition))).toMatchObject({ kind: "mdn", disposition });
  });

  it.each([
    [
      "the new form",
      [`${DISPOSITION}processed/error`, "Error: 902^Patient inconnu"],
      { code: "902", label: "Patient inconnu" },
    ],
    ["the old form", [`${DISPOSITION}processed/Error: 902^Patient inconnu`], { code: "902", label: "Patient inconnu" }],
    [
      "the old form, folded",
      [`${DISPOSITION}processed/Error:`, "\t902^Patient", "  inconnu"],
      { code: "902", label: "Patient inconnu" },
    ],
    [
      "a failure, in any case",
      [`${DISPOSITION}processed/FAILURE`, "failure: 906"],
      { code: "906", label: "Autre erreur" },
    ],
    [
      "a label in encoded words",
      [`${DISPOSITION}processed/error`, "Error: =?UTF-8?Q?901^Auteur_refus=C3=A9?="],
      { code: "901", label: "Auteur refusé" },
    ],
    ["an error without details", [`${DISPOSITION}displayed/error`], {}],
    ["an error in words", [`${DISPOSITION}processed/error`, "Error: disque plein"], { label: "disque plein" }],
    ["a code without modifier", [`${DISPOSITION}processed`, "Error: 904^INS"], { code: "904", label: "INS" }],
  ])("reads the error of %s", async (_, fields, error) => {
    expect(await parseReceipt(mdn(...fields))).toMatchObject({ kind: "mdn", error });
  });

  it("sees no error in a success with another modifier", async () => {
    expect(await parseReceipt(mdn(`${DISPOSITION}displayed/expired`))).not.toHaveProperty("error");
  });

  it("falls back on the mail it answers when it names no original", async () => {
    const raw = mail(
      "In-Reply-To: <parent@x.fr>",
      "Content-Type: multipart/report; boundary=B",
      "",
      "--B",
      "Content-Type: message/disposition-notification",
      "",
      `${DISPOSITION}displayed`,
      "--B--",
    );
    expect(await parseReceipt(raw)).toMatchObject({ originalMessageId: "parent@x.fr" });
  });

  it("is not one when it says nothing known", async () => {
    expect(await parseReceipt(mdn("Final-Recipient: rfc822;a@x.fr"))).toBeUndefined();
    expect(await parseReceipt(mdn(`${DISPOSITION}teleported`))).toBeUndefined();
  });
});

describe("failure mail (in-std)", () => {
  const ko = (subject: string, ...rest: string[]) =>
    mail(
      `From: "Cabinet" <cabinet@medecin.mssante.fr>`,
      `Subject: ${subject}`,
      "Message-ID: <ko@x.fr>",
      "References: <a@x.fr> <parent@x.fr>",
      "Content-Type: multipart/mixed; boundary=B",
      "",
      ...rest,
    );
  const encoded = `=?UTF-8?B?${Buffer.from("[KO Intégration système !][902] XDM/1.0/DDM+CR").toString("base64")}?=`;

  it("is read from an encoded subject, its original nested in message/rfc822", async () => {
    const rest = ["--B", "Content-Type: message/rfc822", "", `Message-ID: <${ID}>`, "", "corps", "--B--"];
    expect(await parseReceipt(ko(encoded, ...rest))).toEqual({
      kind: "ko",
      messageId: "ko@x.fr",
      originalMessageId: ID,
      from: "cabinet@medecin.mssante.fr",
      error: { code: "902", label: "Patient inconnu" },
    });
  });

  it("falls back on the last reference, and accepts other spellings", async () => {
    for (const subject of [
      encoded,
      "[KO Integration systeme!][902] XDM/1.0/DDM+CR",
      "[ko intégration Système !] [902^Patient inconnu]",
    ])
      expect(await parseReceipt(ko(subject)), subject).toMatchObject({
        kind: "ko",
        originalMessageId: "parent@x.fr",
        error: { code: "902" },
      });
  });

  it("is not a mail that only quotes it", async () => {
    expect(await parseReceipt(ko("Re: [KO Integration systeme !][902] XDM"))).toBeUndefined();
    expect(await parseReceipt(ko("=?UTF-8?Q?R=C3=A9sultats?="))).toBeUndefined();
  });
});

describe("any other mail", () => {
  it("is no receipt: an answer, a bounce in plain text, a document, nothing", async () => {
    const bounce = mail("Subject: Undelivered", "Content-Type: text/plain", "", "<a@x.fr>: 550 no such user");
    const quoting = mail(
      "Subject: x",
      "Content-Type: text/plain",
      "",
      "Content-Type: message/delivery-status",
      "Final-Recipient: rfc822;a@x.fr",
      "Action: failed",
    );
    for (const raw of [
      bounce,
      quoting,
      mail("Subject: XDM/1.0/DDM+CR", "", "x"),
      Buffer.alloc(0),
      Buffer.from([0, 255, 10, 13]),
    ])
      expect(await parseReceipt(raw)).toBeUndefined();
  });

  it("is no receipt when it only carries one as a forwarded message", async () => {
    const inner = mdn(`${DISPOSITION}displayed`).toString("utf8");
    const raw = mail(
      "Subject: Tr",
      "Content-Type: multipart/mixed; boundary=OUT",
      "",
      "--OUT",
      "Content-Type: message/rfc822",
      "",
      inner,
      "--OUT--",
    );
    expect(await parseReceipt(raw)).toBeUndefined();
  });
});

describe("hostile receipts", () => {
  const refusal = async (raw: Buffer, limits = {}) => {
    try {
      return await parseReceipt(raw, limits);
    } catch (error) {
      return isMedimailError(error) ? error.code : error;
    }
  };

  it("with too many parts are refused", async () => {
    expect(await refusal(mdn(`${DISPOSITION}displayed`, ...Array.from({ length: 3000 }, () => "--B")))).toBe(
      "mail_invalid",
    );
  });

  it("nested too deep are refused", async () => {
    const nested = Array.from({ length: 60 }, (_, n) => [
      `Content-Type: multipart/mixed; boundary=N${n}`,
      "",
      `--N${n}`,
    ]).flat();
    expect(await refusal(mail(...nested, "Content-Type: message/delivery-status", "", "x"))).toBe("mail_invalid");
  });

  it("are read no further than the limit of bytes, and quickly", async () => {
    const big = Buffer.concat([mdn(`${DISPOSITION}displayed`), Buffer.alloc(30_000_000, "A\r\n")]);
    const start = performance.now();
    expect(await parseReceipt(big)).toMatchObject({ kind: "mdn", disposition: "displayed" });
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("with more recipients than the limit are cut", async () => {
    const groups = Array.from({ length: 50 }, (_, n) => [
      "",
      `Final-Recipient: rfc822;u${n}@x.fr`,
      "Action: failed",
      "Status: 5.0.0",
    ]).flat();
    const receipt = await parseReceipt(report("delivery-status", ["Reporting-MTA: dns; x", ...groups]), {
      maxRecipients: 10,
    });
    expect(receipt?.kind === "dsn" && receipt.recipients.length).toBe(10);
  });

  it("give no control character back", async () => {
    const receipt = await parseReceipt(
      report("delivery-status", [
        "Reporting-MTA: dns; x",
        "",
        "Final-Recipient: rfc822;a@x.fr",
        "Action: failed",
        "Diagnostic-Code: smtp; 550 \u001b[31m\u0007x",
      ]),
    );
    expect(JSON.stringify(receipt)).not.toMatch(/\\u00[01]/);
  });
});
