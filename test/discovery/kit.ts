import { afterEach } from "vitest";
import {
  createDiscovery,
  type Discovery,
  type DiscoveryOptions,
  type DiscoveryTools,
  ProfileCache,
} from "../../src/discovery/index.js";
import { silentLogger } from "../../src/log.js";
import { type MockDns, startMockDns } from "../../src/mock/dns/server.js";

export const DOMAIN = "ch-exemple.mssante.fr";
export const IMAP = `_imap._tcp.${DOMAIN}`;
export const SMTP = `_submission._tcp.${DOMAIN}`;

export interface Bench {
  dns: MockDns;
  /** Moves the clock on. */
  pass(ms: number): void;
  discovery(options?: DiscoveryOptions, tools?: Partial<DiscoveryTools>): Discovery;
}

/** A real name server on loopback, and a clock that stands still. */
export async function bench(): Promise<Bench> {
  const dns = await startMockDns();
  open.push(dns);
  let now = 1_000_000;
  return {
    dns,
    pass: (ms) => {
      now += ms;
    },
    discovery: (options = {}, tools = {}) =>
      createDiscovery(
        DOMAIN,
        { dns: [`${dns.host}:${dns.port}`], dnsTimeoutMs: 600, autoconfig: "off", ...options },
        {
          cache: new ProfileCache(),
          now: () => now,
          fraction: () => 0,
          log: silentLogger,
          http: () => Promise.reject(new Error("no document is fetched here")),
          ...tools,
        },
      ),
  };
}

const open: MockDns[] = [];
afterEach(async () => {
  for (const dns of open.splice(0)) await dns.close();
});

/** Both services at one host, as most operators have them. */
export function publish(dns: MockDns, host = `mail.${DOMAIN}`): void {
  dns.setSrv(IMAP, [{ target: host, port: 143 }]);
  dns.setSrv(SMTP, [{ target: host, port: 587 }]);
  dns.setAddresses(host, ["198.51.100.7"]);
}
