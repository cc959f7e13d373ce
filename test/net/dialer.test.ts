import { getEventListeners } from "node:events";
import type { LookupFunction, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createDialer } from "../../src/net/index.js";
import type { Peer } from "../transport/scripted-server.js";
import { scriptedServer } from "../transport/scripted-server.js";

function firstBytes(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    socket.resume();
  });
}

const hello = async (peer: Peer): Promise<void> => {
  peer.send("220 hello");
  await peer.gone();
};

/** Reads a whole HTTP request head. */
const head = async (peer: Peer): Promise<string> => (await peer.until("\r\n\r\n")).toString();

const resolvesTo =
  (code: string): LookupFunction =>
  (_host, _options, callback) =>
    callback(Object.assign(new Error(code), { code }), "", 0);

describe("a direct connection", () => {
  it("is opened by name", async () => {
    await using server = await scriptedServer(hello);
    const socket = await createDialer().connect("localhost", server.port);
    expect(await firstBytes(socket)).toBe("220 hello\r\n");
    socket.destroy();
  });

  it("says connection_refused where nobody listens", async () => {
    const server = await scriptedServer(hello);
    await server[Symbol.asyncDispose]();
    await expect(createDialer().connect("127.0.0.1", server.port)).rejects.toMatchObject({
      code: "connection_refused",
      retryable: true,
    });
  });

  it.each(["ENOTFOUND", "EAI_AGAIN"])("says dns_failed for %s", async (code) => {
    await expect(createDialer({ lookup: resolvesTo(code) }).connect("absent.test", 25)).rejects.toMatchObject({
      code: "dns_failed",
    });
  });

  it("names the flag where Node's permission model forbids the network (Node 26), by a proxy too", async () => {
    const hint = expect.stringContaining("--allow-net");
    const lookup = resolvesTo("ERR_ACCESS_DENIED");
    const direct = createDialer({ lookup }).connect("a.test", 25);
    await expect(direct).rejects.toMatchObject({ code: "connection_refused", hint });
    const proxied = createDialer({ lookup, proxy: "http://proxy.test:3128" }).connect("a.test", 25);
    await expect(proxied).rejects.toMatchObject({ code: "proxy_failed", hint });
  });

  it("says dns_failed where the resolver does not answer in time", async () => {
    await expect(createDialer({ lookup: () => {}, dnsTimeoutMs: 20 }).connect("slow.test", 25)).rejects.toMatchObject({
      code: "dns_failed",
    });
  });

  it("counts the look-up in the whole limit", async () => {
    await expect(createDialer({ lookup: () => {} }).connect("slow.test", 25, { timeoutMs: 20 })).rejects.toMatchObject({
      code: "timeout",
    });
  });

  it("stops on abort and lets go of the signal", async () => {
    const controller = new AbortController();
    const pending = createDialer({ lookup: () => {} }).connect("slow.test", 25, { signal: controller.signal });
    controller.abort();
    await expect(pending).rejects.toMatchObject({ code: "aborted", retryable: false });
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("lets go of the signal after success", async () => {
    await using server = await scriptedServer(hello);
    const { signal } = new AbortController();
    (await createDialer().connect("127.0.0.1", server.port, { signal })).destroy();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it.each(["a b", "a\r\nHost: x", "", "[::1"])("refuses the host %j", async (host) => {
    await expect(createDialer().connect(host, 25)).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("gives a socket whose late error does not end the process", async () => {
    await using server = await scriptedServer(hello);
    const socket = await createDialer().connect("127.0.0.1", server.port);
    expect(socket.listenerCount("error")).toBeGreaterThan(0);
    socket.destroy();
  });
});

describe("an HTTP proxy", () => {
  it("is asked for a tunnel by name, with credentials, and what came early is kept", async () => {
    let request = "";
    await using proxy = await scriptedServer(async (peer) => {
      request = await head(peer);
      peer.raw("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n220 early\r\n");
      await peer.gone();
    });
    const dialer = createDialer({
      proxy: { url: `http://127.0.0.1:${proxy.port}`, username: "u", password: async () => "p" },
    });
    const socket = await dialer.connect("smtp.test", 587);
    expect(request).toBe(
      "CONNECT smtp.test:587 HTTP/1.1\r\nHost: smtp.test:587\r\nProxy-Authorization: Basic dTpw\r\n\r\n",
    );
    expect(await firstBytes(socket)).toBe("220 early\r\n");
    socket.destroy();
  });

  it.each([
    ["refuses", "HTTP/1.1 403 Forbidden\r\n\r\n", true],
    ["wants other credentials", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", false],
    ["speaks something else", "220 smtp\r\n\r\n", true],
    ["never ends its answer", `HTTP/1.1 200 OK\r\n${"x".repeat(20_000)}`, true],
  ])("says proxy_failed where the proxy %s", async (_what, answer, retryable) => {
    await using proxy = await scriptedServer(async (peer) => {
      await head(peer);
      peer.raw(answer);
      await peer.gone();
    });
    await expect(
      createDialer({ proxy: `http://127.0.0.1:${proxy.port}` }).connect("smtp.test", 587),
    ).rejects.toMatchObject({ code: "proxy_failed", retryable });
  });

  it("says proxy_failed where the proxy closes", async () => {
    await using proxy = await scriptedServer(async (peer) => {
      await head(peer);
      peer.drop();
    });
    await expect(
      createDialer({ proxy: `http://127.0.0.1:${proxy.port}` }).connect("smtp.test", 587),
    ).rejects.toMatchObject({ code: "proxy_failed" });
  });

  it("says proxy_failed where the proxy itself cannot be reached", async () => {
    await expect(
      createDialer({ proxy: "http://proxy.test:3128", lookup: resolvesTo("ENOTFOUND") }).connect("smtp.test", 587),
    ).rejects.toMatchObject({ code: "proxy_failed" });
  });

  it("says timeout where the proxy is silent", async () => {
    await using proxy = await scriptedServer((peer) => peer.gone());
    await expect(
      createDialer({ proxy: `http://127.0.0.1:${proxy.port}`, connectTimeoutMs: 40 }).connect("smtp.test", 587),
    ).rejects.toMatchObject({ code: "timeout" });
    await proxy.peers[0]?.gone();
  });

  it.each(["localhost", ".local", "*"])("is passed by for noProxy %s", async (entry) => {
    await using server = await scriptedServer(hello);
    const dialer = createDialer({ proxy: "http://127.0.0.1:1", noProxy: ["localhost", entry] });
    const socket = await dialer.connect("localhost", server.port);
    expect(await firstBytes(socket)).toBe("220 hello\r\n");
    socket.destroy();
  });

  it.each(["http://u:p@proxy.test", "ftp://proxy.test", "proxy", "https://proxy.test"])(
    "refuses the URL %s without quoting it",
    (url) => {
      expect(() => createDialer({ proxy: url })).toThrow(
        expect.objectContaining({ code: "config_invalid", message: expect.not.stringContaining("u:p") }),
      );
    },
  );
});

describe("a SOCKS5 proxy", () => {
  const readable = async (peer: Peer, count: number): Promise<void> => {
    while (peer.available < count) await peer.more();
  };

  it("is asked for a tunnel by name, with credentials, and what came early is kept", async () => {
    const seen: string[] = [];
    await using proxy = await scriptedServer(async (peer) => {
      await readable(peer, 4);
      seen.push(peer.take().toString("hex"));
      peer.raw(Buffer.from([5, 2]));
      await readable(peer, 5);
      seen.push(peer.take().toString("hex"));
      peer.raw(Buffer.from([1, 0]));
      await readable(peer, 16);
      seen.push(peer.take().toString("latin1"));
      peer.raw(Buffer.concat([Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 1]), Buffer.from("220 early\r\n")]));
      await peer.gone();
    });
    const dialer = createDialer({
      proxy: { url: `socks5://127.0.0.1:${proxy.port}`, username: "u", password: async () => "p" },
    });
    const socket = await dialer.connect("smtp.test", 587);
    expect(seen[1]).toBe("0101750170");
    expect(seen[2]).toBe(`\x05\x01\x00\x03\x09smtp.test\x02\x4b`);
    expect(await firstBytes(socket)).toBe("220 early\r\n");
    socket.destroy();
  });

  it("says proxy_failed where the proxy answers by an address of an unknown type", async () => {
    await using proxy = await scriptedServer(async (peer) => {
      await readable(peer, 3);
      peer.take();
      peer.raw(Buffer.from([5, 0]));
      await readable(peer, 16);
      peer.raw(Buffer.concat([Buffer.from([5, 0, 0, 9, 127, 0, 0, 1, 0, 1]), Buffer.from("220 early\r\n")]));
      await peer.gone();
    });
    const dialer = createDialer({ proxy: `socks5://127.0.0.1:${proxy.port}` });
    await expect(dialer.connect("smtp.test", 587)).rejects.toMatchObject({ code: "proxy_failed" });
  });

  it("says proxy_failed where the proxy refuses, without its credentials in the error", async () => {
    await using proxy = await scriptedServer(async (peer) => {
      await readable(peer, 3);
      peer.take();
      peer.raw(Buffer.from([5, 0xff]));
      await peer.gone();
    });
    const error = await createDialer({
      proxy: { url: `socks5://127.0.0.1:${proxy.port}`, username: "u", password: async () => "s3cret" },
    })
      .connect("smtp.test", 587)
      .catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: "proxy_failed" });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack)).not.toContain(
      "s3cret",
    );
  });

  it("stops on abort", async () => {
    const controller = new AbortController();
    await using proxy = await scriptedServer(async (peer) => {
      await readable(peer, 3);
      controller.abort();
      await peer.gone();
    });
    await expect(
      createDialer({ proxy: `socks5://127.0.0.1:${proxy.port}` }).connect("smtp.test", 587, {
        signal: controller.signal,
      }),
    ).rejects.toMatchObject({ code: "aborted" });
    await proxy.peers[0]?.gone();
  });
});

describe("addresses that were checked", () => {
  it("are connected to, whatever the name resolves to", async () => {
    await using server = await scriptedServer(hello);
    const dialer = createDialer({ lookup: resolvesTo("ENOTFOUND") });
    const socket = await dialer.connect("mail.mssante.example", server.port, { addresses: ["127.0.0.1"] });
    expect(await firstBytes(socket)).toBe("220 hello\r\n");
    socket.destroy();
  });

  it("are tried one after the other", async () => {
    await using server = await scriptedServer(hello);
    // Nobody listens on the second loopback address at this port.
    const addresses = ["127.0.0.2", "127.0.0.1"];
    const socket = await createDialer().connect("mail.mssante.example", server.port, { addresses });
    expect(socket.remoteAddress).toBe("127.0.0.1");
    socket.destroy();
  });

  it("fail as connection_refused where none answers", async () => {
    const server = await scriptedServer(hello);
    await server[Symbol.asyncDispose]();
    const addresses = ["127.0.0.2", "127.0.0.1"];
    await expect(createDialer().connect("m.example", server.port, { addresses })).rejects.toMatchObject({
      code: "connection_refused",
    });
  });

  it("are what an HTTP proxy is told, never the name, which it would resolve by itself", async () => {
    let asked = "";
    await using proxy = await scriptedServer(async (peer) => {
      asked = await head(peer);
      peer.send("HTTP/1.1 200 OK\r\n\r\n220 hello");
      await peer.gone();
    });
    const dialer = createDialer({ proxy: `http://127.0.0.1:${proxy.port}` });
    const socket = await dialer.connect("mail.mssante.example", 587, { addresses: ["198.51.100.7"] });
    expect(asked).toContain("CONNECT 198.51.100.7:587 HTTP/1.1");
    expect(asked).not.toContain("mssante");
    socket.destroy();
  });

  it("are told to a proxy one by one, until one opens", async () => {
    const asked: string[] = [];
    await using proxy = await scriptedServer(async (peer) => {
      const target = /CONNECT (\S+)/.exec(await head(peer))?.[1] ?? "";
      asked.push(target);
      peer.send(target.startsWith("[") ? "HTTP/1.1 502 Bad Gateway\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n220 hello");
      await peer.gone();
    });
    const dialer = createDialer({ proxy: `http://127.0.0.1:${proxy.port}` });
    const socket = await dialer.connect("m.example", 587, { addresses: ["2001:db8::7", "198.51.100.7"] });
    expect(asked).toEqual(["[2001:db8::7]:587", "198.51.100.7:587"]);
    socket.destroy();
  });
});
