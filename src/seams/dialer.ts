import type { Socket } from "node:net";

/** Opens a TCP connection, directly or through a proxy (HTTP CONNECT, SOCKS5). */
export interface Dialer {
  /** Throws `connection_refused`, `dns_failed`, `proxy_failed`, `timeout` or `aborted`. */
  connect(host: string, port: number, options?: DialOptions): Promise<Socket>;
}

export interface DialOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Connects to one of these and to nothing else: `host` is not resolved again, here or by a proxy. */
  addresses?: readonly string[];
}
