import type { Socket } from "node:net";
import { isMedimailError, MedimailError } from "../errors.js";
import type { Dialer } from "../seams/dialer.js";
import type { Endpoint, EndpointSource } from "../seams/endpoints.js";

export interface DialedSocket {
  socket: Socket;
  /** The endpoint that answered; TLS is for its host. */
  host: string;
  port: number;
}

/**
 * Opens a connection to the first endpoint that takes one, in the order of the source (RFC 2782). Where none does, the source looks again, once,
 * and what is new is tried: a target that moved is followed at once. However many there are, twice `timeoutMs` is the limit of all.
 */
export async function dial(
  dialer: Dialer,
  source: EndpointSource,
  options: { signal: AbortSignal; timeoutMs: number },
): Promise<DialedSocket> {
  const { signal } = options;
  const end = performance.now() + 2 * options.timeoutMs;
  const known = await source.endpoints({ signal });
  try {
    return await dialOneOf(dialer, known, options, end);
  } catch (error) {
    if (signal.aborted) throw error;
    source.failed();
    const told = new Set(known.map(placeOf));
    const fresh = await source.endpoints({ signal, fresh: true }).catch(() => []);
    const moved = fresh.filter((endpoint) => !told.has(placeOf(endpoint)));
    if (moved.length === 0) throw error;
    return await dialOneOf(dialer, moved, options, end);
  }
}

async function dialOneOf(
  dialer: Dialer,
  endpoints: readonly Endpoint[],
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  end: number,
): Promise<DialedSocket> {
  let failure: unknown = new MedimailError("operator_not_found", "no host is known");
  for (const { host, port, addresses } of endpoints) {
    try {
      const socket = await dialer.connect(host, port, { signal, timeoutMs, ...(addresses ? { addresses } : {}) });
      return { socket, host, port };
    } catch (error) {
      failure = error;
      if (signal.aborted || performance.now() >= end || !isMedimailError(error) || !error.retryable) break;
    }
  }
  throw failure;
}

function placeOf({ host, port, addresses = [] }: Endpoint): string {
  return `${host}:${port} ${[...addresses].sort().join(",")}`;
}
