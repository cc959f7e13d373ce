import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { SaslStep } from "../../src/seams/index.js";
import type { FetchedMail } from "../../src/transport/imap/index.js";
import { selfSigned } from "../tools/certificates.js";
import type { Box } from "./imap-kit.js";
import { command, imapTo, login, rawMail, serveBox } from "./imap-kit.js";
import type { Peer } from "./scripted-server.js";
import { scriptedServer } from "./scripted-server.js";
import { credentials, serverCertificate } from "./smtp-kit.js";

const box = (more: Partial<Box> = {}): Box => ({
  list: [
    '* LIST (\\HasNoChildren) "/" INBOX',
    '* LIST (\\HasNoChildren \\Sent) "/" Partis',
    '* LIST (\\HasNoChildren) "/" Autre',
  ],
  folders: {
    INBOX: { uidValidity: 7, mails: [3, 5, 9].map((uid) => ({ uid, raw: rawMail(`m${uid}@x.fr`) })) },
    Partis: { uidValidity: 8, mails: [{ uid: 1, raw: rawMail("envoye@x.fr") }] },
  },
  ...more,
});

const serving =
  (content: Box) =>
  async (peer: Peer): Promise<void> => {
    await login(peer);
    await serveBox(peer, content);
  };

function did(condition: boolean, act: () => void): boolean {
  if (condition) act();
  return condition;
}

async function all(mails: AsyncIterable<FetchedMail>): Promise<FetchedMail[]> {
  const list: FetchedMail[] = [];
  for await (const mail of mails) list.push(mail);
  return list;
}

