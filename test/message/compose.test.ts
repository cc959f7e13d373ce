import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { composeMails, messageIdFor, PATIENT_MAX_SIZE } from "../../src/message/index.js";
import type { ComposeInput, MailRecipient } from "../../src/message/types.js";
import { ARCHIVE, header, INS, input, PDF, patient, pdfCda, structuredCda } from "./fixtures.js";

const PRO: MailRecipient = { address: "dr.martin@medecin.mssante.fr", kind: "professional", name: "Dr Hélène MARTIN" };
const PATIENT: MailRecipient = { address: `${INS}@patient.mssante.fr`, kind: "patient" };
const both = { recipients: [[PRO], [PATIENT]], messageIds: ["p@chu.fr", "u@chu.fr"] };

function raws(composed: ReturnType<typeof composeMails>): Buffer[] {
  return composed.mails.map((mail) => Buffer.concat([mail.head, composed.bodies[mail.body] ?? Buffer.alloc(0)]));
}
const raw = (changes: Partial<ComposeInput> = {}) => raws(composeMails(input(changes)))[0] ?? Buffer.alloc(0);
const headOf = (mail: Buffer) => mail.toString("latin1").split("\r\n\r\n")[0] ?? "";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isMedimailError(error)) return `${error.code} ${error.requirement ?? ""}`.trim();
    throw error;
  }
  return "none";
}

