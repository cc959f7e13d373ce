import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listenOn, stopListening } from "../http/listen.js";
import type { MockMedimail } from "../mock.js";
import { ControlError, failureOf } from "./failure.js";
import { Guard } from "./guard.js";
import { openApiDocument } from "./openapi.js";
import { type OperationInput, setCommonHeaders } from "./operation.js";
import { OPERATIONS } from "./operations/index.js";
import { readInput, writeAnswer, writeJson } from "./respond.js";
import { Router } from "./router.js";
import { ControlState } from "./state.js";

/** A file of the page: served without the token, since it holds nothing. */
export interface ControlFile {
  type: string;
  bytes: Uint8Array;
  headers?: Readonly<Record<string, string>>;
}

export interface MockControlOptions {
  /** Where it listens. Default 127.0.0.1; anything else is seen from other machines. */
  host?: string;
  /** 0, the default: a free port. */
  port?: number;
  /** Files by path (`/`, `/app.js`): the web page. */
  files?: ReadonlyMap<string, ControlFile>;
}

const router = new Router(OPERATIONS);

/** The control API of a mock, by HTTP: for other languages, and for the page. Every operation needs the token, which is made at start and kept nowhere. */
export class ControlServer {
  readonly token = randomBytes(32).toString("base64url");
  readonly #server: Server;
  readonly #options: MockControlOptions;
  readonly #guard: Guard;
  readonly #state: ControlState;
  readonly #failed: (error: unknown) => void;
  #port = 0;

  constructor(mock: MockMedimail, options: MockControlOptions, failed: (error: unknown) => void) {
    this.#options = options;
    this.#failed = failed;
    this.#state = new ControlState(mock);
    this.#guard = new Guard(this.token, options.host ?? "127.0.0.1");
    this.#server = createServer({ requestTimeout: 60_000, maxHeaderSize: 16_384 }, (request, response) => {
      void this.#serve(request, response);
    });
  }

  /** Of the page, and of the server. */
  get origin(): string {
    const { host = "127.0.0.1" } = this.#options;
    const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
    return `http://${name}:${this.#port}`;
  }

  /** What the paths of the OpenAPI document stand below. */
  get url(): string {
    return `${this.origin}/api`;
  }

  async listen(): Promise<void> {
    const { host = "127.0.0.1", port = 0 } = this.#options;
    this.#port = await listenOn(this.#server, host, port, "The mock's console");
  }

  async close(): Promise<void> {
    await stopListening(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    response.on("error", () => gone.abort());
    setCommonHeaders(response);
    try {
      this.#guard.checkHost(request);
      const url = new URL(request.url ?? "/", "http://mock");
      if (url.pathname.startsWith("/api/")) await this.#operate(request, response, url, gone.signal);
      else this.#serveFile(request, response, url.pathname);
    } catch (error) {
      this.#refuse(request, response, error, gone.signal);
    }
  }

  async #operate(request: IncomingMessage, response: ServerResponse, url: URL, signal: AbortSignal): Promise<void> {
    this.#guard.checkCaller(request);
    const { operation, params } = router.find(request.method ?? "GET", url.pathname.slice("/api".length));
    const input = await readInput(operation, request, params, url.searchParams);
    const value = await operation.run(this.#state, { ...input, signal } as OperationInput<never, never, never>);
    if (!signal.aborted) writeAnswer(operation, request, response, value, signal);
  }

  #serveFile(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (request.method !== "GET" && request.method !== "HEAD")
      throw new ControlError("method_not_allowed", "The path has no such method", { hint: "GET" });
    if (path === "/openapi.json") {
      writeJson(response, 200, openApiDocument());
      return;
    }
    const file = this.#options.files?.get(path);
    if (!file) throw new ControlError("not_found", "There is no such file");
    for (const [name, value] of Object.entries(file.headers ?? {})) response.setHeader(name, value);
    response.setHeader("content-type", file.type);
    response.end(request.method === "HEAD" ? undefined : file.bytes);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { status, body, internal } = failureOf(error);
    if (internal) this.#failed(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // What was not read of the request must not be taken for the next one.
    if (!request.complete) response.setHeader("connection", "close");
    if (status === 401) response.setHeader("www-authenticate", "Bearer");
    if (status === 405 && error instanceof ControlError && error.hint) response.setHeader("allow", error.hint);
    writeJson(response, status, body);
  }
}
