import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import { startMllpServer } from "../../src/transport/mllp/index.js";
import { block, bytes, eventually, gate, kept, Sender, started, text } from "./mllp-kit.js";

describe("the MLLP server", () => {
  it("answers the blocks of a connection in order, one at a time", async () => {
    let inHand = 0;
    const most: number[] = [];
    await using served = await started({
      onMessage: async (content, { address }) => {
        most.push(++inHand);
        // The first takes longest.
        await new Promise((resolve) => setTimeout(resolve, text(content) === "1" ? 20 : 0));
        inHand--;
        return bytes(`${text(content)} ${address}`);
      },
    });
    const sender = await Sender.to(served.port);
    sender.socket.write(Buffer.concat([block("1"), bytes("\r\n\0"), block("2"), block("3")]));
    expect(await sender.answered(3)).toEqual(["1 127.0.0.1", "2 127.0.0.1", "3 127.0.0.1"]);
    expect(Math.max(...most)).toBe(1);
    sender.socket.destroy();
  });

  it("takes a message byte by byte, and an empty one", async () => {
    await using served = await started();
    const sender = await Sender.to(served.port);
    for (const byte of Buffer.concat([block("ab"), block("")])) {
      sender.socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await sender.answered(2)).toEqual(["ack ab", "ack "]);
    sender.socket.destroy();
  });

  it("holds reading while one is in hand and another waits, and reads on after", async () => {
    const first = gate();
    let seen = 0;
    await using served = await started({
      // Without back-pressure more would be held than four of these: the connection would be dropped.
      maxBlockBytes: 1_000_000,
      onMessage: async () => {
        if (seen++ === 0) await first.wait;
        return bytes("ok");
      },
    });
    const sender = await Sender.to(served.port);
    sender.socket.write(Buffer.concat([block("1"), block("2")]));
    await eventually(() => seen === 1);
    // More than the system holds for a connection on both sides: it stays with the sender.
    let taken = 0;
    for (let sent = 0; sent < 16; sent++) sender.socket.write(block("x".repeat(1_000_000)), () => taken++);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(taken).toBeLessThan(16);
    expect(seen).toBe(1);
    first.open();
    await sender.answered(18);
    expect(taken).toBe(16);
    sender.socket.destroy();
  });

  it("closes a connection whose message could not be served, after the answers before it, and logs its code alone", async () => {
    await using served = await started({
      onMessage: async (content) => {
        if (text(content) === "ok") return bytes("ack");
        throw new MedimailError("storage_failed", "SECRET of a patient");
      },
    });
    const sender = await Sender.to(served.port);
    sender.socket.write(Buffer.concat([block("ok"), block("SECRET"), block("ok")]));
    await sender.gone();
    expect(sender.answers).toEqual(["ack"]);
    expect(served.log.codes("mllp.failed")).toEqual(["storage_failed"]);
    expect(JSON.stringify(served.log.lines)).not.toContain("SECRET");
  });

  it("takes what throws at once, and an answer that cannot be a block, for the same", async () => {
    await using served = await started({
      onMessage: (content) => {
        if (text(content) === "throw") throw new Error("at once");
        return Promise.resolve(bytes("a\x1c\rb"));
      },
    });
    for (const message of ["throw", "answer"]) {
      const sender = await Sender.to(served.port);
      sender.socket.write(block(message));
      await sender.gone();
      expect(sender.answers).toEqual([]);
    }
    expect(served.log.codes("mllp.failed")).toEqual(["internal", "invalid_argument"]);
  });

  it("aborts the signal when the peer is gone, and serves the others", async () => {
    const aborted = gate<unknown>();
    await using served = await started({
      onMessage: async (content, { signal }) => {
        if (text(content) === "other") return bytes("ok");
        signal.addEventListener("abort", () => aborted.open(signal.reason));
        await aborted.wait;
        return bytes("late");
      },
    });
    const sender = await Sender.to(served.port);
    sender.socket.write(block("1"));
    await eventually(() => served.log.lines.some(({ event }) => event === "mllp.connected"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    sender.socket.resetAndDestroy();
    expect(await aborted.wait).toMatchObject({ code: "connection_lost" });
    await eventually(() => served.log.codes("mllp.failed").length === 1);
    expect(served.log.codes("mllp.failed")).toEqual(["connection_lost"]);
    const other = await Sender.to(served.port);
    other.socket.write(block("other"));
    expect(await other.answered(1)).toEqual(["ok"]);
    other.socket.destroy();
  });

  it("answers a peer that has closed its side, then closes its own; what was cut is not handed over", async () => {
    const first = gate();
    const seen: string[] = [];
    await using served = await started({
      onMessage: async (content) => {
        seen.push(text(content));
        await first.wait;
        return bytes(`ack ${text(content)}`);
      },
    });
    const sender = await Sender.to(served.port, { allowHalfOpen: true });
    sender.socket.end(Buffer.concat([block("1"), block("2"), bytes("\x0bcut")]));
    await eventually(() => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    first.open();
    await sender.until(() => sender.ended);
    expect(sender.answers).toEqual(["ack 1", "ack 2"]);
    expect(seen).toEqual(["1", "2"]);
    await sender.gone();
    const silent = await Sender.to(served.port, { allowHalfOpen: true });
    silent.socket.end();
    await silent.gone();
  });

  it.each([
    ["a block that is too long", bytes(`\x0b${"x".repeat(2_000)}`), "block_too_long"],
    ["another protocol", bytes("x".repeat(70_000)), "not_mllp"],
  ])("drops %s", async (_what, sent, code) => {
    await using served = await started({ maxBlockBytes: 1_000 });
    const sender = await Sender.to(served.port);
    sender.socket.write(sent);
    await sender.gone();
    await eventually(() => served.log.codes("mllp.dropped").length === 1);
    expect(served.log.codes("mllp.dropped")).toEqual([code]);
  });

  it("holds no more for all connections than four of the largest blocks", async () => {
    await using served = await started({ maxBlockBytes: 1_000 });
    const senders = await Promise.all(Array.from({ length: 5 }, () => Sender.to(served.port)));
    for (const sender of senders) sender.socket.write(bytes(`\x0b${"x".repeat(900)}`));
    await eventually(() => served.log.codes("mllp.dropped").length === 1);
    expect(served.log.codes("mllp.dropped")).toEqual(["memory"]);
    const left = senders.filter(({ closed }) => !closed);
    await eventually(() => senders.some(({ closed }) => closed));
    for (const sender of left) sender.socket.write(bytes("\x1c\r"));
    await eventually(() => senders.filter(({ answers }) => answers.length === 1).length === 4);
    for (const sender of senders) sender.socket.destroy();
  });

  // Of clocks of 100 ms a busy machine may miss one.
  const short = { retry: 3 };

  it("ends a silent connection, not one that is kept alive", short, async () => {
    await using served = await started({ idleMs: 150 });
    const silent = await Sender.to(served.port);
    const alive = await Sender.to(served.port);
    const beat = setInterval(() => alive.socket.write(Uint8Array.of(0)), 20);
    await silent.gone();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(alive.closed).toBe(false);
    clearInterval(beat);
    await alive.gone();
    expect(served.log.codes("mllp.dropped")).toEqual([]);
  });

  it("ends a block that is not done in its time, however often something of it comes", async () => {
    await using served = await started({ blockMs: 150 });
    const slow = await Sender.to(served.port);
    slow.socket.write(block("1"));
    await slow.answered(1);
    slow.socket.write(Uint8Array.of(0x0b));
    const drip = setInterval(() => slow.socket.write("x"), 10);
    await slow.gone();
    clearInterval(drip);
    await eventually(() => served.log.codes("mllp.dropped").length === 1);
    expect(served.log.codes("mllp.dropped")).toEqual(["timeout"]);
  });

  it("does not count the time of a message in hand", short, async () => {
    await using served = await started({
      idleMs: 50,
      blockMs: 50,
      onMessage: async () => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        return bytes("ok");
      },
    });
    const sender = await Sender.to(served.port);
    // The third has begun when reading is held: its time begins when it is read on.
    const [begun, rest] = [block("3").subarray(0, 2), block("3").subarray(2)];
    sender.socket.write(Buffer.concat([block("1"), block("2"), begun]));
    await sender.answered(1);
    sender.socket.write(rest);
    expect(await sender.answered(3)).toEqual(["ok", "ok", "ok"]);
    sender.socket.destroy();
  });

  it("ends who takes no answer", async () => {
    await using served = await started({ blockMs: 150, onMessage: async () => new Uint8Array(20_000_000) });
    const sender = await Sender.to(served.port);
    sender.socket.pause();
    sender.socket.write(block("1"));
    await eventually(() => served.log.codes("mllp.dropped").length === 1);
    expect(served.log.codes("mllp.dropped")).toEqual(["timeout"]);
    sender.socket.destroy();
  });

  it("takes those that may connect, and as many as it may", async () => {
    await using open = await started({ allow: ["10.0.0.0/8", "127.0.0.1"], maxConnections: 2 });
    const senders = [await Sender.to(open.port), await Sender.to(open.port)];
    for (const sender of senders) {
      sender.socket.write(block("1"));
      await sender.answered(1);
    }
    await (await Sender.to(open.port)).gone();
    expect(open.log.codes("mllp.refused")).toEqual(["too_many"]);
    for (const sender of senders) sender.socket.destroy();
    await using shut = await started({ allow: ["10.0.0.0/8", "::1"] });
    await (await Sender.to(shut.port)).gone();
    expect(shut.log.codes("mllp.refused")).toEqual(["not_allowed"]);
    expect(shut.log.lines.at(-1)?.fields.host).toBe("127.0.0.1");
  });

  it("knows an IPv4 peer on a socket of both families", async () => {
    await using served = await started({ host: "::", allow: ["127.0.0.0/8"] });
    const sender = await Sender.to(served.port);
    sender.socket.write(block("1"));
    expect(await sender.answered(1)).toEqual(["ack 1"]);
    sender.socket.destroy();
  });

  it("listens where it is told, and warns where that is a network without TLS", async () => {
    await using all = await started({ host: "0.0.0.0" });
    expect(all.log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      "info mllp.listening",
      "warn mllp.plain",
    ]);
    await using local = await started();
    expect(local.log.lines.map(({ event }) => event)).toEqual(["mllp.listening"]);
    expect(local.server.host).toBe("127.0.0.1");
  });

  it.each([["10.0.0.0/33"], ["10.0.0.0/8/8"], ["hospital"], [""]])("refuses %j as who may connect", async (entry) => {
    const start = startMllpServer({ allow: [entry], onMessage: async () => bytes("") });
    await expect(start).rejects.toMatchObject({ code: "invalid_argument", path: "allow" });
  });

  it("says that an address cannot be listened on", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const onMessage = async () => bytes("");
    const message = `127.0.0.1:${port} cannot be listened on (EADDRINUSE)`;
    await expect(startMllpServer({ port, onMessage })).rejects.toMatchObject({ code: "connection_refused", message });
    await expect(startMllpServer({ port: 70_000, onMessage })).rejects.toMatchObject({ code: "connection_refused" });
    await new Promise((resolve) => taken.close(resolve));
  });

  it("closes amid an answer: that one is given, none is taken after it, the silent ones end at once", async () => {
    const first = gate();
    const seen: string[] = [];
    const { server } = await started({
      onMessage: async (content) => {
        seen.push(text(content));
        await first.wait;
        return bytes("ok");
      },
    });
    const [busy, silent] = [await Sender.to(server.port), await Sender.to(server.port)];
    busy.socket.write(Buffer.concat([block("1"), block("2")]));
    await eventually(() => seen.length === 1);
    const closing = server.close();
    expect(server.close(), "once").toBe(closing);
    await silent.gone();
    busy.socket.write(block("3"));
    await expect(Sender.to(server.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    first.open();
    await closing;
    await busy.gone();
    expect(busy.answers).toEqual(["ok"]);
    expect(seen).toEqual(["1"]);
  });

  it("does not wait for ever for a message in hand", async () => {
    const aborted = gate();
    const log = kept();
    const server = await startMllpServer({
      closeMs: 50,
      logger: log.logger,
      onMessage: (_content, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted.open();
            reject(signal.reason);
          });
        }),
    });
    const sender = await Sender.to(server.port);
    sender.socket.write(block("1"));
    await new Promise((resolve) => setTimeout(resolve, 30));
    await server.close();
    await aborted.wait;
    expect(log.codes("mllp.dropped")).toEqual(["closed"]);
  });

  it("serves 200 connections, and leaves no socket and no timer", async () => {
    const open = () => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)).length;
    const before = open();
    const { server } = await started({ maxConnections: 200 });
    const senders = await Promise.all(Array.from({ length: 200 }, () => Sender.to(server.port)));
    for (const [at, sender] of senders.entries()) sender.socket.write(block(`${at}`));
    const answers = await Promise.all(senders.map((sender) => sender.answered(1)));
    expect(answers).toEqual(senders.map((_sender, at) => [`ack ${at}`]));
    await server.close();
    await Promise.all(senders.map((sender) => sender.gone()));
    await eventually(() => open() <= before);
  });

  it("is not ended by a logger that fails", async () => {
    const logger = {
      log() {
        throw new Error("disk full");
      },
    };
    await using served = await started({ logger });
    const sender = await Sender.to(served.port);
    sender.socket.write(block("1"));
    expect(await sender.answered(1)).toEqual(["ack 1"]);
    sender.socket.destroy();
  });
});