describe("a mail with documents (ECO.2.1.1)", () => {
  it("holds the archive and the PDF, byte for byte, as two independent parsers read it", async () => {
    const mail = raw({
      documents: [{ cda: pdfCda(header({ code: { code: "1", displayName: "Évaluation à l'entrée" } })) }],
    });
    const name = "20240103_Évaluation à l'entrée_VIAL_Paul.pdf";
    const postal = await PostalMime.parse(mail);
    const expected = [
      ["IHE_XDM.ZIP", "application/zip", ARCHIVE],
      [name, "application/pdf", PDF],
    ];
    expect(postal.attachments.map((a) => [a.filename, a.mimeType, Buffer.from(a.content as ArrayBuffer)])).toEqual(
      expected,
    );
    const other = await simpleParser(mail);
    expect(other.attachments.map((a) => [a.filename, a.contentType, a.content])).toEqual(expected);
    expect(other.attachments.every((a) => a.contentDisposition === "attachment")).toBe(true);
  });

  it("decodes to the subject, sender, recipients and body that were meant", async () => {
    const composed = composeMails(
      input({ subjectExtra: "— résultats 😀", body: { professional: { text: "Été\n.\nFrom là\r\n=3D" } } }),
    );
    const mail = raws(composed)[0] ?? Buffer.alloc(0);
    expect(composed.subject).toBe("XDM/1.0/DDM+CR d'examens biologiques VIAL Paul 23/05/1985 — résultats 😀");
    const postal = await PostalMime.parse(mail);
    const other = await simpleParser(mail);
    expect([postal.subject, other.subject]).toEqual([composed.subject, composed.subject]);
    expect(postal.from).toEqual({
      address: "labo@chu-exemple.mssante.fr",
      name: "Laboratoire de biologie médicale - CHU EXEMPLE",
    });
    expect(postal.to).toEqual([{ address: PRO.address, name: PRO.name }]);
    expect(other.to).toMatchObject({ value: [{ address: PRO.address, name: PRO.name }] });
    expect(postal.text?.trimEnd()).toBe("Été\n.\nFrom là\n=3D");
    expect(other.text?.trimEnd()).toBe("Été\n.\nFrom là\n=3D");
    expect(other.date?.toISOString()).toBe("2024-01-04T15:06:07.000Z");
    expect(other.messageId).toBe("<m1@chu-exemple.mssante.fr>");
  });

  it("holds an archive of any length whole, in lines of 76", async () => {
    for (const length of [1, 2, 56, 57, 58, 57 * 512 - 1, 57 * 512, 57 * 512 + 1, 100_003]) {
      const archive = Buffer.from(Array.from({ length }, (_, index) => (index * 7 + length) & 255));
      const parsed = await PostalMime.parse(raw({ archive }));
      expect(Buffer.from(parsed.attachments[0]?.content as ArrayBuffer).equals(archive), String(length)).toBe(true);
      const longest = Math.max(
        ...raw({ archive })
          .toString("latin1")
          .split("\r\n")
          .map((line) => line.length),
      );
      expect(longest).toBeLessThanOrEqual(78);
    }
  });

  it("has ASCII lines ended by CRLF, of at most 998, encoded ones of at most 76", () => {
    const text = raw({
      ...both,
      subjectExtra: "é".repeat(300),
      banner: { html: `<i>${"x".repeat(3000)}</i>`, text: "é".repeat(2000) },
    }).toString("latin1");
    expect(text).toMatch(/^[\x00-\x7f]*$/);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    for (const line of text.split("\r\n")) expect(line.length, line).toBeLessThanOrEqual(78);
    for (const word of text.match(/=\?UTF-8\?[^ ]*\?=/g) ?? []) expect(word.length).toBeLessThanOrEqual(75);
  });

  it("keeps the marker in clear in the raw subject, for rules that look at the raw field", () => {
    const mail = raw({
      documents: [{ cda: pdfCda(header({ code: { code: "1", displayName: "Lettre à l'entrée" } })) }],
    });
    expect(headOf(mail)).toContain("Subject: XDM/1.0/DDM+Lettre =?UTF-8?Q?=C3=A0_");
  });

  it("refuses a level-3 document without its PDF, and takes the one given (ECO.2.1.1, ECO.2.1.5)", () => {
    expect(codeOf(() => raw({ documents: [{ cda: structuredCda() }] }))).toBe("pdf_missing ECO.2.1.1");
    expect(composeMails(input({ documents: [{ cda: structuredCda(), pdf: PDF }] })).pdfNames).toEqual([
      "20240103_CR d'examens biologiques_VIAL_Paul.pdf",
    ]);
  });

  it("treats a level-1 body that is not a PDF as level 3", () => {
    const rtf = { ...pdfCda(), body: { level: "N1" as const, mediaType: "text/rtf", size: 3 } };
    expect(codeOf(() => raw({ documents: [{ cda: rtf }] }))).toBe("pdf_missing ECO.2.1.1");
  });

  it("says so when the PDF is waived", () => {
    const composed = composeMails(input({ documents: [{ cda: structuredCda() }], withoutPdf: true }));
    expect(composed.pdfNames).toEqual([undefined]);
    expect(composed.problems).toMatchObject([{ severity: "warning", code: "pdf_waived", path: "documents[0].pdf" }]);
  });

  it("sends the encapsulated PDF even when another is given, and says so", async () => {
    const other = Buffer.concat([PDF, Buffer.from("%")]);
    const composed = composeMails(input({ documents: [{ cda: pdfCda(), pdf: other }] }));
    expect(composed.problems.map((problem) => problem.code)).toEqual(["pdf_ignored"]);
    const parsed = await PostalMime.parse(raws(composed)[0] ?? "");
    expect(Buffer.from(parsed.attachments[1]?.content as ArrayBuffer)).toEqual(PDF);
  });

  it("refuses what is not a PDF, and warns of a PDF that does not declare PDF/A-1", () => {
    expect(codeOf(() => raw({ documents: [{ cda: structuredCda(), pdf: Buffer.from("PK") }] }))).toBe("pdf_invalid");
    const plain = Buffer.from(PDF.toString("latin1").replace("part>1<", "part>2<"), "latin1");
    const composed = composeMails(input({ documents: [{ cda: pdfCda(header(), plain) }] }));
    expect(composed.problems.map((problem) => problem.code)).toEqual(["pdf_not_pdfa1"]);
  });

  it("refuses documents of two patients", () => {
    const other = pdfCda(patient({ ins: { value: "285057800608431", oid: "1.2.250.1.213.1.4.8" } }));
    expect(codeOf(() => raw({ documents: [{ cda: pdfCda() }, { cda: other }] }))).toBe(
      "xdm_several_patients ECO.2.1.1 (b)",
    );
  });

  it("refuses documents without archive and an archive without documents", () => {
    const { archive: _, ...without } = input();
    expect(codeOf(() => composeMails(without))).toBe("invalid_argument ECO.2.1.1");
    expect(codeOf(() => raw({ documents: [] }))).toBe("invalid_argument ECO.2.1.1");
  });
});

