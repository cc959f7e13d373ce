import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { MedimailError } from "../../errors.js";

/** Answers a request for one path, as the fetch API has them. */
export type HttpRoute = (request: Request) => Response | Promise<Response>;

const MAX_BODY = 1_000_000;

/**
 * What the mock publishes by HTTP: one function from a request to its answer, behind a real server on loopback, and for whoever
 * intercepts requests in his own process (msw).
 */
export class HttpServer {
  readonly #routes = new Map<string, HttpRoute>();
  readonly #server: Server;
  #port = 0;

  constructor(failed: (error: unknown) => void) {
    this.#server = createServer((incoming, outgoing) => {
      toRequest(incoming, this.url)
        .then((request) => this.answer(request))
        .then(async (response) => {
          const body = Buffer.from(await response.arrayBuffer());
          outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(body);
        })
        .catch((error) => {
          failed(error);
          outgoing.destroy();
        });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  on(path: string, route: HttpRoute): void {
    this.#routes.set(path, route);
  }

  async answer(request: Request): Promise<Response> {
    const route = this.#routes.get(new URL(request.url).pathname);
    return route ? await route(request) : new Response("Not found", { status: 404 });
  }

  /** On 127.0.0.1 only. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause) => {
        const hint = "Use port 0 for a free one.";
        reject(new MedimailError("mock_failed", `The mock cannot listen on 127.0.0.1:${port}`, { cause, hint }));
      });
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function toRequest(incoming: IncomingMessage, base: string): Promise<Request> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new MedimailError("invalid_argument", "a request to the mock is too large");
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value));
  const method = incoming.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? {} : { body: Buffer.concat(chunks) };
  return new Request(new URL(incoming.url ?? "/", base), { method, headers, ...body });
}
