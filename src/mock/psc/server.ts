import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MockPsc, type MockPscOptions } from "./provider.js";

/** A login's form is small. */
const MAX_BODY = 64 * 1024;

/** The mock Pro Santé Connect on a real loopback server: for other languages, and for browsers. */
export class MockPscServer {
  readonly psc: MockPsc;
  readonly #server: Server;

  private constructor(psc: MockPsc, server: Server) {
    this.psc = psc;
    this.#server = server;
  }

  static async start(options: Omit<MockPscOptions, "issuer">, port = 0): Promise<MockPscServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const psc = new MockPsc({ ...options, issuer: `${origin}/auth/realms/esante-wallet` });
    server.on("request", (request, response) => {
      answer(psc, origin, request, response).catch(() => response.destroy());
    });
    return new MockPscServer(psc, server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function answer(psc: MockPsc, origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return void response.writeHead(413).end();
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === "string") headers.set(name, value);
  const { method = "GET" } = request;
  const asked = new Request(new URL(request.url ?? "/", origin), {
    method,
    headers,
    ...(method === "POST" ? { body: Buffer.concat(chunks).toString("utf8") } : {}),
  });
  const given = await psc.handle(asked);
  response.writeHead(given.status, Object.fromEntries(given.headers)).end(Buffer.from(await given.arrayBuffer()));
}
