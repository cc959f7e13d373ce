import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { SmtpConnection } from "../../src/transport/smtp/connection.js";
import type { SmtpSession } from "../../src/transport/smtp/session.js";
import { handOver } from "../../src/transport/smtp/transaction.js";
import { mail } from "./smtp-kit.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const TIMEOUTS = { connectMs: 5_000, greetingMs: 5_000, commandMs: 5_000, contentMs: 5_000, finalDotMs: 5_000 };
const CONTENT = "Subject: essai\r\n\r\nbonjour\r\n";

/** What went out, write by write, when a mail was handed over with this hook to a server that takes it. */
async function writesOf(beforeFinalDot: (() => Promise<void>) | undefined): Promise<string[]> {
  const writes: string[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.toString());
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => chunk.toString()).join(""));
      done();
    },
  });
  const connection = new SmtpConnection(socket as Socket, "mail.test");
  const session = { connection, capabilities: { pipelining: true, maxSize: 0 }, mails: 0 } as SmtpSession;
  socket.push("250 ok\r\n250 ok\r\n354 go\r\n");
  const done = handOver(session, mail(CONTENT), TIMEOUTS, {
    beforeFinalDot,
    mailAnswered: () => {},
    following: () => "MAIL next\r\n",
  }).catch(() => {});
  while (!connection.ended && !writes.at(-1)?.includes("MAIL next")) await turn();
  socket.push("250 queued\r\n");
  await done;
  // The first is the envelope.
  return writes.slice(1);
}

describe("what is written at once", () => {
  it("is the content, its dot and the next envelope, where the hook waits for nothing", async () => {
    const at: string[] = [];
    expect(await writesOf(async () => void at.push("hook"))).toEqual([`${CONTENT}.\r\nMAIL next\r\n`]);
    expect(at).toEqual(["hook"]);
    expect(await writesOf(undefined)).toEqual([`${CONTENT}.\r\nMAIL next\r\n`]);
  });

  it("is the content alone, where the hook waits", async () => {
    expect(await writesOf(async () => void (await turn()))).toEqual([CONTENT, ".\r\nMAIL next\r\n"]);
  });

  it("is the content alone, where the hook rejects at once", async () => {
    expect(await writesOf(() => Promise.reject(new Error("the disk is full")))).toEqual([CONTENT]);
  });
});
