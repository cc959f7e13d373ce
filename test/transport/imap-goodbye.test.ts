import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { tokenCredentials } from "../../src/auth/index.js";
import { MedimailError } from "../../src/errors.js";
import { systemClock } from "../../src/seams/index.js";
import { ConnectionBudget, type ImapMailbox } from "../../src/transport/imap/index.js";
import { type Box, command, imapTo, login, rawMail, serveBox } from "./imap-kit.js";
import { type Peer, scriptedServer } from "./scripted-server.js";
import { credentials, serverCertificate } from "./smtp-kit.js";

const box = (intercept?: Box["intercept"]): Box => ({
  list: ['* LIST (\\HasNoChildren) "/" INBOX'],
  folders: { INBOX: { uidValidity: 7, mails: [{ uid: 3, raw: rawMail("m3@x.fr") }] } },
  ...(intercept ? { intercept } : {}),
});

const serving =
  (content: Box) =>
  async (peer: Peer): Promise<void> => {
    await login(peer);
    await serveBox(peer, content);
  };

/** A server that holds its answer to the first SEARCH until it is let go. */
function holding(): { box: Box; asked: Promise<void>; answer(): void } {
  let asked = (): void => {};
  let answer = (): void => {};
  const searched = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let held = false;
  return {
    box: box((peer, tag, text) => {
      if (held || !/^UID SEARCH/i.test(text)) return false;
      held = true;
      answer = () => peer.send("* SEARCH 3", `${tag} OK done`);
      asked();
      return true;
    }),
    asked: searched,
    answer: () => answer(),
  };
}

const loggedOut = (peer: Peer | undefined): Promise<void> =>
  expect.poll(() => peer?.lines.at(-1), { interval: 5, timeout: 5_000 }).toMatch(/LOGOUT$/);

const search = (mailbox: ImapMailbox, signal?: AbortSignal) =>
  mailbox.searchMessageId("inbox", "m3@x.fr", signal ? { signal } : {});

describe("who gives up a command (RFC 9051 §6.1.3)", () => {
  it("has his answer before the server's, and the session ends by LOGOUT behind it", async () => {
    const held = holding();
    await using server = await scriptedServer(serving(held.box));
    await using mailbox = imapTo(server.port);
    const caller = new AbortController();
    const searching = search(mailbox, caller.signal);
    await held.asked;
    caller.abort();
    await expect(searching).rejects.toMatchObject({ code: "aborted" });
    expect(server.peers[0]?.lines.at(-1)).toMatch(/UID SEARCH/);
    held.answer();
    await loggedOut(server.peers[0]);
  });

  it("leaves the mailbox at work: the next command has a session of its own", async () => {
    const held = holding();
    await using server = await scriptedServer(serving(held.box));
    await using mailbox = imapTo(server.port);
    const caller = new AbortController();
    const searching = search(mailbox, caller.signal);
    await held.asked;
    caller.abort();
    await expect(searching).rejects.toMatchObject({ code: "aborted" });
    expect(await search(mailbox)).toEqual({ found: true });
    expect(server.peers).toHaveLength(2);
    held.answer();
  });

  it("sends nothing more: what was to follow the command under way is not asked", async () => {
    const caller = new AbortController();
    await using server = await scriptedServer(
      serving(
        box((_peer, _tag, text) => {
          if (/^(EXAMINE|SELECT)/i.test(text)) caller.abort();
          return false;
        }),
      ),
    );
    await using mailbox = imapTo(server.port);
    await expect(search(mailbox, caller.signal)).rejects.toMatchObject({ code: "aborted" });
    await loggedOut(server.peers[0]);
    expect(server.peers[0]?.lines.join()).not.toContain("SEARCH");
  });

  it("costs a closing two seconds at most, however many sessions are silent", async () => {
    await using server = await scriptedServer(serving(box((_peer, _tag, text) => /^(UID SEARCH|LOGOUT)/i.test(text))));
    const mailbox = imapTo(server.port);
    for (const index of [0, 1, 2]) {
      const caller = new AbortController();
      const searching = search(mailbox, caller.signal);
      await expect.poll(() => server.peers[index]?.lines.at(-1), { interval: 5 }).toMatch(/UID SEARCH/);
      caller.abort();
      await expect(searching).rejects.toMatchObject({ code: "aborted" });
    }
    const since = performance.now();
    await mailbox.close();
    expect(performance.now() - since).toBeLessThan(4_000);
    await Promise.all(server.peers.map((peer) => peer.gone()));
  });
});

