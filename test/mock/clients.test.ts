import { ImapFlow } from "imapflow";
import { simpleParser } from "mailparser";
import { createTransport } from "nodemailer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MockMedimail } from "../../src/mock/index.js";
import { DUPONT, LABO, MOREL, PATIENT, SECRETARIAT, started } from "./kit.js";

let mock: MockMedimail;

beforeEach(async () => {
  mock = await started();
});

afterEach(async () => {
  await mock.close();
  expect(mock.problems).toEqual([]);
});

const ARCHIVE = Buffer.from(Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7919) & 0xff));

function message(from: string, to: string) {
  return {
    from: { name: "Laboratoire", address: from },
    to,
    subject: "XDM/1.0/DDM+CR d'examens biologiques ÉTOILE Zoé",
    text: "Bonjour,\n.un point\nà bientôt",
    messageId: `<nm-${to}>`,
    attachments: [{ filename: "IHE_XDM.ZIP", contentType: "application/zip", content: ARCHIVE }],
  };
}

describe("nodemailer, an independent client", () => {
  it("sends with a client certificate from the PKCS#12 and no SASL, and the bytes arrive as they are", async () => {
    const { p12, passphrase } = await mock.certificate(LABO);
    const transport = createTransport({
      host: "localhost",
      port: mock.smtp.port,
      secure: false,
      requireTLS: true,
      tls: { ca: mock.ca, pfx: p12, passphrase },
    });
    const info = await transport.sendMail({
      ...message(LABO, PATIENT),
      dsn: { id: "env-1", return: "headers", notify: ["success", "failure"], recipient: PATIENT },
    } as never);
    transport.close();
    expect(info.accepted).toEqual([PATIENT]);
    const got = await mock.waitForMail({ to: PATIENT });
    const parsed = await simpleParser(got.raw);
    expect(parsed.attachments[0]?.content.equals(ARCHIVE)).toBe(true);
    expect(parsed.subject).toBe("XDM/1.0/DDM+CR d'examens biologiques ÉTOILE Zoé");
    expect(got).toMatchObject({ envid: "env-1", ret: "HDRS" });
    const [report] = mock.mailbox(LABO).messages();
    const receipt = await simpleParser(report?.raw ?? "");
    expect(receipt.headers.get("content-type")).toMatchObject({ value: "multipart/report" });
    expect(report?.raw.toString()).toContain("Original-Envelope-Id: env-1");
  });

  it("sends with XOAUTH2 from a personal mailbox", async () => {
    const transport = createTransport({
      host: "localhost",
      port: mock.smtp.port,
      secure: false,
      requireTLS: true,
      tls: { ca: mock.ca },
      auth: { type: "OAuth2", user: DUPONT, accessToken: mock.token(DUPONT) },
    });
    await transport.sendMail(message(DUPONT, MOREL));
    transport.close();
    expect((await mock.waitForMail({ from: DUPONT })).user).toBe(DUPONT);
  });

  it("fails where the token is refused", async () => {
    mock.revokeToken(DUPONT);
    const transport = createTransport({
      host: "localhost",
      port: mock.smtp.port,
      secure: false,
      requireTLS: true,
      tls: { ca: mock.ca },
      auth: { type: "OAuth2", user: DUPONT, accessToken: "mock.old" },
    });
    await expect(transport.sendMail(message(DUPONT, MOREL))).rejects.toMatchObject({ responseCode: 535 });
    transport.close();
  });

  it("keeps a pool of connections busy with many mails", async () => {
    const { certificate, key } = await mock.certificate(LABO);
    const transport = createTransport({
      pool: true,
      maxConnections: 3,
      host: "localhost",
      port: mock.smtp.port,
      secure: false,
      requireTLS: true,
      tls: { ca: mock.ca, cert: certificate, key },
    });
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        transport.sendMail({ from: LABO, to: DUPONT, subject: `n ${i}`, text: "x", messageId: `<p${i}@t.fr>` }),
      ),
    );
    transport.close();
    expect(
      new Set(
        mock
          .mailbox(DUPONT)
          .messages()
          .map((m) => m.messageId),
      ).size,
    ).toBe(30);
  });
});

