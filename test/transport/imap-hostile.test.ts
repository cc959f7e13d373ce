import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { command, imapTo, login, rawMail, serveBox } from "./imap-kit.js";
import { type Peer, scriptedServer } from "./scripted-server.js";

interface Outcome {
  code: string;
  ms: number;
  /** Growth of what the process holds outside and inside of V8's heap, at the end. */
  grown: number;
}

const COMMAND_MS = 1_500;

/** A search, or a listing, against the script; the server's end is of no interest. */
async function outcome(
  script: (peer: Peer) => Promise<void>,
  what: "search" | "list" | "folders" | "fetch" = "search",
): Promise<Outcome> {
  await using server = await scriptedServer(async (peer) => {
    await script(peer).catch(() => {});
  });
  await using mailbox = imapTo(server.port, { timeouts: { commandMs: COMMAND_MS } });
  const before = process.memoryUsage();
  const start = performance.now();
  let code = "done";
  try {
    if (what === "search") await mailbox.searchMessageId("inbox", "m3@x.fr");
    else if (what === "folders") await mailbox.folders();
    else if (what === "list") for await (const _ of mailbox.pages({ folder: "inbox", pageSize: 50 }));
    else for await (const _ of mailbox.fetchNew({ folder: "inbox" }));
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    code = error.code;
    expect(JSON.stringify(error)).not.toContain("DUPONT");
  }
  const after = process.memoryUsage();
  return {
    code,
    ms: performance.now() - start,
    grown: after.heapUsed + after.external - before.heapUsed - before.external,
  };
}

