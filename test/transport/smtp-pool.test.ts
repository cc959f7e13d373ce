import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { transportFailure } from "../../src/seams/index.js";
import type { Peer } from "./scripted-server.js";
import { scriptedServer } from "./scripted-server.js";
import { greet, mail, plainTransportTo, readContent, takeMail } from "./smtp-kit.js";

async function serve(peer: Peer): Promise<void> {
  await greet(peer);
  for (;;) await takeMail(peer);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("the pool of SMTP sessions", () => {
  it("uses a session again", async () => {
    await using server = await scriptedServer(serve);
    await using transport = plainTransportTo(server.port);
    for (let count = 0; count < 5; count++) await transport.send(mail());
    expect(server.peers).toHaveLength(1);
    expect(transport.stats()).toEqual({ open: 1, idle: 1, active: 0, waiting: 0, opened: 1, sent: 5 });
  });

  it("opens no more sessions than allowed and serves the queue in order", async () => {
    const order: string[] = [];
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      for (;;) order.push((await takeMail(peer)).trim());
    });
    await using transport = plainTransportTo(server.port, { maxConnections: 1 });
    await Promise.all(["a", "b", "c", "d"].map((text) => transport.send(mail(`${text}\r\n`))));
    expect({ connections: server.peers.length, order }).toEqual({ connections: 1, order: ["a", "b", "c", "d"] });
  });

  it("spreads a burst over all its sessions", async () => {
    await using server = await scriptedServer(serve);
    await using transport = plainTransportTo(server.port, { maxConnections: 3 });
    await Promise.all(Array.from({ length: 30 }, () => transport.send(mail())));
    expect(server.peers).toHaveLength(3);
    expect(transport.stats().sent).toBe(30);
  });

  it("changes session after the set number of mails, with QUIT", async () => {
    await using server = await scriptedServer(serve);
    await using transport = plainTransportTo(server.port, { maxConnections: 1, maxMailsPerConnection: 2 });
    for (let count = 0; count < 4; count++) await transport.send(mail());
    expect(server.peers).toHaveLength(2);
    await server.peers[0]?.gone().catch(() => {});
    expect(server.peers[0]?.lines.at(-1)).toBe("QUIT");
  });

  it("replaces an idle session that the server closed, without failing a mail", async () => {
    await using server = await scriptedServer(async (peer, index) => {
      await greet(peer);
      await takeMail(peer);
      if (index === 0) peer.end();
      else await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    await until(() => transport.stats().open === 0);
    expect((await transport.send(mail())).reply).toBe(250);
    expect(server.peers).toHaveLength(2);
  });

  it.each<[string, (peer: Peer) => void]>([
    ["drops it at MAIL", (peer) => peer.drop()],
    ["answers MAIL with 421", (peer) => peer.send("421 4.4.2 idle for too long")],
  ])("sends once more on a new session where the server %s of an idle one", async (_what, act) => {
    await using server = await scriptedServer(async (peer, index) => {
      await greet(peer);
      await takeMail(peer);
      if (index > 0) return await peer.gone();
      await peer.expect("MAIL");
      act(peer);
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    expect((await transport.send(mail())).reply).toBe(250);
    expect(server.peers).toHaveLength(2);
  });

  it("does so once only", async () => {
    await using server = await scriptedServer(async (peer, index) => {
      await greet(peer);
      if (index === 0) await takeMail(peer);
      await peer.expect("MAIL");
      peer.drop();
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    const error = await transport.send(mail()).catch((reason: unknown) => reason);
    expect(transportFailure(error)).toMatchObject({ stage: "mail", verdict: "temporary" });
    expect(server.peers).toHaveLength(2);
  });

  it("does not take what a server says unasked for the answer to a mail", async () => {
    await using server = await scriptedServer(async (peer, index) => {
      await greet(peer);
      await takeMail(peer);
      if (index === 0) peer.send("250 2.0.0 surprise");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect((await transport.send(mail())).answer).toBe("250 2.0.0 queued");
    expect(server.peers).toHaveLength(2);
  });

  it("lets idle sessions go", async () => {
    await using server = await scriptedServer(serve);
    await using transport = plainTransportTo(server.port, { idleMs: 10 });
    await transport.send(mail());
    await until(() => transport.stats().open === 0);
    await server.peers[0]?.gone();
    expect(server.peers[0]?.lines.at(-1)).toBe("QUIT");
  });

  it("answers each waiting mail with a failure of its own when no session can be opened", async () => {
    await using server = await scriptedServer(async (peer) => {
      peer.send("421 4.3.2 busy");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { maxConnections: 2 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => transport.send(mail())));
    expect(results.map((result) => result.status)).toEqual(Array.from({ length: 5 }, () => "rejected"));
    expect(transport.stats()).toMatchObject({ open: 0, waiting: 0 });
  });

  it("leaves no listener on the caller's signal", async () => {
    const { signal } = new AbortController();
    await using server = await scriptedServer(serve);
    await using transport = plainTransportTo(server.port, { maxConnections: 2 });
    await Promise.all(Array.from({ length: 8 }, () => transport.send(mail(), { signal, timeoutMs: 60_000 })));
    await transport.close();
    await transport.send(mail(), { signal }).catch(() => {});
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("says QUIT at close, and refuses mails afterwards", async () => {
    await using server = await scriptedServer(serve);
    const transport = plainTransportTo(server.port);
    await transport.send(mail());
    await transport.close();
    await server.peers[0]?.gone();
    expect(server.peers[0]?.lines.at(-1)).toBe("QUIT");
    await expect(transport.send(mail())).rejects.toMatchObject({ code: "closed" });
    expect(transport.stats()).toMatchObject({ open: 0, idle: 0, active: 0 });
  });

  it("lets a mail under way end at close", async () => {
    let closing: Promise<void> | undefined;
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await takeMail(peer);
      await peer.gone();
    });
    const transport = plainTransportTo(server.port, { closeGraceMs: 5_000 });
    const sent = transport.send(mail(), {
      beforeFinalDot: async () => {
        closing = transport.close();
      },
    });
    expect((await sent).reply).toBe(250);
    await closing;
  });

  it("cuts a mail that does not end in the grace of close", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, []);
      await peer.expect("MAIL");
      closing = transport.close();
      await peer.gone();
    });
    let closing: Promise<void> | undefined;
    const transport = plainTransportTo(server.port, { closeGraceMs: 20 });
    const error = await transport.send(mail()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "closed" });
    expect(transportFailure(error)).toMatchObject({ stage: "mail", verdict: "temporary" });
    await closing;
  });

  it("gives up what has not come to the content of a mail, and lets the others end", async () => {
    let answer: (() => void) | undefined;
    await using server = await scriptedServer(async (peer, index) => {
      if (index === 0) {
        await greet(peer, []);
        await peer.expect("MAIL");
        peer.send("250 2.1.0 ok");
        await peer.expect("RCPT");
        peer.send("250 2.1.5 ok");
        await peer.expect("DATA");
        peer.send("354 go");
        await readContent(peer);
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        peer.send("250 2.0.0 queued");
      } else if (index === 1) {
        await greet(peer, []);
        await peer.expect("MAIL");
      }
      // The third says nothing at all.
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { maxConnections: 3 });
    const under = transport.send(mail());
    await until(() => answer !== undefined);
    const early = [transport.send(mail()), transport.send(mail()), transport.send(mail())];
    const failures = Promise.all(early.map((sending) => sending.catch((reason: unknown) => reason)));
    await until(() => server.peers.length === 3 && server.peers[1]?.lines.at(-1)?.startsWith("MAIL") === true);
    transport.giveUp();
    for (const error of await failures) {
      expect(error).toMatchObject({ code: "aborted" });
      expect(transportFailure(error)).toMatchObject({ verdict: "temporary", systemic: false });
    }
    answer?.();
    expect((await under).reply).toBe(250);
  });
});
