import { describe, expect, it } from "vitest";
import { composeKo, composeMdn } from "../../src/message/index.js";
import { DOCTOR, delivered, documentMail, failing, freeMail, LABO, outcomeOf, type Seen, smtp } from "./kit.js";

const ORIGINAL_ID = "cr-1@ch-exemple.mssante.fr";
const asking = {
  "Disposition-Notification-To": `<${LABO}>`,
  "Message-ID": `<${ORIGINAL_ID}>`,
  "Return-Path": `<${LABO}>`,
};
const original = freeMail(asking);
const received = (text = original): Seen => delivered(text, { mailbox: DOCTOR, from: LABO });
const input = {
  from: { address: DOCTOR, label: "Dr_Martin_DUPONT" },
  to: LABO,
  date: new Date("2026-01-05T11:00:00Z"),
  nil: "LABSOFT001",
  finalRecipient: DOCTOR,
  originalRecipient: DOCTOR,
  automatic: false,
};
let serial = 0;
const mdn = (changes: object = {}, of = original): string => {
  serial += 1;
  return Buffer.from(
    composeMdn({
      ...input,
      messageId: `r${serial}@medecin.mssante.fr`,
      original: Buffer.from(of, "latin1"),
      disposition: "displayed",
      ...changes,
    } as Parameters<typeof composeMdn>[0]),
  ).toString("latin1");
};
const send = (text: string, from = "") => smtp([text], { from, to: [LABO] });
const mandatory = (codes: readonly string[]) => codes.filter((code) => !code.startsWith("RFC"));

describe("a receipt that is right", () => {
  it("passes its form, its answer and its rules (in-mdn, ECO.3.1.6, RFC-8098)", async () => {
    const seen = [received(), ...send(mdn())];
    expect(await failing(seen)).toEqual([]);
    for (const check of ["mdn-structure", "mdn-when-asked", "mdn-rules"])
      expect(await outcomeOf(check, seen)).toBe("ok");
  });
});

describe("the form of a receipt (in-mdn)", () => {
  it.each([
    [
      "without the original",
      (text: string) => text.replace("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers"),
    ],
    ["without Original-Message-ID", (text: string) => text.replace(/^Original-Message-ID: .*\r\n/m, "")],
    ["without Original-Recipient", (text: string) => text.replace(/^Original-Recipient: .*\r\n/m, "")],
    ["of multipart/mixed", (text: string) => text.replace("multipart/report", "multipart/mixed")],
    ["of a wrong disposition", (text: string) => text.replace("MDN-sent-manually; displayed", "seen")],
    [
      "of another mail",
      (text: string) => text.replace(`Original-Message-ID: <${ORIGINAL_ID}>`, "Original-Message-ID: <other@x>"),
    ],
  ])("fails a receipt %s, and no mandatory row else", async (_, wrong) => {
    expect(mandatory(await failing([received(), ...send(wrong(mdn()))]))).toEqual(["in-mdn"]);
  });

  it("fails a receipt that goes elsewhere than asked", async () => {
    const seen = [received(), ...smtp([mdn()], { from: "", to: ["autre@ch-exemple.mssante.fr"] })];
    expect(await failing(seen)).toEqual(["in-mdn"]);
  });
});

describe("Original-Recipient of a receipt (in-mdn, RFC 8098 §3.2.3)", () => {
  const ALIAS = "secretariat@medecin.mssante.fr";
  const receiptTo = (changes: Record<string, string | null>, input: object = {}) => {
    const text = freeMail({ ...asking, ...changes });
    return failing([received(text), ...send(mdn(input, text))]);
  };
  const none = { originalRecipient: undefined };

  it("is due where the original has the field, and is the address that it says", async () => {
    const original = { "Original-Recipient": `rfc822;${ALIAS}`, To: "<liste@medecin.mssante.fr>" };
    expect(await receiptTo(original, { originalRecipient: ALIAS })).toEqual([]);
    expect(await receiptTo(original, none)).toEqual(["in-mdn"]);
    expect(await receiptTo(original, { originalRecipient: DOCTOR })).toEqual(["in-mdn"]);
  });

  it("is due where the original was written to the box that answers", async () => {
    expect(await receiptTo({}, none)).toEqual(["in-mdn"]);
    expect(await receiptTo({ To: `<${ALIAS}>`, Cc: `<${DOCTOR.toUpperCase()}>` }, none)).toEqual(["in-mdn"]);
  });

  it("may be absent where nobody knows whom the sender wrote to: an alias, a list, a blind copy, or two fields", async () => {
    expect(await receiptTo({ To: `<${ALIAS}>` }, none)).toEqual([]);
    expect(await receiptTo({ To: "undisclosed-recipients:;" }, none)).toEqual([]);
    const twice = { To: `<${ALIAS}>`, "Original-Recipient": `rfc822;${ALIAS}\r\nOriginal-Recipient: rfc822;${DOCTOR}` };
    expect(await receiptTo(twice, none)).toEqual([]);
  });

  it("is type;address where it is given", async () => {
    const wrong = mdn().replace(/^Original-Recipient: .*\r\n/m, `Original-Recipient: ${DOCTOR}\r\n`);
    expect(await failing([received(), ...send(wrong)])).toEqual(["in-mdn"]);
  });
});

