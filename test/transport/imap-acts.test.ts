import { afterEach, describe, expect, it } from "vitest";
import { uidSets } from "../../src/transport/imap/command-sets.js";
import type { ImapMailbox } from "../../src/transport/imap/index.js";
import { encodeFolderName } from "../../src/transport/imap/mutf7.js";
import { type Box, imapTo, login, rawMail, serveBox } from "./imap-kit.js";
import { scriptedServer } from "./scripted-server.js";

const box = (intercept?: Box["intercept"]): Box => ({
  folders: { INBOX: { uidValidity: 7, mails: [1, 2, 3].map((uid) => ({ uid, raw: rawMail(`m${uid}@x`) })) } },
  list: ['* LIST () "/" "INBOX"'],
  ...(intercept ? { intercept } : {}),
});

const open: AsyncDisposable[] = [];
afterEach(async () => {
  while (open.length > 0) await open.pop()?.[Symbol.asyncDispose]();
});

async function at(intercept: Box["intercept"]): Promise<ImapMailbox> {
  const server = await scriptedServer(async (peer) => {
    await login(peer);
    await serveBox(peer, box(intercept));
  });
  const mailbox = imapTo(server.port);
  open.push(server, mailbox);
  return mailbox;
}

describe("a list of a server that first wants to tell of deletions", () => {
  it("lets it tell, and goes on (EXPUNGEISSUED, RFC 5530)", async () => {
    let told = false;
    const imap = await at((peer, tag, text) => {
      if (/^FETCH/i.test(text)) {
        if (!told) peer.send(`${tag} NO [EXPUNGEISSUED] some are gone`);
        else
          peer.send(
            "* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 9)",
            "* 2 FETCH (UID 3 FLAGS () RFC822.SIZE 9)",
            `${tag} OK done`,
          );
        return true;
      }
      if (!/^NOOP/i.test(text)) return false;
      told = true;
      peer.send("* 2 EXPUNGE", `${tag} OK done`);
      return true;
    });
    const uids: number[] = [];
    for await (const page of imap.pages({ folder: "inbox", pageSize: 10 })) uids.push(...page.map(({ uid }) => uid));
    expect(uids).toEqual([3, 1]);
  });
});

describe("sets of UIDs", () => {
  it("are ranges, each UID once, each set short enough for a line", () => {
    expect(uidSets([5, 3, 4, 9, 3])).toEqual([{ set: "3:5,9", uids: [3, 4, 5, 9] }]);
    const odd = Array.from({ length: 5_000 }, (_, index) => index * 2 + 1_000_000_001);
    const sets = uidSets(odd);
    expect(sets.length).toBeGreaterThan(1);
    expect(Math.max(...sets.map(({ set }) => set.length))).toBeLessThanOrEqual(4_000);
    expect(sets.flatMap(({ uids }) => uids)).toEqual(odd);
  });
});

describe("names of folders on the wire", () => {
  it.each([
    ["INBOX", "INBOX"],
    ["Entwürfe", "Entw&APw-rfe"],
    ["R&D", "R&-D"],
    ["日本", "&ZeVnLA-"],
    ["é😀", "&AOnYPd4A-"],
  ])("%s is %s (RFC 3501 §5.1.3)", (name, wire) => expect(encodeFolderName(name)).toBe(wire));
});

describe("a mail that was deleted elsewhere in this moment", () => {
  it("is listed without what the server has not any more (NIL), and the others with it", async () => {
    const imap = await at((peer, tag, text) => {
      if (!/^FETCH/i.test(text)) return false;
      peer.send(
        "* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 9 BODY[HEADER.FIELDS (REFERENCES AUTO-SUBMITTED)] NIL)",
        "* 2 FETCH (UID 3 FLAGS (\\Seen) RFC822.SIZE 9)",
        `${tag} OK done`,
      );
      return true;
    });
    const mails = [];
    for await (const page of imap.pages({ folder: "inbox", pageSize: 10 })) mails.push(...page);
    expect(mails.map(({ uid, header }) => [uid, header.length])).toEqual([
      [3, 0],
      [1, 0],
    ]);
  });
});
