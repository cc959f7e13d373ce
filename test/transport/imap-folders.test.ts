import type { ImapFlow, ListResponse } from "imapflow";
import { describe, expect, it } from "vitest";
import { listFolders } from "../../src/transport/imap/folder-list.js";
import { inFolder } from "../../src/transport/imap/folders.js";
import { folderPath } from "../../src/transport/imap/special.js";

const folder = (path: string, changes: Partial<ListResponse> = {}) =>
  ({ path, name: path, delimiter: "/", flags: new Set<string>(), subscribed: true, ...changes }) as ListResponse;

const clientOf = (folders: ListResponse[]) => ({ list: async () => folders }) as unknown as ImapFlow;

describe("the folder of sent mails", () => {
  it.each([
    [
      "announced before named",
      [folder("Sent"), folder("Envoyés-2", { specialUse: "\\Sent", specialUseSource: "extension" })],
      "Envoyés-2",
    ],
    [
      "named as the library knows before named as we do",
      [folder("Envoyés"), folder("Sent", { specialUse: "\\Sent", specialUseSource: "name" })],
      "Sent",
    ],
    ["named in French", [folder("INBOX"), folder("Éléments envoyés")], "Éléments envoyés"],
    ["one that can be opened", [folder("Sent", { flags: new Set(["\\Noselect"]) }), folder("Envoyés")], "Envoyés"],
  ] as const)("is %s, for opening and in the list", async (_, folders, path) => {
    const client = clientOf([...folders]);
    expect(await folderPath(client, "sent")).toBe(path);
    const sent = (await listFolders(client)).filter(({ role }) => role === "sent");
    expect(sent.map((each) => each.path)).toEqual([path]);
  });
});

describe("a folder that is open already", () => {
  it("is asked for news by each who wants it fresh, also one who waited for the lock", async () => {
    const asked: string[] = [];
    const box = { path: "INBOX", exists: 1, uidValidity: 7n };
    let queue = Promise.resolve();
    const client = {
      mailbox: false,
      usable: true,
      async getMailboxLock() {
        const before = queue;
        let release = () => {};
        queue = new Promise<void>((resolve) => {
          release = resolve;
        });
        await before;
        if (client.mailbox === false) {
          asked.push("EXAMINE");
          Object.assign(client, { mailbox: box });
        }
        return { release };
      },
      async noop() {
        asked.push("NOOP");
      },
    };
    const work = async () => void asked.push("work");
    await Promise.all([1, 2].map(() => inFolder(client as unknown as ImapFlow, "INBOX", work)));
    await inFolder(client as unknown as ImapFlow, "INBOX", work, false);
    expect(asked).toEqual(["EXAMINE", "work", "NOOP", "work", "work"]);
  });
});
