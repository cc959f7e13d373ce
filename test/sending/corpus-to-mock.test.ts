import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ImapFlow } from "imapflow";
import { simpleParser } from "mailparser";
import { expect, it } from "vitest";
import { describeWithShared } from "../tools/shared.js";
import { corpusDocuments, pdfFor, unzipDocument } from "./corpus.js";
import { COLLEAGUE, pair, soon } from "./kit.js";

describeWithShared("every official CDA, sent to the mock", (shared) => {
  it("is received by an independent client, byte for byte, archive and PDF", { timeout: 120_000 }, async () => {
    const documents = corpusDocuments(shared);
    expect(documents.length).toBe(
      readdirSync(join(shared, "corpus/xdm")).filter((name) => name.endsWith(".zip")).length,
    );
    await using it = await pair({ settings: { maxInDoubt: 5 } });
    const { mock, connector } = it;
    const sent = new Map<string, { name: string; cda: Uint8Array; pdf: Uint8Array | undefined }>();
    for (const { name, cda } of documents) {
      const pdf = pdfFor(cda);
      // A document and its deletion are the same bytes: each archive is an event of its own here.
      const submission = await connector.documents.submit({
        documents: [{ cda, ...(pdf ? { pdf } : {}) }],
        to: [COLLEAGUE],
        resend: true,
      });
      sent.set(submission.messageIds[0] as string, { name, cda, pdf });
      await submission.settled({ signal: soon(30_000) });
    }
    const client = new ImapFlow({
      host: mock.imap.host,
      port: mock.imap.port,
      secure: false,
      doSTARTTLS: true,
      logger: false,
      tls: { ca: mock.ca },
      auth: { user: COLLEAGUE, accessToken: mock.token(COLLEAGUE) },
    });
    await client.connect();
    const lock = await client.getMailboxLock("INBOX");
    const seen = new Set<string>();
    try {
      for await (const message of client.fetch("1:*", { source: true })) {
        const mail = await simpleParser(message.source as Buffer);
        const original = sent.get((mail.messageId ?? "").replace(/[<>]/g, ""));
        if (!original) throw new Error("a mail that was not sent");
        const archive = mail.attachments.find((attachment) => attachment.filename === "IHE_XDM.ZIP");
        const pdf = mail.attachments.find((attachment) => attachment.contentType === "application/pdf");
        expect(sha(unzipDocument(archive?.content ?? Buffer.alloc(0))), original.name).toBe(sha(original.cda));
        if (original.pdf) expect(sha(pdf?.content ?? Buffer.alloc(0)), original.name).toBe(sha(original.pdf));
        else expect(pdf?.content.subarray(0, 5).toString(), original.name).toBe("%PDF-");
        seen.add(original.name);
      }
    } finally {
      lock.release();
      await client.logout();
    }
    expect(seen.size).toBe(documents.length);
  });
});

function sha(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