describe("opening an IMAP session", () => {
  const search = async (
    script: (peer: Peer, index: number) => Promise<void>,
    steps: SaslStep | SaslStep[] = { mechanism: "external" },
    renewable = false,
  ) => {
    await using server = await scriptedServer(script);
    await using mailbox = imapTo(server.port, { credentials: credentials(steps, renewable) });
    const outcome = await mailbox.searchMessageId("inbox", "m3@x.fr").then(
      ({ found }) => ({ found }),
      (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
    );
    return { ...outcome, peers: server.peers };
  };

  it("asks for the capabilities before and after STARTTLS (ECO.1.0.2), and not again for those announced at the authentication", async () => {
    const asked: string[] = [];
    const result = await search(async (peer) => {
      peer.send("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready");
      const next = async () => {
        const [tag, text] = await command(peer);
        asked.push(text.split(" ")[0] ?? "");
        return tag;
      };
      peer.send("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED", `${await next()} OK done`);
      peer.send(`${await next()} OK go`);
      await peer.startTls(serverCertificate);
      peer.send("* CAPABILITY IMAP4rev1 SASL-IR AUTH=EXTERNAL", `${await next()} OK done`);
      peer.send(`${await next()} OK [CAPABILITY IMAP4rev1 SPECIAL-USE] welcome`);
      await serveBox(
        peer,
        box({ intercept: (_peer, _tag, text) => void asked.push(text.split(" ")[0] ?? "") as never }),
      );
    });
    expect(result).toMatchObject({ found: true });
    expect(asked.slice(0, 4)).toEqual(["CAPABILITY", "STARTTLS", "CAPABILITY", "AUTHENTICATE"]);
    expect(asked.slice(4)).not.toContain("CAPABILITY");
  });

  it("goes CAPABILITY, STARTTLS, CAPABILITY, AUTHENTICATE EXTERNAL (ECO.1.0.2, APP-AUTH)", async () => {
    const result = await search(serving(box()));
    expect(result).toMatchObject({ found: true });
    expect(result.peers[0]?.lines.slice(0, 4)).toEqual([
      "M1 CAPABILITY",
      "M2 STARTTLS",
      "M3 CAPABILITY",
      "M4 AUTHENTICATE EXTERNAL =",
    ]);
  });

  it.each<[string, (peer: Peer) => Promise<void>, string]>([
    [
      "STARTTLS taken away",
      async (peer) => {
        peer.send("* OK ready");
        const [tag] = await command(peer);
        peer.send("* CAPABILITY IMAP4rev1 AUTH=EXTERNAL", `${tag} OK done`);
      },
      "starttls_missing",
    ],
    ["PREAUTH before TLS", async (peer) => peer.send("* PREAUTH welcome"), "starttls_missing"],
    [
      "a STARTTLS answer followed by data",
      async (peer) => {
        peer.send("* OK ready");
        const [first] = await command(peer);
        peer.send("* CAPABILITY STARTTLS", `${first} OK done`);
        const [second] = await command(peer);
        peer.send(`${second} OK go`, "* CAPABILITY AUTH=PLAIN");
      },
      "starttls_injection",
    ],
    [
      "a goodbye after the answer to STARTTLS",
      async (peer) => {
        peer.send("* OK ready");
        const [first] = await command(peer);
        peer.send("* CAPABILITY STARTTLS", `${first} OK done`);
        const [second] = await command(peer);
        peer.send(`${second} OK go`, "* BYE restarting");
      },
      "imap_failed",
    ],
    [
      "more than a goodbye after the answer to STARTTLS",
      async (peer) => {
        peer.send("* OK ready");
        const [first] = await command(peer);
        peer.send("* CAPABILITY STARTTLS", `${first} OK done`);
        const [second] = await command(peer);
        peer.send(`${second} OK go`, "* BYE restarting", "* OK x");
      },
      "starttls_injection",
    ],
    [
      "a self-signed certificate",
      async (peer) => {
        peer.send("* OK ready");
        const [first] = await command(peer);
        peer.send("* CAPABILITY STARTTLS", `${first} OK done`);
        const [second] = await command(peer);
        peer.send(`${second} OK go`);
        await peer.startTls(selfSigned({ dns: ["localhost"] })).catch(() => {});
      },
      "certificate_invalid",
    ],
    ["BYE at greeting", async (peer) => peer.send("* BYE too busy"), "imap_failed"],
    ["SMTP", async (peer) => peer.send("220 smtp"), "imap_failed"],
    ["an endless line", async (peer) => peer.raw("* OK ".padEnd(40_000, "x")), "imap_failed"],
    ["a drop", async (peer) => peer.drop(), "connection_lost"],
  ])("refuses %s before it authenticates", async (_what, act, code) => {
    const result = await search(async (peer) => {
      await act(peer);
      await peer.gone();
    });
    expect(result).toMatchObject({ code });
    expect(result.peers.flatMap(({ lines }) => lines).join()).not.toContain("AUTHENTICATE");
  });

  it("gives the token only when asked where no initial response is wanted", async () => {
    const result = await search(
      async (peer) => {
        peer.send("* OK ready");
        const [first] = await command(peer);
        peer.send("* CAPABILITY STARTTLS", `${first} OK done`);
        const [second] = await command(peer);
        peer.send(`${second} OK go`);
        await peer.startTls(serverCertificate);
        const [third] = await command(peer);
        peer.send("* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2", `${third} OK done`);
        const [fourth] = await command(peer);
        peer.send("+ ");
        await peer.line();
        peer.send(`${fourth} OK done`);
        await serveBox(peer, box());
      },
      { mechanism: "xoauth2", username: "u", token: "t", initialResponse: false },
    );
    expect(result).toMatchObject({ found: true });
    expect(result.peers[0]?.lines.slice(3, 5)).toEqual([
      "M4 AUTHENTICATE XOAUTH2",
      Buffer.from("user=u\x01auth=Bearer t\x01\x01").toString("base64"),
    ]);
  });

  const token = (value: string): SaslStep => ({
    mechanism: "xoauth2",
    username: "u",
    token: value,
    initialResponse: true,
  });
  const untilAuth = async (peer: Peer): Promise<string> => {
    peer.send("* OK ready");
    const [first] = await command(peer);
    peer.send("* CAPABILITY STARTTLS", `${first} OK done`);
    const [second] = await command(peer);
    peer.send(`${second} OK go`);
    await peer.startTls(serverCertificate);
    const [third] = await command(peer);
    peer.send("* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2", `${third} OK done`);
    return (await command(peer))[0];
  };

  it("answers the JSON refusal with an empty line, and tries once more with a fresh token", async () => {
    const result = await search(
      async (peer, index) => {
        if (index > 0) return await serving(box())(peer);
        const tag = await untilAuth(peer);
        peer.send(`+ ${Buffer.from('{"status":"401"}').toString("base64")}`);
        if ((await peer.line()) !== "") throw new Error("no empty line");
        peer.send(`${tag} NO [AUTHENTICATIONFAILED] no`);
        await peer.gone();
      },
      [token("old"), token("new")],
      true,
    );
    expect(result).toMatchObject({ found: true });
    expect(result.peers[1]?.lines[3]).toContain(Buffer.from("user=u\x01auth=Bearer new\x01\x01").toString("base64"));
  });

  it("ends in token_refused where the fresh one is refused too", async () => {
    const result = await search(
      async (peer) => {
        const tag = await untilAuth(peer);
        peer.send(`${tag} NO [AUTHENTICATIONFAILED] no`);
        await peer.gone();
      },
      [token("old"), token("new")],
      true,
    );
    expect(result).toMatchObject({ code: "token_refused" });
    expect(result.peers).toHaveLength(2);
  });

  it("does not take [UNAVAILABLE] for a refused token", async () => {
    const result = await search(
      async (peer) => {
        const tag = await untilAuth(peer);
        peer.send(`${tag} NO [UNAVAILABLE] later`);
        await peer.gone();
      },
      token("t"),
      true,
    );
    expect(result).toMatchObject({ code: "imap_failed" });
    expect(result.peers).toHaveLength(1);
  });
});

describe("the search by Message-ID", () => {
  it.each([
    ["sent", "envoye@x.fr", true],
    ["sent", "<envoye@x.fr>", true],
    ["sent", "absent@x.fr", false],
    ["inbox", "m9@x.fr", true],
    ["Partis", "envoye@x.fr", true],
  ])("in %s for %s finds %s", async (folder, id, found) => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    expect(await mailbox.searchMessageId(folder, id)).toEqual({ found });
  });

  it("finds the sent folder by its French name where the server marks none", async () => {
    const content = box({ list: ['* LIST () "/" INBOX', '* LIST () "/" "&AMk-l&AOk-ments envoy&AOk-s"'] });
    content.folders["&AMk-l&AOk-ments envoy&AOk-s"] = { uidValidity: 1, mails: [{ uid: 1, raw: rawMail("a@x.fr") }] };
    await using server = await scriptedServer(serving(content));
    await using mailbox = imapTo(server.port);
    expect(await mailbox.searchMessageId("sent", "a@x.fr")).toEqual({ found: true });
  });

  it.each<[string, Partial<Box>]>([
    ["there is no sent folder", { list: ['* LIST () "/" INBOX'] }],
    ["the folder cannot be opened", { folders: {} }],
    [
      "the search is refused",
      { intercept: (peer, tag, text) => did(/^UID SEARCH/i.test(text), () => peer.send(`${tag} NO cannot`)) },
    ],
  ])("never says that a mail is absent where %s", async (_what, more) => {
    await using server = await scriptedServer(serving(box(more)));
    await using mailbox = imapTo(server.port);
    await expect(mailbox.searchMessageId("sent", "absent@x.fr")).rejects.toMatchObject({ code: "imap_failed" });
  });

  it.each(["", "a b", "a\r\nb"])("refuses the Message-ID %j", async (id) => {
    await using mailbox = imapTo(1);
    await expect(mailbox.searchMessageId("inbox", id)).rejects.toMatchObject({ code: "invalid_argument" });
  });
});

