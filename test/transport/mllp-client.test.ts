import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createDialer } from "../../src/net/index.js";
import { MllpClient, type MllpClientOptions, MllpDecoder } from "../../src/transport/mllp/index.js";
import { left } from "../tools/signals.js";
import { block, bytes, eventually, gate, started, text } from "./mllp-kit.js";

/** A server that does what a test says with the `count`-th message (from 1) of all connections, and the client of it. */
async function against(
  onMessage: (message: string, line: Socket, count: number) => void,
  { onLine, ...options }: Partial<MllpClientOptions> & { onLine?: (line: Socket, count: number) => void } = {},
) {
  const lines: Socket[] = [];
  const seen: string[] = [];
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (line) => {
    lines.push(line);
    const decoder = new MllpDecoder((content) => {
      seen.push(text(content));
      onMessage(text(content), line, seen.length);
    });
    line.on("data", (chunk) => decoder.push(chunk));
    line.on("end", () => line.end());
    line.on("error", () => {});
    onLine?.(line, lines.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const client = new MllpClient({ host: "127.0.0.1", port, timeoutMs: 10_000, ...options });
  const stop = () => {
    for (const line of lines) line.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { client, lines, seen, port, stop, [Symbol.asyncDispose]: () => client.close().then(stop) };
}

const answer = (_message: string, line: Socket, count: number): void => void line.write(block(`ack ${count}`));
const ask = async (client: MllpClient, message: string, options?: { signal?: AbortSignal }): Promise<string> =>
  text(await client.send(bytes(message), options));

describe("the MLLP client", () => {
  it("keeps one connection, with one message in flight, the others in order", async () => {
    let inFlight = 0;
    await using it = await against((message, line) => {
      inFlight++;
      expect(inFlight).toBe(1);
      setTimeout(() => {
        inFlight--;
        line.write(block(`ack ${message}`));
      }, 2);
    });
    const answers = await Promise.all(["1", "2", "3", "4"].map((message) => ask(it.client, message)));
    expect(answers).toEqual(["ack 1", "ack 2", "ack 3", "ack 4"]);
    expect(it.seen).toEqual(["1", "2", "3", "4"]);
    expect(it.lines.length).toBe(1);
  });

  it("takes an answer in pieces, amid keep-alive bytes, and speaks to our own server", async () => {
    await using it = await against((_message, line) => {
      for (const byte of Buffer.concat([bytes("\r\n\0"), block("ok"), bytes("\n")])) line.write(Uint8Array.of(byte));
    });
    expect(await ask(it.client, "1")).toBe("ok");
    expect(await ask(it.client, "2")).toBe("ok");
    expect(it.lines.length).toBe(1);
    await using served = await started();
    await using client = new MllpClient({ host: "localhost", port: served.port });
    const large = "x".repeat(900_000);
    expect(await ask(client, large)).toBe(`ack ${large}`);
  });

  it("connects anew, without a word, where the kept connection was closed meanwhile: each message is written once", async () => {
    await using it = await against((message, line, count) => {
      answer(message, line, count);
      if (count < 3) line.end();
      else if (count === 3) line.resetAndDestroy();
    });
    for (const count of [1, 2]) {
      expect(await ask(it.client, `${count}`)).toBe(`ack ${count}`);
      await eventually(() => it.lines.at(-1)?.closed === true);
    }
    await it.client.send(bytes("3")).catch(() => {});
    expect(await ask(it.client, "4")).toBe("ack 4");
    expect(it.seen).toEqual(["1", "2", "3", "4"]);
    expect(it.lines.length).toBe(4);
  });

  it.each(["destroy", "resetAndDestroy"] as const)(
    "sees an end (%s) that the system knows of and nobody looked at yet",
    async (end) => {
      await using it = await against(answer);
      await ask(it.client, "1");
      // At once with the system, and the event loop has not turned since.
      it.lines[0]?.[end]();
      expect(await ask(it.client, "2")).toBe("ack 2");
      expect(it.seen).toEqual(["1", "2"]);
    },
  );

  it.each([
    ["closes", (line: Socket) => void line.end()],
    ["breaks", (line: Socket) => void line.resetAndDestroy()],
    ["answers half and breaks", (line: Socket) => void line.write("\x0bhalf", () => line.destroy())],
    ["answers more than the limit", (line: Socket) => void line.write(block("x".repeat(200)))],
  ])(
    "says that it is not known whether a message was taken where the server %s, and writes it no second time",
    async (_how, end) => {
      await using it = await against(
        (message, line, count) => (count === 2 ? end(line) : answer(message, line, count)),
        {
          maxBlockBytes: 100,
        },
      );
      await ask(it.client, "1");
      await expect(it.client.send(bytes("2"))).rejects.toMatchObject({
        code: "connection_lost",
        retryable: true,
        message: expect.stringMatching(/: whether the message was taken is not known$/),
        hint: expect.stringContaining("control id"),
      });
      expect(it.seen).toEqual(["1", "2"]);
      expect(await ask(it.client, "3"), "on a connection of its own").toBe("ack 3");
      expect(it.lines.length).toBe(2);
    },
  );

  it("says so too where the connection ends amid a message", async () => {
    await using it = await against(() => {}, {
      onLine: (line) => void line.once("data", () => line.resetAndDestroy()),
    });
    await expect(it.client.send(new Uint8Array(20_000_000))).rejects.toMatchObject({ code: "connection_lost" });
    expect(it.lines.length).toBe(1);
  });

  it("gives up a server that is silent, and never takes its late answer for the next one's", async () => {
    await using it = await against(
      (message, line, count) => {
        if (count === 1) setTimeout(() => line.destroyed || line.write(block("late")), 450);
        else setTimeout(() => answer(message, line, count), 120);
      },
      { timeoutMs: 400 },
    );
    const first = expect(it.client.send(bytes("1"))).rejects.toMatchObject({
      code: "timeout",
      retryable: true,
      message: "127.0.0.1 did not answer within 400 ms: whether the message was taken is not known",
    });
    const second = ask(it.client, "2");
    await first;
    expect(await second).toBe("ack 2");
  });

  it("looks at what came while the process was stopped before it takes a server for silent", async () => {
    await using it = await against(
      (_message, line) => {
        line.write(block("in time"));
        for (const end = performance.now() + 700; performance.now() < end; );
      },
      { timeoutMs: 150 },
    );
    expect(await ask(it.client, "1")).toBe("in time");
  });

  it("counts the time of connecting, of a proxy that never answers too", async () => {
    const dialer = {
      connect: (_host: string, _port: number, { signal }: { signal?: AbortSignal } = {}) =>
        new Promise<Socket>((_resolve, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
        ),
    };
    await using client = new MllpClient({ host: "eai.test", port: 2575, dialer, timeoutMs: 50 });
    const message = "eai.test did not answer within 50 ms";
    await expect(client.send(bytes("1"))).rejects.toMatchObject({ code: "timeout", message });
  });

  it("does not use a connection on which the server said what nobody asked for", async () => {
    await using it = await against((message, line, count) => {
      answer(message, line, count);
      // Twice the same answer: the second would be taken for that to the next message.
      if (count === 1) answer(message, line, count);
    });
    expect(await ask(it.client, "1")).toBe("ack 1");
    await eventually(() => it.lines[0]?.destroyed === true);
    expect(await ask(it.client, "2")).toBe("ack 2");
  });

  it("aborts what waits without a trace, and what is in flight with its connection", async () => {
    const seen = gate();
    await using it = await against((message, line, count) => {
      if (count === 1) seen.open();
      else answer(message, line, count);
    });
    const [inFlight, waits] = [new AbortController(), new AbortController()];
    const first = it.client.send(bytes("1"), inFlight);
    const second = it.client.send(bytes("2"), waits);
    const third = ask(it.client, "3");
    await seen.wait;
    waits.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted", message: expect.not.stringContaining("not known") });
    inFlight.abort();
    await expect(first).rejects.toMatchObject({ code: "aborted", message: expect.stringContaining("not known") });
    expect(await third).toBe("ack 2");
    expect(it.seen).toEqual(["1", "3"]);
    await expect(it.client.send(bytes("4"), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(it.seen.length).toBe(2);
  });

  it("leaves nothing on a signal that lives longer", async () => {
    await using it = await against(answer);
    const { signal } = new AbortController();
    for (const message of ["1", "2", "3"]) await ask(it.client, message, { signal });
    expect(left(signal)).toBe(0);
  });

  it("says that nobody listens, and connects when somebody does", async () => {
    const it = await against(answer);
    await it.stop();
    const refused = expect.objectContaining({ code: "connection_refused", retryable: true });
    await expect(it.client.send(bytes("1"))).rejects.toEqual(refused);
    const server = createServer((line) => void line.on("data", () => line.write(block("ok"))));
    await new Promise<void>((resolve) => server.listen(it.port, "127.0.0.1", resolve));
    expect(await ask(it.client, "2")).toBe("ok");
    await it.client.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("closes a connection that nobody uses", async () => {
    await using it = await against(answer, { idleMs: 30 });
    await ask(it.client, "1");
    await eventually(() => it.lines[0]?.closed === true);
    expect(await ask(it.client, "2")).toBe("ack 2");
    expect(it.lines.length).toBe(2);
  });

  it("lets the message in flight be answered when it is closed, refuses the others, and leaves nothing", async () => {
    const open = () => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)).length;
    const before = open();
    const seen = gate<Socket>();
    const it = await against((_message, line) => seen.open(line));
    const first = ask(it.client, "1");
    const second = expect(it.client.send(bytes("2"))).rejects.toMatchObject({ code: "closed" });
    const line = await seen.wait;
    const closing = it.client.close();
    await second;
    line.write(block("ok"));
    expect(await first).toBe("ok");
    await closing;
    await expect(it.client.send(bytes("3"))).rejects.toMatchObject({ code: "closed" });
    expect(it.seen).toEqual(["1"]);
    await it.stop();
    await eventually(() => open() <= before);
  });

  it("refuses a content that would be two blocks, and goes on", async () => {
    await using it = await against(answer);
    await expect(it.client.send(bytes("a\x1c\rb"))).rejects.toMatchObject({ code: "invalid_argument" });
    expect(await ask(it.client, "1")).toBe("ack 1");
  });

  it("goes by the dialer that it is given", async () => {
    await using it = await against(answer);
    const asked: string[] = [];
    const direct = createDialer();
    const client = new MllpClient({
      host: "eai.test",
      port: 2575,
      dialer: {
        connect(host, port, options) {
          asked.push(`${host}:${port}`);
          return direct.connect("127.0.0.1", it.port, options);
        },
      },
    });
    expect(await ask(client, "1")).toBe("ack 1");
    expect(asked).toEqual(["eai.test:2575"]);
    await client.close();
  });
});