describe("when a receipt is given (ECO.3.1.6, RFC-8098)", () => {
  it("fails one that nobody asked for", async () => {
    const silent = freeMail({ "Message-ID": `<${ORIGINAL_ID}>` });
    expect(await failing([received(silent), ...send(mdn())])).toEqual(["ECO.3.1.6"]);
  });

  it.each([
    ["of a return path that is not null", () => [received(), ...send(mdn(), DOCTOR)]],
    ["given twice", () => [received(), ...send(mdn()), ...send(mdn({ disposition: "processed" }))]],
    [
      "for a receipt",
      () => [
        received(
          mdn({ messageId: "mdn-1@x.fr" }).replace(
            "MIME-Version",
            `Disposition-Notification-To: <${LABO}>\r\nMIME-Version`,
          ),
        ),
        ...send(mdn({ originalMessageId: "mdn-1@x.fr" })),
      ],
    ],
    [
      "by itself to an address that is not the sender's",
      () => [
        received(
          original
            .replace(`<${LABO}>\r\n`, `<${LABO}>\r\n`)
            .replace(/Return-Path: .*\r\n/, "Return-Path: <autre@ch-exemple.mssante.fr>\r\n"),
        ),
        ...send(mdn({ automatic: true })),
      ],
    ],
  ])("fails one %s", async (_, make) => {
    expect(await failing(make())).toEqual(["RFC-8098"]);
  });
});