describe("headers of MSSanté (ECO.2.4.1-2.4.3, ECO.2.2.8)", () => {
  it("lists the code of each document in order, commas without spaces", () => {
    const second = pdfCda(header({ code: { code: "SYNTH", displayName: "Synthèse" } }));
    const mail = raw({ documents: [{ cda: pdfCda() }, { cda: second }, { cda: pdfCda() }] });
    expect(headOf(mail)).toContain("\r\nX-MSS-CODECDA: 11502-2,SYNTH,11502-2\r\n");
  });

  it("says O when every document has the INS and the four traits, else N", () => {
    expect(headOf(raw())).toContain("\r\nX-MSS-INS: O\r\n");
    for (const changes of [{ ins: null }, { birthTime: "1985" }, { gender: "" }])
      expect(headOf(raw({ documents: [{ cda: pdfCda(patient(changes)) }] }))).toContain("\r\nX-MSS-INS: N\r\n");
    const used = patient({ familyNames: [{ qualifier: "CL", value: "Durand" }] });
    expect(headOf(raw({ documents: [{ cda: pdfCda(used) }] }))).toContain("\r\nX-MSS-INS: N\r\n");
  });

  it("has X-MSS-NIL in every mail, and neither INS nor CODECDA in one without documents", () => {
    const { archive: _, ...base } = input({
      documents: [],
      subject: "Question",
      body: { professional: { text: "Bonjour" } },
    });
    const mail = raws(composeMails(base))[0] ?? Buffer.alloc(0);
    expect(headOf(mail)).toContain("\r\nX-MSS-NIL: LABSOFT001\r\n");
    expect(headOf(mail)).not.toMatch(/X-MSS-(INS|CODECDA)/);
    expect(headOf(mail)).toContain("Content-Type: text/plain; charset=utf-8");
  });

  it("has X-MSS-MES FIN on the patient's mail alone", () => {
    const [pro, user] = raws(composeMails(input({ ...both, fin: true }))).map(headOf);
    expect(pro).not.toContain("X-MSS-MES");
    expect(user).toContain("\r\nX-MSS-MES: FIN\r\n");
    expect(headOf(raw({ recipients: [[PATIENT]] }))).not.toContain("X-MSS-MES");
  });

  it("asks for a reading receipt to the sender's box only when wanted (ECO.2.3.2)", () => {
    expect(headOf(raw())).not.toContain("Disposition-Notification-To");
    expect(headOf(raw({ requestRead: true }))).toContain(
      "\r\nDisposition-Notification-To: labo@chu-exemple.mssante.fr\r\n",
    );
  });

  it("chains a reply by In-Reply-To and References, the parent last (ECO.2.2.2)", () => {
    const head = headOf(raw({ inReplyTo: "<b@x.fr>", references: ["a@x.fr"] }));
    expect(head).toContain("\r\nIn-Reply-To: <b@x.fr>\r\n");
    expect(head).toContain("\r\nReferences: <a@x.fr> <b@x.fr>\r\n");
  });

  it("sets Reply-To when given (ECO.2.2.5), and never Sender", () => {
    const head = headOf(raw({ replyTo: "secretariat@chu-exemple.mssante.fr" }));
    expect(head).toContain("\r\nReply-To: secretariat@chu-exemple.mssante.fr\r\n");
    expect(head).not.toMatch(/^Sender:/m);
  });
});

