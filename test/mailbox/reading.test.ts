import { describe, expect, it } from "vitest";
import { createConnector } from "../../src/index.js";
import type { MockMedimail } from "../../src/mock/index.js";
import { openXdm } from "../../src/xdm/index.js";
import { configOf, DOCTOR, LABO, pair, QUICK } from "../sending/kit.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { otherClient } from "./other-client.js";

async function bytes(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A laboratory that sent so many documents to a doctor, and the doctor's connector. */
async function received(count: number) {
  const { mock, connector: labo } = await pair();
  const cdas = Array.from({ length: count }, (_, index) => cdaOf(index + 1, pdfOf(2_000, index + 1)));
  const send = async (cda: Uint8Array) => {
    const submission = await labo.documents.submit({ documents: [{ cda }], to: [DOCTOR] });
    await submission.settled({ until: "accepted", signal: AbortSignal.timeout(10_000) });
  };
  for (const cda of cdas) await send(cda);
  let serial = 900;
  const doctor = createConnector(await configOf(mock, DOCTOR), { ...QUICK, delivery: "manual" });
  return {
    mock,
    cdas,
    mailbox: doctor.mailbox,
    /** One more arrives. */
    more() {
      serial += 1;
      return send(cdaOf(serial, pdfOf(2_000, serial)));
    },
    async [Symbol.asyncDispose]() {
      await doctor.close();
      await labo.close();
      await mock.close();
    },
  };
}

/** By another client, as the doctor's webmail would. */
async function removeElsewhere(mock: MockMedimail, uids: number[]): Promise<void> {
  const client = await otherClient(mock);
  const lock = await client.getMailboxLock("INBOX");
  await client.messageDelete(uids.join(","), { uid: true });
  lock.release();
  await client.logout();
}

describe("the embedded mailbox, reading", () => {
  it("lists newest first, with what a list needs and the marker hidden", async () => {
    await using box = await received(3);
    const mails = await box.mailbox.list().toArray({ limit: 10 });
    expect(mails.map(({ uid }) => uid)).toEqual([...mails.map(({ uid }) => uid)].sort((a, b) => b - a));
    expect(mails).toHaveLength(3);
    const [first] = mails;
    expect(first).toMatchObject({
      from: { address: LABO },
      to: [{ address: DOCTOR }],
      kind: "professional",
      hasXdm: true,
      folder: "INBOX",
    });
    expect(first?.rawSubject).toMatch(/^XDM\/1\.0\/DDM\+/);
    expect(first?.subject).not.toContain("DDM");
    expect(first?.attachments.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["IHE_XDM.ZIP", expect.stringMatching(/\.pdf$/i)]),
    );
  });

  it("gives every mail once, whatever the size of the page", async () => {
    await using box = await received(5);
    for (const pageSize of [1, 2, 3, 5, 50]) {
      const uids: number[] = [];
      for await (const page of box.mailbox.list({ pageSize }).pages()) {
        expect(page.length).toBeLessThanOrEqual(pageSize);
        uids.push(...page.map(({ uid }) => uid));
      }
      expect(uids).toEqual([5, 4, 3, 2, 1]);
    }
  });

  it("lets another call be made between two mails of the list", async () => {
    await using box = await received(4);
    const seen: string[] = [];
    for await (const mail of box.mailbox.list({ pageSize: 2 })) {
      seen.push((await box.mailbox.get(mail)).messageId ?? "");
      await box.mailbox.folders();
    }
    expect(new Set(seen).size).toBe(4);
  });

  it("gives an attachment byte for byte: the archive holds the CDA that was sent", async () => {
    await using box = await received(1);
    const [mail] = await box.mailbox.list().toArray({ limit: 1 });
    const archive = mail?.attachments.find(({ name }) => name === "IHE_XDM.ZIP");
    const { content, attachment } = await box.mailbox.attachment(mail ?? { uid: 0 }, archive?.part ?? "");
    const opened = await openXdm(await bytes(content));
    expect(attachment.mimeType).toBe("application/zip");
    expect(Buffer.compare(opened.documents[0]?.content ?? Buffer.alloc(0), box.cdas[0] as Uint8Array)).toBe(0);
    expect(opened.problems).toEqual([]);
  });

  it("shows what arrived since the folder was opened", async () => {
    await using box = await received(1);
    expect(await box.mailbox.list().toArray({ limit: 5 })).toHaveLength(1);
    await box.more();
    expect((await box.mailbox.get({ uid: 2 })).uid).toBe(2);
    await box.more();
    expect(await box.mailbox.list().toArray({ limit: 5 })).toHaveLength(3);
    await box.more();
    expect(await box.mailbox.search({ from: LABO }).toArray({ limit: 5 })).toHaveLength(4);
  });

  it("marks nothing as read", async () => {
    await using box = await received(1);
    const [mail] = await box.mailbox.list().toArray({ limit: 1 });
    for (const { part } of mail?.attachments ?? [])
      await bytes((await box.mailbox.attachment(mail ?? { uid: 0 }, part)).content);
    expect((await box.mailbox.get({ uid: mail?.uid ?? 0 })).flags).not.toContain("\\Seen");
  });

  it("stops an attachment at its limit", async () => {
    await using box = await received(1);
    const [mail] = await box.mailbox.list().toArray({ limit: 1 });
    const { content } = await box.mailbox.attachment(mail ?? { uid: 0 }, mail?.attachments[0]?.part ?? "", {
      maxBytes: 100,
    });
    await expect(bytes(content)).rejects.toMatchObject({ code: "mail_invalid" });
  });

  it("tells a mail or an attachment that is not there", async () => {
    await using box = await received(1);
    await expect(box.mailbox.get({ uid: 999 })).rejects.toMatchObject({ code: "mail_not_found" });
    await expect(box.mailbox.get({ uid: 1, uidValidity: "1" })).rejects.toMatchObject({ code: "mail_not_found" });
    await expect(box.mailbox.attachment({ uid: 1 }, "9.9")).rejects.toMatchObject({ code: "mail_not_found" });
    await expect(box.mailbox.get({ uid: -1 })).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("tells a receipt from a mail", async () => {
    const { mock, connector } = await pair();
    const cda = cdaOf(1, pdfOf(2_000));
    const submission = await connector.documents.submit({ documents: [{ cda }], to: [DOCTOR] });
    await submission.settled({ until: "delivered", signal: AbortSignal.timeout(10_000) });
    const [receipt] = await connector.mailbox.list().toArray({ limit: 1 });
    expect(receipt?.kind).toBe("receipt");
    await connector.close();
    await mock.close();
  });

  it("gives the folders with their roles and counts", async () => {
    await using box = await received(2);
    const folders = await box.mailbox.folders();
    expect(folders.find(({ role }) => role === "inbox")).toMatchObject({
      path: "INBOX",
      messages: 2,
      selectable: true,
    });
    expect(folders.map(({ role }) => role)).toEqual(expect.arrayContaining(["inbox", "sent"]));
    expect(await box.mailbox.list({ folder: "sent" }).toArray({ limit: 5 })).toEqual([]);
  });

  it("searches on the server, newest first, with every part of the query holding", async () => {
    await using box = await received(3);
    const uids = async (...query: Parameters<typeof box.mailbox.search>) =>
      (await box.mailbox.search(...query).toArray({ limit: 10 })).map(({ uid }) => uid);
    const tomorrow = new Date(Date.now() + 2 * 24 * 3_600_000);
    expect(await uids({ from: LABO })).toEqual([3, 2, 1]);
    expect(await uids({ from: LABO }, { pageSize: 1 })).toEqual([3, 2, 1]);
    expect(await uids({ from: "nobody" })).toEqual([]);
    expect(await uids({ seen: false, since: new Date(Date.now() - 24 * 3_600_000) })).toEqual([3, 2, 1]);
    expect(await uids({ since: tomorrow })).toEqual([]);
    expect(await uids({ to: DOCTOR, before: tomorrow, largerThan: 100 })).toEqual([3, 2, 1]);
    expect(await uids({ smallerThan: 100 })).toEqual([]);
    const [mail] = await box.mailbox.list().toArray({ limit: 1 });
    expect(await uids({ messageId: mail?.messageId ?? "" })).toEqual([3]);
    expect(await uids({ from: LABO }, { allFolders: true })).toEqual([3, 2, 1]);
  });

  it.each([
    [{ text: "a\r\nA1 LOGOUT" }, "text"],
    [{ from: "" }, "from"],
    [{ subject: "x".repeat(501) }, "subject"],
    [{ largerThan: -1 }, "largerThan"],
    [{ since: new Date("no") }, "since"],
  ])("refuses a search that no command can carry: %j", async (query, path) => {
    await using box = await received(0);
    await expect(box.mailbox.search(query).toArray({ limit: 1 })).rejects.toMatchObject({
      code: "invalid_argument",
      path,
    });
  });

  it.each([
    ["the session is told of it", true],
    ["the session is not told yet", false],
  ])(
    "goes on where mails are deleted elsewhere during the list: none comes twice, none of the others is left out (%s)",
    async (_, told) => {
      await using box = await received(6);
      const seen: number[] = [];
      for await (const page of box.mailbox.list({ pageSize: 2 }).pages()) {
        seen.push(...page.map(({ uid }) => uid));
        if (seen.length !== 2) continue;
        // One that was seen, and one that was not.
        await removeElsewhere(box.mock, [6, 3]);
        // Servers tell of deletions with the answer to another command than FETCH (RFC 9051 §7.5.1).
        if (told) await box.mailbox.folders();
      }
      // Until then the mail is in the session's view of the folder.
      expect(seen).toEqual(told ? [6, 5, 4, 2, 1] : [6, 5, 4, 3, 2, 1]);
    },
  );
});
