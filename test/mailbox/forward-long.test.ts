import { randomBytes } from "node:crypto";
import type { ImapFlow } from "imapflow";
import PostalMime, { type Email } from "postal-mime";
import { describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, LABO, QUICK, soon } from "../sending/kit.js";
import { longBytes } from "../storage/contract-tails.js";
import { otherClient } from "./other-client.js";

async function place(options: { sizeLimit?: number } = {}) {
  const mock = await startMockMedimail({ autoReceipts: { deliver: false }, ...options });
  const doctor = createConnector(await configOf(mock, DOCTOR), { ...QUICK, encryptionKey: randomBytes(32) });
  const other = await otherClient(mock);
  return {
    mock,
    doctor,
    other,
    async [Symbol.asyncDispose]() {
      await other.logout();
      await doctor.close();
      await mock.close();
    },
  };
}

/** Several pieces of the server's and of the store's, of no round length. */
const FILE = longBytes(2_500_001);
const SECOND = longBytes(70_003, 2);

const base64 = (bytes: Buffer) => bytes.toString("base64").replace(/.{76}/g, "$&\r\n");
const attachment = (name: string, encoded: string) =>
  `--b\r\nContent-Type: application/pdf; name="${name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${encoded}\r\n`;
const mailOf = (fields = "", serial = 1) =>
  Buffer.from(
    `Return-Path: <${LABO}>\r\nFrom: labo <${LABO}>\r\nTo: ${DOCTOR}\r\nSubject: =?utf-8?Q?avis_demand=C3=A9?=\r\nMessage-ID: <long${serial}@exemple.fr>\r\n${fields}MIME-Version: 1.0\r\n` +
      `Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nVoilà.\r\n` +
      `${attachment("a.pdf", base64(FILE))}${attachment("b.pdf", base64(SECOND))}--b--\r\n`,
    "utf8",
  );

async function newest(box: Awaited<ReturnType<typeof place>>) {
  const [mail] = await box.doctor.mailbox.list().toArray({ limit: 1 });
  if (!mail) throw new Error("the inbox is empty");
  return mail;
}

async function mailsOf(client: ImapFlow, folder: string): Promise<{ source: Buffer; mail: Email }[]> {
  const lock = await client.getMailboxLock(folder);
  try {
    await client.noop();
    const mails = client.mailbox && client.mailbox.exists > 0 ? await client.fetchAll("1:*", { source: true }) : [];
    return await Promise.all(
      mails.map(async ({ source = Buffer.alloc(0) }) => ({ source, mail: await PostalMime.parse(source) })),
    );
  } finally {
    lock.release();
  }
}

