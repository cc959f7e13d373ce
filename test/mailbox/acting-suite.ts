import type { ImapFlow } from "imapflow";
import { expect, it } from "vitest";
import { type Connector, isMedimailError } from "../../src/index.js";

/** A mailbox to act in, seen by our connector and by an independent client. */
export interface ActingPlace extends AsyncDisposable {
  connector: Connector;
  /** A session of its own, as a webmail has. */
  other: ImapFlow;
}

export const mailOf = (serial: number): string =>
  [
    "From: Labo <labo@ch-exemple.mssante.fr>",
    "To: martin.dupont@medecin.mssante.fr",
    `Subject: essai ${serial}`,
    `Message-ID: <acte-${serial}@ch-exemple.mssante.fr>`,
    "Date: Mon, 23 Nov 2026 10:00:00 +0100",
    "",
    `corps ${serial}`,
    "",
  ].join("\r\n");

async function inside<T>(client: ImapFlow, path: string, work: () => Promise<T>): Promise<T> {
  const lock = await client.getMailboxLock(path);
  try {
    await client.noop();
    return await work();
  } finally {
    lock.release();
  }
}

/** What the server has in a folder: Message-ID and flags of each mail by UID. */
export async function seenElsewhere(
  client: ImapFlow,
  path: string,
): Promise<Map<number, { messageId: string; flags: string[] }>> {
  return await inside(client, path, async () => {
    const found = await client.fetchAll("1:*", { uid: true, flags: true, envelope: true }, { uid: true });
    return new Map(
      found.map(({ uid, flags, envelope }) => [
        uid,
        {
          messageId: envelope?.messageId ?? "",
          flags: [...(flags ?? [])].filter((flag) => flag !== "\\Recent").sort(),
        },
      ]),
    );
  });
}

const ids = async (client: ImapFlow, path: string): Promise<string[]> =>
  [...(await seenElsewhere(client, path)).values()].map(({ messageId }) => messageId).sort();

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (isMedimailError(error)) return error.code;
    throw error;
  }
  return "done";
}