describe("bodies", () => {
  it("differ for a patient and a professional, and are shared by the mails of one kind", () => {
    const composed = composeMails(
      input({
        recipients: [[PRO], [PATIENT], [{ ...PRO, address: "b@x.mssante.fr" }]],
        messageIds: ["a@x.fr", "b@x.fr", "c@x.fr"],
      }),
    );
    expect(composed.mails.map((mail) => mail.body)).toEqual([0, 1, 0]);
    expect(composed.bodies).toHaveLength(2);
  });

  it("name no one: the default text holds nothing of the patient", async () => {
    for (const mail of raws(composeMails(input({ ...both, action: "delete" })))) {
      const { text = "" } = await PostalMime.parse(mail);
      expect(text).not.toMatch(/vial|paul|1985|0523/i);
    }
  });

  it("say of a replacement that it takes the place of what was sent before (AMBU.MSS/va1.02)", async () => {
    const texts = async (action: "create" | "replace") =>
      await Promise.all(
        raws(composeMails(input({ ...both, action }))).map(async (mail) => (await PostalMime.parse(mail)).text),
      );
    const said = expect.stringContaining("annule et remplace");
    expect(await texts("replace")).toEqual([said, said]);
    expect(await texts("create")).toEqual([
      expect.not.stringContaining("annule"),
      expect.not.stringContaining("annule"),
    ]);
  });

  it("ask for a deletion in plain words, before the caller's own text too", async () => {
    const own = { professional: { text: "Texte du logiciel" } };
    const composed = composeMails(input({ action: "delete", body: own }));
    const { text = "" } = await PostalMime.parse(raws(composed)[0] ?? "");
    expect(text.indexOf("supprimer")).toBeGreaterThanOrEqual(0);
    expect(text.indexOf("Texte du logiciel")).toBeGreaterThan(text.indexOf("supprimer"));
  });

  it("use the caller's text for its kind and never the other kind's", async () => {
    const own = { professional: { text: "Cher confrère" } };
    const [pro, user] = raws(composeMails(input({ ...both, body: own })));
    expect((await PostalMime.parse(pro ?? "")).text).toContain("Cher confrère");
    expect((await PostalMime.parse(user ?? "")).text).not.toContain("confrère");
  });

  it("are multipart/alternative with HTML, footer and banner in both (ECO.2.2.4, ECO.2.2.3)", async () => {
    const mail = raw({
      body: { professional: { text: "Bonjour à tous", html: "<html><body><p>Bonjour à tous</p></body></html>" } },
      footer: "Pied <de> page",
      banner: { html: "<hr>Bannière", text: "Bannière" },
    });
    const { text = "", html } = await simpleParser(mail);
    expect(text).toMatch(/Bonjour à tous\s+Pied <de> page\s+Bannière/);
    expect(html).toMatch(/<p>Bonjour à tous<\/p><p>Pied &lt;de&gt; page<\/p>\s*<hr>Bannière\s*<\/body>/);
    for (const type of mail.toString("latin1").match(/Content-Type: text\/[^\r]*/g) ?? [])
      expect(type).toContain("charset=utf-8");
  });
});

describe("size (MSS/va1.13, mes-25mb)", () => {
  const large = (bytes: number) => ({ archive: Buffer.alloc(bytes, 1) });

  it("counts the bytes of head and body", () => {
    const composed = composeMails(input());
    expect(composed.mails[0]?.size).toBe(raws(composed)[0]?.length);
  });

  it("keeps within the operator's limit, to the byte", () => {
    const size = composeMails(input()).mails[0]?.size ?? 0;
    expect(codeOf(() => raw({ maxSize: size }))).toBe("none");
    expect(codeOf(() => raw({ maxSize: size - 1 }))).toBe("mail_too_large MSS/va1.13");
  });

  it("keeps a patient's mail within 25 MB, whatever the operator allows, and not a professional's", () => {
    const bytes = Math.ceil((PATIENT_MAX_SIZE * 3) / 4);
    expect(codeOf(() => raw({ recipients: [[PATIENT]], maxSize: 1e9, ...large(bytes) }))).toBe(
      "mail_too_large mes-25mb",
    );
    expect(codeOf(() => raw({ maxSize: 1e9, ...large(bytes) }))).toBe("none");
  });
});

