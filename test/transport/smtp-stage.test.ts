import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createDialer } from "../../src/net/index.js";
import type { Dialer } from "../../src/seams/index.js";
import { transportFailure } from "../../src/seams/index.js";
import { scriptedServer } from "./scripted-server.js";
import { greet, mail, plainTransportTo, readContent, takeMail } from "./smtp-kit.js";

/** Code, stage and verdict of a send that must fail. */
async function verdictOf(
  work: Promise<unknown>,
): Promise<{ code: string; stage: string | undefined; verdict: string | undefined; systemic: boolean | undefined }> {
  const error = await work.then(
    () => {
      throw new Error("it did not fail");
    },
    (reason: unknown) => reason as { code: string },
  );
  const failure = transportFailure(error);
  return { code: error.code, stage: failure?.stage, verdict: failure?.verdict, systemic: failure?.systemic };
}

async function toData(peer: Parameters<Parameters<typeof scriptedServer>[0]>[0]): Promise<void> {
  await greet(peer);
  await peer.expect("MAIL");
  peer.send("250 ok", "250 ok", "354 go");
  await peer.until("DATA\r\n");
}

describe("the stage of a lost connection", () => {
  it.each(["MAIL", "RCPT", "DATA"] as const)("makes a drop at %s a plain retry", async (command) => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, []);
      for (const next of ["MAIL", "RCPT", "DATA"]) {
        await peer.expect(next);
        if (next === command) return peer.drop();
        peer.send("250 ok");
      }
    });
    await using transport = plainTransportTo(server.port);
    expect(await verdictOf(transport.send(mail()))).toEqual({
      code: "connection_lost",
      stage: command.toLowerCase(),
      verdict: "temporary",
      systemic: true,
    });
  });

  it("makes a drop before the final dot a plain retry", async () => {
    await using server = await scriptedServer(async (peer) => {
      await toData(peer);
      peer.drop();
    });
    let socket: Socket | undefined;
    const dialer: Dialer = {
      async connect(...target) {
        socket = await createDialer().connect(...target);
        return socket;
      },
    };
    await using transport = plainTransportTo(server.port, { dialer });
    const dropped = async (): Promise<void> => {
      while (!socket?.destroyed) await new Promise((resolve) => setImmediate(resolve));
    };
    expect(await verdictOf(transport.send(mail(), { beforeFinalDot: dropped }))).toMatchObject({
      code: "connection_lost",
      stage: "content",
      verdict: "temporary",
    });
  });

  it("makes a drop after the final dot unknown", async () => {
    await using server = await scriptedServer(async (peer) => {
      await toData(peer);
      await readContent(peer);
      peer.drop();
    });
    await using transport = plainTransportTo(server.port);
    expect(await verdictOf(transport.send(mail()))).toEqual({
      code: "delivery_unknown",
      stage: "final-dot",
      verdict: "unknown",
      systemic: true,
    });
  });

  it("never sends a mail again whose final dot was written", async () => {
    await using server = await scriptedServer(async (peer, index) => {
      if (index > 0) throw new Error("a second connection");
      await greet(peer);
      await takeMail(peer);
      await peer.expect("MAIL");
      peer.send("250 ok", "250 ok", "354 go");
      await peer.until("DATA\r\n");
      await readContent(peer);
      peer.drop();
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    expect(await verdictOf(transport.send(mail()))).toMatchObject({ verdict: "unknown" });
    expect(server.errors).toEqual([]);
  });

  it.each(["354 what", "250\tok", "garbage"])("makes the answer %j to the final dot unknown", async (answer) => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await takeMail(peer, answer);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    expect(await verdictOf(transport.send(mail()))).toMatchObject({ stage: "final-dot", verdict: "unknown" });
  });

  it("makes a final dot not answered in time unknown", async () => {
    await using server = await scriptedServer(async (peer) => {
      await toData(peer);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { timeouts: { finalDotMs: 40 } });
    expect(await verdictOf(transport.send(mail()))).toMatchObject({ code: "delivery_unknown", verdict: "unknown" });
  });
});

