import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import type { ContentStream } from "../../src/seams/index.js";
import { imapTo, login, serveBox } from "./imap-kit.js";
import { scriptedServer } from "./scripted-server.js";

const HEAD = Buffer.from("Subject: essai\r\nMessage-ID: <a@b.fr>\r\n\r\n");

function stream(size: number, pieces: readonly string[], end?: MedimailError): ContentStream {
  return {
    size,
    async *pieces() {
      for (const piece of pieces) yield Buffer.from(piece);
      if (end) throw end;
    },
  };
}

/** What the server was told of APPEND, and what it answered. */
async function appending(tail: ContentStream, answer: (tag: string) => string, { afterMs = 0, ...options } = {}) {
  const appends: string[] = [];
  await using server = await scriptedServer(async (peer) => {
    await login(peer);
    let tag = "";
    let left = -1;
    await serveBox(peer, {
      folders: { Sent: { uidValidity: 7, mails: [] } },
      list: ['* LIST (\\Sent) "/" Sent', '* LIST () "/" INBOX'],
      intercept(to, given, text) {
        if (left >= 0) {
          // Lines of the literal, which the kit cuts as it cuts commands.
          left -= Buffer.byteLength(`${given} ${text}\r\n`.replace(/^ /, "").replace(/^(.*) \r\n$/, "$1\r\n"));
          if (left <= 0) {
            left = -1;
            if (afterMs === 0) to.send(answer(tag));
            else setTimeout(() => to.send(answer(tag)), afterMs);
          }
          return true;
        }
        const size = /^APPEND .*\{(\d+)\}$/.exec(text)?.[1];
        if (size === undefined) return false;
        appends.push(text);
        tag = given;
        const said = answer("");
        if (said.startsWith("NO-AT-ONCE")) to.send(`${given} NO [OVERQUOTA] full`);
        else {
          left = Number(size);
          to.send("+ go");
        }
        return true;
      },
    });
  });
  const imap = imapTo(server.port, options);
  try {
    const report = await imap
      .append({
        folder: "sent",
        content: [HEAD, tail],
        messageId: "a@b.fr",
        flags: ["\\Seen"],
        date: new Date(Date.UTC(2026, 10, 8, 9, 5, 0)),
      })
      .catch((error: unknown) => error);
    return { report, appends };
  } finally {
    await imap.close();
  }
}

describe("APPEND in pieces", () => {
  it("says size, flags and date before it asks to go on", async () => {
    const { report, appends } = await appending(
      stream(9, ["bonjo", "ur\r\n"]),
      (tag) => `${tag} OK [APPENDUID 7 42] done`,
    );
    expect(appends).toEqual([`APPEND Sent (\\Seen) " 8-Nov-2026 09:05:00 +0000" {${HEAD.length + 9}}`]);
    expect(report).toMatchObject({ outcome: "done", already: false, uid: 42 });
  });

  it("has time for its bytes beside that of a command, for who has a slow line", async () => {
    const limits = { afterMs: 900, timeouts: { commandMs: 500 } };
    const line = `${"x".repeat(62)}\r\n`;
    // 128 KB at 64 KB/s: two seconds more.
    const long = await appending(stream(131_072, Array(2_048).fill(line)), (tag) => `${tag} OK done`, limits);
    expect(long.report).toMatchObject({ outcome: "done" });
    const short = await appending(stream(64, [line]), (tag) => `${tag} OK done`, limits);
    expect(short.report).toMatchObject({ outcome: expect.stringMatching(/unknown|not_done/) });
  });

  it("is not begun where the server refuses at once", async () => {
    const { report } = await appending(stream(9, ["bonjour\r\n"]), () => "NO-AT-ONCE");
    expect(report).toMatchObject({ outcome: "not_done", answer: "NO [OVERQUOTA]", error: { code: "action_not_done" } });
  });

  it.each([
    ["cannot be read to its end", stream(900, ["bonjour\r\n"], new MedimailError("storage_key_wrong", "no key"))],
    ["is shorter than was said", stream(900, ["bonjour\r\n"])],
    ["is longer than was said", stream(3, ["bonjour\r\n"])],
  ])("ends the session, the literal unfinished, where the content %s", async (_what, tail) => {
    const { report, appends } = await appending(tail, (tag) => `${tag} OK done`);
    expect(report).toMatchObject({ code: expect.stringMatching(/^storage_/) });
    expect(appends).toHaveLength(1);
  });
});