async function eventually<T>(readIt: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    const value = await readIt();
    if (good(value) || turn > 100) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const contents = ({ attachments }: Email) => attachments.map(({ content }) => Buffer.from(content as ArrayBuffer));

describe("long attachments of a mail received", () => {
  it("go on byte for byte, and so does the copy in Sent", async () => {
    await using box = await place();
    await box.other.append("INBOX", mailOf());
    const submission = await box.doctor.mailbox.forward(await newest(box), {
      to: [LABO],
      attachments: [{ name: "c.txt", mimeType: "text/plain", content: Buffer.from("joint") }],
    });
    expect((await submission.settled({ until: "accepted", signal: soon() })).ok).toBe(true);
    const [sent] = await eventually(
      () => mailsOf(box.other, "Sent"),
      (list) => list.length > 0,
    );
    const [a, b, c] = contents(sent?.mail as Email);
    expect(a?.equals(FILE)).toBe(true);
    expect(b?.equals(SECOND)).toBe(true);
    expect(c?.toString()).toBe("joint");
    expect(sent?.mail.subject).toBe("Tr: avis demandé");
    const labo = createConnector(await configOf(box.mock, LABO), QUICK);
    const [got] = await labo.mailbox.list().toArray({ limit: 1 });
    const pieces: Uint8Array[] = [];
    for await (const piece of (await labo.mailbox.attachment(got as NonNullable<typeof got>, "2")).content)
      pieces.push(piece);
    expect(Buffer.concat(pieces).equals(FILE)).toBe(true);
    await labo.close();
  });

  it("are sent once for the same key, and refused for the same key with another text", async () => {
    await using box = await place();
    await box.other.append("INBOX", mailOf());
    const mail = await newest(box);
    const once = { to: [LABO], idempotencyKey: "k", text: "Pour avis." };
    const first = await box.doctor.mailbox.forward(mail, once);
    const second = await box.doctor.mailbox.forward(mail, once);
    expect(second.id).toBe(first.id);
    expect(second.created).toBe(false);
    await expect(box.doctor.mailbox.forward(mail, { ...once, text: "Autre." })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
    await box.other.append(
      "INBOX",
      Buffer.from(
        mailOf("", 2)
          .toString("latin1")
          .replace(base64(SECOND), base64(longBytes(70_003, 3))),
        "latin1",
      ),
    );
    await expect(box.doctor.mailbox.forward(await newest(box), once)).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
    expect(await box.doctor.outbox.list()).toHaveLength(1);
  });

  it("past the limit are refused, and nothing is stored", async () => {
    await using box = await place();
    await box.other.append("INBOX", mailOf());
    const mail = await newest(box);
    await expect(box.doctor.mailbox.forward(mail, { to: [LABO], maxBytes: 2_000_000 })).rejects.toMatchObject({
      code: "mail_too_large",
      path: "maxBytes",
    });
    const given = new AbortController();
    const asked = box.doctor.mailbox.forward(mail, { to: [LABO], signal: given.signal });
    given.abort();
    await expect(asked).rejects.toMatchObject({ code: "aborted" });
    expect(await box.doctor.outbox.list()).toEqual([]);
  });

  it("are in the original of a failure mail alone where the operator would not take them twice (MSS/va1.13)", async () => {
    await using box = await place({ sizeLimit: Math.round(1.5 * mailOf().length) });
    await box.other.append("INBOX", mailOf("", 7));
    const before = await box.doctor.mailbox.reply(await newest(box), { text: "Bonjour" });
    await before.settled({ until: "accepted", signal: soon() }); // the limit is known from here on
    const failure = await box.doctor.mailbox.failureMail(await newest(box), { code: "902" });
    expect((await failure.settled({ until: "accepted", signal: soon() })).ok).toBe(true);
    const sent = box.mock.mails.at(-1)?.raw ?? Buffer.alloc(0);
    expect(sent.includes(mailOf("", 7))).toBe(true);
    expect(sent.length).toBeLessThan(1.2 * mailOf().length);
  });

  it("are in a failure mail beside the whole original, and the original alone in a receipt", async () => {
    await using box = await place();
    await box.other.append("INBOX", mailOf());
    const failure = await box.doctor.mailbox.failureMail(await newest(box), { code: "902" });
    expect((await failure.settled({ until: "accepted", signal: soon() })).ok).toBe(true);
    await box.other.append("INBOX", mailOf(`Disposition-Notification-To: ${LABO}\r\n`, 2));
    const receipt = await box.doctor.mailbox.receipt(await newest(box), { disposition: "displayed" });
    expect((await receipt.settled({ until: "accepted", signal: soon() })).ok).toBe(true);
    const labo = createConnector(await configOf(box.mock, LABO), QUICK);
    const mails = await labo.mailbox.list().toArray({ limit: 5 });
    expect(mails).toHaveLength(2);
    for (const mail of mails) expect(mail.size).toBeGreaterThan(mailOf().length);
    await labo.close();
    const [sent] = await eventually(
      () => mailsOf(box.other, "Sent"),
      (list) => list.length > 0,
    );
    expect(sent?.source.includes(mailOf())).toBe(true);
    expect(sent?.source.includes("Content-Transfer-Encoding: 8bit\r\n\r\nReturn-Path:")).toBe(true);
    expect(contents(sent?.mail as Email).some((content) => content.equals(FILE))).toBe(true);
  });
});