const forever = async (peer: Peer, piece: string, everyMs: number): Promise<void> => {
  for (let times = 0; times < 2_000; times++) {
    peer.raw(piece);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};

const box = {
  list: ['* LIST () "/" INBOX'],
  folders: { INBOX: { uidValidity: 7, mails: [3, 5].map((uid) => ({ uid, raw: rawMail(`m${uid}@x.fr`) })) } },
};

/** Well-behaved until a command begins so; then `attack`. */
const until = (start: string, attack: (peer: Peer, tag: string) => void) => async (peer: Peer) => {
  await login(peer);
  await serveBox(peer, {
    ...box,
    intercept: (_, tag, text) => {
      if (!text.toUpperCase().startsWith(start)) return false;
      attack(peer, tag);
      return true;
    },
  });
};

describe("a hostile IMAP server before the authentication", () => {
  it.each<[string, (peer: Peer) => Promise<void>, string]>([
    ["a greeting without end", async (peer) => peer.raw("* OK ".padEnd(400_000, "x")), "imap_failed"],
    ["a greeting of NULs", async (peer) => peer.raw(`${"\0".repeat(100)}\r\n`), "imap_failed"],
    ["a greeting that drips", (peer) => forever(peer, "*", 100), "timeout"],
    [
      "lines that drip after a command",
      async (peer) => {
        peer.send("* OK ready");
        await command(peer);
        await forever(peer, "* OK still working\r\n", 300);
      },
      "timeout",
    ],
    [
      "lines without number after a command",
      async (peer) => {
        peer.send("* OK ready");
        await command(peer);
        peer.raw("* CAPABILITY STARTTLS\r\n".repeat(5_000));
      },
      "imap_failed",
    ],
    [
      "data after its answer to STARTTLS",
      async (peer) => {
        peer.send("* OK ready");
        const [tag] = await command(peer);
        peer.send("* CAPABILITY STARTTLS", `${tag} OK done`);
        const [next] = await command(peer);
        peer.send(`${next} OK go`, "* CAPABILITY AUTH=PLAIN");
      },
      "starttls_injection",
    ],
  ])("%s", async (_, script, code) => {
    const found = await outcome(script);
    expect(found.code).toBe(code);
    expect(found.ms).toBeLessThan(2 * COMMAND_MS + 1_500);
  });
});

describe("a hostile IMAP server after the authentication: an error of ours, in bounded time and memory", () => {
  const nested = (depth: number) => `${"(".repeat(depth)}${")".repeat(depth)}`;
  const cases: [string, string, (peer: Peer, tag: string) => void, ("search" | "list" | "folders" | "fetch")?][] = [
    ["an opening that drips", 'LIST "" ""', (peer) => void forever(peer, "* OK still here\r\n", 100)],
    ["a line without end", "UID SEARCH", (peer) => peer.raw("* SEARCH ".padEnd(8_000_000, "1 "))],
    ["a literal of 4 GiB", "UID SEARCH", (peer) => peer.raw("* SEARCH {4294967295}\r\nx")],
    ["a literal beyond any number", "UID SEARCH", (peer) => peer.raw("* SEARCH {99999999999999999999999}\r\nx")],
    ["a literal of less than nothing", "UID SEARCH", (peer, tag) => peer.raw(`* SEARCH {-1}\r\nx\r\n${tag} OK x\r\n`)],
    [
      "parentheses without end",
      "UID SEARCH",
      (peer, tag) => peer.raw(`* SEARCH ${nested(300_000)}\r\n${tag} OK x\r\n`),
    ],
    [
      "four hundred thousand numbers found",
      "UID SEARCH",
      (peer, tag) => peer.raw(`* SEARCH ${"4 ".repeat(400_000)}\r\n${tag} OK x\r\n`),
    ],
    ["NULs", "UID SEARCH", (peer, tag) => peer.raw(`* SEARCH 1\0 2\0\0\r\n${tag} OK x\r\n`)],
    [
      "lines that nobody asked for",
      "UID SEARCH",
      (peer, tag) => peer.raw(`${"* 9 EXISTS\r\n".repeat(50_000)}${tag} OK x\r\n`),
    ],
    [
      "all mails there can be, vanished",
      "UID SEARCH",
      (peer, tag) => peer.raw(`* VANISHED 1:4294967295\r\n* VANISHED 4294967295:1\r\n* SEARCH\r\n${tag} OK x\r\n`),
    ],
    ["an answer that drips", "UID SEARCH", (peer) => void forever(peer, "* 3 EXISTS\r\n", 100)],
    ["a refusal that quotes a patient", "UID SEARCH", (peer, tag) => peer.send(`${tag} NO [DUPONT] JEANNE DUPONT`)],
    ["an answer to another command", "UID SEARCH", (peer) => peer.send("ZZZ OK done")],
    [
      "a structure without end",
      "FETCH",
      (peer, tag) => peer.raw(`* 1 FETCH (UID 3 BODYSTRUCTURE ${nested(100_000)})\r\n${tag} OK x\r\n`),
      "list",
    ],
    [
      "a structure of NIL",
      "FETCH",
      (peer, tag) => peer.raw(`* 1 FETCH (UID 3 BODYSTRUCTURE NIL ENVELOPE NIL FLAGS NIL)\r\n${tag} OK x\r\n`),
      "list",
    ],
    [
      "an envelope of odd things",
      "FETCH",
      (peer, tag) =>
        peer.raw(
          `* 1 FETCH (UID 3 ENVELOPE ((NIL) {1}\r\nx (((NIL NIL NIL NIL))) 1 1) BODYSTRUCTURE (1 2 (3)) RFC822.SIZE -1 INTERNALDATE "x")\r\n${tag} OK x\r\n`,
        ),
      "list",
    ],
    [
      "a UID that is none",
      "FETCH",
      (peer, tag) =>
        peer.raw(`* 1 FETCH (UID -3)\r\n* 0 FETCH (UID 99999999999999999999)\r\n* 2 FETCH ()\r\n${tag} OK x\r\n`),
      "list",
    ],
    [
      "a mail longer than was asked for",
      "UID FETCH",
      (peer, tag) => {
        peer.raw("* 1 FETCH (UID 3 RFC822.SIZE 10 BODY[]<0> {70000000}\r\n");
        peer.raw("x".repeat(1000));
        peer.raw(`${tag} OK x\r\n`);
      },
      "fetch",
    ],
    [
      "ten thousand folders",
      "LIST",
      (peer, tag) => peer.raw(`${'* LIST () "/" "A"\r\n'.repeat(10_000)}${tag} OK x\r\n`),
      "folders",
    ],
    [
      "a folder of a long or bad name",
      "LIST",
      (peer, tag) =>
        peer.raw(`* LIST () "/" "${"&".repeat(100_000)}"\r\n* LIST () "/" "&AAA-\\"\0"\r\n${tag} OK x\r\n`),
      "folders",
    ],
  ];
  it.each(cases)("%s", async (_, start, attack, what = "search") => {
    const found = await outcome(until(start, attack), what);
    expect(found.ms).toBeLessThan(2 * COMMAND_MS + 2_000);
    expect(found.grown).toBeLessThan(100_000_000);
    expect(["done", "imap_failed", "timeout", "connection_lost"]).toContain(found.code);
  });
});
