import { escapeText } from "../../xml/index.js";
import { DISCOVERED_HOST } from "../dns/zone.js";
import type { HttpRoute } from "./server.js";

export const AUTOCONFIG_PATH = "/mail/config-v1.1.xml";

/** The autoconfig documents of the mock's domains: `http://autoconfig.<domain>:<port>/mail/config-v1.1.xml`. */
export function autoconfigRoute(options: {
  domains: () => Iterable<string>;
  imapPort: () => number;
  smtpPort: () => number;
}): HttpRoute {
  return (request) => {
    // Behind a real server the name is in the Host field, behind an interceptor in the address.
    const host = request.headers.get("host") ?? new URL(request.url).host;
    const named = /^autoconfig\.([^:]+)/i.exec(host)?.[1]?.toLowerCase();
    const domain = [...options.domains()].find((known) => known === named);
    if (request.method !== "GET" || domain === undefined) return new Response(null, { status: 404 });
    return new Response(document(domain, options.imapPort(), options.smtpPort()), {
      headers: { "content-type": "text/xml; charset=utf-8" },
    });
  };
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
