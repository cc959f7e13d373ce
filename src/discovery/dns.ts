import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { MedimailError } from "../errors.js";
import { networkDenied } from "../net/index.js";

export interface SrvAnswer {
  /** Empty: the root target, there is no such service (RFC 2782). */
  name: string;
  port: number;
  priority: number;
  weight: number;
}

/** What the DNS is asked, and no more. Both give an empty list where there is no such name or no such record. */
export interface Dns {
  /** Throws `dns_failed`, `timeout`, `aborted`. */
  srv(name: string, signal?: AbortSignal): Promise<SrvAnswer[]>;
  /** IPv4 and IPv6. Throws like `srv`. */
  addresses(host: string, signal?: AbortSignal): Promise<string[]>;
}

/** More records of one name than a service has; what is beyond is not read. */
const MAX_RECORDS = 32;
const NONE: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);
const NOBODY: ReadonlySet<string> = new Set(["ECONNREFUSED", "ETIMEOUT", "ENETUNREACH", "EHOSTUNREACH"]);

/**
 * Asks name servers directly (node:dns `Resolver`), not the system's resolver, which knows no SRV: `/etc/hosts` is not read.
 *
 * @throws config_invalid where a server is not `address` or `address:port`.
 */
export function createDns({
  servers,
  timeoutMs = 5_000,
}: {
  servers?: readonly string[];
  timeoutMs?: number;
} = {}): Dns {
  const make = (): Resolver => {
    const resolver = new Resolver({ timeout: Math.max(200, Math.floor(timeoutMs / 3)), tries: 2 });
    if (servers && servers.length > 0) resolver.setServers(servers);
    return resolver;
  };
  try {
    make();
  } catch (cause) {
    throw new MedimailError("config_invalid", "a name server is not an address, or an address and a port", {
      path: "network.dns",
      cause,
    });
  }

  /** A resolver of its own for each question: to cancel is to cancel them all. */
  async function ask<T>(
    name: string,
    signal: AbortSignal | undefined,
    work: (resolver: Resolver) => Promise<T[]>,
  ): Promise<T[]> {
    if (signal?.aborted) throw aborted(name, signal);
    const resolver = make();
    let late = false;
    const onAbort = (): void => resolver.cancel();
    const timer = setTimeout(() => {
      late = true;
      resolver.cancel();
    }, timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return (await work(resolver)).slice(0, MAX_RECORDS);
    } catch (cause) {
      const code = dnsCode(cause);
      if (NONE.has(code)) return [];
      if (signal?.aborted) throw aborted(name, signal);
      throw new MedimailError("dns_failed", `the DNS did not tell about ${name} (${late ? "ETIMEOUT" : code})`, {
        cause: late ? Object.assign(new Error("no answer in time"), { code: "ETIMEOUT" }) : cause,
        ...networkDenied(cause),
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  return {
    srv: (name, signal) => ask(name, signal, (resolver) => resolver.resolveSrv(name)),
    async addresses(host, signal) {
      if (isIP(host) !== 0) return [host];
      const [v4, v6] = await Promise.allSettled([
        ask(host, signal, (resolver) => resolver.resolve4(host)),
        ask(host, signal, (resolver) => resolver.resolve6(host)),
      ]);
      const found = [v4, v6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
      if (found.length > 0) return found;
      // A server that knows nothing of AAAA says so by an error now and then: what counts is whether IPv4 was answered.
      if (v4.status === "rejected") throw v4.reason;
      if (v6.status === "rejected") throw v6.reason;
      return [];
    },
  };
}

/** The word of node:dns for what went wrong. */
export function dnsCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[A-Z0-9_]{1,32}$/.test(code) ? code : "EUNKNOWN";
}

/** Whether nobody answered, rather than somebody who could not tell. */
export function isUnreachable(error: unknown): boolean {
  return NOBODY.has(dnsCode((error as { cause?: unknown } | null)?.cause));
}

function aborted(name: string, signal: AbortSignal): MedimailError {
  return new MedimailError("aborted", `the question about ${name} was given up by the caller`, {
    cause: signal.reason,
  });
}