describe("beforeFinalDot", () => {
  it("is awaited when the content is written and the dot is not", async () => {
    let before: string | undefined;
    let after = "";
    await using server = await scriptedServer(async (peer) => {
      await toData(peer);
      await peer.until("bonjour\r\n");
      contentSeen();
      after = await readContent(peer);
      peer.send("250 ok");
    });
    let contentSeen: () => void = () => {};
    const seen = new Promise<void>((resolve) => {
      contentSeen = resolve;
    });
    await using transport = plainTransportTo(server.port);
    const beforeFinalDot = async (): Promise<void> => {
      await seen;
      before = server.peers[0]?.pending;
    };
    expect((await transport.send(mail(), { beforeFinalDot })).reply).toBe(250);
    expect({ before, after }).toEqual({ before: "", after: "" });
  });

  it("cuts the connection without the dot, and rethrows, where it rejects", async () => {
    const reason = new Error("the disk is full");
    await using server = await scriptedServer(async (peer) => {
      await toData(peer);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    await expect(transport.send(mail(), { beforeFinalDot: () => Promise.reject(reason) })).rejects.toBe(reason);
    await server.peers[0]?.gone();
    expect(server.peers[0]?.pending).toBe("Subject: essai\r\n\r\nbonjour\r\n");
    expect(transport.stats()).toMatchObject({ open: 0, active: 0 });
  });

  it("writes no dot where the server refused the content before its end", async () => {
    await using server = await scriptedServer(async (peer) => {
      await toData(peer);
      await peer.until("bonjour\r\n");
      peer.send("552 5.3.4 too big");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    const untilAnswered = async (): Promise<void> => {
      // The answer is on its way as soon as the content is read; two turns of the loop after the socket has it.
      while (server.peers[0]?.pending !== "" || !answered(server.peers[0]))
        await new Promise((resolve) => setImmediate(resolve));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    expect(await verdictOf(transport.send(mail(), { beforeFinalDot: untilAnswered }))).toMatchObject({
      code: "mail_too_large",
      stage: "content",
      verdict: "permanent",
    });
  });
});

function answered(peer: { sent: number } | undefined): boolean {
  return (peer?.sent ?? 0) >= 5;
}

describe("giving a mail up", () => {
  it("is temporary before the final dot, by abort", async () => {
    const controller = new AbortController();
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, []);
      await peer.expect("MAIL");
      controller.abort();
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    expect(await verdictOf(transport.send(mail(), { signal: controller.signal }))).toEqual({
      code: "aborted",
      stage: "mail",
      verdict: "temporary",
      systemic: false,
    });
  });

  it("is temporary before the final dot, by time limit", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, []);
      await takeMail(peer);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    // The idle session of a first mail is taken at once: the limit cannot pass while one is being opened.
    await transport.send(mail());
    expect(await verdictOf(transport.send(mail(), { timeoutMs: 60 }))).toEqual({
      code: "timeout",
      stage: "mail",
      verdict: "temporary",
      systemic: true,
    });
    expect(server.peers).toHaveLength(1);
  });

  it("is unknown after the final dot", async () => {
    const controller = new AbortController();
    await using server = await scriptedServer(async (peer) => {
      await toData(peer);
      await readContent(peer);
      controller.abort();
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    expect(await verdictOf(transport.send(mail(), { signal: controller.signal }))).toMatchObject({
      code: "delivery_unknown",
      verdict: "unknown",
    });
  });

  it("lets a mail leave the queue", async () => {
    const controller = new AbortController();
    let arrived: () => void = () => {};
    const busy = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, []);
      await peer.expect("MAIL");
      arrived();
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { maxConnections: 1 });
    const first = verdictOf(transport.send(mail()));
    await busy;
    const second = verdictOf(transport.send(mail(), { signal: controller.signal }));
    controller.abort();
    expect(await second).toEqual({ code: "aborted", stage: "connect", verdict: "temporary", systemic: false });
    expect(transport.stats()).toMatchObject({ waiting: 0, active: 1 });
    server.peers[0]?.drop();
    await first;
  });

  it("refuses a signal that is aborted already", async () => {
    await using transport = plainTransportTo(1);
    expect(await verdictOf(transport.send(mail(), { signal: AbortSignal.abort() }))).toMatchObject({
      code: "aborted",
      verdict: "temporary",
    });
  });
});
