import { createHash } from "node:crypto";
import { simpleParser } from "mailparser";
import { expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { cdaOf } from "../tools/documents.js";
import { describeWithOperator, operatorClient } from "../tools/operator.js";
import { corpusDocuments, pdfFor, unzipDocument } from "./corpus.js";
import { QUICK, soon, states } from "./kit.js";

describeWithOperator("a real operator (Dovecot and Postfix)", (settings, shared) => {
  const RECIPIENT = "dr.essai@medecin.test.mssante.fr";

  const config = () => ({
    mailbox: { address: settings().clientCertificateMailbox, type: "APP" },
    operator: { imap: settings().imapCertificate, smtp: settings().smtpCertificate },
    tls: { ca: [settings().ca], revocation: "off" },
    trust: { whiteList: "off" },
    auth: {
      method: "certificate",
      p12: settings().clientP12,
      passphrase: settings().clientP12Passphrase,
      sasl: { smtp: "none", imap: "external" },
    },
    software: { name: "LabSoft", version: "4.2", nil: "LABSOFT001" },
    sender: { label: "Laboratoire - CH TEST" },
    outbox: { store: "memory" },
  });

  it("takes every official CDA, and an independent client gets each byte for byte", { timeout: 240_000 }, async () => {
    await using connector = createConnector(config(), {
      ...QUICK,
      receiptPollMs: 30_000,
      settings: { ...QUICK.settings, maxInDoubt: 5 },
    });
    const sent = new Map<string, { name: string; cda: Uint8Array; pdf: Uint8Array | undefined }>();
    for (const { name, cda } of corpusDocuments(shared)) {
      const pdf = pdfFor(cda);
      const submission = await connector.documents.submit({
        documents: [{ cda, ...(pdf ? { pdf } : {}) }],
        to: [RECIPIENT],
        resend: true,
      });
      sent.set(submission.messageIds[0] as string, { name, cda, pdf });
      expect((await submission.settled({ signal: soon(30_000) })).ok, name).toBe(true);
    }
    const received = await inbox(RECIPIENT, sent.size);
    for (const source of received) {
      const mail = await simpleParser(source);
      const original = sent.get((mail.messageId ?? "").replace(/[<>]/g, ""));
      if (!original) throw new Error("a mail that was not sent");
      const archive = mail.attachments.find((attachment) => attachment.filename === "IHE_XDM.ZIP");
      const pdf = mail.attachments.find((attachment) => attachment.contentType === "application/pdf");
      expect(sha(unzipDocument(archive?.content ?? Buffer.alloc(0))), original.name).toBe(sha(original.cda));
      if (original.pdf) expect(sha(pdf?.content ?? Buffer.alloc(0)), original.name).toBe(sha(original.pdf));
      sent.delete((mail.messageId ?? "").replace(/[<>]/g, ""));
    }
    expect([...sent.values()].map(({ name }) => name)).toEqual([]);
  });

  it("sends its delivery report back, which moves the recipient to delivered (SASL EXTERNAL on IMAP)", {
    timeout: 60_000,
  }, async () => {
    await using connector = createConnector(config(), QUICK);
    const submission = await connector.documents.submit({
      documents: [{ cda: cdaOf(77) }],
      to: ["autre@medecin.test.mssante.fr"],
    });
    const settled = await submission.settled({ until: "delivered", signal: soon(40_000) });
    expect(settled.ok).toBe(true);
    expect(await states(connector, submission.id)).toEqual({ "autre@medecin.test.mssante.fr": "delivered" });
  });

  it("is read by our mailbox as by an independent client: folders, list, attachments byte for byte", {
    timeout: 120_000,
  }, async () => {
    const sources = await inbox(RECIPIENT, 1);
    const expected = await Promise.all(sources.map((source) => simpleParser(source)));
    await using connector = createConnector(
      {
        ...config(),
        mailbox: { address: RECIPIENT, type: "PER" },
        operator: { imap: settings().imap, smtp: settings().smtpCertificate },
        auth: { method: "password", username: RECIPIENT, password: settings().plainPassword },
      },
      { ...QUICK, delivery: "manual" },
    );
    const folders = await connector.mailbox.folders();
    expect(folders.find(({ role }) => role === "inbox")).toMatchObject({ messages: sources.length });
    const mails = await connector.mailbox.list({ pageSize: 7 }).toArray({ limit: 1_000 });
    const ids = expected.map(({ messageId }) => (messageId ?? "").replace(/[<>]/g, ""));
    expect(mails.map(({ messageId }) => messageId)).toEqual(ids.reverse());
    const [last] = mails;
    const found = await connector.mailbox
      .search({ messageId: last?.messageId ?? "", seen: false })
      .toArray({ limit: 5 });
    expect(found).toEqual([last]);
    for (const mail of mails.slice(0, 10)) {
      const parsed = expected.find(({ messageId }) => messageId === `<${mail.messageId}>`);
      expect(mail.rawSubject).toBe(parsed?.subject);
      expect(mail).toMatchObject({ hasXdm: true, kind: "professional" });
      expect(mail.attachments.map(({ name }) => name)).toEqual(parsed?.attachments.map(({ filename }) => filename));
      for (const [index, { part }] of mail.attachments.entries()) {
        const { content } = await connector.mailbox.attachment(mail, part);
        const pieces: Uint8Array[] = [];
        for await (const piece of content) pieces.push(piece);
        expect(sha(Buffer.concat(pieces))).toBe(sha(parsed?.attachments[index]?.content ?? Buffer.alloc(0)));
      }
    }
  });

  async function inbox(user: string, expected: number): Promise<Buffer[]> {
    const client = await operatorClient(settings(), user);
    try {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const status = await client.status("INBOX", { messages: true });
        const messages = status ? (status.messages ?? 0) : 0;
        if (messages >= expected) break;
        if (Date.now() > deadline) throw new Error(`only ${messages} of ${expected} mails arrived`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      const lock = await client.getMailboxLock("INBOX");
      const sources: Buffer[] = [];
      for await (const message of client.fetch("1:*", { source: true })) sources.push(message.source as Buffer);
      lock.release();
      return sources;
    } finally {
      await client.logout();
    }
  }
});

function sha(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
