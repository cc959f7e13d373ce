import type { LookupFunction, Socket } from "node:net";
import { isIP } from "node:net";
import { isMedimailError, MedimailError } from "../errors.js";
import type { Dialer } from "../seams/dialer.js";
import { Deadline } from "./deadline.js";
import { connectDirect, connectError, fixedLookup, limitedLookup } from "./direct.js";
import { httpConnect } from "./http-connect.js";
import { socksConnect } from "./socks.js";

export interface ProxyOptions {
  /** `http://host:port` (CONNECT) or `socks5://host:port`. Without credentials: a secret has no place in a URL. */
  url: string;
  username?: string;
  /** Asked at each connection; kept nowhere. */
  password?: () => Promise<string>;
}

export interface DialerOptions {
  proxy?: string | ProxyOptions;
  /** Hosts reached directly although there is a proxy: a name, a suffix (`.example.fr`), or `*`. */
  noProxy?: readonly string[];
  /** Limit of a name look-up, in ms. Default 10 000. Passing it: `dns_failed`. */
  dnsTimeoutMs?: number;
  /** Limit of the whole (DNS, TCP, proxy), in ms, where a call gives none. Default 30 000. Passing it: `timeout`. */
  connectTimeoutMs?: number;
  /** Another resolver, e.g. for split DNS. */
  lookup?: LookupFunction;
}

interface Proxy {
  kind: "http" | "socks5";
  host: string;
  port: number;
  credentials: () => Promise<{ username: string; password: string } | undefined>;
}

/**
 * Opens TCP connections, through the site's proxy where one is set. A socket that comes through a proxy is paused, with
 * what the server may have sent already in it: listen, then `resume()` it.
 *
 * @throws config_invalid where the proxy's URL cannot be used.
 */
export function createDialer(options: DialerOptions = {}): Dialer {
  const proxy = options.proxy === undefined ? undefined : parseProxy(options.proxy);
  const lookup = limitedLookup(options.dnsTimeoutMs ?? 10_000, options.lookup);
  const noProxy = (options.noProxy ?? []).map((entry) => entry.trim().toLowerCase());
  return {
    async connect(host, port, { signal, timeoutMs, addresses } = {}) {
      const target = checkTarget(host, port);
      const via = proxy && !isDirect(target, noProxy) ? proxy : undefined;
      const deadline = new Deadline(
        `connecting to ${target}:${port}`,
        timeoutMs ?? options.connectTimeoutMs ?? 30_000,
        signal,
      );
      try {
        return await deadline.race(() =>
          addresses && via
            ? openFirst(addresses, (address) => open(address, port, via, lookup, deadline))
            : open(target, port, via, addresses ? fixedLookup(addresses) : lookup, deadline),
        );
      } finally {
        deadline.release();
      }
    },
  };
}

/** A proxy is told one address at a time: a name it would resolve by itself. */
async function openFirst(addresses: readonly string[], openAt: (address: string) => Promise<Socket>): Promise<Socket> {
  for (const [at, address] of addresses.entries()) {
    try {
      return await openAt(address);
    } catch (error) {
      const last = at === addresses.length - 1;
      if (last || !isMedimailError(error) || error.code !== "proxy_failed" || !error.retryable) throw error;
    }
  }
  throw new MedimailError("invalid_argument", "no address is given");
}

async function open(
  host: string,
  port: number,
  proxy: Proxy | undefined,
  lookup: LookupFunction,
  deadline: Deadline,
): Promise<Socket> {
  const guard = (socket: Socket): void => deadline.guard(socket);
  if (!proxy) {
    return await connectDirect(host, port, lookup, guard).catch((error: unknown) => {
      throw connectError(error, `${host}:${port}`);
    });
  }
  const credentials = await proxy.credentials();
  const socket = await connectDirect(proxy.host, proxy.port, lookup, guard).catch((error: unknown) => {
    const { message, hint } = connectError(error, `the proxy ${proxy.host}:${proxy.port}`);
    throw new MedimailError("proxy_failed", message, { cause: error, ...(hint === undefined ? {} : { hint }) });
  });
  try {
    return proxy.kind === "http"
      ? await httpConnect(socket, host, port, credentials && `${credentials.username}:${credentials.password}`)
      : await socksConnect(socket, host, port, credentials);
  } catch (error) {
    socket.destroy();
    throw isMedimailError(error) ? error : new MedimailError("proxy_failed", "the proxy failed", { cause: error });
  }
}

function checkTarget(host: string, port: number): string {
  const target = host.replace(/^\[(.*)\]$/, "$1");
  // The name goes into a CONNECT line.
  if (isIP(target) === 0 && !/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})$/.test(target))
    throw new MedimailError("invalid_argument", "the host is not a host name or an IP address");
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new MedimailError("invalid_argument", "the port is not between 1 and 65535");
  return target;
}

function parseProxy(proxy: string | ProxyOptions): Proxy {
  const { url, username, password }: ProxyOptions = typeof proxy === "string" ? { url: proxy } : proxy;
  const invalid = (why: string): MedimailError =>
    new MedimailError("config_invalid", `the proxy's URL ${why}`, { path: "network.proxy.url" });
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || parsed.hostname === "") throw invalid("is not a URL such as http://proxy.example.fr:3128");
  const kind = ({ "http:": "http", "socks5:": "socks5", "socks:": "socks5", "socks5h:": "socks5" } as const)[
    parsed.protocol
  ];
  if (!kind) throw invalid("must begin with http:// or socks5://");
  if (parsed.username !== "" || parsed.password !== "")
    throw invalid("holds credentials: give them apart, as username and password");
  return {
    kind,
    host: parsed.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(parsed.port || (kind === "http" ? 80 : 1080)),
    credentials: async () => (username === undefined ? undefined : { username, password: (await password?.()) ?? "" }),
  };
}

function isDirect(host: string, noProxy: readonly string[]): boolean {
  const name = host.toLowerCase();
  return noProxy.some((entry) => entry === "*" || entry === name || (entry.startsWith(".") && name.endsWith(entry)));
}
