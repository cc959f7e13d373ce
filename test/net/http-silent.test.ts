import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createHttp } from "../../src/http.js";
import { createDialer } from "../../src/net/index.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Takes connections and never says a word. */
async function silent(): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {}).resume();
    sockets.push(socket);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets };
}

const gone = (socket: Socket): Promise<unknown> | undefined =>
  socket.closed ? undefined : Promise.race([once(socket, "close"), once(socket, "end")]);

describe("a server that takes connections and is silent where TLS should begin", () => {
  it("keeps none longer than a request may last", async () => {
    const { url, sockets } = await silent();
    const http = createHttp({ dialer: createDialer(), timeoutMs: 100 });
    for (let times = 0; times < 3; times += 1)
      await expect(http.fetch(url)).rejects.toMatchObject({ code: "timeout", retryable: true });
    await Promise.all(sockets.map(gone));
    expect(sockets).toHaveLength(3);
    await http.close();
  });

  it("keeps none after close", async () => {
    const { url, sockets } = await silent();
    const http = createHttp({ dialer: createDialer(), timeoutMs: 60_000 });
    await expect(http.fetch(url, { timeoutMs: 100 })).rejects.toMatchObject({ code: "timeout" });
    await http.close();
    await Promise.all(sockets.map(gone));
    expect(sockets).toHaveLength(1);
  });
});