describe("reading new mails", () => {
  it("gives those after the cursor, in order, and the next cursor", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    const mails = mailbox.fetchNew({ folder: "inbox", uidValidity: "7", lastUid: 3 });
    const found = await all(mails);
    expect(
      found.map(({ uid, raw, size, truncated }) => ({ uid, text: Buffer.from(raw).toString(), size, truncated })),
    ).toEqual(
      [5, 9].map((uid) => ({
        uid,
        text: rawMail(`m${uid}@x.fr`),
        size: rawMail(`m${uid}@x.fr`).length,
        truncated: false,
      })),
    );
    expect(mails.cursor).toEqual({ uidValidity: "7", lastUid: 9 });
  });

  it("passes over answers that it does not know, before any answer of a command (RFC 9051)", async () => {
    const told: string[] = [];
    const intercept = (peer: Peer, _tag: string, text: string): boolean => {
      told.push(text.split(" ")[0] ?? "");
      peer.send("* XNEWS (1 (2 3)) NIL", "* 5 XFLUX 7", "* OK [XCODE 3 (a b)] hello");
      return false;
    };
    await using server = await scriptedServer(serving(box({ intercept })));
    await using mailbox = imapTo(server.port);
    const found = await all(mailbox.fetchNew({ folder: "inbox", uidValidity: "7", lastUid: 3 }));
    expect(found.map(({ uid, raw }) => [uid, Buffer.from(raw).toString()])).toEqual(
      [5, 9].map((uid) => [uid, rawMail(`m${uid}@x.fr`)]),
    );
    expect(told).toEqual(expect.arrayContaining(["LIST", "UID"]));
  });

  it("gives nothing where the last mail is the one of the cursor", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    const mails = mailbox.fetchNew({ folder: "inbox", uidValidity: "7", lastUid: 9 });
    expect(await all(mails)).toEqual([]);
    expect(mails.cursor).toEqual({ uidValidity: "7", lastUid: 9 });
  });

  it("begins again where the folder was made anew", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    const mails = mailbox.fetchNew({ folder: "inbox", uidValidity: "6", lastUid: 500 });
    expect((await all(mails)).map(({ uid }) => uid)).toEqual([3, 5, 9]);
    expect(mails.cursor).toEqual({ uidValidity: "7", lastUid: 9 });
  });

  it("stops at the limit, with the cursor there", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    const mails = mailbox.fetchNew({ folder: "inbox", limit: 2 });
    expect((await all(mails)).map(({ uid }) => uid)).toEqual([3, 5]);
    expect(mails.cursor).toEqual({ uidValidity: "7", lastUid: 5 });
  });

  it("reads no more of a mail than it is told, and says so", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    const [first] = await all(mailbox.fetchNew({ folder: "inbox", limit: 1, maxBytes: 10 }));
    expect(first).toMatchObject({ size: rawMail("m3@x.fr").length, truncated: true });
    expect(first?.raw).toHaveLength(10);
  });

  it("never marks a mail as read", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    await all(mailbox.fetchNew({ folder: "inbox" }));
    const lines = server.peers[0]?.lines ?? [];
    expect(lines.filter((line) => / SELECT | STORE /i.test(line))).toEqual([]);
    expect(lines.filter((line) => /UID FETCH/i.test(line)).every((line) => line.includes("BODY.PEEK[]"))).toBe(true);
  });

  it("leaves the session free for other work between two mails", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    const found: boolean[] = [];
    for await (const _mail of mailbox.fetchNew({ folder: "inbox" }))
      found.push((await mailbox.searchMessageId("sent", "envoye@x.fr")).found);
    expect(found).toEqual([true, true, true]);
    expect(server.peers).toHaveLength(1);
  });

  it("goes on over a new session where the server dropped the first", async () => {
    let drops = 1;
    const content = box({
      intercept: (peer, _tag, text) => did(/^UID FETCH 5/i.test(text) && drops-- > 0, () => peer.drop()),
    });
    await using server = await scriptedServer(serving(content));
    await using mailbox = imapTo(server.port);
    expect((await all(mailbox.fetchNew({ folder: "inbox" }))).map(({ uid }) => uid)).toEqual([3, 5, 9]);
    expect(server.peers).toHaveLength(2);
  });

  it("fails where the server drops every session, and waits longer before each new one", async () => {
    const waits: number[] = [];
    await using server = await scriptedServer(async (peer) => peer.drop());
    await using mailbox = imapTo(server.port, {
      backoff: { minMs: 100, maxMs: 400 },
      clock: {
        now: () => 0,
        sleep: async (ms) => {
          waits.push(ms);
        },
      },
      random: { uuid: () => "", bytes: () => new Uint8Array(), fraction: () => 1 },
    });
    for (let count = 0; count < 5; count++)
      await expect(mailbox.searchMessageId("inbox", "a@x.fr")).rejects.toMatchObject({ code: "connection_lost" });
    expect(waits).toEqual([100, 200, 400, 400]);
  });
});