describe("imapflow, an independent client", () => {
  function client(address: string, options: { qresync?: boolean } = {}): ImapFlow {
    return new ImapFlow({
      ...options,
      host: "localhost",
      port: mock.imap.port,
      secure: false,
      doSTARTTLS: true,
      logger: false,
      auth: { user: address, accessToken: mock.token(address) },
      tls: { ca: mock.ca },
    });
  }

  it("lists, fetches, searches, marks, appends, moves and deletes", async () => {
    const { certificate, key } = await mock.certificate(LABO);
    const transport = createTransport({
      host: "localhost",
      port: mock.smtp.port,
      secure: false,
      requireTLS: true,
      tls: { ca: mock.ca, cert: certificate, key },
    });
    await transport.sendMail(message(LABO, SECRETARIAT));
    transport.close();
    const imap = client(SECRETARIAT);
    await imap.connect();
    const folders = await imap.list();
    expect(folders.map((f) => f.specialUse ?? f.path)).toEqual(
      expect.arrayContaining(["\\Inbox", "\\Sent", "\\Drafts", "\\Trash", "\\Junk"]),
    );
    const lock = await imap.getMailboxLock("INBOX");
    try {
      const [one] = await imap.fetchAll("1:*", {
        uid: true,
        flags: true,
        envelope: true,
        bodyStructure: true,
        size: true,
        internalDate: true,
      });
      expect(one?.envelope?.subject).toBe("XDM/1.0/DDM+CR d'examens biologiques ÉTOILE Zoé");
      expect(one?.envelope?.from?.[0]?.address).toBe(LABO);
      expect(one?.bodyStructure?.childNodes?.map((node) => node.type)).toEqual(["text/plain", "application/zip"]);
      expect(await imap.search({ header: { "message-id": `<nm-${SECRETARIAT}>` } }, { uid: true })).toEqual([1]);
      expect(await imap.search({ subject: "étoile" }, { uid: true })).toEqual([1]);
      const { content = [] } = await imap.download("1", "2", { uid: true });
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(ARCHIVE)).toBe(true);
      await imap.messageFlagsAdd("1", ["\\Seen", "$MDNSent"], { uid: true });
      const appended = await imap.append("Drafts", "Subject: brouillon\r\n\r\nx\r\n", ["\\Draft"]);
      expect(appended).toMatchObject({ uid: 1 });
      const moved = await imap.messageMove("1", "Trash", { uid: true });
      expect(moved).toMatchObject({ uidMap: new Map([[1, 1]]) });
      expect(mock.mailbox(SECRETARIAT).messages("Trash")[0]?.flags).toEqual(
        expect.arrayContaining(["\\Seen", "$MDNSent"]),
      );
    } finally {
      lock.release();
    }
    expect(await imap.status("Drafts", { messages: true, unseen: true })).toMatchObject({ messages: 1, unseen: 1 });
    await imap.logout();
  });

  it("synchronises by CONDSTORE and QRESYNC, and hears which UIDs are gone", async () => {
    for (const id of ["a", "b", "c"]) mock.mailbox(DUPONT).deliver(`Message-ID: <${id}@t.fr>\r\n\r\nx\r\n`);
    const [imap, other] = [client(DUPONT, { qresync: true }), client(DUPONT)];
    await Promise.all([imap.connect(), other.connect()]);
    const opened = await imap.mailboxOpen("INBOX");
    await other.mailboxOpen("INBOX");
    expect([...imap.enabled]).toEqual(expect.arrayContaining(["CONDSTORE", "QRESYNC"]));
    const modseq = opened.highestModseq ?? 0n;
    expect(modseq).toBe(BigInt(mock.mailbox(DUPONT).folder("INBOX")?.highestModseq ?? 0));
    const gone: (number | undefined)[] = [];
    imap.on("expunge", ({ uid, vanished }) => gone.push(vanished ? uid : undefined));
    await other.messageDelete("1", { uid: true });
    await other.messageFlagsAdd("3", ["\\Flagged"], { uid: true });
    await imap.noop();
    expect(gone).toEqual([1]);
    const changed = await imap.fetchAll("1:*", { uid: true, flags: true }, { uid: true, changedSince: modseq });
    expect(changed.map(({ uid, flags }) => [uid, [...(flags ?? [])]])).toEqual([[3, ["\\Flagged"]]]);
    expect(changed[0]?.modseq).toBeGreaterThan(modseq);
    // The condition fails: another session has changed the mail since.
    await imap.messageFlagsAdd("3", ["\\Seen"], { uid: true, unchangedSince: modseq });
    expect(mock.mailbox(DUPONT).messages().at(-1)?.flags).toEqual(["\\Flagged"]);
    await Promise.all([imap.logout(), other.logout()]);
  });

  it("hears of a new mail while it idles", async () => {
    const imap = client(DUPONT);
    await imap.connect();
    await imap.mailboxOpen("INBOX");
    const exists = new Promise<{ count: number }>((resolve) => {
      imap.on("exists", resolve);
    });
    const idle = imap.idle();
    await mock.waitFor((o) => o.kind === "line" && o.protocol === "imap" && o.line === "+ idling");
    mock.mailbox(DUPONT).deliver("Subject: nouveau\r\n\r\nx\r\n");
    expect((await exists).count).toBe(1);
    await imap.noop();
    await idle;
    await imap.logout();
  });

  it("fails with an authentication error where the token is refused", async () => {
    const imap = client(DUPONT);
    mock.revokeToken(DUPONT);
    imap.on("error", () => {});
    await expect(imap.connect()).rejects.toMatchObject({ authenticationFailed: true });
  });

  it("refuses a server whose certificate is expired", async () => {
    mock.faults.add({ name: "expired-certificate", at: "imap-starttls" });
    const imap = client(DUPONT);
    imap.on("error", () => {});
    await expect(imap.connect()).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
  });
});
