import { describe, expect, it } from "vitest";
import { command, imapTo, login } from "./imap-kit.js";
import { scriptedServer } from "./scripted-server.js";

/** What a server says of the content of a mail; asked more often than that, it hangs up. */
const serving = (row: string, most: number) =>
  scriptedServer(async (peer) => {
    await login(peer);
    for (let asked = 0; asked <= most; ) {
      const [tag, text] = await command(peer);
      if (text.startsWith("EXAMINE")) peer.send("* 1 EXISTS", "* OK [UIDVALIDITY 7] ok", `${tag} OK [READ-ONLY] done`);
      else if (text.startsWith("UID FETCH")) {
        asked += 1;
        peer.send(row, `${tag} OK done`);
      } else peer.send(`${tag} OK done`);
    }
    peer.drop();
  });

describe("a part of a mail", () => {
  it("that is not in the folder any more, or in one that was made anew, is not found, and what to do is said", async () => {
    const outcome = async (row: string, uidValidity?: string): Promise<unknown> => {
      await using server = await serving(row, 3);
      await using mailbox = imapTo(server.port, { timeouts: { commandMs: 5_000 } });
      const asked = { folder: "inbox", uid: 3, maxBytes: 10, ...(uidValidity ? { uidValidity } : {}) };
      return await mailbox
        .part(asked)
        [Symbol.asyncIterator]()
        .next()
        .catch((error: unknown) => error);
    };
    const gone = { code: "mail_not_found", retryable: false, hint: expect.stringContaining("list the folder again") };
    expect(await outcome("* 2 EXISTS")).toMatchObject(gone);
    expect(await outcome("* 1 FETCH (UID 3 BODY[]<0> NIL)", "6")).toMatchObject(gone);
  });

  it.each([
    ["whole", undefined, "* 1 FETCH (UID 3 BODY[]<0> NIL)"],
    ["by its number", "2", "* 1 FETCH (UID 3 BODY[2]<0> NIL)"],
  ])("that is NIL, %s, is empty, and asked for once", async (_, part, row) => {
    await using server = await serving(row, 3);
    await using mailbox = imapTo(server.port, { timeouts: { commandMs: 5_000 } });
    const pieces: Buffer[] = [];
    const asked = { folder: "inbox", uid: 3, maxBytes: 10_000_000, ...(part === undefined ? {} : { part }) };
    for await (const piece of mailbox.part(asked)) pieces.push(piece);
    expect(pieces).toEqual([]);
    expect(server.peers.flatMap(({ lines }) => lines).filter((line) => line.includes("UID FETCH"))).toHaveLength(1);
  });
});