describe("giving up", () => {
  const hanging = box({ intercept: (_peer, _tag, text) => /^UID SEARCH/i.test(text) });

  it("stops on abort, and lets go of the signal", async () => {
    const controller = new AbortController();
    const content = box({
      intercept: (_peer, _tag, text) => {
        const search = /^UID SEARCH/i.test(text);
        if (search) controller.abort();
        return search;
      },
    });
    await using server = await scriptedServer(serving(content));
    await using mailbox = imapTo(server.port);
    await expect(mailbox.searchMessageId("inbox", "a@x.fr", { signal: controller.signal })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    await server.peers[0]?.gone();
  });

  it("leaves no listener on a signal that served many calls", async () => {
    const { signal } = new AbortController();
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port);
    for (let count = 0; count < 5; count++) await mailbox.searchMessageId("inbox", "a@x.fr", { signal });
    await all(mailbox.fetchNew({ folder: "inbox", signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("says timeout where the server does not answer, on the new session too", async () => {
    await using server = await scriptedServer(serving(hanging));
    await using mailbox = imapTo(server.port, { timeouts: { commandMs: 800 } });
    await expect(mailbox.searchMessageId("inbox", "a@x.fr")).rejects.toMatchObject({ code: "timeout" });
    expect(server.peers).toHaveLength(2);
  });

  it("says LOGOUT at close, and refuses calls afterwards", async () => {
    await using server = await scriptedServer(serving(box()));
    const mailbox = imapTo(server.port);
    await mailbox.searchMessageId("inbox", "a@x.fr");
    await mailbox.close();
    expect(server.peers[0]?.lines.at(-1)).toMatch(/LOGOUT$/);
    await expect(mailbox.searchMessageId("inbox", "a@x.fr")).rejects.toMatchObject({ code: "closed" });
  });
});
