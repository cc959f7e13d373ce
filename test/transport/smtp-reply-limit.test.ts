import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SmtpConnection } from "../../src/transport/smtp/connection.js";

/** A socket that only receives. */
function silent(): Socket {
  return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }) as Socket;
}

describe("the time limit of a reply", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("counts from when that reply is awaited, though one timer serves them all", async () => {
    const socket = silent();
    const connection = new SmtpConnection(socket, "mail.test");
    for (let round = 0; round < 5; round++) {
      const reply = connection.reply(100);
      await vi.advanceTimersByTimeAsync(80);
      socket.push("250 ok\r\n");
      expect((await reply).code).toBe(250);
    }
    const ended = connection.reply(100).catch((error: { code: string }) => error.code);
    await vi.advanceTimersByTimeAsync(99);
    expect(connection.ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect(await ended).toBe("timeout");
  });

  it("is the shorter one where a longer one was left to run", async () => {
    const socket = silent();
    const connection = new SmtpConnection(socket, "mail.test");
    const reply = connection.reply(10_000);
    socket.push("250 ok\r\n");
    await reply;
    const ended = connection.reply(100).catch((error: { message: string }) => error.message);
    await vi.advanceTimersByTimeAsync(101);
    expect(await ended).toContain("did not answer within 100 ms");
  });

  it("leaves an idle connection alone, and no timer behind one that ended", async () => {
    const socket = silent();
    const connection = new SmtpConnection(socket, "mail.test");
    const reply = connection.reply(100);
    socket.push("250 ok\r\n");
    await reply;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(connection.ended).toBeUndefined();
    void connection.reply(100).catch(() => {});
    connection.fail("aborted", "given up");
    expect(vi.getTimerCount()).toBe(0);
  });
});
