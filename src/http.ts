import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import { Agent } from "undici";
import { abortable } from "./abortable.js";
import { isMedimailError, MedimailError } from "./errors.js";
import { firstAborted } from "./first-aborted.js";
import { GatheredBytes } from "./gathered-bytes.js";
import type { Dialer } from "./seams/dialer.js";
import { isThisMachine } from "./this-machine.js";
import { tlsError } from "./tls-error.js";
import { byItsNames, LEAST_TLS } from "./tls-rules.js";

export interface HttpOptions {
  /** Opens the connections, through the site's proxy where one is set. */
  dialer: Dialer;
  /** Authorities that may vouch for a server, PEM, in place of those of the system. */
  ca?: readonly string[];
  /** Mutual TLS. Asked at each new connection, so that a renewed certificate is used without a restart. */
  certificate?: () => Promise<{ cert: string; key: string } | undefined>;
  /** Limit of one request, answer included, in ms. Default 30 000. Passing it: `timeout`. */
  timeoutMs?: number;
  /** Largest answer that is read, in bytes. Default 10 MB. Passing it: `http_failed`. */
  maxBytes?: number;
  /** Hosts other than this machine may be spoken to without TLS: for revocation lists, which are signed. Default false. */
  plain?: boolean;
}

export interface HttpRequest {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string | Uint8Array | URLSearchParams;
  signal?: AbortSignal;
  timeoutMs?: number;
  maxBytes?: number;
}

/** The one way out by HTTP: every request of ours goes through `fetch` of it. */
export interface Http {
  /**
   * One request, with the whole answer read within the limits, whatever its status. Redirects are answers, never followed.
   *
   * @throws MedimailError `timeout`, `aborted`, `http_failed` (answer too large, or cut; address that may not be asked),
   * and those of the connection: `dns_failed`, `connection_refused`, `connection_lost`, `tls_failed`, `certificate_invalid`, `proxy_failed`
   */
  fetch(url: URL | string, request?: HttpRequest): Promise<Response>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;
const NO_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * The one HTTP function: the global `fetch`, which msw can stand for in a publisher's tests, over connections of ours (proxy, TLS, time
 * limits). No URL is ever put into a message: it may hold what is nobody's business.
 */
export function createHttp(options: HttpOptions): Http {
  const closing = new AbortController();
  // Each connection being opened listens: more than the ten at which Node suspects a leak.
  setMaxListeners(0, closing.signal);
  const agent = new CarefulAgent({
    connect: (target, callback) => {
      const isTls = target.protocol === "https:";
      connect(options, isTls, target.hostname, Number(target.port) || 443, closing.signal).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
    // A small answer that unpacks to a large one is measured unpacked, below.
    maxResponseSize: -1,
  });
  return {
    fetch: (url, request = {}) => ask(new URL(url), request, options, agent),
    close: () => {
      closing.abort();
      return agent.destroy();
    },
  };
}

/**
 * Of a request's listener, what is looked at. The `fetch` of Node 20 to 24 hears `onConnect` and `onHeaders`, that of Node 26 (undici 8) the others; our
 * agent speaks to both.
 */
interface Listener {
  onConnect?(abort: (error: Error) => void, ...rest: unknown[]): unknown;
  onHeaders?(status: number, headers: Buffer[], ...rest: unknown[]): unknown;
  onResponseStart?(
    controller: { abort(error: Error): void },
    status: number,
    headers: Record<string, string | string[] | undefined>,
    ...rest: unknown[]
  ): unknown;
}

/** As many as `fetch` undoes. */
const ENCODINGS = 5;

/**
 * An answer encoded more often than `fetch` undoes is refused before `fetch` sees it: that of Node 20, 22 and 26 gives up on it but leaves its body
 * with no one to hear that the connection ends, which ends the process.
 */
class CarefulAgent extends Agent {
  override dispatch(...[options, given]: Parameters<Agent["dispatch"]>): boolean {
    const listener = given as unknown as Listener;
    let abort: ((error: Error) => void) | undefined;
    const older: Listener = {
      onConnect(by, ...rest) {
        abort = by;
        return listener.onConnect?.call(this, by, ...rest);
      },
      onHeaders(status, headers, ...rest) {
        const names = headers.map(String);
        const encodings = names.filter((_, at) => at % 2 === 1 && names[at - 1]?.toLowerCase() === "content-encoding");
        if (isReadable(encodings) || !abort) return listener.onHeaders?.call(this, status, headers, ...rest);
        abort(encodedTooOften());
        return false;
      },
    };
    const newer: Listener = {
      onResponseStart(controller, status, headers, ...rest) {
        const encodings = [headers["content-encoding"] ?? []].flat();
        if (isReadable(encodings)) return listener.onResponseStart?.call(this, controller, status, headers, ...rest);
        return controller.abort(encodedTooOften());
      },
    };
    const careful = Object.assign(Object.create(listener) as Listener, listener.onResponseStart ? newer : older);
    return super.dispatch(options, careful as never);
  }
}

const isReadable = (encodings: readonly string[]): boolean => encodings.join(",").split(",").length <= ENCODINGS;

const encodedTooOften = (): MedimailError =>
  new MedimailError("http_failed", `the answer is encoded more than ${ENCODINGS} times`);

async function ask(url: URL, request: HttpRequest, options: HttpOptions, agent: Agent): Promise<Response> {
  const isPlain = url.protocol === "http:";
  if (!(url.protocol === "https:" || (isPlain && (options.plain || isThisMachine(url.hostname)))))
    throw new MedimailError("http_failed", "an address that is not https: is not asked", {
      hint: "Give the https address of the server.",
    });
  const { method = "GET", headers = {}, body, signal: given } = request;
  const limit = request.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS;
  const over = AbortSignal.timeout(limit);
  const { signal, release } = firstAborted(given, over);
  const awake = setTimeout(() => {}, limit + 100);
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      signal,
      dispatcher: agent,
    } as unknown as RequestInit);
    // An answer that does not unpack may come to no end for `fetch`, though its connection has: then nothing else keeps the process alive either.
    const bytes = await abortable(
      read(response, request.maxBytes ?? options.maxBytes ?? 10_000_000),
      signal,
      "reading an answer",
    );
    return new Response(NO_BODY.has(response.status) ? null : bytes, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  } catch (error) {
    throw httpError(error, url, { given, over, limit });
  } finally {
    clearTimeout(awake);
    release();
  }
}

