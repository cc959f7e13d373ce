import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MedimailError } from "../errors.js";
import { escapeText } from "../xml/index.js";
import { DISCOVERED_HOST } from "./dns/zone.js";

const PATH = "/mail/config-v1.1.xml";

/** The autoconfig documents of the mock's domains, over HTTP on 127.0.0.1: `http://autoconfig.<domain>:<port>/mail/config-v1.1.xml`. */
export class AutoconfigServer {
  readonly #server: Server;
  #port = 0;
  #closed: Promise<void> | undefined;

  constructor(options: { domains: () => Iterable<string>; imapPort: () => number; smtpPort: () => number }) {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const named = /^autoconfig\.([^:]+)/i.exec(request.headers.host ?? "")?.[1]?.toLowerCase();
      const domain = [...options.domains()].find((known) => known === named);
      if (request.method !== "GET" || pathname !== PATH || domain === undefined) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { "content-type": "text/xml; charset=utf-8" });
      response.end(document(domain, options.imapPort(), options.smtpPort()));
    });
    this.#server.requestTimeout = 10_000;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** For `network.autoconfig`. */
  get template(): string {
    return `http://autoconfig.{domain}:${this.#port}${PATH}`;
  }

  /** Throws `mock_failed`. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause) =>
        reject(
          new MedimailError("mock_failed", `The mock's HTTP server cannot listen on 127.0.0.1:${port}`, {
            cause,
            hint: "Use port 0 for a free one.",
          }),
        ),
      );
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (!this.#server.listening) {
        resolve();
        return;
      }
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closed;
  }
}

function document(domain: string, imapPort: number, smtpPort: number): string {
  const server = (element: string, type: string, port: number): string =>
    `    <${element} type="${type}">
      <hostname>${DISCOVERED_HOST}</hostname>
      <port>${port}</port>
      <socketType>STARTTLS</socketType>
      <username>%EMAILADDRESS%</username>
      <authentication>OAuth2</authentication>
      <authentication>TLS-client-cert</authentication>
    </${element}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${escapeText(domain)}">
    <domain>${escapeText(domain)}</domain>
    <displayName>Mock Medimail</displayName>
${server("incomingServer", "imap", imapPort)}
${server("outgoingServer", "smtp", smtpPort)}
  </emailProvider>
</clientConfig>
`;
}
