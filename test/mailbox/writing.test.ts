import type { ImapFlow } from "imapflow";
import PostalMime, { type Email } from "postal-mime";
import { describe, expect, it } from "vitest";
import { type Connector, type ConnectorOptions, createConnector } from "../../src/index.js";
import { type MockMedimailOptions, startMockMedimail } from "../../src/mock/index.js";
import { COLLEAGUE, configOf, DOCTOR, LABO, QUICK, soon, states } from "../sending/kit.js";
import { cdaOf, fictionalIns, pdfOf } from "../tools/documents.js";
import { otherClient } from "./other-client.js";

async function place(
  options: ConnectorOptions = {},
  mockOptions: MockMedimailOptions = { autoReceipts: { deliver: false } },
) {
  const mock = await startMockMedimail(mockOptions);
  const labo = createConnector(await configOf(mock, LABO), { ...QUICK });
  const doctor = createConnector(await configOf(mock, DOCTOR), { ...QUICK, ...options });
  const other = await otherClient(mock);
  return {
    mock,
    labo,
    doctor,
    other,
    async [Symbol.asyncDispose]() {
      await other.logout();
      await doctor.close();
      await labo.close();
      await mock.close();
    },
  };
}

const accepted = async (submission: Awaited<ReturnType<Connector["mailbox"]["send"]>>) =>
  expect((await submission.settled({ until: "accepted", signal: soon() })).ok).toBe(true);

/** The mails of a folder as an independent client and parser see them. */
async function mailsOf(client: ImapFlow, folder: string): Promise<Email[]> {
  const lock = await client.getMailboxLock(folder);
  try {
    await client.noop();
    const mails = client.mailbox && client.mailbox.exists > 0 ? await client.fetchAll("1:*", { source: true }) : [];
    return await Promise.all(mails.map(({ source }) => PostalMime.parse(source ?? "")));
  } finally {
    lock.release();
  }
}

async function eventually<T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    const value = await read();
    if (good(value) || turn > 100) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const headerOf = (mail: Email | undefined, name: string) => mail?.headers.find(({ key }) => key === name)?.value;
const only = async (connector: Connector) => {
  const mails = await eventually(
    () => connector.mailbox.list().toArray({ limit: 10 }),
    (list) => list.length > 0,
  );
  expect(mails).toHaveLength(1);
  return mails[0] as (typeof mails)[number];
};