describe("what is refused at the border", () => {
  const injected = "x\r\nBcc: evil@evil.fr";
  const cases: [string, Partial<ComposeInput>][] = [
    ["from.label", { from: { address: "a@x.mssante.fr", label: injected } }],
    ["from.address", { from: { address: `a@x.fr\r\nBcc: b`, label: "A" } }],
    ["recipients[0][0].address", { recipients: [[{ ...PRO, address: "a@x.fr\n" }]] }],
    ["recipients[0][0].name", { recipients: [[{ ...PRO, name: injected }]] }],
    ["replyTo", { replyTo: "a@x.fr\0" }],
    ["subjectExtra", { subjectExtra: "a\nb" }],
    ["messageIds[0]", { messageIds: ["a@b>\r\nBcc: c"] }],
    ["inReplyTo", { inReplyTo: "<a@b>\r\n" }],
    ["references[1]", { references: ["a@b", "c\r@d"] }],
    ["nil", { nil: "A\r\nB" }],
    ["software.name", { software: { name: "A\n", version: "1" } }],
    ["software.version", { software: { name: "A", version: "1\u0085" } }],
    ["dossier", { dossier: "1\r\n" + "2" }],
    [
      "documents[0].patient.familyNames",
      { documents: [{ cda: pdfCda(patient({ familyNames: [{ value: "A\r\nB" }] })) }] },
    ],
    [
      "documents[0].patient.givenNames",
      { documents: [{ cda: pdfCda(patient({ givenNames: [{ qualifier: "BR", value: "A\0B" }] })) }] },
    ],
    [
      "documents[0].code.displayName",
      { documents: [{ cda: pdfCda(header({ code: { code: "1", displayName: injected } })) }] },
    ],
    ["documents[0].code", { documents: [{ cda: pdfCda(header({ code: { code: "1\r\nX: y", displayName: "A" } })) }] }],
  ];

  it.each(cases)("is a control in %s, with its path and without its value", (path, changes) => {
    try {
      raw(changes);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "header_injection", path });
      expect(JSON.stringify(error)).not.toContain("evil");
    }
  });

  it("is a bidirectional override or a line separator, which disguise a name", () => {
    for (const character of ["\u202e", "\u2028", "\u2066", "\ud800"])
      expect(codeOf(() => raw({ subjectExtra: `a${character}b` }))).toBe("header_injection");
  });

  it("is a second address in an address, and a message id that is none", () => {
    expect(codeOf(() => raw({ recipients: [[{ ...PRO, address: "a@x.fr,b@x.fr" }]] }))).toBe("recipient_invalid");
    expect(codeOf(() => raw({ recipients: [[{ ...PRO, address: "a@x.fr>" }]] }))).toBe("recipient_invalid");
    expect(codeOf(() => raw({ messageIds: ["no-at-sign"] }))).toBe("mail_invalid ECO.2.2.1");
  });

  it("is a patient beside another recipient, and one Message-ID for two mails", () => {
    expect(codeOf(() => raw({ recipients: [[PRO, PATIENT]] }))).toBe("invalid_argument");
    expect(codeOf(() => raw({ recipients: [[PRO], [PATIENT]], messageIds: ["a@b", "a@b"] }))).toBe("invalid_argument");
  });

  it("leaves specials of a display name without effect", async () => {
    for (const name of ['Dr "X", <a@b>', "a=?UTF-8?Q?b?=", "Dr_Jean_DUPONT", "A (B) \\ C", "é, b <c@d>; e:"]) {
      const parsed = await PostalMime.parse(raw({ recipients: [[{ ...PRO, name }]] }));
      expect(parsed.to, name).toEqual([{ address: PRO.address, name }]);
    }
  });
});

describe("Message-ID (ECO.2.2.1)", () => {
  const of = (submission: string, recipientKey: string) =>
    messageIdFor({ submission, recipientKey, domain: "CHU.mssante.fr" });

  it("is the same for the same submission and recipient, and another for any other pair", () => {
    expect(of("s1", PATIENT.address)).toBe(of("s1", PATIENT.address));
    expect(new Set([of("s1", "a"), of("s1", "b"), of("s2", "a"), of("s", "1a")]).size).toBe(4);
  });

  it("shows nothing of the recipient and ends in the sender's domain", () => {
    expect(of("s1", PATIENT.address)).toMatch(/^[a-p]{48}@chu\.mssante\.fr$/);
    expect(codeOf(() => messageIdFor({ submission: "s", recipientKey: "r", domain: "a>b" }))).toBe("invalid_argument");
  });

  it("and the whole mail are the same when composed again", () => {
    expect(raw()).toEqual(raw());
  });
});