async function read(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const body = new GatheredBytes();
  if (response.body)
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      if (body.size + chunk.length > most)
        throw new MedimailError("http_failed", `the answer is larger than ${most} bytes`, { path: "maxBytes" });
      body.add(chunk);
    }
  return body.whole();
}

async function connect(options: HttpOptions, isTls: boolean, hostname: string, port: number, closing: AbortSignal) {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const socket = await options.dialer.connect(host, port, { signal: closing });
  // Nobody is told of a request that was given up meanwhile: a server that takes the connection and says nothing would keep it for ever.
  const end = (): void => void socket.destroy();
  const timer = setTimeout(end, options.timeoutMs ?? TIMEOUT_MS);
  closing.addEventListener("abort", end, { once: true });
  try {
    // It comes paused from a proxy, with what the server may have sent already.
    socket.resume();
    if (!isTls) return socket;
    const certificate = await options.certificate?.();
    return await secured(socket, host, {
      ...(options.ca === undefined ? {} : { ca: [...options.ca] }),
      ...certificate,
    });
  } finally {
    clearTimeout(timer);
    closing.removeEventListener("abort", end);
  }
}

async function secured(socket: Socket, host: string, options: ConnectionOptions): Promise<TLSSocket> {
  return await new Promise((resolve, reject) => {
    const lost = (): void => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" }));
    if (socket.destroyed) {
      lost();
      return;
    }
    const secure = tlsConnect({
      socket,
      servername: /^[\d.]+$|:/.test(host) ? "" : host,
      host,
      ...LEAST_TLS,
      checkServerIdentity: byItsNames,
      ALPNProtocols: ["http/1.1"],
      ...options,
    });
    secure.once("secureConnect", () => {
      secure.off("error", reject);
      resolve(secure);
    });
    secure.once("error", reject);
    socket.once("close", lost);
  });
}

function httpError(
  error: unknown,
  { hostname }: URL,
  { given, over, limit }: { given: AbortSignal | undefined; over: AbortSignal; limit: number },
): MedimailError {
  if (given?.aborted) return new MedimailError("aborted", "the request was given up by the caller", { cause: error });
  if (over.aborted)
    return new MedimailError("timeout", `${hostname} did not answer within ${limit} ms`, { cause: error });
  // `fetch failed` has the reason beneath.
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth++) {
    if (isMedimailError(cause)) return cause;
    const ofTls = tlsError(cause, hostname, "other");
    if (ofTls) return ofTls;
    const { code = "" } = cause as { code?: string };
    if (code === "ECONNREFUSED")
      return new MedimailError("connection_refused", `${hostname} refuses the connection`, { cause: error });
    if (/^(ECONNRESET|EPIPE|ETIMEDOUT|UND_ERR_SOCKET)$/.test(code))
      return new MedimailError("connection_lost", `the connection to ${hostname} was lost`, { cause: error });
  }
  return new MedimailError("http_failed", `the request to ${hostname} failed`, { retryable: true, cause: error });
}