describe("an integration that failed (in-mdn-ko, in-std)", () => {
  const negative = (changes: object = {}) =>
    mdn({ disposition: "processed", automatic: true, error: { code: "902" }, ...changes });

  it("passes processed/error with its field and its subject", async () => {
    const seen = [received(), ...send(negative())];
    expect(await failing(seen)).toEqual([]);
    expect(await outcomeOf("mdn-negative", seen)).toBe("ok");
    expect(await outcomeOf("mdn-negative", [received(), ...send(mdn())])).toBe("not-observed");
  });

  it.each([
    ["the old form with a code unknown", () => negative({ legacyError: true }).replace(/902\^/, "777^")],
    ["two codes", () => negative().replace(/^Error: 902/m, "Error: 904")],
    ["no field Error", () => negative().replace(/^Error: .*\r\n/m, "")],
    ["an unknown code", () => negative().replace(/^Error: 902/m, "Error: 777")],
    ["a subject without its code", () => negative().replace(/^Subject: .*\r\n(?: .*\r\n)*/m, "Subject: Refus\r\n")],
  ])("fails %s", async (_, make) => {
    expect(await failing([received(), ...send(make())])).toEqual(["in-mdn-ko"]);
  });

  it.each([
    ["the form of the guide in force (1.1.2)", () => negative({ legacyError: true })],
    [
      "both forms",
      () => negative({ legacyError: true }).replace(/^Disposition:/m, "Error: 902^Inconnu\r\nDisposition:"),
    ],
    ["a segment ERR of HL7", () => negative().replace(/^Error: 902\^/m, "Error: 207^Error^x|E|902^")],
  ])("passes %s", async (_, make) => {
    expect(await failing([received(), ...send(make())])).toEqual([]);
  });

  it("wants the subject of the documents where they were filed without a person (in-mdn)", async () => {
    const asked = `Return-Path: <${LABO}>\r\nDisposition-Notification-To: <${LABO}>\r\n`;
    const documents = asked + (await documentMail({ messageId: ORIGINAL_ID }));
    const filed = mdn({ disposition: "processed", automatic: true }, documents);
    expect(await failing([received(documents), ...send(filed)])).toEqual([]);
    const own = filed.replace(/^Subject: .*\r\n(?: .*\r\n)*/m, "Subject: Recu\r\n");
    expect(await failing([received(documents), ...send(own)])).toEqual(["in-mdn"]);
    const seenByHand = mdn({ disposition: "displayed" }, documents);
    expect(await failing([received(documents), ...send(seenByHand)])).toEqual([]);
  });

  it("wants the original and its attachments in the plain mail of failure", async () => {
    const unasked = (await documentMail({ messageId: ORIGINAL_ID })).replace(
      /^Disposition-Notification-To: .*\r\n/m,
      "",
    );
    const files = [{ name: "IHE_XDM.ZIP", mimeType: "application/zip", content: Buffer.from("PK") }];
    const ko = (attachments: typeof files, of = unasked) => {
      serial += 1;
      return Buffer.from(
        composeKo({
          ...input,
          messageId: `k${serial}@x.fr`,
          original: Buffer.from(of, "latin1"),
          error: { code: "904" },
          attachments,
        }),
      ).toString("latin1");
    };
    const incoming = delivered(unasked, { mailbox: DOCTOR, from: LABO });
    expect(await outcomeOf("ko-standard", [incoming, ...send(ko(files), DOCTOR)])).toBe("ok");
    expect(await failing([incoming, ...send(ko(files), DOCTOR)])).toEqual([]);
    // In the original given back they are back too, as ANS's draft of 1.1.3 has it.
    expect(await failing([incoming, ...send(ko([]), DOCTOR)])).toEqual([]);
    const bare = freeMail({ "Message-ID": `<${ORIGINAL_ID}>` });
    expect(await failing([incoming, ...send(ko(files, bare), DOCTOR)])).toEqual([]);
    expect(await failing([incoming, ...send(ko([], bare), DOCTOR)])).toEqual(["in-std"]);
    expect(await outcomeOf("ko-standard", [received(), ...send(mdn())])).toBe("not-observed");
  });
});

describe("an answer (ECO.2.2.2)", () => {
  const question = freeMail({ Subject: "Votre avis", "Message-ID": "<q1@x.fr>", References: "<q0@x.fr>" });
  const incoming = delivered(question, { mailbox: LABO, from: DOCTOR });
  const answer = (changes: Record<string, string | null>) =>
    smtp([
      freeMail({
        Subject: "Re: Votre avis",
        "In-Reply-To": "<q1@x.fr>",
        References: "<q0@x.fr> <q1@x.fr>",
        ...changes,
      }),
    ]);

  it("passes with In-Reply-To and References", async () => {
    expect(await failing([incoming, ...answer({})])).toEqual([]);
    expect(await outcomeOf("reply-chain", [incoming, ...answer({})])).toBe("ok");
    expect(await outcomeOf("reply-chain", [incoming, ...smtp([freeMail()])])).toBe("not-observed");
  });

  it.each([
    ["neither", { "In-Reply-To": null, References: null }],
    ["no References", { References: null }],
    ["no In-Reply-To", { "In-Reply-To": null }],
    ["another mail", { "In-Reply-To": "<zz@x.fr>", References: "<zz@x.fr>" }],
    ["References without those of the parent", { References: "<q1@x.fr>" }],
  ])("fails %s, and nothing else", async (_, changes) => {
    expect(await failing([incoming, ...answer(changes)])).toEqual(["ECO.2.2.2"]);
  });
});

describe("the stored subject (ECO.3.1.3)", () => {
  it("fails a copy whose marker was taken away, and waits for a person where it is kept", async () => {
    const incoming = delivered(await documentMail({ messageId: "d1@x.fr" }));
    const copy = (subject: string): Seen => ({
      connection: "imap-1",
      kind: "appended",
      mailbox: LABO,
      folder: "Dossier",
      flags: [],
      messageId: "<d1@x.fr>",
      subject,
      size: 9,
      sha256: "0",
    });
    expect(await outcomeOf("stored-subject", [incoming, copy("CR d'examens biologiques MOREL Elodie")])).toBe("breach");
    expect(
      await outcomeOf("stored-subject", [incoming, copy("XDM/1.0/DDM+CR d'examens biologiques MOREL Elodie")]),
    ).toBe("ok");
  });
});
