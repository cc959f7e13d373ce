import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { createHttp } from "../../src/http.js";
import { createDialer } from "../../src/net/index.js";

describe("an answer that does not unpack", () => {
  it.each([
    ["gzip", "hello"],
    ["deflate", "xxZZZZ"],
  ])("of %s, ended with its connection, ends in an error within the limit", async (encoding, body) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\n\r\n${body}`));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const http = createHttp({ dialer: createDialer(), timeoutMs: 500 });
    const asked = http.fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).then(
      () => "answered",
      (error: { code: string; retryable: boolean }) => (error.retryable ? error.code : "final"),
    );
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, "nothing"));
    expect(["timeout", "http_failed"]).toContain(await Promise.race([asked, late]));
    await http.close();
    server.close();
  });
});