/** What every IMAP server of an operator must let us do, each step looked at by an independent client. */
export function actingSuite(open: () => Promise<ActingPlace>): void {
  /** A fresh folder with so many mails. */
  async function filled({ connector, other }: ActingPlace, count: number) {
    const path = await connector.mailbox.createFolder(`Essais ${Math.random().toString(36).slice(2)}`);
    const mails = [];
    for (let serial = 1; serial <= count; serial += 1) {
      const { uid } = (await other.append(path, mailOf(serial))) as { uid?: number };
      mails.push({ folder: path, uid: uid ?? serial });
    }
    return { path, mails, ids: mails.map((_, index) => `<acte-${index + 1}@ch-exemple.mssante.fr>`) };
  }

  it("sets flags and takes them away, and undoes only what it changed", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const { path, mails } = await filled(place, 3);
    await inside(place.other, path, () =>
      place.other.messageFlagsAdd(String(mails[1]?.uid), ["\\Seen"], { uid: true }),
    );
    const act = await mailbox.flag(mails, { seen: true, flagged: true });
    expect(act.mails.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    for (const { flags } of (await seenElsewhere(place.other, path)).values())
      expect(flags).toEqual(["\\Flagged", "\\Seen"]);
    await mailbox.undo(act);
    const now = [...(await seenElsewhere(place.other, path)).values()].map(({ flags }) => flags);
    expect(now).toEqual([[], ["\\Seen"], []]);
  });

  it("moves mails, says where they are now, and takes it back", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const from = await filled(place, 3);
    const to = await filled(place, 0);
    const act = await mailbox.move(from.mails.slice(0, 2), to.path);
    const there = await seenElsewhere(place.other, to.path);
    expect(act.mails.map(({ now }) => there.get(now?.uid ?? 0)?.messageId)).toEqual(from.ids.slice(0, 2));
    expect(await ids(place.other, from.path)).toEqual(from.ids.slice(2));
    await mailbox.undo(act);
    expect(await ids(place.other, from.path)).toEqual(from.ids);
    expect(await ids(place.other, to.path)).toEqual([]);
  });

  it("copies mails, and takes the copies away again", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const from = await filled(place, 2);
    const to = await filled(place, 0);
    const act = await mailbox.copy(from.mails, to.path);
    expect(await ids(place.other, to.path)).toEqual(from.ids);
    expect(await ids(place.other, from.path)).toEqual(from.ids);
    await mailbox.undo(act);
    expect(await ids(place.other, to.path)).toEqual([]);
    expect(await ids(place.other, from.path)).toEqual(from.ids);
  });

  it("deletes to the trash, and from the trash for good", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const trash = (await mailbox.folders()).find(({ role }) => role === "trash");
    const from = await filled(place, 2);
    const act = await mailbox.delete(from.mails[0] ?? { uid: 0 });
    const now = act.mails[0]?.now;
    expect(now?.folder).toBe(trash?.path);
    expect(await ids(place.other, from.path)).toEqual(from.ids.slice(1));
    const shown = await mailbox.list({ folder: "trash" }).toArray({ limit: 100 });
    expect(shown.map(({ uid }) => uid)).toContain(now?.uid);
    const gone = await mailbox.delete({ folder: "trash", uid: now?.uid ?? 0 });
    expect(gone.undo).toBeUndefined();
    expect(gone.mails[0]).not.toHaveProperty("now");
    expect((await seenElsewhere(place.other, trash?.path ?? "")).has(now?.uid ?? 0)).toBe(false);
    expect(await codeOf(mailbox.undo(gone))).toBe("invalid_argument");
  });

  it("expunges just what it was asked to, not what somebody else has marked", async () => {
    await using place = await open();
    const from = await filled(place, 3);
    const marked = String(from.mails[2]?.uid);
    await inside(place.other, from.path, () => place.other.messageFlagsAdd(marked, ["\\Deleted"], { uid: true }));
    await place.connector.mailbox.delete(from.mails[0] ?? { uid: 0 }, { permanently: true });
    expect(await ids(place.other, from.path)).toEqual(from.ids.slice(1));
  });

  it("says which mails somebody else took away before", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const from = await filled(place, 3);
    const to = await filled(place, 0);
    await inside(place.other, from.path, () => place.other.messageDelete(String(from.mails[1]?.uid), { uid: true }));
    const act = await mailbox.move(from.mails, to.path);
    expect(act.mails.map(({ outcome }) => outcome)).toEqual(["done", "missing", "done"]);
    expect(await codeOf(mailbox.move(from.mails, to.path))).toBe("mail_not_found");
    expect(await codeOf(mailbox.flag(from.mails, { seen: true }))).toBe("mail_not_found");
  });

  it("makes, renames and deletes folders, accents included, and keeps those that hold something", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const name = `Éléments classés & triés ${Math.random().toString(36).slice(2)}`;
    const path = await mailbox.createFolder(name);
    const child = await mailbox.createFolder("2026", { parent: path });
    const known = async () => (await place.other.list()).map((folder) => folder.path);
    expect(await known()).toEqual(expect.arrayContaining([path, child]));
    expect(await codeOf(mailbox.createFolder(name))).toBe("invalid_argument");
    expect(await codeOf(mailbox.deleteFolder(path))).toBe("folder_protected");
    const renamed = await mailbox.renameFolder(child, "2027");
    expect(renamed).not.toBe(child);
    await place.other.append(renamed, mailOf(1));
    expect(await codeOf(mailbox.deleteFolder(renamed))).toBe("folder_protected");
    await mailbox.deleteFolder(renamed, { withMails: true });
    await mailbox.deleteFolder(path);
    expect(await known()).not.toEqual(expect.arrayContaining([path]));
    expect(await codeOf(mailbox.deleteFolder(path))).toBe("folder_not_found");
    expect(await codeOf(mailbox.deleteFolder("INBOX"))).toBe("folder_protected");
  });

  it("refuses what cannot be, before it asks the server for anything", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const from = await filled(place, 1);
    expect(await codeOf(mailbox.move(from.mails, `absent ${from.path}`))).toBe("folder_not_found");
    expect(await codeOf(mailbox.move(from.mails, from.path))).toBe("invalid_argument");
    expect(await codeOf(mailbox.flag(from.mails, {}))).toBe("invalid_argument");
    expect(await codeOf(mailbox.flag(from.mails, { add: ["\\Deleted"] }))).toBe("invalid_argument");
    expect(await codeOf(mailbox.flag(from.mails, { add: ["a b\r\nX LOGOUT"] }))).toBe("invalid_argument");
    expect(await codeOf(mailbox.move([], "trash"))).toBe("invalid_argument");
    expect(await codeOf(mailbox.delete([{ uid: 1 }, { folder: from.path, uid: 1 }]))).toBe("invalid_argument");
    const other = from.mails.map((mail) => ({ ...mail, uidValidity: "1" }));
    expect(await codeOf(mailbox.flag(other, { seen: true }))).toBe("mail_not_found");
    expect(await ids(place.other, from.path)).toEqual(from.ids);
  });

  it("leaves a trace of each act on each mail, failed ones too, with its author and without content (ECO.4.1.1, ECO.4.1.2)", async () => {
    await using place = await open();
    const { mailbox, traces } = place.connector;
    const from = await filled(place, 2);
    await mailbox.delete(from.mails, { actor: "899700000001" });
    await codeOf(mailbox.move(from.mails, "archive-absente", { actor: "899700000001" }));
    const kept = [];
    for await (const trace of traces.list()) if (trace.actor === "899700000001") kept.push(trace);
    expect(kept.map(({ action, ok }) => [action, ok])).toEqual([
      ["delete", true],
      ["delete", true],
      ["move", false],
    ]);
    expect(kept[0]?.request).toContain("Message-ID:<acte-1@ch-exemple.mssante.fr>");
    expect(kept[0]?.answer).toMatch(/^OK/);
    expect(JSON.stringify(kept)).not.toMatch(/essai|corps|Essais/);
  });

  it("gives the exchange that a mail is part of, oldest first, each mail once, over folders", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const asked = await filled(place, 0);
    const answered = await filled(place, 0);
    const mail = (id: string, minute: number, ...refs: string[]) =>
      [
        "From: a@ch-exemple.mssante.fr",
        `Message-ID: <${id}>`,
        `Date: Mon, 23 Nov 2026 10:${minute}:00 +0100`,
        ...(refs.length > 0
          ? [`References: ${refs.map((ref) => `<${ref}>`).join("\r\n ")}`, `In-Reply-To: <${refs.at(-1)}>`]
          : []),
        "Subject: echange",
        "",
        "x",
        "",
      ].join("\r\n");
    const tag = Math.random().toString(36).slice(2);
    const id = (name: string) => `${name}.${tag}@ch-exemple.mssante.fr`;
    await place.other.append(asked.path, mail(id("1"), 10));
    await place.other.append(answered.path, mail(id("2"), 20, id("1")));
    await place.other.append(asked.path, mail(id("3"), 30, id("1"), id("2")));
    await place.other.append(asked.path, mail(id("4"), 40, id("1")));
    await place.other.append(answered.path, mail(id("3"), 30, id("1"), id("2")));
    await place.other.append(asked.path, mail(`1${id("1")}`, 50));
    const folders = [asked.path, answered.path];
    for (const uid of [1, 2, 3]) {
      const thread = await mailbox.thread({ folder: asked.path, uid }, { folders });
      expect(thread.map(({ messageId }) => messageId)).toEqual(["1", "2", "3", "4"].map(id));
    }
    const alone = await mailbox.thread({ folder: asked.path, uid: 4 }, { folders });
    expect(alone.map(({ messageId }) => messageId)).toEqual([`1${id("1")}`]);
  });

  it("tells the truth where two sessions move a mail at the same moment", async () => {
    await using place = await open();
    const { mailbox } = place.connector;
    const from = await filled(place, 1);
    const to = await filled(place, 0);
    const [ours] = await Promise.allSettled([
      mailbox.move(from.mails, to.path),
      inside(place.other, from.path, () => place.other.messageMove("1:*", to.path, { uid: true })),
    ]);
    // Servers may let both copy before one expunges (Dovecot does); lost it is never.
    const there = await seenElsewhere(place.other, to.path);
    expect(there.size).toBeGreaterThanOrEqual(1);
    expect(await ids(place.other, from.path)).toEqual([]);
    if (ours.status === "fulfilled") expect(there.has(ours.value.mails[0]?.now?.uid ?? 0)).toBe(true);
    else expect(isMedimailError(ours.reason) && ours.reason.code).toBe("mail_not_found");
  });

  it("keeps a draft with a long attachment, byte for byte, its literal sent in pieces", async () => {
    await using place = await open();
    const { drafts } = place.connector.mailbox;
    const content = Buffer.alloc(700_001, "0123456789abcdef\r\n.\r\n");
    const draft = {
      subject: "à finir",
      text: "brouillon",
      attachments: [{ name: "a.bin", mimeType: "application/octet-stream", content }],
    };
    const ref = await drafts.save(draft).catch(async (error: unknown) => {
      if (!isMedimailError(error) || error.code !== "folder_not_found") throw error;
      await place.connector.mailbox.createFolder("Drafts");
      return await drafts.save(draft);
    });
    expect((await seenElsewhere(place.other, ref.folder)).get(ref.uid)?.flags).toEqual(["\\Draft", "\\Seen"]);
    const [kept] = (await drafts.open(ref)).attachments ?? [];
    expect(Buffer.from(kept?.content ?? []).equals(content)).toBe(true);
  });
}