describe("writing from the mailbox", () => {
  it("answers to all in one mail, in the thread, without the marker; own address left out", async () => {
    await using box = await place();
    await accepted(
      await box.labo.mailbox.send({
        to: [DOCTOR],
        cc: [COLLEAGUE],
        subject: "Re: XDM/1.0/DDM+Résultat",
        text: "Bonjour\nUne question.",
        replyTo: LABO,
      }),
    );
    const mail = await only(box.doctor);
    await accepted(await box.doctor.mailbox.reply(mail, { all: true, text: "Réponse", actor: "899700000001" }));
    const [sent] = await eventually(
      () => mailsOf(box.other, "Sent"),
      (list) => list.length > 0,
    );
    expect(sent?.subject).toBe("Re: Résultat");
    expect(sent?.to?.map(({ address }) => address)).toEqual([LABO]);
    expect(sent?.cc?.map(({ address }) => address)).toEqual([COLLEAGUE]);
    expect(sent?.inReplyTo).toBe(`<${mail.messageId}>`);
    expect(sent?.references).toContain(`<${mail.messageId}>`);
    expect(headerOf(sent, "x-mss-nil")).toBeTruthy();
    expect(sent?.text).toContain("Réponse");
    expect(sent?.text).toContain("> Une question.");
    const thread = await box.doctor.mailbox.thread(mail);
    expect(thread.map(({ messageId }) => messageId)).toEqual([mail.messageId, sent?.messageId?.slice(1, -1)]);
  });

  it("files the copy in Sent once, read, and traces it; never where the operator files it", async () => {
    await using box = await place();
    const submission = await box.doctor.mailbox.send({ to: [LABO], subject: "Bonjour", text: "texte" });
    await accepted(submission);
    await eventually(
      () => mailsOf(box.other, "Sent"),
      (list) => list.length > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await mailsOf(box.other, "Sent")).map(({ messageId }) => messageId)).toEqual([
      `<${submission.messageIds[0]}>`,
    ]);
    const traces = [];
    for await (const trace of box.doctor.traces.list()) traces.push(trace.action);
    expect(traces.filter((action) => action === "sent-copy")).toHaveLength(1);
    const [inSent] = await box.doctor.mailbox.list({ folder: "sent" }).toArray({ limit: 5 });
    expect(inSent?.flags).toContain("\\Seen");
  });

  it("leaves Sent to an operator that files what it accepts: one copy all the same", async () => {
    await using box = await place({}, { filesSent: true });
    await accepted(await box.doctor.mailbox.send({ to: [LABO], subject: "Bonjour", text: "texte" }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await mailsOf(box.other, "Sent")).toHaveLength(1);
  });

  it("sends once under one key, and refuses another content under it", async () => {
    await using box = await place();
    const mail = { to: [LABO], subject: "Une fois", text: "texte", idempotencyKey: "k1" };
    const first = await box.doctor.mailbox.send(mail);
    const second = await box.doctor.mailbox.send(mail);
    expect([second.id, second.created]).toEqual([first.id, false]);
    await expect(box.doctor.mailbox.send({ ...mail, text: "autre" })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
  });

  it("forwards with the attachments byte for byte, and what the fields said of the archive", async () => {
    await using box = await place();
    const document = await box.labo.documents.submit({ documents: [{ cda: cdaOf(1, pdfOf(2_000, 1)) }], to: [DOCTOR] });
    await document.settled({ until: "accepted", signal: soon() });
    const mail = await only(box.doctor);
    const [original] = await mailsOf(box.other, "INBOX");
    await accepted(await box.doctor.mailbox.forward(mail, { to: [COLLEAGUE], text: "Pour avis" }));
    const [sent] = await eventually(
      () => mailsOf(box.other, "Sent"),
      (list) => list.length > 0,
    );
    // ECO.2.1.3: what carries an archive keeps the subject of its rule.
    expect(sent?.subject).toBe(mail.rawSubject);
    expect(sent?.attachments.map(({ filename }) => filename)).toEqual(
      original?.attachments.map(({ filename }) => filename),
    );
    expect(sent?.attachments.map(({ content }) => Buffer.from(content as ArrayBuffer))).toEqual(
      original?.attachments.map(({ content }) => Buffer.from(content as ArrayBuffer)),
    );
    expect(headerOf(sent, "x-mss-codecda")).toBe(headerOf(original, "x-mss-codecda"));
    expect(headerOf(sent, "x-mss-ins")).toBe(headerOf(original, "x-mss-ins"));
  });

  it("writes to a patient at the address of his INS, and asks for a confirmation where the matricule says otherwise than his traits (ECO.3.1.5)", async () => {
    await using box = await place({ delivery: "manual" });
    const ins = { value: fictionalIns(), oid: "1.2.250.1.213.1.4.8" };
    const write = async (traits: { sex?: string; birthDate?: string }) => {
      const submission = await box.doctor.mailbox.send({ subject: "x", text: "y", patient: { ...ins, ...traits } });
      const [recipient] = (await box.doctor.outbox.get(submission.id)).recipients;
      return [recipient?.address, ...submission.problems.map(({ severity, code }) => `${severity} ${code}`)];
    };
    const address = `${ins.value}@patient.mssante.fr`;
    expect(await write({})).toEqual([address]);
    expect(await write({ sex: "F", birthDate: "19850512" })).toEqual([address]);
    expect(await write({ sex: "F", birthDate: "19860512" })).toEqual([address, "warning ins_traits_differ"]);
    expect(await write({ sex: "M" })).toEqual([address, "warning ins_traits_differ"]);
  });

  it("lets nothing into a header, and writes to no patient whose INS is not given", async () => {
    await using box = await place({ delivery: "manual" });
    const base = { to: [LABO], subject: "x", text: "y" };
    await expect(box.doctor.mailbox.send({ ...base, subject: "x\r\nBcc: a@b.mssante.fr" })).rejects.toMatchObject({
      code: "header_injection",
    });
    await expect(
      box.doctor.mailbox.send({ ...base, to: ["279035121518989@patient.mssante.fr"] }),
    ).rejects.toMatchObject({ code: "patient_address_refused" });
    await expect(box.doctor.mailbox.send({ ...base, fin: true })).rejects.toMatchObject({ code: "invalid_argument" });
    expect(await box.doctor.outbox.list()).toEqual([]);
  });
});

describe("answering a patient", () => {
  const PATIENT = "254127514823558@patient.mssante.fr";
  it("writes to the patient alone in his own mail, closed with FIN", async () => {
    await using box = await place();
    await box.other.append(
      "INBOX",
      Buffer.from(
        `From: ${PATIENT}\r\nTo: ${DOCTOR}, ${COLLEAGUE}\r\nMessage-ID: <p1@patient.mssante.fr>\r\nSubject: Merci\r\n\r\nOk\r\n`,
      ),
    );
    const mail = await only(box.doctor);
    const answer = await box.doctor.mailbox.reply(mail, { all: true, fin: true, text: "Au revoir" });
    expect(answer.messageIds).toHaveLength(2);
    await accepted(answer);
    const sent = await eventually(
      () => mailsOf(box.other, "Sent"),
      (list) => list.length > 1,
    );
    const toPatient = sent.find(({ to }) => to?.some(({ address }) => address === PATIENT));
    const toColleague = sent.find(({ messageId }) => messageId !== toPatient?.messageId);
    expect([toPatient?.to?.length, toPatient?.cc]).toEqual([1, undefined]);
    expect(headerOf(toPatient, "x-mss-mes")).toBe("FIN");
    expect(headerOf(toColleague, "x-mss-mes")).toBeUndefined();
    expect(JSON.stringify([toColleague?.to, toColleague?.cc])).not.toContain(PATIENT);
  });
});

describe("an exchange that FIN has closed", () => {
  const PATIENT = "254127514823558@patient.mssante.fr";
  const fromPatient = (id: string, more = "") =>
    Buffer.from(
      `From: ${PATIENT}\r\nTo: ${DOCTOR}\r\nMessage-ID: <${id}@patient.mssante.fr>\r\n${more}Subject: Merci\r\n\r\nOk\r\n`,
    );
  const warned = ({ problems }: { problems: readonly { code: string }[] }) => problems.map(({ code }) => code);

  it("is answered with a warning, whichever of its mails is answered; another without", async () => {
    await using box = await place();
    await box.other.append("INBOX", fromPatient("p1"));
    const mail = await only(box.doctor);
    const answer = await box.doctor.mailbox.reply(mail, { fin: true, text: "Au revoir" });
    expect(warned(answer)).toEqual([]);
    await accepted(answer);
    const [closing] = await eventually(
      () => box.doctor.mailbox.list({ folder: "sent" }).toArray({ limit: 1 }),
      (list) => list.length > 0,
    );
    expect(closing?.fin).toBe(true);
    await box.other.append("INBOX", fromPatient("p2", "References: <p1@patient.mssante.fr>\r\n"));
    await box.other.append("INBOX", fromPatient("p9"));
    const [fresh, later] = await box.doctor.mailbox.list().toArray({ limit: 2 });
    expect(later?.messageId).toBe("p2@patient.mssante.fr");
    for (const one of [mail, later])
      expect(warned(await box.doctor.mailbox.reply(one ?? mail, { text: "Encore" }))).toEqual(["exchange_closed"]);
    expect(warned(await box.doctor.mailbox.reply(fresh ?? mail, { text: "Autre" }))).toEqual([]);
  });
});

describe("receipts from the mailbox", () => {
  async function asked(box: Awaited<ReturnType<typeof place>>, requestRead = true) {
    const submission = await box.labo.documents.submit({
      documents: [{ cda: cdaOf(1, pdfOf(2_000, 1)) }],
      to: [DOCTOR],
      requestRead,
    });
    await submission.settled({ until: "accepted", signal: soon() });
    return { submission, mail: await only(box.doctor) };
  }

  it.each([
    ["displayed", undefined, "read"],
    ["processed", undefined, "integrated"],
    ["error", "902", "refused"],
  ] as const)(
    "%s (%s) moves the sender's submission to %s, once (ECO.3.1.6, in-mdn-ko, RFC 8098)",
    async (disposition, code, state) => {
      await using box = await place();
      const { submission, mail } = await asked(box);
      const options = { disposition, ...(code === undefined ? {} : { code }), confirmed: true };
      const first = await box.doctor.mailbox.receipt(mail, options);
      await accepted(first);
      // Nobody reports about a report: it leaves from the null path.
      const paths = box.mock.observations.flatMap((seen) =>
        seen.kind === "line" && seen.from === "client" && /^MAIL FROM:/i.test(seen.line)
          ? [seen.line.slice(0, 12)]
          : [],
      );
      expect(paths.at(-1)).toBe("MAIL FROM:<>");
      const sent = Buffer.from(box.mock.mails.at(-1)?.raw ?? "");
      const failed = (await PostalMime.parse(sent)).subject?.startsWith("[KO Intégration système !][902] XDM/1.0/DDM+");
      expect([failed, sent.includes("\r\nError: 902^")]).toEqual([code === "902", code === "902"]);
      const second = await box.doctor.mailbox.receipt(mail, options);
      expect([second.id, second.created]).toEqual([first.id, false]);
      await eventually(
        () => states(box.labo, submission.id),
        (now) => now[DOCTOR] === state,
      );
      expect(await states(box.labo, submission.id)).toEqual({ [DOCTOR]: state });
      expect((await box.doctor.mailbox.get(mail)).flags).toContain("$MDNSent");
      const reports = await box.labo.mailbox.list().toArray({ limit: 10 });
      expect(reports.map(({ kind }) => kind)).toEqual(["receipt"]);
      await expect(
        box.doctor.mailbox.receipt(mail, {
          disposition: disposition === "displayed" ? "processed" : "displayed",
          confirmed: true,
        }),
      ).rejects.toMatchObject({ code: "idempotency_conflict" });
      const traces = [];
      for await (const { action, ok } of box.doctor.traces.list()) traces.push([action, ok]);
      expect(traces).toContainEqual(["receipt", true]);
    },
  );

  it("sends none that was not asked for; the failure mail then tells the sender (in-std, ECO.3.1.6)", async () => {
    await using box = await place();
    const { submission, mail } = await asked(box, false);
    await expect(box.doctor.mailbox.receipt(mail, { disposition: "displayed" })).rejects.toMatchObject({
      code: "receipt_not_asked",
    });
    await accepted(await box.doctor.mailbox.failureMail(mail, { code: "902" }));
    const told = await PostalMime.parse(Buffer.from(box.mock.mails.at(-1)?.raw ?? ""), {
      forceRfc822Attachments: true,
    });
    expect(told.subject).toMatch(/^\[KO Intégration système !\]\[902\] XDM\/1\.0\/DDM\+/);
    expect(told.attachments.map(({ mimeType, filename }) => filename ?? mimeType)).toEqual(
      expect.arrayContaining(["IHE_XDM.ZIP"]),
    );
    expect(told.attachments.map(({ mimeType }) => mimeType)).toContain("message/rfc822");
    await eventually(
      () => states(box.labo, submission.id),
      (now) => now[DOCTOR] === "refused",
    );
    expect(await states(box.labo, submission.id)).toEqual({ [DOCTOR]: "refused" });
  });

  it.each([
    [
      "a receipt",
      `Return-Path: <${LABO}>\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b`,
    ],
    ["a mail from the null path", "Return-Path: <>"],
  ])("sends none for %s, whatever it asks for (RFC 8098)", async (_what, fields) => {
    await using box = await place({ delivery: "manual" });
    await box.other.append(
      "INBOX",
      Buffer.from(
        `${fields}\r\nFrom: ${LABO}\r\nTo: ${DOCTOR}\r\nMessage-ID: <a4@x.mssante.fr>\r\nDisposition-Notification-To: <${LABO}>\r\nSubject: a\r\n\r\nb\r\n`,
      ),
    );
    const mail = await only(box.doctor);
    for (const attempt of [
      box.doctor.mailbox.receipt(mail, { disposition: "displayed", confirmed: true }),
      box.doctor.mailbox.failureMail(mail, { code: "902" }),
    ])
      await expect(attempt).rejects.toMatchObject({ code: "receipt_not_asked" });
    expect(await box.doctor.outbox.list()).toEqual([]);
  });

  it("needs no word where the receipt goes to the Return-Path", async () => {
    await using box = await place();
    await box.other.append(
      "INBOX",
      Buffer.from(
        `Return-Path: <${LABO}>\r\nFrom: ${LABO}\r\nTo: ${DOCTOR}\r\nMessage-ID: <a2@x.mssante.fr>\r\nDisposition-Notification-To: <${LABO}>\r\nSubject: a\r\n\r\nb\r\n`,
      ),
    );
    await accepted(await box.doctor.mailbox.receipt(await only(box.doctor), { disposition: "displayed" }));
  });

  it.each([
    ["the operator's one field", [`rfc822;${COLLEAGUE}`], COLLEAGUE],
    ["none", [], DOCTOR],
    ["two fields", [`rfc822;${COLLEAGUE}`, `rfc822;${LABO}`], DOCTOR],
    ["a field that is no address", ["rfc822;a@b\u0000 <x>"], DOCTOR],
  ])(
    "names as Original-Recipient whom the sender wrote to, by %s (in-mdn, RFC 8098 §3.2.3)",
    async (_, fields, named) => {
      await using box = await place();
      const told = fields.map((field) => `Original-Recipient: ${field}\r\n`).join("");
      const mail = `Return-Path: <${LABO}>\r\n${told}From: ${LABO}\r\nTo: ${DOCTOR}\r\nMessage-ID: <a3@x.mssante.fr>\r\nDisposition-Notification-To: <${LABO}>\r\nSubject: a\r\n\r\nb\r\n`;
      await box.other.append("INBOX", Buffer.from(mail));
      await accepted(await box.doctor.mailbox.receipt(await only(box.doctor), { disposition: "displayed" }));
      const [sent] = box.mock.mails;
      expect(Buffer.from(sent?.raw ?? "").toString()).toMatch(
        new RegExp(`^Original-Recipient: rfc822;${named}\r\nFinal-Recipient: rfc822;${DOCTOR}\r\n`, "m"),
      );
    },
  );

  it("sends none where another program did, and none to another address without a person's word", async () => {
    await using box = await place({ delivery: "manual" });
    const { mail } = await asked(box);
    await box.other.append(
      "INBOX",
      Buffer.from(
        `Return-Path: <${LABO}>\r\nFrom: ${LABO}\r\nTo: ${DOCTOR}\r\nMessage-ID: <a1@x.mssante.fr>\r\nDisposition-Notification-To: ${COLLEAGUE}\r\nSubject: a\r\n\r\nb\r\n`,
      ),
    );
    const [elsewhere] = await eventually(
      () => box.doctor.mailbox.list().toArray({ limit: 1 }),
      ([first]) => first?.messageId === "a1@x.mssante.fr",
    );
    if (!elsewhere) throw new Error("not delivered");
    await expect(box.doctor.mailbox.receipt(elsewhere, { disposition: "displayed" })).rejects.toMatchObject({
      code: "receipt_unconfirmed",
    });
    await box.doctor.mailbox.flag(mail, { add: ["$MDNSent"] });
    await expect(box.doctor.mailbox.receipt(mail, { disposition: "displayed", confirmed: true })).rejects.toMatchObject(
      { code: "already_sent" },
    );
    expect(await box.doctor.outbox.list()).toEqual([]);
  });
});