describe("a mailbox that is closed while its session is being opened", () => {
  const steps: [silentAt: string, script: (peer: Peer) => Promise<void>][] = [
    ["the greeting", async () => {}],
    ["STARTTLS", async (peer) => void (await greeted(peer))],
    [
      "the handshake",
      async (peer) => {
        peer.send(`${await greeted(peer)} OK go`);
      },
    ],
    [
      "the authentication",
      async (peer) => {
        peer.send(`${await greeted(peer)} OK go`);
        await peer.startTls(serverCertificate);
        const [tag] = await command(peer);
        peer.send("* CAPABILITY IMAP4rev1 SASL-IR AUTH=EXTERNAL", `${tag} OK done`);
        await command(peer);
      },
    ],
  ];

  async function greeted(peer: Peer): Promise<string> {
    peer.send("* OK imap.test ready");
    const [first] = await command(peer);
    peer.send("* CAPABILITY IMAP4rev1 STARTTLS", `${first} OK done`);
    return (await command(peer))[0];
  }

  it.each(steps)("waits for nothing where the server is silent at %s", async (_at, script) => {
    let silent = (): void => {};
    const reached = new Promise<void>((resolve) => {
      silent = resolve;
    });
    await using server = await scriptedServer(async (peer) => {
      await script(peer);
      silent();
      await peer.gone();
    });
    const mailbox = imapTo(server.port);
    const searching = expect(search(mailbox)).rejects.toMatchObject({ code: "closed" });
    await reached;
    const since = performance.now();
    await mailbox.close();
    expect(performance.now() - since).toBeLessThan(1_500);
    await searching;
  });

  it("waits for no token", async () => {
    await using server = await scriptedServer(serving(box()));
    let asked = (): void => {};
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const mailbox = imapTo(server.port, {
      credentials: tokenCredentials({
        username: "u",
        token() {
          asked();
          return new Promise(() => {});
        },
      }),
    });
    const searching = expect(search(mailbox)).rejects.toMatchObject({ code: "closed" });
    await reached;
    await mailbox.close();
    await searching;
  });
});

describe("a session that nobody uses", () => {
  it("says LOGOUT by itself before it is given up for its silence, and the next command opens another", async () => {
    await using server = await scriptedServer(serving(box()));
    await using mailbox = imapTo(server.port, { idleMs: 20 });
    await search(mailbox);
    await loggedOut(server.peers[0]);
    expect(await search(mailbox)).toEqual({ found: true });
    expect(server.peers).toHaveLength(2);
  });

  it("does so too where its caller gave up before it was open", async () => {
    const caller = new AbortController();
    await using server = await scriptedServer(async (peer) => {
      caller.abort();
      await serving(box())(peer);
    });
    await using mailbox = imapTo(server.port, { idleMs: 20 });
    await expect(search(mailbox, caller.signal)).rejects.toMatchObject({ code: "aborted" });
    await loggedOut(server.peers[0]);
  });

  it("says LOGOUT where its connection goes to another mailbox", async () => {
    await using server = await scriptedServer(serving(box()));
    const budget = new ConnectionBudget({ most: 1, clock: systemClock });
    await using one = imapTo(server.port, { budget });
    await using other = imapTo(server.port, { budget });
    await search(one);
    await search(other);
    await loggedOut(server.peers[0]);
    expect(budget.used).toBe(1);
  });
});

describe("a right that ends (ECO.1.2.6)", () => {
  const ending = () => {
    const right = new AbortController();
    return { right, credentials: { ...credentials({ mechanism: "external" }), ended: right.signal } };
  };

  it("is listened to no longer by a mailbox that is closed", async () => {
    const { right, credentials } = ending();
    await using server = await scriptedServer(serving(box()));
    const mailbox = imapTo(server.port, { credentials });
    await search(mailbox);
    await mailbox.close();
    expect(getEventListeners(right.signal, "abort")).toHaveLength(0);
  });

  it("ends the session too that was just being opened", async () => {
    const { right, credentials } = ending();
    await using server = await scriptedServer(
      serving(
        box((_peer, _tag, text) => {
          if (/^LIST "" ""/i.test(text)) right.abort(new MedimailError("login_required", "logged out"));
          return false;
        }),
      ),
    );
    await using mailbox = imapTo(server.port, { credentials });
    await expect(search(mailbox)).rejects.toMatchObject({ code: "login_required" });
    await loggedOut(server.peers[0]);
  });
});
