import type { Socket } from "node:net";

/** Opens a TCP connection, directly or through a proxy (HTTP CONNECT, SOCKS5). */
export interface Dialer {
  /** Throws `connection_refused`, `dns_failed`, `proxy_failed`, `timeout` or `aborted`. */
  connect(host: string, port: number, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Socket>;
}
