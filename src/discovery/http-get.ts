import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { MedimailError } from "../errors.js";
import type { Dialer } from "../seams/dialer.js";
import type { TlsVerifier } from "../seams/tls.js";

/** One GET, redirects not followed; without a body where it is longer than `maxBytes`. Throws a `MedimailError` where no whole answer came. */
export type HttpGet = (
  url: string,
  options: {
    /** To be connected to, instead of what the URL's host resolves to. */
    addresses: readonly string[];
    maxBytes: number;
    /** Of the whole, in ms. Passing it: `timeout`. */
    timeoutMs: number;
    signal?: AbortSignal;
  },
) => Promise<{ status: number; body?: Uint8Array }>;

const MAX_HEADERS = 16 * 1024;

/** HTTP/1.1 over a connection of the dialer (through the site's proxy), inside TLS for `https:`. No cookie, no credential, no compression. */
export function createHttpGet({ dialer, tls }: { dialer: Dialer; tls: TlsVerifier }): HttpGet {
  return async (written, { addresses, maxBytes, timeoutMs, signal }) => {
    const url = new URL(written);
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    const secure = url.protocol === "https:";
    const port = Number(url.port || (secure ? 443 : 80));
    const late = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([signal, late]) : late;
    let socket: Socket | undefined;
    try {
      socket = await dialer.connect(host, port, { addresses, signal: either, timeoutMs });
      if (secure) socket = await tls.upgrade(socket, { host, signal: either });
      return await exchange(socket, url, maxBytes, either);
    } catch (error) {
      if (signal?.aborted)
        throw new MedimailError("aborted", `asking ${host} was given up by the caller`, { cause: signal.reason });
      if (late.aborted) throw new MedimailError("timeout", `${host} did not answer within ${timeoutMs} ms`);
      throw error;
    } finally {
      socket?.destroy();
    }
  };
}

function exchange(
  socket: Socket,
  { host, hostname, pathname, search }: URL,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ status: number; body?: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void asked.destroy(new Error("given up"));
    const settle = (act: () => void): void => {
      signal.removeEventListener("abort", onAbort);
      act();
      asked.destroy();
    };
    const failed = (cause: unknown): void =>
      settle(() => reject(new MedimailError("connection_lost", `${hostname} gave no whole answer in HTTP`, { cause })));
    const asked: ClientRequest = request(
      {
        createConnection: () => socket,
        method: "GET",
        path: `${pathname}${search}`,
        headers: { host, accept: "text/xml, application/xml", "accept-encoding": "identity", connection: "close" },
        maxHeaderSize: MAX_HEADERS,
      },
      (answer: IncomingMessage) => {
        const { statusCode: status = 0 } = answer;
        answer.on("error", failed);
        if (status !== 200) {
          settle(() => resolve({ status }));
          return;
        }
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxBytes) settle(() => resolve({ status }));
          else chunks.push(chunk);
        });
        answer.on("end", () => settle(() => resolve({ status, body: Buffer.concat(chunks) })));
      },
    );
    asked.on("error", failed);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    asked.end();
  });
}
