import { ImapFlow } from "imapflow";
import { afterEach, describe, expect, it } from "vitest";
import { emptyState, flagsKey } from "../../src/transport/imap/folder-state.js";
import { type ImapMailbox, UidSet } from "../../src/transport/imap/index.js";
import { type Box, command, imapTo, login, rawMail, serveBox } from "./imap-kit.js";
import { type Peer, scriptedServer } from "./scripted-server.js";

const box = (intercept?: Box["intercept"]): Box => ({
  folders: { INBOX: { uidValidity: 7, mails: [1, 2, 3].map((uid) => ({ uid, raw: rawMail(`m${uid}@x`) })) } },
  list: ['* LIST () "/" "INBOX"'],
  ...(intercept ? { intercept } : {}),
});
/** Three mails, none of them read, the next UID 4. */
const known = {
  ...emptyState("7"),
  uids: UidSet.range(1, 3),
  uidNext: 4,
  flags: [{ key: flagsKey([]), uids: UidSet.range(1, 3) }],
};
const EXAMINED = ["* 3 EXISTS", "* OK [UIDVALIDITY 7] ok", "* OK [UIDNEXT 5] ok"];
const NEW =
  '* 3 FETCH (UID 4 FLAGS () RFC822.SIZE 9 ENVELOPE (NIL "neuf" NIL NIL NIL NIL NIL NIL NIL "<4@x>") BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 4 1) BODY[HEADER.FIELDS (REFERENCES)] NIL)';
const FLAGS = ["* 1 FETCH (UID 1 FLAGS (\\Seen))", "* 2 FETCH (UID 3 FLAGS ())", "* 3 FETCH (UID 4 FLAGS ())"];

const open: AsyncDisposable[] = [];
afterEach(async () => {
  while (open.length > 0) await open.pop()?.[Symbol.asyncDispose]();
});

async function at(script: (peer: Peer, index: number) => Promise<void>): Promise<ImapMailbox> {
  const server = await scriptedServer(async (peer, index) => {
    await login(peer);
    await script(peer, index);
  });
  const mailbox = imapTo(server.port);
  open.push(server, mailbox);
  return mailbox;
}

/** Waits for the three commands of a look, which must all be there before one is answered. */
async function threeCommands(peer: Peer): Promise<[string, string, string]> {
  const tags: string[] = [];
  for (;;) {
    const [tag, text] = await command(peer);
    if (text.startsWith("EXAMINE") || text.startsWith("UID FETCH")) tags.push(tag);
    else if (text.startsWith("LIST")) peer.send(...box().list, `${tag} OK done`);
    else peer.send(`${tag} OK done`);
    if (tags.length === 3) return tags as [string, string, string];
  }
}

const look = async (imap: ImapMailbox) => {
  const { gone, changed, fresh, mails, reset } = await imap.lookAgain("INBOX", known);
  return {
    reset,
    gone: gone.toString(),
    changed: changed.map(({ flags, uids }) => [flags.join(), uids.toString()]),
    fresh: fresh.toString(),
    mails: mails.map(({ subject }) => subject),
  };
};
const NEWS = { reset: false, gone: "2", changed: [["\\Seen", "1"]], fresh: "4", mails: ["neuf"] };

