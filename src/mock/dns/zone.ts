import type { MockSrv } from "./server.js";

/** The mock's own name in the DNS, under the names of the trust space: a client that discovers it needs no other rule. Its certificate is for it too. */
export const DISCOVERED_HOST = "mail.mock.mssante.fr";

export interface ZoneOptions {
  /** Of the mailboxes, lower case. */
  domains: () => Iterable<string>;
  imapPort: () => number;
  smtpPort: () => number;
}

/** What the DNS says of the mock's domains: SRV of both services, its host, and that of the autoconfig document, all on this machine. */
export function mockZone({ domains, imapPort, smtpPort }: ZoneOptions) {
  return (name: string): { srv?: MockSrv[]; addresses?: string[] } | undefined => {
    if (name === DISCOVERED_HOST) return { addresses: ["127.0.0.1"] };
    for (const domain of domains()) {
      if (name === `_imap._tcp.${domain}`) return { srv: [{ target: DISCOVERED_HOST, port: imapPort() }] };
      if (name === `_submission._tcp.${domain}`) return { srv: [{ target: DISCOVERED_HOST, port: smtpPort() }] };
      if (name === `autoconfig.${domain}`) return { addresses: ["127.0.0.1"] };
    }
    return undefined;
  };
}
