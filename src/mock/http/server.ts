import { createServer, type IncomingMessage, type Server } from "node:http";
import { MedimailError } from "../../errors.js";
import type { ObservationBody } from "../observer.js";
import { listenOn, stopListening } from "./listen.js";
import { type Surface, seen } from "./seen.js";
import { UnhandledHttp } from "./unhandled.js";

/** Answers a request for one path, as the fetch API has them. */
export type HttpRoute = (request: Request) => Response | Promise<Response>;

const MAX_BODY = 1_000_000;

/**
 * What the mock publishes by HTTP: one function from a request to its answer, behind a real server on loopback, and for whoever
 * intercepts requests in his own process (msw).
 */
export class HttpServer {
  /** Told of each request to a route that has a surface. */
  observe: (body: ObservationBody) => void = () => {};
  readonly unhandled = new UnhandledHttp();
  readonly #routes = new Map<string, { route: HttpRoute; surface: Surface | undefined }>();
  readonly #server: Server;
  readonly #connections = new WeakMap<object, string>();
  #count = 0;
  /** Beginnings of paths that answer 503 for now. */
  readonly #out = new Set<string>();
  readonly #base: string | undefined;
  #port = 0;

  /** @param base what its address is said to be, where it never listens and is asked by who intercepts requests */
  constructor(failed: (error: unknown) => void, base?: string) {
    this.#base = base;
    this.#server = createServer((incoming, outgoing) => {
      toRequest(incoming, this.url)
        .then((request) => this.answer(request, this.#connectionOf(incoming.socket)))
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
    return this.#base ?? `http://127.0.0.1:${this.#port}`;
  }

  /** @param surface what the request is observed as; without it, it is not */
  on(path: string, route: HttpRoute, surface?: Surface): void {
    this.#routes.set(path, { route, surface });
  }

  /** What lies under these paths is out of order, or in order again. */
  outage(paths: readonly string[], out: boolean): void {
    for (const path of paths) out ? this.#out.add(path) : this.#out.delete(path);
  }

  /** @param connection of the observation; one that came by no connection of ours is `http-direct` */
  async answer(request: Request, connection = "http-direct"): Promise<Response> {
    const { pathname } = new URL(request.url);
    const { route, surface } = this.#routes.get(pathname) ?? {};
    if (!route) {
      this.unhandled.add(request.method, pathname);
      return new Response("Not found", { status: 404 });
    }
    const out = [...this.#out].some((path) => pathname.startsWith(path));
    const answer = async () => (out ? new Response("Out of order", { status: 503 }) : await route(request));
    if (!surface) return answer();
    const copy = request.clone();
    const response = await answer();
    this.observe({ connection, ...(await seen(surface, copy, response)) });
    return response;
  }

  #connectionOf(socket: object): string {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    this.#count += 1;
    const name = `http-${this.#count}`;
    this.#connections.set(socket, name);
    return name;
  }

  /** On 127.0.0.1 only. */
  async listen(port: number): Promise<void> {
    this.#port = await listenOn(this.#server, "127.0.0.1", port, "The mock");
  }

  async close(): Promise<void> {
    await stopListening(this.#server);
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
