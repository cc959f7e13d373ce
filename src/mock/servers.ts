import type { MockContext } from "./context.js";
import { MockDns } from "./dns/server.js";
import { mockZone } from "./dns/zone.js";
import { HttpServer } from "./http/server.js";
import { Site } from "./http/site.js";
import { Offer } from "./imap/capabilities.js";
import { FolderNaming } from "./imap/naming.js";
import { ImapServer } from "./imap/server.js";
import type { MockMedimailOptions } from "./options.js";
import { DEFAULT_SIZE_LIMIT, defaultLimits } from "./options.js";
import { Pki } from "./pki/pki.js";
import { SmtpServer } from "./smtp/server.js";
import type { World } from "./world.js";

/** The servers of a mock, on loopback: SMTP, IMAP, DNS, HTTP, and the authority that their certificate is of. */
export class Servers {
  readonly smtp: SmtpServer;
  readonly imap: ImapServer;
  readonly dns: MockDns;
  readonly http: HttpServer;
  readonly site: Site;
  readonly pki: Pki;
  readonly context: MockContext;
  readonly hostname: string;

  private constructor(options: MockMedimailOptions, world: World, pki: Pki, http: HttpServer, failed: Failed) {
    const { clock, store, observer, faults } = world;
    this.hostname = options.hostname ?? "localhost";
    this.pki = pki;
    this.http = http;
    this.context = {
      store,
      pki,
      faults,
      observer,
      limits: { ...defaultLimits, ...options.limits },
      sizeLimit: options.sizeLimit ?? DEFAULT_SIZE_LIMIT,
      offer: new Offer(options.imap ?? {}),
      naming: new FolderNaming(options.imap?.namespace ?? {}),
      hostname: this.hostname,
      now: clock.now,
      accept: (mail, connection) => world.delivery.accept(mail, connection),
      failed,
    };
    this.smtp = new SmtpServer(this.context);
    this.imap = new ImapServer(this.context);
    const ports = { imapPort: () => this.imap.listener.port, smtpPort: () => this.smtp.listener.port };
    const { whiteListDomains = [] } = options;
    http.observe = observer.observe;
    this.site = new Site(http, { store, now: clock.now, ...ports, whiteListDomains });
    this.dns = new MockDns({
      fallback: mockZone({ domains: () => store.domains(), ...ports }),
      seen: (query) => observer.observe({ connection: "dns", kind: "dns", ...query }),
    });
  }

  static async start(options: MockMedimailOptions, world: World, failed: Failed): Promise<Servers> {
    const http = new HttpServer(failed);
    let servers: Servers | undefined;
    try {
      // First: its address stands in the certificates.
      await http.listen(options.httpPort ?? 0);
      servers = new Servers(options, world, await Pki.create(options.hostname ?? "localhost", http), http, failed);
      await Promise.all([
        servers.smtp.listener.listen(options.smtpPort ?? 0),
        servers.imap.listener.listen(options.imapPort ?? 0),
        servers.dns.listen(options.dnsPort ?? 0),
      ]);
      if (options.psc) servers.site.servePsc(options.psc === true ? {} : options.psc);
      const { directory = true } = options;
      if (directory) servers.site.serveDirectory(directory === true ? {} : directory);
      return servers;
    } catch (error) {
      await (servers ?? http).close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.smtp.listener.close(), this.imap.listener.close(), this.dns.close(), this.http.close()]);
  }
}

type Failed = (error: unknown) => void;