describe("a look at a folder in one round trip", () => {
  it.each<[string, (peer: Peer, tags: [string, string, string]) => void]>([
    [
      "answered in order",
      (peer, [examine, flags, news]) =>
        peer.send(...EXAMINED, `${examine} OK [READ-ONLY] done`, ...FLAGS, `${flags} OK done`, NEW, `${news} OK done`),
    ],
    [
      "answered in another order, one mixed with the other (RFC 9051 §5.5)",
      (peer, [examine, flags, news]) =>
        peer.send(...EXAMINED, `${examine} OK done`, NEW, ...FLAGS, `${news} OK done`, `${flags} OK done`),
    ],
    [
      "begun before the folder is said to be open",
      (peer, [examine, flags, news]) =>
        peer.send(...EXAMINED, ...FLAGS, NEW, `${examine} OK done`, `${flags} OK done`, `${news} OK done`),
    ],
  ])("is the same, %s", async (_name, answer) => {
    const imap = await at(async (peer) => {
      answer(peer, await threeCommands(peer));
      await serveBox(peer, box());
    });
    expect(await look(imap)).toEqual(NEWS);
    // And the session goes on.
    expect((await imap.folders()).map(({ path }) => path)).toEqual(["INBOX"]);
  });

  it("counts for nothing where the folder is another by now", async () => {
    const imap = await at(async (peer) => {
      const [examine, flags, news] = await threeCommands(peer);
      const other = EXAMINED.map((line) => line.replace("UIDVALIDITY 7", "UIDVALIDITY 8"));
      peer.send(...other, `${examine} OK done`, ...FLAGS, `${flags} OK done`, NEW, `${news} OK done`);
      const [search] = await command(peer);
      peer.send("* SEARCH 1 2 3", `${search} OK done`);
      await serveBox(peer, box());
    });
    expect(await look(imap)).toMatchObject({ reset: true, fresh: "1:3", mails: [] });
  });

  it("is asked again singly where the server refuses what was ahead", async () => {
    const imap = await at(async (peer) => {
      const [examine, flags, news] = await threeCommands(peer);
      peer.send(...EXAMINED, `${examine} OK done`, `${flags} NO later`, `${news} BAD what`);
      const [again, text] = await command(peer);
      expect(text).toBe("UID FETCH 1:* (UID FLAGS)");
      peer.send(...FLAGS, `${again} OK done`);
      await serveBox(peer, box());
    });
    expect(await look(imap)).toEqual({ ...NEWS, mails: [] });
  });

  it("ends with an error where the folder is not there, and the session goes on", async () => {
    const imap = await at(async (peer) => {
      const [examine, flags, news] = await threeCommands(peer);
      peer.send(`${examine} NO [NONEXISTENT] none`, `${flags} BAD no folder`, `${news} BAD no folder`);
      await serveBox(peer, box());
    });
    await expect(look(imap)).rejects.toMatchObject({
      code: "imap_failed",
      retryable: false,
      hint: expect.stringContaining("lists the folders and what each is for"),
    });
    expect((await imap.folders()).length).toBe(1);
  });

  it("is done once more where the session is lost in the middle", async () => {
    const imap = await at(async (peer, index) => {
      const [examine, flags, news] = await threeCommands(peer);
      peer.send(...EXAMINED, `${examine} OK done`, ...FLAGS.slice(0, 1));
      if (index === 0) return peer.drop();
      peer.send(...FLAGS.slice(1), `${flags} OK done`, NEW, `${news} OK done`);
      await serveBox(peer, box());
    });
    expect(await look(imap)).toEqual(NEWS);
  });
});

it("imapflow still has what we take of it beside its public types", () => {
  const client = new ImapFlow({ host: "localhost", port: 1, auth: { user: "x", pass: "x" }, logger: false });
  const inside = client as unknown as Record<string, unknown>;
  const kinds = Object.fromEntries(
    [
      ...["exec", "mailboxOpen", "handleResponse", "takeCurrentRequest", "trySend", "write"],
      ...["tagCounter", "commandParts", "currentRequest", "requestTagMap", "untaggedHandlers", "sectionHandlers"],
    ].map((name) => [name, Array.isArray(inside[name]) ? "array" : typeof inside[name]]),
  );
  expect(kinds).toEqual({
    exec: "function",
    mailboxOpen: "function",
    handleResponse: "function",
    takeCurrentRequest: "function",
    trySend: "function",
    write: "function",
    tagCounter: "number",
    commandParts: "array",
    currentRequest: "boolean",
    requestTagMap: "object",
    untaggedHandlers: "object",
    sectionHandlers: "object",
  });
});
